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
//!
//! # The watch
//!
//! Work may also come from the operating system, which one of those that sleep waits for (a [`Watch`]) in place of the
//! condition variable: it is at work with one wake-up, and nobody has to be told. There is a watch whenever all workers
//! sleep. While some work, perhaps nobody watches: those look for what the system has when they have no other work, and
//! whoever leaves the watch for long hands it over.
//!
//! Those without the watch are notified first. An interruption may come late, when the watch has ended by
//! itself: then the next one ends at once, for nothing.

use crate::sync::{AtomicBool, AtomicUsize, Condvar, Mutex, Ordering, fence};

/// A way to wait for work that the operating system brings.
pub trait Watch {
    /// The work.
    type Found;

    /// Whether there is anything to watch.
    fn is_there(&self) -> bool;
    /// Waits for work, or until it is interrupted.
    fn watch(&self) -> Option<Self::Found>;
}

/// The workers that sleep.
#[derive(Debug, Default)]
pub struct Parking {
    /// The workers between 1 and the end of 3; changed under the lock.
    idle: AtomicUsize,
    /// Set from the notification of a worker until it looks for work.
    waking: AtomicBool,
    sleepers: Mutex<Sleepers>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Sleepers {
    /// Those that wait for the condition variable and haven't been notified.
    waiting: usize,
    watch: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    /// Nobody watches.
    #[default]
    Free,
    /// Somebody does and hasn't been notified.
    Taken,
    /// Somebody does who has been.
    Interrupted,
}

impl Parking {
    /// Sleeps until `find`, which is called in between, or the watch finds work.
    pub fn sleep<W: Watch>(&self, watch: &W, mut find: impl FnMut() -> Option<W::Found>) -> W::Found {
        let mut sleepers = self.sleepers.lock();
        self.idle.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let found = loop {
            if let Some(found) = find() {
                break found;
            }
            let found = if sleepers.watch == State::Free && watch.is_there() {
                sleepers.watch = State::Taken;
                drop(sleepers);
                let found = watch.watch();
                sleepers = self.sleepers.lock();
                sleepers.watch = State::Free;
                found
            } else {
                sleepers.waiting += 1;
                self.wake.wait(&mut sleepers);
                None
            };
            self.waking.store(false, Ordering::SeqCst);
            fence(Ordering::SeqCst);
            if let Some(found) = found {
                break found;
            }
        };
        self.idle.fetch_sub(1, Ordering::SeqCst);
        found
    }

    /// Wakes an idle worker, if there is one; called after work was added.
    #[inline]
    pub fn notify(&self, interrupt: impl FnOnce()) {
        fence(Ordering::SeqCst);
        if self.idle.load(Ordering::Relaxed) == 0 || self.waking.load(Ordering::Relaxed) {
            return;
        }
        self.wake_one(interrupt);
    }

    fn wake_one(&self, interrupt: impl FnOnce()) {
        let mut sleepers = self.sleepers.lock();
        let watched = sleepers.watch == State::Taken;
        if sleepers.waiting == 0 && !watched || self.waking.swap(true, Ordering::SeqCst) {
            return;
        }
        if sleepers.waiting > 0 {
            sleepers.waiting -= 1;
            self.wake.notify_one();
        } else {
            sleepers.watch = State::Interrupted;
            interrupt();
        }
    }

    /// Wakes a worker that takes the watch, if nobody has it; for one who has left it and won't be back soon.
    pub fn hand_over(&self) {
        let mut sleepers = self.sleepers.lock();
        if sleepers.watch == State::Free && sleepers.waiting > 0 && !self.waking.swap(true, Ordering::SeqCst)
        {
            sleepers.waiting -= 1;
            self.wake.notify_one();
        }
    }

    /// Wakes all workers, for work that only one of them may do, or when there is something new to watch.
    pub fn notify_all(&self, interrupt: impl FnOnce()) {
        let mut sleepers = self.sleepers.lock();
        sleepers.waiting = 0;
        self.wake.notify_all();
        if sleepers.watch == State::Taken {
            sleepers.watch = State::Interrupted;
            interrupt();
        }
    }

    /// The number of workers that sleep.
    pub fn idle(&self) -> usize {
        self.idle.load(Ordering::SeqCst)
    }

    /// Keeps all workers that sleep from waking, and others from falling asleep, for a moment in which `look` is given
    /// the number of those that sleep.
    pub fn hold<R>(&self, look: impl FnOnce(usize) -> R) -> R {
        let _sleepers = self.sleepers.lock();
        look(self.idle())
    }
}
