//! The intermediate representation: a control-flow graph over typed values, how typed trees become one,
//! the passes over it, and an interpreter that says what it means.
//!
//! *Invariant:* this crate knows nothing of machine code. What the passes may assume of an instruction is
//! written at its definition in [`ir`].
#![forbid(unsafe_code)]

pub mod build;
pub mod graph;
pub mod interpret;
pub mod ir;
pub mod lower;
pub mod parse;
pub mod passes;
pub mod print;
pub mod reflection;
pub mod verify;
pub mod visit;

pub use interpret::interpret;
pub use passes::{OptLevel, optimize, optimize_observed};
