//! Source positions, with the calls that code was inlined at.

use super::ids::PositionId;
use crate::Map;
use cranelift_entity::EntityRef;
use cranelift_entity::packed_option::PackedOption;
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

/// A position without the call that it was inlined at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// See [`Position::function`].
    pub function: Name,
    /// See [`Position::file`].
    pub file: Name,
    /// See [`Position::line`].
    pub line: u32,
}

/// The positions of a program, interned.
#[derive(Debug, Default)]
pub struct Positions {
    /// Each position as a number in `places` and the call that it was inlined at: programs have far more positions than
    /// places, because each inlined call makes new ones.
    all: Vec<Key>,
    ids: Map<Key, PositionId>,
    places: IndexSet<Place, FixedState>,
    /// For code that was inlined, what [`Positions::inlined`] gave: chains are as long as calls are nested.
    inlined: Map<(PositionId, PositionId), PositionId>,
}

type Key = (u32, PackedOption<PositionId>);

impl Positions {
    /// The id of a position.
    pub fn intern(&mut self, position: Position) -> PositionId {
        let Position { function, file, line, caller } = position;
        let (place, _) = self.places.insert_full(Place { function, file, line });
        self.at((place as u32, caller.into()))
    }

    fn at(&mut self, key: Key) -> PositionId {
        *self.ids.entry(key).or_insert_with(|| {
            self.all.push(key);
            PositionId::new(self.all.len() - 1)
        })
    }

    /// The position of an id.
    pub fn get(&self, id: PositionId) -> Position {
        self.whole(self.all[id.index()])
    }

    /// The call that the code at a position was inlined at.
    pub fn caller(&self, id: PositionId) -> Option<PositionId> {
        self.all[id.index()].1.expand()
    }

    fn whole(&self, (place, caller): Key) -> Position {
        let Place { function, file, line } = self.places[place as usize].clone();
        Position { function, file, line, caller: caller.expand() }
    }

    /// The number of a position's place in [`Positions::places`].
    pub fn place(&self, id: PositionId) -> usize {
        self.all[id.index()].0 as usize
    }

    /// The places of all positions, each once.
    pub fn places(&self) -> impl ExactSizeIterator<Item = &Place> {
        self.places.iter()
    }

    /// The number of positions.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// All positions in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = Position> {
        self.all.iter().map(|&key| self.whole(key))
    }

    /// The ids of all positions.
    pub fn ids(&self) -> impl Iterator<Item = PositionId> + use<> {
        (0..self.all.len()).map(PositionId::new)
    }

    /// The position of inlined code: `inner`, whose outermost caller becomes `call`.
    pub fn inlined(&mut self, inner: PositionId, call: PositionId) -> PositionId {
        if let Some(&known) = self.inlined.get(&(inner, call)) {
            return known;
        }
        let (place, caller) = self.all[inner.index()];
        let caller = match caller.expand() {
            Some(caller) => self.inlined(caller, call),
            None => call,
        };
        let id = self.at((place, caller.into()));
        self.inlined.insert((inner, call), id);
        id
    }
}
