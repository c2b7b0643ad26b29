//! Names, modules, types, inference and checking: from syntax trees to the typed tree.
//!
//! *Invariant:* checking is total: it returns a tree and diagnostics for every input. Only a tree without
//! errors is ever lowered.
//! *Invariant:* this crate reads no files; modules are handed to it by a loader the driver supplies.
#![forbid(unsafe_code)]

pub mod intrinsic;
pub mod tree;
pub mod types;
