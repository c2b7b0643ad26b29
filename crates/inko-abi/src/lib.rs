//! What machine code and runtime agree on: words and tags, object layouts, the process block, the
//! tables that the compiler writes into a program, and the runtime's entry points.
//!
//! *Invariant:* this is the only place where a tag, an offset or a signature is written down; the code
//! generator and the runtime both read it here.
//! *Invariant:* `no_std`, no dependencies, no behaviour: constants, `repr(C)` structs and tables only.
#![no_std]

pub mod class;
pub mod entry;
pub mod object;
pub mod process;
pub mod table;
pub mod word;
