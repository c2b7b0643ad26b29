//! Holding the whole program for a moment, so that a report can look at every process.
//!
//! 1. The reporter requests a halt and preempts what is running.
//! 2. Each thread comes to rest before it runs another process: [`Halt::rest`]. Threads that sleep are at rest anyway,
//!    and those in an operation of the operating system as long as that lasts: they look at the request when it ends.
//! 3. When all are at rest, the reporter looks, and then lets them go on.
//!
//! A thread that doesn't come to rest soon, because it is in a long operation of the runtime, is not waited for. It
//! doesn't run another process; only the one that it is running must not be looked at.

use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The state of a halt.
#[derive(Debug, Default)]
pub struct Halt {
    requested: AtomicBool,
    resting: Mutex<usize>,
    changed: Condvar,
    resumed: Condvar,
}

/// How long the reporter waits before it looks again.
const PAUSE: Duration = Duration::from_millis(1);

impl Halt {
    /// Whether threads should come to rest.
    #[inline]
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// The same, for a thread that was outside: what the reporter has seen of it before is no longer true.
    pub fn is_requested_outside(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Rests until the halt is over.
    #[cold]
    pub fn rest(&self) {
        let mut resting = self.resting.lock();
        *resting += 1;
        self.changed.notify_all();
        while self.requested.load(Ordering::SeqCst) {
            self.resumed.wait(&mut resting);
        }
        *resting -= 1;
    }

    /// Requests a halt.
    pub fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
    }

    /// Waits a moment; gives the number of threads that are resting.
    pub fn wait(&self) -> usize {
        let mut resting = self.resting.lock();
        self.changed.wait_for(&mut resting, PAUSE);
        *resting
    }

    /// Ends the halt.
    pub fn resume(&self) {
        let _resting = self.resting.lock();
        self.requested.store(false, Ordering::SeqCst);
        self.resumed.notify_all();
    }
}
