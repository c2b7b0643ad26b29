//! Diagnostics: the table of codes, the pages that explain them, the type they are reported with and the
//! two ways they are shown.
//!
//! *Invariant:* no other crate knows how a diagnostic looks; no terminal and no file is touched here,
//! renderers return text.
#![forbid(unsafe_code)]

mod codes;
mod diagnostic;
mod pages;
mod render;
mod syntax;

pub use codes::{Code, Severity};
pub use diagnostic::{Diagnostic, Label};
pub use pages::pages;
pub use render::{render_human, render_json};
pub use syntax::syntax;
