//! Atomics and locks for the modules that are model checked: `runtime/models` compiles those with the types of
//! [loom](https://docs.rs/loom) instead. What they use must be here.

pub use parking_lot::{Condvar, Mutex};
pub use std::hint::spin_loop;
pub use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};
