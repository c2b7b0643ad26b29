//! What is computed, and how often: SSA construction, constants, redundant and dead code, objects that are only values.

pub(crate) mod constant_folding;
pub(crate) mod constant_propagation;
pub(crate) mod dead_code_elimination;
pub(crate) mod load_elimination;
pub(crate) mod scalar_replacement;
pub(crate) mod ssa_construction;
pub(crate) mod value_numbering;
