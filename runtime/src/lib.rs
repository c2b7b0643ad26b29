//! The runtime linked into every program: processes and their scheduler, heaps and their collector, and
//! the primitives that std is written with.
//!
//! *Invariant:* it knows nothing of the language's types; it sees words, layouts and tables (`inko-abi`).
//!
//! | to see | open |
//! |---|---|
//! | what happens at `send` | `messages.rs`, `heap/copy.rs`, `mailbox.rs` |
//! | how a process is run, parked and woken | `scheduler/mod.rs` |
//! | preemption and time-outs | `poll.rs`, `scheduler/clock.rs` |
//! | the collector | `heap/collect.rs`, `walk.rs` |
//! | `return` and `throw` out of closures | `unwind.rs` |
#![cfg_attr(test, expect(dead_code, reason = "unit tests start no program"))]

/// Processes and messages are small, many, and often freed by another thread than the one that made them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod config;
mod entries;
mod frames;
mod generator;
mod handle;
pub mod heap;
mod mailbox;
mod messages;
mod moment;
mod object;
mod outcome;
mod panic;
mod poll;
mod primitives;
mod process;
mod program;
mod scheduler;
mod stack;
#[cfg(not(test))]
mod start;
mod switch;
mod sync;
#[cfg(test)]
mod testing;
mod unwind;
mod walk;
