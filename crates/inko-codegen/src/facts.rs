//! What the code emitted so far has made sure of, so that the next operation on the same array or object need not test it
//! again: indexes within the bounds of arrays, objects that may be changed, class numbers.
//!
//! Facts hold along chains of blocks with one predecessor each. They aren't merged where paths meet: what pays is the
//! sequence, as in the exchange of two elements.
//!
//! *Invariant:* a fact about bounds or about being changeable ends at every call, which may shrink or freeze anything.
//! Objects that move at polls and allocations stay what they are. The class of an object never changes.

use crate::values::Raw;
use cranelift_entity::SecondaryMap;
use inko_ir::ir::*;
use std::collections::{HashMap, HashSet};

/// More facts than this aren't kept, so that long chains of blocks cost no more than others.
pub(crate) const MOST: usize = 32;

/// An index as far as it can be compared here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Index {
    Value(Value),
    Constant(i64),
}

/// An element of an array: the roots of the array and of the index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Element(pub(crate) Value, pub(crate) Index);

/// What holds at one point.
#[derive(Clone, Default, Debug)]
pub(crate) struct Facts {
    pub(crate) elements: HashMap<Element, Raw>,
    pub(crate) changeable: HashSet<Value>,
    pub(crate) classes: HashMap<Value, Raw>,
}

/// The facts of a function while its blocks are emitted.
#[derive(Default, Debug)]
pub(crate) struct FactBook {
    pub(crate) now: Facts,
    pub(crate) at_end: SecondaryMap<BlockId, Option<Facts>>,
    /// The number of accesses to each element, and of tests for the class of each value.
    pub(crate) accesses: HashMap<Element, u32>,
    pub(crate) tests: HashMap<Value, u32>,
}
