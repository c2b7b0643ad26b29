//! The runtime linked into every program: processes and their scheduler, heaps and their collector, and
//! the primitives that std is written with.
//!
//! *Invariant:* it knows nothing of the language's types; it sees words, layouts and tables (`inko-abi`).

pub mod heap;
pub mod process;
