//! Whether something of the operating system can be read from or written to, and the processes that wait until it can.
//!
//! It knows neither sockets nor what a process is, only that those who wait have a [`Link`]; so it can be checked with a
//! model (`runtime/models`).
//!
//! # No readiness is lost
//!
//! The system reports edges: that something has *become* ready, once. `epoch` counts them. A process that wants to read
//!
//! 1. notes the epoch;
//! 2. tries; if that works, nothing else happens: no lock is taken and nobody is asked;
//! 3. otherwise is parked, on the worker's stack and under the lock, if the epoch is still the one noted. If not, there was
//!    an edge since 1, and it tries again.
//!
//! Whoever sees an edge raises the epoch under the lock, takes those who wait for it, and then wakes them. An edge before
//! 1 was for something that 2 finds; one between 1 and 3 is seen by 3; one after 3 finds the process parked.
//!
//! Any number of processes may wait. An edge wakes all of them, in the order in which they came: what one leaves behind is
//! there for the next, and those who find nothing wait again. Closing wakes everybody.
//!
//! An edge that never was does no harm, so one may be reported to whatever has the place of something that is gone
//! already. The epoch therefore never falls, whatever a `Readiness` is used for next.

use crate::sync::{AtomicBool, AtomicU64, Mutex, Ordering};
use std::{fmt, ptr};

/// What a process waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// There is something to read, or there never will be.
    Read,
    /// There is room to write, or nobody will read it.
    Write,
}

/// The directions in which something has become ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// Those who wait to read are woken.
    pub read: bool,
    /// Those who wait to write are woken.
    pub write: bool,
}

impl Edge {
    /// Everybody is woken.
    pub const BOTH: Self = Self { read: true, write: true };
}

/// Who may wait.
pub trait Link: Sized {
    /// Where the one is noted that began to wait before.
    fn link(&mut self) -> &mut *mut Self;
}

/// The readiness of one thing, for which processes of type `P` wait.
pub struct Readiness<P> {
    epoch: AtomicU64,
    /// Whether more may be there to be read although less was read than asked for.
    more: AtomicBool,
    /// The last that has begun to wait to read, and to write.
    waiting: Mutex<[*mut P; 2]>,
}

impl<P> fmt::Debug for Readiness<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

// SAFETY: the processes that wait are nobody's until they are taken out, under the lock.
unsafe impl<P: Send> Send for Readiness<P> {}
// SAFETY: as above.
unsafe impl<P: Send> Sync for Readiness<P> {}

impl<P> Default for Readiness<P> {
    fn default() -> Self {
        Self {
            epoch: AtomicU64::new(1),
            more: AtomicBool::new(false),
            waiting: Mutex::new([ptr::null_mut(); 2]),
        }
    }
}

impl<P: Link> Readiness<P> {
    /// The number of edges so far, to be noted before an attempt. Never 0.
    #[inline]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Whether there may be more to read in this epoch although less was read than asked for.
    #[inline]
    pub fn may_have_more(&self) -> bool {
        self.more.load(Ordering::Relaxed)
    }

    /// Notes that. It holds for the epoch that [`Readiness::wake`] begins next, and all later ones.
    pub fn set_more(&self) {
        self.more.store(true, Ordering::Relaxed);
    }

    /// Forgets that, for the next use.
    pub fn reset(&self) {
        self.more.store(false, Ordering::Relaxed);
    }

    /// Leaves a process here until the next edge. Whether that was done: whoever wakes the process then owns it. Otherwise
    /// there was an edge since the epoch was noted.
    ///
    /// # Safety
    /// The process is the caller's.
    pub unsafe fn park(&self, process: *mut P, direction: Direction, noted: u64) -> bool {
        let mut waiting = self.waiting.lock();
        // Changed under the lock only.
        if self.epoch.load(Ordering::Relaxed) != noted {
            return false;
        }
        let last = &mut waiting[direction as usize];
        // SAFETY: the process is ours.
        unsafe { *(*process).link() = *last };
        *last = process;
        true
    }

    /// There was an edge: gives those who wait for it. They are the caller's from now on.
    pub fn wake(&self, edge: Edge) -> Woken<P> {
        let mut waiting = self.waiting.lock();
        let epoch = self.epoch.load(Ordering::Relaxed);
        self.epoch.store(epoch + 1, Ordering::Release);
        let mut take = |direction: Direction, wanted| {
            let last = &mut waiting[direction as usize];
            if wanted { std::mem::replace(last, ptr::null_mut()) } else { ptr::null_mut() }
        };
        let taken = [take(Direction::Read, edge.read), take(Direction::Write, edge.write)];
        drop(waiting);
        Woken(taken.map(first_in_first_out))
    }
}

/// Turns a list round.
fn first_in_first_out<P: Link>(last: *mut P) -> *mut P {
    let (mut rest, mut list) = (last, ptr::null_mut());
    while !rest.is_null() {
        // SAFETY: those who were taken out are ours.
        let link = unsafe { (*rest).link() };
        let before = std::mem::replace(link, list);
        list = rest;
        rest = before;
    }
    list
}

/// Processes that an edge has woken. Those that aren't taken are lost.
#[derive(Debug)]
pub struct Woken<P>([*mut P; 2]);

impl<P: Link> Iterator for Woken<P> {
    type Item = *mut P;

    fn next(&mut self) -> Option<*mut P> {
        let list = self.0.iter_mut().find(|list| !list.is_null())?;
        let first = *list;
        // SAFETY: they are ours.
        *list = std::mem::replace(unsafe { (*first).link() }, ptr::null_mut());
        Some(first)
    }
}
