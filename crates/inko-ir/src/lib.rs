//! The intermediate representation: a control-flow graph over typed values, its text form, its verifier, and what walks it.
//!
//! *Invariant:* this crate knows nothing of the typed tree that programs are lowered from, of passes and of machine code.
//! What may be assumed of an instruction is written at its definition in [`ir`].
#![forbid(unsafe_code)]

pub mod build;
pub mod graph;
pub mod ir;
mod map;
pub mod parse;
pub mod print;

pub mod verify;
pub mod visit;

pub use ir::reflection;
pub use map::Map;
