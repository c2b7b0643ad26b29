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
    all: Vec<Position>,
    /// The place in the source of each position, as a number in `places`: texts are hashed once for all that is inlined.
    place_of: Vec<u32>,
    places: IndexSet<(Name, Name, u32), FixedState>,
    ids: Map<(u32, Option<PositionId>), PositionId>,
    /// For code that was inlined, what [`Positions::inlined`] gave: chains are as long as calls are nested.
    inlined: Map<(PositionId, PositionId), PositionId>,
}

impl Positions {
    /// The id of a position.
    pub fn intern(&mut self, position: Position) -> PositionId {
        let Position { function, file, line, caller } = position;
        let (place, _) = self.places.insert_full((function, file, line));
        self.at(place as u32, caller)
    }

    fn at(&mut self, place: u32, caller: Option<PositionId>) -> PositionId {
        if let Some(&known) = self.ids.get(&(place, caller)) {
            return known;
        }
        let id = PositionId::new(self.all.len());
        let (function, file, line) = self.places[place as usize].clone();
        self.all.push(Position { function, file, line, caller });
        self.place_of.push(place);
        self.ids.insert((place, caller), id);
        id
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
        let caller = match self.get(inner).caller {
            Some(caller) => self.inlined(caller, call),
            None => call,
        };
        let id = self.at(self.place_of[inner.index()], Some(caller));
        self.inlined.insert((inner, call), id);
        id
    }
}
