//! What is known of the whole program: who calls whom, what callers may know of a function, and the order in which
//! functions are worked on.

pub(crate) mod call_graph;
mod compaction;
pub(crate) mod function_merging;
pub(crate) mod library;
pub(crate) mod positions;
pub(crate) mod schedule;
pub(crate) mod size;
pub(crate) mod summaries;
pub(crate) mod unreachable_functions;
