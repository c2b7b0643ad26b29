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
//! | how a process waits for a socket | `readiness.rs`, `socket.rs`, `scheduler/poller.rs` |
//! | the collector | `heap/collect.rs`, `walk.rs` |
//! | `return` and `throw` out of closures | `unwind.rs` |
#![cfg_attr(test, expect(dead_code, reason = "unit tests start no program"))]

#[cfg_attr(not(inko_sanitize), global_allocator)]
#[cfg_attr(inko_sanitize, expect(dead_code, reason = "sanitizers watch the allocator of the system"))]
static ALLOCATOR: memory::Allocator = memory::Allocator;

mod child;
mod config;
mod entries;
mod ffi;
mod frames;
mod generator;
mod handle;
pub mod heap;
mod inheritance;
mod mailbox;
mod memory;
mod messages;
mod moment;
mod object;
mod outcome;
mod panic;
mod poll;
mod primitives;
mod process;
mod program;
mod readiness;
mod resource;
mod scheduler;
mod socket;
mod stack;
#[cfg(not(test))]
mod start;
mod switch;
mod sync;
#[cfg(test)]
mod testing;
mod unwind;
mod walk;
