//! Assignability: whether a value of one type is accepted where another is expected (§4.4 and appendix
//! B.2 of the reference). Holes on either side are filled as needed.
//!
//! *Invariant:* [`World::fits`] that answers no has changed nothing.

use crate::holes::HoleValue;
use crate::transform::Subst;
use crate::types::{BlockKind, HoleId, ParamId, TraitId, Type, TypeId};
use crate::world::{View, World, flag};

/// Where bounds go round in circles, the answer is no. Written types nest less deeply than this.
const DEPTH: u32 = 256;

impl World<'_> {
    /// Whether a value of type `have` is accepted where `want` is expected.
    pub(crate) fn fits(&mut self, have: TypeId, want: TypeId) -> bool {
        self.attempt(have, want, 0)
    }

    /// Whether a cast between the types is allowed: whether either fits the other.
    pub(crate) fn casts(&mut self, have: TypeId, want: TypeId) -> bool {
        let from_any = self.view(have) == View::Any;
        from_any || self.fits(have, want) || self.fits(want, have)
    }

    fn attempt(&mut self, have: TypeId, want: TypeId, depth: u32) -> bool {
        if have == want {
            return true;
        }
        let mark = self.holes.mark();
        let fits = depth <= DEPTH && self.fit(have, want, depth + 1);
        if !fits {
            self.holes.undo(mark);
        }
        fits
    }

    fn fit(&mut self, have: TypeId, want: TypeId, depth: u32) -> bool {
        let (have, want) = (self.shallow(have), self.shallow(want));
        match (self.view(have), self.view(want)) {
            _ if have == want => true,
            // What a hole stands for isn't known any more.
            (View::Error, View::Hole(hole)) | (View::Hole(hole), View::Error) => {
                let error = self.core.error;
                self.holes.change(hole, |hole| hole.value = HoleValue::Filled(error));
                true
            }
            (_, View::Any) | (View::Error, _) | (_, View::Error) => true,
            (View::Never, View::Hole(hole)) => self.meet_never(hole),
            (View::Never, _) => true,
            (View::Hole(hole), _) => self.fill(hole, want, depth),
            (_, View::Hole(hole)) => self.fill(hole, have, depth),
            (View::Any, View::Param(param)) => self.program.params[param].bounds.is_empty(),
            (View::Any, _) => false,
            (View::SelfType, _) | (_, View::SelfType) => false,
            (View::Class(left), View::Class(right)) => left == right && self.args_fit(have, want, depth),
            (View::Class(class), View::Trait(id)) => {
                let class_args = self.args(have).to_vec();
                let Some(args) = self.program.classes[class].traits.get(&id).cloned() else {
                    return self.broken.contains_key(&class);
                };
                let subst = Subst::new(&self.program.classes[class].type_params, &class_args);
                self.all_fit(&args, &subst, want, depth)
            }
            (View::Trait(left), View::Trait(right)) if left == right => self.args_fit(have, want, depth),
            (View::Trait(left), View::Trait(right)) => {
                right == self.core.object
                    || self.requires(have, right, want, depth)
                    || self.broken_traits.contains_key(&left)
            }
            (View::Rigid(left), View::Rigid(right)) => left == right,
            (View::Param(left) | View::Rigid(left), View::Param(right)) if left == right => true,
            (View::Param(_) | View::Rigid(_), View::Trait(_)) => {
                let bounds = self.bounds_of(have);
                bounds.into_iter().any(|bound| self.attempt(bound, want, depth))
            }
            (_, View::Param(param)) => {
                let bounds = self.program.params[param].bounds.clone();
                bounds.into_iter().all(|bound| self.attempt(have, bound, depth))
            }
            (View::ClassObject(left), View::ClassObject(right)) => left == right,
            (View::ClassObject(_), View::Trait(id)) => id == self.core.object,
            (View::Block, View::Block) => self.block_fits(have, want, depth),
            (View::Block, View::Class(class)) => class == self.core.block,
            (View::Block, View::Trait(id)) => self.program.classes[self.core.block].traits.contains_key(&id),
            (View::Module(left), View::Module(right)) => left == right,
            (View::Module(_), View::Class(class)) => Some(class) == self.program.module_class,
            (View::Module(module), View::Trait(id)) => {
                let class = self.program.modules[module].class;
                match self.program.classes[class].traits.get(&id).cloned() {
                    Some(args) => self.all_fit(&args, &Subst::default(), want, depth),
                    None => false,
                }
            }
            _ => false,
        }
    }

    /// Arguments are covariant, those of mutable classes too.
    fn args_fit(&mut self, have: TypeId, want: TypeId, depth: u32) -> bool {
        let count = self.args(have).len().min(self.args(want).len());
        (0..count).all(|index| {
            let (left, right) = (self.args(have)[index], self.args(want)[index]);
            self.attempt(left, right, depth)
        })
    }

    fn all_fit(&mut self, args: &[TypeId], subst: &Subst, want: TypeId, depth: u32) -> bool {
        args.iter().enumerate().all(|(index, &arg)| {
            let arg = self.substitute(arg, subst);
            match self.args(want).get(index).copied() {
                Some(right) => self.attempt(arg, right, depth),
                None => true,
            }
        })
    }

    /// Whether a trait type requires another one, directly or not.
    fn requires(&mut self, have: TypeId, right: TraitId, want: TypeId, depth: u32) -> bool {
        let required = self.all_required(have);
        required.into_iter().any(|(id, one)| id == right && self.attempt(one, want, depth))
    }

    /// All traits that a trait type requires, directly or not, each once; nearer ones first.
    pub(crate) fn all_required(&mut self, own: TypeId) -> Vec<(TraitId, TypeId)> {
        let mut found: Vec<(TraitId, TypeId)> = Vec::new();
        let mut next = Some(own);
        let mut done = 0;
        while let Some(one) = next {
            if let View::Trait(id) = self.view(one)
                && !self.program.traits[id].required.is_empty()
            {
                for required in self.required_traits(id, one) {
                    if let View::Trait(id) = self.view(required)
                        && !found.contains(&(id, required))
                    {
                        found.push((id, required));
                    }
                }
            }
            next = found.get(done).map(|(_, ty)| *ty);
            done += 1;
        }
        found
    }

    /// The traits that a trait type requires directly, with the type's arguments put in.
    pub(crate) fn required_traits(&mut self, id: TraitId, own: TypeId) -> Vec<TypeId> {
        let subst = Subst::new(&self.program.traits[id].type_params, self.args(own));
        let required: Vec<_> =
            self.program.traits[id].required.iter().map(|(id, args)| (*id, args.clone())).collect();
        let mut types = Vec::with_capacity(required.len());
        for (id, args) in required {
            let args = args.into_iter().map(|arg| self.substitute(arg, &subst)).collect();
            types.push(self.intern(Type::Trait(id, args)));
        }
        types
    }

    /// The bounds of a parameter as seen here: inside, those of a `when` clause are added.
    pub(crate) fn bounds_of(&mut self, ty: TypeId) -> Vec<TypeId> {
        match self.view(ty) {
            View::Param(param) => self.program.params[param].bounds.clone(),
            View::Rigid(param) => {
                let bounds = self.program.params[param].bounds.clone();
                let mut bounds: Vec<TypeId> = bounds.into_iter().map(|one| self.rigid(one)).collect();
                let extra = self.extra_bounds.iter().filter(|(one, _)| *one == param);
                bounds.extend(extra.map(|(_, bound)| *bound));
                bounds
            }
            _ => Vec::new(),
        }
    }

    /// Whether a type fits the bounds of a parameter, which are given in terms of `subst`. Types that are
    /// not known yet pass.
    pub(crate) fn fits_bounds(&mut self, have: TypeId, bounds: &[TypeId], subst: &Subst) -> Option<TypeId> {
        if matches!(self.view(have), View::Hole(_)) {
            return None;
        }
        bounds.iter().copied().find_map(|bound| {
            let bound = self.substitute(bound, subst);
            (!self.fits(have, bound)).then_some(bound)
        })
    }

    fn block_fits(&mut self, have: TypeId, want: TypeId, depth: u32) -> bool {
        let (Some(left), Some(right)) = (self.block(have).cloned(), self.block(want).cloned()) else {
            return false;
        };
        let kinds = left.kind == right.kind || right.kind == BlockKind::Closure;
        kinds
            && left.rest == right.rest
            && left.params.len() == right.params.len()
            && std::iter::zip(&left.params, &right.params)
                .all(|(&one, &other)| self.attempt(one, other, depth) || self.attempt(other, one, depth))
            && self.throws_fit(left.throws, right.throws, depth)
            && (right.ignore_return || self.attempt(left.returns, right.returns, depth))
    }

    fn throws_fit(&mut self, have: Option<TypeId>, want: Option<TypeId>, depth: u32) -> bool {
        match (have.map(|have| self.settled(have)), want) {
            (None, Some(want)) => {
                if let View::Hole(hole) = self.view(want) {
                    self.meet_never(hole);
                }
                true
            }
            (None, None) => true,
            (Some(have), _) if self.is_never(have) => true,
            (Some(_), None) => false,
            (Some(have), Some(want)) => self.attempt(have, want, depth),
        }
    }

    /// Notes that a hole met `Never`; always fits.
    pub(crate) fn meet_never(&mut self, hole: HoleId) -> bool {
        if self.holes.get(hole).is_some_and(|hole| hole.value == HoleValue::Open) {
            self.holes.change(hole, |hole| hole.value = HoleValue::Never);
        }
        true
    }

    /// Lets a hole stand for a type, if that fits the hole's bounds.
    fn fill(&mut self, hole: HoleId, ty: TypeId, depth: u32) -> bool {
        let Some(bounds) = self.holes.get(hole).map(|hole| hole.bounds.clone()) else {
            return true;
        };
        match self.view(ty) {
            View::Hole(other) if other == hole => return true,
            View::Never => return self.meet_never(hole),
            View::Hole(other) => {
                if !bounds.is_empty() {
                    self.holes.change(other, |other| {
                        other.bounds = other.bounds.iter().chain(bounds.iter()).copied().collect();
                    });
                }
                let had_never = self.holes.get(hole).is_some_and(|hole| hole.value == HoleValue::Never);
                self.holes.change(hole, |hole| hole.value = HoleValue::Filled(ty));
                return if had_never { self.meet_never(other) } else { true };
            }
            _ => {}
        }
        // A type that contains the hole itself has no finite form.
        let ty = if self.contains_hole(ty, hole, 0) { self.core.any } else { ty };
        self.holes.change(hole, |hole| hole.value = HoleValue::Filled(ty));
        bounds.iter().all(|&bound| self.attempt(ty, bound, depth))
    }

    fn contains_hole(&self, ty: TypeId, hole: HoleId, depth: u32) -> bool {
        let ty = self.shallow(ty);
        if self.flags(ty) & flag::HOLE == 0 || depth > DEPTH {
            return false;
        }
        let inside = |one: &TypeId| self.contains_hole(*one, hole, depth + 1);
        match self.program.types.get(ty) {
            Type::Hole(other) => *other == hole,
            Type::Class(_, args) | Type::Trait(_, args) => args.iter().any(inside),
            Type::Block(block) => {
                block.params.iter().any(inside) || block.throws.iter().any(inside) || inside(&block.returns)
            }
            _ => false,
        }
    }

    /// The parameter of the type parameter's own bound list that a type satisfies, for lookups.
    pub(crate) fn hole_bounds(&self, hole: HoleId) -> (Vec<TypeId>, Option<ParamId>) {
        self.holes.get(hole).map_or((Vec::new(), None), |hole| (hole.bounds.to_vec(), hole.param))
    }
}
