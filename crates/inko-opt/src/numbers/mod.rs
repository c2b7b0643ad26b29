//! How values are represented: intervals of integers, raw floats and booleans, arrays of booleans.

pub(crate) mod boolean_arrays;
pub(crate) mod box_sinking;
pub(crate) mod unboxing;
pub(crate) mod value_ranges;
