//! Programs through parser, checker and lowering: what they become, and what they do.

mod programs;
mod shapes;
mod support;
