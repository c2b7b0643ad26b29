//! The clock: ends waits and sleeps when their time is over.
//!
//! Time-outs are in a heap by deadline. Waits that end earlier leave theirs behind: each names the wait
//! that it is for, and does nothing when it comes too late. From time to time these are swept out.
//!
//! None is early. With many processes that sleep, the clock doesn't wake for each: it rests for a moment between any two
//! batches, so that they cost little and none is much more late than that.

use super::scheduler;
use crate::handle::Handle;
use crate::process::Process;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, binary_heap::PeekMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// So many processes are woken before the lock is taken again, for others to add theirs meanwhile.
const BATCH: usize = 256;
/// The rest between batches.
const REST: Duration = Duration::from_micros(500);
/// With fewer time-outs than this there is no rest.
const MANY: usize = 64;
/// Time-outs of waits that have ended are thrown away when there are so many more than at the last time.
const FIRST_SWEEP: usize = 1024;

/// The time-outs.
#[derive(Default)]
pub(super) struct Clock {
    timeouts: Mutex<BinaryHeap<Reverse<Timeout>>>,
    /// Beyond this length the heap is swept: processes that wait long for messages that come soon must
    /// not fill the memory.
    sweep: AtomicUsize,
    earlier: Condvar,
}

struct Timeout {
    deadline: Instant,
    what: What,
}

enum What {
    /// The wait of that number for a message.
    Wait(Arc<Handle>, u64),
    /// Nothing else ends this.
    Sleep(Box<Process>),
}

impl PartialEq for Timeout {
    fn eq(&self, other: &Self) -> bool {
        self.deadline == other.deadline
    }
}

impl Eq for Timeout {}

impl PartialOrd for Timeout {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timeout {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.deadline.cmp(&other.deadline)
    }
}

impl Timeout {
    /// The process that goes on.
    fn end(self) -> Option<Box<Process>> {
        match self.what {
            What::Wait(handle, wait) => handle.expire(wait),
            What::Sleep(process) => Some(process),
        }
    }

    /// Whether it isn't too late already.
    fn matters(&self) -> bool {
        match &self.what {
            What::Wait(handle, wait) => handle.waits_in(*wait),
            What::Sleep(_) => true,
        }
    }
}

impl Clock {
    /// Ends a wait after a time, if it still lasts then.
    pub(super) fn limit(&self, time: Duration, handle: Arc<Handle>, wait: u64) {
        self.add(time, What::Wait(handle, wait));
    }

    /// Has a process go on after a time.
    pub(super) fn sleep(&self, time: Duration, process: Box<Process>) {
        self.add(time, What::Sleep(process));
    }

    fn add(&self, time: Duration, what: What) {
        let timeout = Timeout { deadline: Instant::now() + time, what };
        let mut timeouts = self.timeouts.lock();
        let first = timeouts.peek().is_none_or(|Reverse(first)| timeout.deadline < first.deadline);
        timeouts.push(Reverse(timeout));
        if timeouts.len() > self.sweep.load(Ordering::Relaxed).max(FIRST_SWEEP) {
            timeouts.retain(|Reverse(timeout)| timeout.matters());
            self.sweep.store(timeouts.len() * 2, Ordering::Relaxed);
        }
        drop(timeouts);
        if first {
            self.earlier.notify_one();
        }
    }

    pub(super) fn run(&self) -> ! {
        let mut due = Vec::with_capacity(BATCH);
        let mut rested = Instant::now();
        let mut timeouts = self.timeouts.lock();
        loop {
            let Some(Reverse(next)) = timeouts.peek() else {
                self.earlier.wait(&mut timeouts);
                continue;
            };
            let now = Instant::now();
            let next = if timeouts.len() < MANY { next.deadline } else { next.deadline.max(rested) };
            if next > now {
                self.earlier.wait_until(&mut timeouts, next);
                continue;
            }
            while due.len() < BATCH
                && let Some(first) = timeouts.peek_mut()
                && first.0.deadline <= now
            {
                due.push(PeekMut::pop(first).0);
            }
            // A full batch is perhaps not all.
            rested = if due.len() < BATCH { now + REST } else { now };
            MutexGuard::unlocked(&mut timeouts, || {
                scheduler().inject_all(due.drain(..).filter_map(Timeout::end));
            });
        }
    }
}
