//! Where workers sleep while there is no work.
//!
//! It knows neither workers nor work, so that it can be checked with a model (`runtime/models`).
//!
//! # No wake-up is lost
//!
//! A worker that has found no work
//!
//! 1. counts itself idle, under the lock;
//! 2. looks for work once more;
//! 3. waits.
//!
//! Whoever adds work first adds it, then looks at the number of idle workers (a fence lies between, as it
//! does between 1 and 2), and wakes one under the lock. Either the worker sees the work in 2 or the other
//! sees it idle.
//!
//! A wake-up takes a while, in which much work may be added: while a notified worker hasn't begun to look
//! for work (`waking`), nobody notifies another. The worker first resets the flag, then looks, so that it
//! sees whatever was added without a notification; and if it leaves work behind, it must notify the next.

use crate::sync::{AtomicBool, AtomicUsize, Condvar, Mutex, Ordering, fence};

/// The workers that sleep.
#[derive(Debug, Default)]
pub struct Parking {
    /// The workers between 1 and the end of 3; changed under the lock.
    idle: AtomicUsize,
    /// Set from the notification of a worker until it looks for work.
    waking: AtomicBool,
    /// The workers that wait and haven't been notified.
    waiting: Mutex<usize>,
    wake: Condvar,
}

impl Parking {
    /// Sleeps until `find`, which is called in between, finds work.
    pub fn sleep<T>(&self, mut find: impl FnMut() -> Option<T>) -> T {
        let mut waiting = self.waiting.lock();
        self.idle.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let found = loop {
            if let Some(found) = find() {
                break found;
            }
            *waiting += 1;
            self.wake.wait(&mut waiting);
            self.waking.store(false, Ordering::SeqCst);
            fence(Ordering::SeqCst);
        };
        self.idle.fetch_sub(1, Ordering::SeqCst);
        found
    }

    /// Wakes an idle worker, if there is one; called after work was added.
    #[inline]
    pub fn notify(&self) {
        fence(Ordering::SeqCst);
        if self.idle.load(Ordering::Relaxed) == 0 || self.waking.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = self.waiting.lock();
        if *waiting > 0 && !self.waking.swap(true, Ordering::SeqCst) {
            *waiting -= 1;
            self.wake.notify_one();
        }
    }

    /// Wakes all workers, for work that only one of them may do.
    pub fn notify_all(&self) {
        let mut waiting = self.waiting.lock();
        *waiting = 0;
        self.wake.notify_all();
    }

    /// The number of workers that sleep.
    pub fn idle(&self) -> usize {
        self.idle.load(Ordering::SeqCst)
    }

    /// Keeps all workers that sleep from waking, and others from falling asleep, for a moment in which `look` is given
    /// the number of those that sleep.
    pub fn hold<R>(&self, look: impl FnOnce(usize) -> R) -> R {
        let _waiting = self.waiting.lock();
        look(self.idle())
    }
}
