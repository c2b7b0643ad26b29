//! Lowering: the typed tree of a checked program becomes functions of the representation.
//!
//! | file | concern |
//! |---|---|
//! | `program` | the worklist: what is reachable, selectors and their targets |
//! | `items` | the functions, selectors and constants declared so far |
//! | `layout` | class numbers, shapes of types, conventions of methods, attributes |
//! | `names` | the text of types in messages, the symbols of functions |
//! | `facts` | what must be known of a body before it is lowered: captures, homes, deferred blocks |
//! | `emit` | one function under construction; boxing, unboxing and verification |
//! | `frame` | a body under construction and its frames |
//! | `body` | how functions begin, where variables live, how they end |
//! | `expr`, `call`, `intrinsics`, `matching` | expressions |
//! | `closure` | closure and lambda literals, generators |
//! | `exits`, `defer` | `return`, `throw`, `try`, non-local exits, deferred blocks |
//! | `resources`, `scopes` | which types may hold a resource of the system; variables that do live up to the end of their scope |
//! | `thunk` | adapters between a trait's signature and an implementation's |
//! | `cleanup` | removal of unreachable blocks |
//!
//! *Invariant:* the same program gives the same functions in the same order; nothing iterates over a
//! hash table in hash order.
//! *Invariant:* a word that leaves an erased place is verified before anything trusts its static type.
//! [`layout::Shape`] is what is trusted of a value; every conversion goes through [`emit::Emitter`].
//! *Invariant:* code that no source line stands for (the program's entry, thunks, the runner of
//! deferred blocks) has positions whose function name is empty; traces leave such frames out.

#![forbid(unsafe_code)]

mod body;
mod call;
mod cleanup;
mod closure;
mod defer;
mod emit;
mod exits;
mod expr;
mod facts;
mod frame;
mod intrinsics;
mod items;
mod layout;
mod matching;
mod names;
mod program;
mod reflect;
mod resources;
mod scopes;
mod thunk;

pub use program::lower;
