//! Source text to syntax tree: the source map, the lexer, the parser and the tree they produce.
//!
//! *Invariant:* parsing is total. It returns a tree and a list of errors for every input and never panics.
//! *Invariant:* this crate knows nothing of names, types or files on disk; it is handed text.
#![forbid(unsafe_code)]

pub mod ast;
pub mod dump;
mod error;
mod lexer;
mod literal;
mod parser;
pub mod source;
mod token;

pub use error::{BodyKind, Expected, Found, SyntaxError};
pub use parser::{MAX_DEPTH, MAX_HEIGHT, Parsed, parse};
pub use source::{FileId, LineColumn, SourceFile, SourceMap, Span};
pub use token::TokenKind;

/// An identifier or constant as written. Short names are stored inline and clone without allocating.
pub type Name = smol_str::SmolStr;
