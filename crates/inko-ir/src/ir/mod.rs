//! The representation itself: functions of basic blocks with parameters (SSA), over four types.
//!
//! Lowering also uses *locals*, mutable slots read and written by [`Op::GetLocal`] and [`Op::SetLocal`];
//! the `ssa-construction` pass turns them into values and block parameters. Everything after it, code generation
//! included, sees none.
//!
//! *Invariants* (checked by the verifier): every value is defined once and dominates its uses; blocks end in
//! one terminator; arguments match parameters in number and type; instructions have the operand types
//! and results stated here; the unwind block of an [`Terminator::Invoke`] starts with [`Op::LandingPad`]
//! and is no target of other terminators than invokes.
//!
//! | file | what it has |
//! |---|---|
//! | `ids` | the numbers that name things |
//! | `types` | types of values, what is known of words, signatures |
//! | `ops` | operations, and what they may assume |
//! | `function` | functions, blocks, terminators |
//! | `positions` | source positions |
//! | `program` | all of it together |
//! | `reflection` | what mirrors see of it |

mod function;
mod ids;
mod ops;
mod positions;
mod program;
pub mod reflection;
mod types;

pub use function::*;
pub use ids::*;
pub use ops::*;
pub use positions::*;
pub use program::*;
pub use types::*;
