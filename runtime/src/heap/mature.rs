//! What a heap has once it has been collected: the old generation, and tables that few processes need.

use super::extras::Extras;
use super::large::LargeObjects;
use super::{Chunk, FIRST_THRESHOLD};
use crate::object::Object;
use hashbrown::HashMap;

/// The old part of a heap.
#[derive(Debug)]
pub struct Mature {
    /// The chunks of old objects.
    pub chunks: Vec<Chunk>,
    /// The bytes in use in these chunks.
    pub used: usize,
    /// The large objects, young ones too.
    pub large: LargeObjects,
    /// The old objects that own something outside of the heap.
    pub externals: Vec<*mut u64>,
    /// The bytes that these objects own.
    pub outside: usize,
    /// The old objects that were written to since the last collection.
    pub remembered: Vec<*mut u64>,
    /// A major collection is due when there are more bytes than this.
    pub threshold: usize,
    /// Counts collections.
    pub collections: u64,
    /// Numbers of objects that were hashed by identity, by address.
    pub identities: HashMap<usize, u64, foldhash::fast::FixedState>,
    next_identity: u64,
    /// Attributes that mirrors added.
    pub extras: Extras,
}

impl Default for Mature {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            used: 0,
            large: LargeObjects::default(),
            externals: Vec::new(),
            outside: 0,
            remembered: Vec::new(),
            threshold: FIRST_THRESHOLD,
            collections: 0,
            identities: HashMap::default(),
            next_identity: 0,
            extras: Extras::default(),
        }
    }
}

impl Mature {
    /// The bytes that decide on major collections.
    pub fn load(&self) -> usize {
        self.used + self.large.bytes + self.outside
    }

    /// A number for an object that stays the same when the object moves.
    pub fn identity(&mut self, object: Object) -> u64 {
        *self.identities.entry(object.address() as usize).or_insert_with(|| {
            self.next_identity += 1;
            self.next_identity
        })
    }
}
