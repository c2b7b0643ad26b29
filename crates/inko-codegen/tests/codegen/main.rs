//! The tests of code generation, one program: a module a concern, on one set of helpers.

mod debugger;
mod numbers;
mod programs;
mod run;
mod shapes;
mod support;
