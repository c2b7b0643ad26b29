//! Source positions, with the calls that code was inlined at.

use super::ids::PositionId;
use crate::Map;
use cranelift_entity::EntityRef;
use foldhash::fast::FixedState;
use indexmap::IndexSet;
use inko_syntax::Name;

/// A source position.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Position {
    /// The name of the method or block that the code was written in.
    pub function: Name,
    /// The path of the file.
    pub file: Name,
    /// The line, from 1.
    pub line: u32,
    /// The call that this code was inlined at.
    pub caller: Option<PositionId>,
}

/// The positions of a program, interned.
#[derive(Debug, Default)]
pub struct Positions {
    all: IndexSet<Position, FixedState>,
    /// For code that was inlined, what [`Positions::inlined`] gave: chains are as long as calls are nested.
    inlined: Map<(PositionId, PositionId), PositionId>,
}

impl Positions {
    /// The id of a position.
    pub fn intern(&mut self, position: Position) -> PositionId {
        PositionId::new(self.all.insert_full(position).0)
    }

    /// The position of an id.
    pub fn get(&self, id: PositionId) -> &Position {
        &self.all[id.index()]
    }

    /// All positions in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Position> {
        self.all.iter()
    }

    /// The position of inlined code: `inner`, whose outermost caller becomes `call`.
    pub fn inlined(&mut self, inner: PositionId, call: PositionId) -> PositionId {
        if let Some(&known) = self.inlined.get(&(inner, call)) {
            return known;
        }
        let mut position = self.get(inner).clone();
        position.caller = Some(match position.caller {
            Some(caller) => self.inlined(caller, call),
            None => call,
        });
        let id = self.intern(position);
        self.inlined.insert((inner, call), id);
        id
    }
}
