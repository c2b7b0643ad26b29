//! What may help where a value doesn't fit: told from the two types alone.

use crate::types::{BlockKind, TypeId};
use crate::world::{View, World};

/// What to do about a value of type `have` where `want` is expected.
pub(super) fn mismatch(world: &World<'_>, want: TypeId, have: TypeId) -> Option<String> {
    let show = |ty: TypeId| world.show(ty);
    let core = &world.core;
    let same = |left: TypeId, right: TypeId| world.settled(left) == world.settled(right);
    let inside = |ty: TypeId| match world.view(ty) {
        View::Class(class) if class == core.option => world.args(ty).first().copied(),
        _ => None,
    };
    if inside(have).is_some_and(|inner| same(inner, want)) {
        return Some(
            "it may be none: `get_or(...)` gives a value in any case, `get` panics without one".into(),
        );
    }
    if let Some(inner) = inside(want) {
        if same(inner, have) {
            return Some("make it optional: `Option.some(...)`".into());
        }
        if same(have, core.nil) {
            return Some("a missing value is `Option.none`".into());
        }
    }
    let integer = same(have, core.integer);
    match (world.view(want), world.view(have)) {
        (_, View::Any) => Some(format!("cast the value: `value as {}`", show(want))),
        (View::Class(wanted), View::ClassObject(class)) if wanted == class => {
            Some("this is the class itself, not an instance of it".into())
        }
        _ if integer && same(want, core.float) => Some("convert it with `to_float`".into()),
        _ if same(have, core.float) && same(want, core.integer) => {
            Some("convert it with `to_integer`".into())
        }
        (View::Class(_), View::Class(class)) if same(want, core.string) => {
            let trait_id = core.to_string?;
            let converts = world.program.classes[class].traits.contains_key(&trait_id);
            converts.then(|| "convert it with `to_string`".into())
        }
        (View::Class(class), View::Trait(id)) => world.program.classes[class]
            .traits
            .contains_key(&id)
            .then(|| format!("if it always is one, cast it: `value as {}`", show(want))),
        (View::Trait(id), View::Class(class)) if !world.program.classes[class].traits.contains_key(&id) => {
            Some(format!(
                "implement the trait: `impl {} for {}`",
                show(want),
                world.program.classes[class].name
            ))
        }
        (View::Hole(hole), View::Class(class)) => {
            let traits = &world.program.classes[class].traits;
            let lacks = |&bound: &TypeId| match world.view(bound) {
                View::Trait(id) => !traits.contains_key(&id),
                _ => false,
            };
            let bound = world.hole_bounds(hole).0.into_iter().find(lacks)?;
            Some(format!("`{}` doesn't implement `{}`", show(have), show(bound)))
        }
        (View::Trait(_), View::Param(_) | View::Rigid(_)) => {
            Some("give the type parameter a bound, such as `T: Trait`".into())
        }
        (View::Block, View::Block) => block(world, want, have),
        (View::Block, _) if same(have, core.boolean) => {
            Some("the condition is a block here, so that it is evaluated later, or again: `{ ... }`".into())
        }
        (View::Block, _) => Some("a block is written in braces: `{ ... }`".into()),
        _ => None,
    }
}

fn block(world: &World<'_>, want: TypeId, have: TypeId) -> Option<String> {
    let (want, have) = (world.block(want)?, world.block(have)?);
    let (wanted, given) = (want.params.len(), have.params.len());
    if wanted != given {
        let plural = if wanted == 1 { "" } else { "s" };
        let example = if given < wanted { "; unused ones can be called `_`" } else { "" };
        return Some(format!("the block must take {wanted} argument{plural}{example}"));
    }
    if want.kind == BlockKind::Lambda && have.kind == BlockKind::Closure {
        return Some("a lambda is expected, which captures nothing: write `fn { ... }`".into());
    }
    if have.throws.is_some() && want.throws.is_none() {
        return Some("this block may throw, which isn't expected here: handle the error inside of it".into());
    }
    None
}
