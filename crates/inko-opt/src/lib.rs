//! The optimizer: passes over the representation that turn messages into control flow, and the facts about the whole
//! program that they rely on.
//!
//! | folder | what its passes are about |
//! |---|---|
//! | [`calls`] | inlining, devirtualization, tail recursion, non-local exits |
//! | [`control_flow`] | unreachable blocks, merging of blocks, jump threading |
//! | [`values`] | SSA construction, constants, redundant and dead code, objects that are only values |
//! | [`numbers`] | intervals of integers, raw floats and booleans |
//! | [`loops`] | rotation, safepoint polls |
//! | [`program`] | the call graph and what callers may know of a function |
//!
//! [`pipeline`] has the order in which they run, [`edit`] what they share, [`context`] what they may know.
//!
//! *Invariant:* nothing here sees the typed tree, machine code or the interpreter, and no pass knows a method by its name.
//! What the passes may assume of an instruction is written at its definition in [`inko_ir::ir`].
#![forbid(unsafe_code)]

mod calls;
mod context;
mod control_flow;
mod edit;
mod loops;
mod numbers;
mod pipeline;
mod program;
mod values;

pub use pipeline::{Observer, OptLevel, Options, optimize, optimize_with};
