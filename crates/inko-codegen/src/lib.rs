//! Code generation: from the intermediate representation of a program to the bytes of an object file with
//! x86-64 machine code, the tables of the runtime and debug information, by Cranelift.
//!
//! A map of the files, in the order in which a program passes through them:
//!
//! | file         | what it does                                                            |
//! |--------------|-------------------------------------------------------------------------|
//! | `compile`    | the order of everything: collect, compile on threads, put together      |
//! | `isa`        | the target and its flags                                                |
//! | `data`       | static objects and texts; `mirrors` what mirrors see; `dispatch` the tables of selectors |
//! | `liveness`   | which words are live where                                              |
//! | `safepoint`  | where words are while objects move: slots of the frame                  |
//! | `emit`       | one function, block by block; `ops` is the table of operations          |
//! | `emitter`    | what all operations share: values, slots, blocks                        |
//! | `integer`, `float`, `check`, `memory`, `array`, `calls`, `lookup`, `branch` | the operations |
//! | `remember`   | what the code so far has made sure of (`facts`), noted and asked        |
//! | `function`   | machine code with call sites, lines and unwind information              |
//! | `trampoline` | the functions that no source stands for                                 |
//! | `tables`     | the tables of `inko_abi::table`                                         |
//! | `debuginfo`  | DWARF lines, functions and unwind rows                                  |
//!
//! *Invariant:* the same program and options give the same bytes, whatever the number of threads.
//! *Invariant:* no files, environment, clock or output; the driver does that.
//! *Invariant:* offsets, tags and signatures come from `inko_abi` and from nowhere else.

#![forbid(unsafe_code)]

mod array;
mod bits;
mod blob;
mod branch;
mod calls;
mod check;
mod compile;
mod convention;
mod data;
mod debuginfo;
mod dispatch;
mod emit;
mod emitter;
mod facts;
mod float;
mod function;
mod integer;
mod isa;
mod listing;
mod liveness;
mod lookup;
mod memory;
mod mirrors;
mod ops;
mod remember;
mod safepoint;
mod symbols;
mod tables;
mod trampoline;
mod values;

pub use compile::compile;

use std::fmt::{self, Display, Formatter};

/// How much Cranelift optimizes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Optimize {
    /// Not at all, to compile fast.
    None,
    /// For speed.
    #[default]
    Speed,
}

/// Which listings to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Listings {
    /// Cranelift's representation.
    pub clif: bool,
    /// Machine code.
    pub asm: bool,
}

/// What to make, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// How much to optimize.
    pub optimize: Optimize,
    /// The texts to make besides the object.
    pub listings: Listings,
    /// The number of threads, at least 1.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { optimize: Optimize::default(), listings: Listings::default(), threads: 1 }
    }
}

/// A compiled program.
#[derive(Debug)]
pub struct Output {
    /// The bytes of the object file.
    pub object: Vec<u8>,
    /// Cranelift's representation of all functions, if asked for.
    pub clif: Option<String>,
    /// The machine code of all functions, if asked for.
    pub asm: Option<String>,
}

/// The compiler could not do its work. Programs that pass the verifier of the intermediate representation do
/// not cause this, so it is a defect of the compiler, or a function beyond what Cranelift can hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    message: String,
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
