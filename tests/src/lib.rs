//! Whole-program tests: see `tests/programs`.
