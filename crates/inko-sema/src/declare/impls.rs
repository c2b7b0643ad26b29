//! Fifth step: whether classes keep the promises of their `impl`s (§4.7 of the reference).

use super::{Declared, Implementation};
use crate::errors::Problem;
use crate::transform::Subst;
use crate::tree::{MethodId, Owner};
use crate::types::{ParamId, TraitId, Type, TypeId};
use crate::world::World;
use inko_syntax::Name;

pub(super) fn check(world: &mut World<'_>, declared: &Declared<'_>) {
    for implementation in &declared.implementations {
        required_traits(world, implementation);
        methods(world, implementation);
    }
    objects(world, declared);
    world.holes.clear();
}

/// Checks the methods of classes that implement `Object` without saying so against its defaults.
fn objects(world: &mut World<'_>, declared: &Declared<'_>) {
    let object = world.core.object;
    for class in world.program.classes.keys().collect::<Vec<_>>() {
        let implicit = world.program.classes[class].traits.contains_key(&object)
            && !declared.by_pair.contains_key(&(class, object));
        let names = &world.program.traits[object].methods;
        if !implicit || !names.keys().any(|name| world.program.classes[class].methods.contains_key(name)) {
            continue;
        }
        let span = world.program.classes[class].span;
        methods(world, &Implementation { class, id: object, args: Vec::new(), span });
    }
}

/// Reports traits that require themselves, and cuts the circle.
pub(super) fn cut_cycles(world: &mut World<'_>) {
    for id in world.program.traits.keys().collect::<Vec<_>>() {
        let mut path: Vec<TraitId> = world.program.traits[id].required.keys().copied().collect();
        let mut seen = path.clone();
        while let Some(next) = path.pop() {
            if next == id {
                let span = world.program.traits[id].span;
                let name = world.program.traits[id].name.clone();
                world.program.traits[id].required.clear();
                world.report(span, Problem::CyclicTrait { name });
                break;
            }
            for &one in world.program.traits[next].required.keys() {
                if !seen.contains(&one) {
                    seen.push(one);
                    path.push(one);
                }
            }
        }
    }
}

fn required_traits(world: &mut World<'_>, implementation: &Implementation) {
    let own = world.owner_type(Owner::Class(implementation.class));
    let ty = world.intern(Type::Trait(implementation.id, implementation.args.clone()));
    for required in world.required_traits(implementation.id, ty) {
        if !world.fits(own, required) {
            let related = world.program.traits[implementation.id].span;
            let problem = Problem::MissingRequiredTrait { class: own, implemented: ty, required, related };
            world.report(implementation.span, problem);
        }
    }
}

fn methods(world: &mut World<'_>, implementation: &Implementation) {
    let (class, id) = (implementation.class, implementation.id);
    let list: Vec<(Name, MethodId)> =
        world.program.traits[id].methods.iter().map(|(name, method)| (name.clone(), *method)).collect();
    let params = world.program.traits[id].type_params.clone();
    let subst = Subst::new(&params, &implementation.args);
    let own = world.owner_type(Owner::Class(class));
    let ty = world.intern(Type::Trait(id, implementation.args.clone()));
    for (name, wanted) in list {
        let is_default = world.program.methods[wanted].body.is_some();
        let have = world.program.find_method(class, &name);
        let Some(have) = have else {
            let related = world.program.methods[wanted].name_span;
            let wanted = world.show_method(wanted, &subst);
            let problem = Problem::MissingMethod { class: own, wanted_by: ty, name, wanted, related };
            world.report(implementation.span, problem);
            continue;
        };
        if have == wanted || method_fits(world, have, wanted, &subst, class) {
            continue;
        }
        let found = world.program.methods[have].name_span;
        let text = world.show_method(wanted, &subst);
        let have_text = world.show_method(have, &Subst::default());
        let problem = if is_default {
            Problem::DefaultClash {
                class: own,
                wanted_by: ty,
                name,
                wanted: text,
                have: have_text,
                related: found,
            }
        } else {
            let required = world.program.methods[wanted].name_span;
            let (wanted, have) = (text, have_text);
            Problem::MethodMisfit { wanted_by: ty, name, wanted, have, related: found, required }
        };
        let inside = world.program.methods[have].owner == Owner::Class(class);
        let span = if inside && !is_default { found } else { implementation.span };
        world.report(span, problem);
    }
}

/// Whether a method can stand in for one of a trait.
fn method_fits(
    world: &mut World<'_>,
    have: MethodId,
    want: MethodId,
    subst: &Subst,
    class: crate::types::ClassId,
) -> bool {
    let (left, right) = (&world.program.methods[have], &world.program.methods[want]);
    if left.params.len() != right.params.len() || left.yields.is_some() != right.yields.is_some() {
        return false;
    }
    let flags = std::iter::zip(&left.params, &right.params)
        .all(|(one, other)| one.rest == other.rest && (one.optional || !other.optional));
    if !flags {
        return false;
    }
    // Type parameters of the wanted method are those of the present one, in order.
    let (own, wanted) = (left.type_params.clone(), right.type_params.clone());
    let mut subst = subst.clone();
    let pairs: Vec<(ParamId, ParamId)> = wanted.into_iter().zip(own).collect();
    for (from, to) in pairs {
        let ty = world.intern(Type::Param(to));
        subst.params.push((from, ty));
    }
    // A default of another trait is seen through the class's arguments for that trait.
    let mut outer = Subst::default();
    if let Owner::Trait(id) = world.program.methods[have].owner {
        let params = world.program.traits[id].type_params.clone();
        let args = world.program.classes[class].traits.get(&id).cloned().unwrap_or_default();
        outer = Subst::new(&params, &args);
    }
    let count = world.program.methods[have].params.len();
    for index in 0..count {
        let one = world.program.methods[have].params[index].ty;
        let other = world.program.methods[want].params[index].ty;
        let (one, other) = (world.substitute(one, &outer), world.substitute(other, &subst));
        if !world.fits(one, other) && !world.fits(other, one) {
            return false;
        }
    }
    let (left, right) = (&world.program.methods[have], &world.program.methods[want]);
    let throws = (left.throws, right.throws);
    let results = (left.returns, right.returns, right.ignore_return);
    let yields = (left.yields, right.yields);
    let own = Subst { self_type: Some(world.owner_type(Owner::Class(class))), params: Vec::new() };
    let throws_fit = match throws {
        (None, _) => true,
        (Some(one), other) => {
            let one = world.substitute(one, &outer);
            let other = other.map(|other| world.substitute(other, &subst));
            world.is_never(one) || other.is_some_and(|other| world.fits(one, other))
        }
    };
    let pair_fits = |world: &mut World<'_>, one: TypeId, other: TypeId| {
        let (one, other) = (world.substitute(one, &outer), world.substitute(other, &subst));
        // A class has no subclasses, so in its own methods `Self` is the class wherever the trait asks
        // for a type by name. Where the trait asks for `Self`, only `Self` will do.
        world.fits(one, other) || {
            let one = world.substitute(one, &own);
            world.fits(one, other)
        }
    };
    throws_fit
        && match yields {
            (Some(one), Some(other)) => pair_fits(world, one, other),
            _ => results.2 || pair_fits(world, results.0, results.1),
        }
}

impl World<'_> {
    /// The text of a method's signature: `name (Integer) !! Error -> String`.
    pub(crate) fn show_method(&mut self, id: MethodId, subst: &Subst) -> String {
        let method = &self.program.methods[id];
        let mut text = String::from(method.name.as_str());
        let params: Vec<(TypeId, bool)> = method.params.iter().map(|one| (one.ty, one.rest)).collect();
        let (throws, returns, yields) = (method.throws, method.returns, method.yields);
        let has_return = !method.ignore_return && yields.is_none();
        let mut show = |ty: TypeId| {
            let ty = self.substitute(ty, subst);
            self.show(ty)
        };
        if !params.is_empty() {
            let list: Vec<String> = params
                .iter()
                .map(|&(ty, rest)| if rest { format!("*{}", show(ty)) } else { show(ty) })
                .collect();
            text.push_str(&format!(" ({})", list.join(", ")));
        }
        if let Some(throws) = throws {
            text.push_str(&format!(" !! {}", show(throws)));
        }
        if has_return {
            text.push_str(&format!(" -> {}", show(returns)));
        }
        if let Some(yields) = yields {
            text.push_str(&format!(" => {}", show(yields)));
        }
        text
    }
}
