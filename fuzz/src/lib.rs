//! What the fuzz targets share: the standard library kept in memory, the rules that diagnostics have to
//! keep, and a mutator that knows tokens.
#![forbid(unsafe_code)]

pub mod library;
pub mod mutate;
pub mod oracle;
pub mod text;
