//! Tests of the checker from source to diagnostics and typed tree, all in memory.

mod library;
mod probes;
mod rules;
mod support;
mod total;
