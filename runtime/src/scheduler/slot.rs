//! What a thread is running, for others to look at: the ticker, which preempts it, and reports.
//!
//! It knows nothing of processes, so that it can be checked with a model (`runtime/models`).

use crate::sync::{AtomicPtr, AtomicU64, Ordering, spin_loop};
use std::ptr;

/// The process that a thread is running.
#[derive(Debug)]
pub struct Slot<P> {
    process: AtomicPtr<P>,
    /// Counts runs, so that the ticker can tell whether the process is still the same.
    runs: AtomicU64,
}

impl<P> Default for Slot<P> {
    fn default() -> Self {
        Self { process: AtomicPtr::new(ptr::null_mut()), runs: AtomicU64::new(0) }
    }
}

/// In the slot while somebody looks at the process: its thread waits a moment before it goes on.
fn in_use<P>() -> *mut P {
    ptr::null_mut::<P>().map_addr(|_| 1)
}

impl<P> Slot<P> {
    /// Shows a process that is about to run. For the thread of the slot.
    pub fn begin(&self, process: *mut P) {
        self.runs.store(self.runs.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.process.store(process, Ordering::Release);
    }

    /// Nobody looks at the process any more when this returns. For the thread of the slot.
    pub fn end(&self, process: *mut P) {
        while self
            .process
            .compare_exchange(process, ptr::null_mut(), Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            spin_loop();
        }
    }

    /// The number of runs so far, and whether one is going on.
    pub fn state(&self) -> (u64, bool) {
        (self.runs.load(Ordering::Relaxed), !self.process.load(Ordering::Relaxed).is_null())
    }

    /// Looks at the process that is running, if one is. It doesn't go away meanwhile, but it does run. Only one thread
    /// may look at a time.
    pub fn with<R>(&self, look: impl FnOnce(*mut P) -> R) -> Option<R> {
        let process = self.process.load(Ordering::Relaxed);
        // Only a process that is there is exchanged: to put an absence back later would hide a process that has begun
        // meanwhile.
        if process.is_null()
            || self.process.compare_exchange(process, in_use(), Ordering::AcqRel, Ordering::Relaxed).is_err()
        {
            return None;
        }
        let result = look(process);
        self.process.store(process, Ordering::Release);
        Some(result)
    }
}
