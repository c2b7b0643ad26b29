//! Unification variables: type arguments that are not known yet (§4.10.4 of the reference).
//!
//! *Invariant:* a hole is filled at most once, never with itself or with a type that contains it.
//! *Invariant:* every change is in the trail, so that a failed attempt can be undone to the last bit.

use crate::types::{HoleId, ParamId, TypeId};
use cranelift_entity::PrimaryMap;
use std::rc::Rc;

/// What is known about a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HoleValue {
    /// Nothing.
    Open,
    /// It met `Never`, which a later real type may replace.
    Never,
    /// It stands for this type.
    Filled(TypeId),
}

/// A hole.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    /// What is known about it.
    pub(crate) value: HoleValue,
    /// The traits that its type must fit.
    pub(crate) bounds: Rc<[TypeId]>,
    /// The type parameter it stands for, for messages.
    pub(crate) param: Option<ParamId>,
}

/// A point in the trail.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);

/// The holes of the body that is being checked.
#[derive(Default)]
pub(crate) struct Holes {
    all: PrimaryMap<HoleId, Hole>,
    trail: Vec<(HoleId, Hole)>,
}

impl Holes {
    /// Makes a new hole.
    pub(crate) fn fresh(&mut self, param: Option<ParamId>) -> HoleId {
        self.all.push(Hole { value: HoleValue::Open, bounds: Rc::new([]), param })
    }

    /// A hole, if it belongs to the current body.
    pub(crate) fn get(&self, id: HoleId) -> Option<&Hole> {
        self.all.get(id)
    }

    /// Changes a hole, remembering what it was.
    pub(crate) fn change(&mut self, id: HoleId, change: impl FnOnce(&mut Hole)) {
        if let Some(hole) = self.all.get_mut(id) {
            self.trail.push((id, hole.clone()));
            change(hole);
        }
    }

    /// Now, to go back to.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.trail.len())
    }

    /// Undoes all changes since a mark.
    pub(crate) fn undo(&mut self, mark: Mark) {
        while self.trail.len() > mark.0 {
            if let Some((id, hole)) = self.trail.pop()
                && let Some(place) = self.all.get_mut(id)
            {
                *place = hole;
            }
        }
    }

    /// Forgets all holes, at the end of a body. Their ids are used again.
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.trail.clear();
    }
}
