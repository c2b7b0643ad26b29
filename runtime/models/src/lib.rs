//! Models of the runtime's protocols between threads, checked exhaustively with [loom](https://docs.rs/loom): the modules
//! of the runtime itself, compiled with loom's atomics and locks in place of the real ones.
//!
//! Each model is as small as can be (two or three threads, a message or two): loom runs it in every order that the
//! memory model allows, and a mistake in such a protocol shows with few threads.
#![cfg(test)]

mod sync;

#[path = "../../src/scheduler/blocking.rs"]
#[expect(dead_code, reason = "models use a part of it")]
mod blocking;
#[path = "../../src/mailbox.rs"]
#[expect(dead_code, reason = "models use a part of it")]
mod mailbox;
#[path = "../../src/scheduler/parking.rs"]
#[expect(dead_code, reason = "models use a part of it")]
mod parking;
#[path = "../../src/readiness.rs"]
#[expect(dead_code, reason = "models use a part of it")]
mod readiness;
#[path = "../../src/scheduler/slot.rs"]
#[expect(dead_code, reason = "models use a part of it")]
mod slot;

mod blocking_models;
mod mailbox_models;
mod parking_models;
mod readiness_models;
mod slot_models;
