//! Names, modules, types, inference and checking: from syntax trees to the typed tree.
//!
//! The way of a program through this crate, one directory or file a step:
//!
//! | step | where |
//! |---|---|
//! | collect the modules that the main module reaches | `loader` |
//! | give every definition an id; bind imports | `declare::{names, imports}` |
//! | bounds, attributes, implementations, signatures | `declare::{headers, signatures}` |
//! | check implementations against their traits | `declare::impls` |
//! | check module bodies, then method bodies | `check` |
//!
//! Beside them stand the relations on types: `fits` (assignability), `holes` (inference), `transform`
//! (substitution), `lookup` (which method a send means); and `errors`, the only place that makes text.
//!
//! *Invariant:* checking is total: it returns a tree and diagnostics for every input. Only a tree without
//! errors is ever lowered.
//! *Invariant:* this crate reads no files; modules are handed to it by a loader the driver supplies.
//! *Invariant:* checking recurses as deep as expressions are nested, but not along chains of messages. The parser's
//! limits (`inko_syntax::MAX_DEPTH`, `MAX_HEIGHT`) fit a stack of 2 MiB; see the test `deep_nesting`.
#![forbid(unsafe_code)]

mod check;
mod declare;
mod errors;
mod fits;
mod holes;
pub mod intrinsic;
mod loader;
mod lookup;
mod map;
mod print;
mod report;
mod resolve;
mod suggest;
mod transform;
pub mod tree;
pub mod types;
mod world;

pub use loader::{Advice, Loaded, Loader, ParsedModule};

use inko_diagnostics::Diagnostic;

/// What [`check`] gives.
#[derive(Debug)]
pub struct Checked {
    /// The typed tree. It may only be lowered if no diagnostic is an error.
    pub program: tree::Program,
    /// Errors and warnings, ordered by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a whole program: the main module and everything it imports, directly or not, explicitly or by
/// the language's implicit imports, which `sources` must be able to load as well.
pub fn check(sources: &mut dyn Loader, main: ParsedModule) -> Checked {
    let collected = loader::collect(sources, main);
    let mut world = world::World::new();
    declare::declare(&mut world, &collected);
    check::check_bodies(&mut world);
    let (program, diagnostics) = world.finish(&collected);
    Checked { program, diagnostics }
}
