//! The clock: time-outs, and the preemption of processes that have run for long.
//!
//! Time-outs are in a heap by deadline. Waits that end earlier leave theirs behind: each names the wait
//! that it is for, and does nothing when it comes too late. From time to time these are swept out.

use super::{scheduler, spawn_thread};
use crate::handle::Handle;
use parking_lot::{Condvar, Mutex};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, binary_heap::PeekMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::time::{Duration, Instant};

/// A process that is running at two ticks in a row is preempted, so that it runs for one to two of these.
const TICK: Duration = Duration::from_millis(10);

/// So many processes are woken before the lock is taken again, for others to add theirs meanwhile.
const BATCH: usize = 256;
/// Time-outs of waits that have ended are thrown away when there are so many more than at the last time.
const FIRST_SWEEP: usize = 1024;

/// What the two threads of the clock wait for.
#[derive(Default)]
pub(super) struct Clock {
    timeouts: Mutex<BinaryHeap<Reverse<Timeout>>>,
    /// Beyond this length the heap is swept: processes that wait long for messages that come soon must
    /// not fill the memory.
    sweep: AtomicUsize,
    earlier: Condvar,
    /// Set while the ticker waits because all workers sleep.
    dormant: AtomicBool,
    ticker: Mutex<()>,
    awake: Condvar,
}

struct Timeout {
    deadline: Instant,
    handle: Arc<Handle>,
    wait: u64,
}

impl PartialEq for Timeout {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
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
        let key = |timeout: &Self| (timeout.deadline, timeout.handle.identifier(), timeout.wait);
        key(self).cmp(&key(other))
    }
}

impl Clock {
    /// Ends a wait after a time, if it still lasts then.
    pub(super) fn add(&self, time: Duration, handle: Arc<Handle>, wait: u64) {
        let timeout = Timeout { deadline: Instant::now() + time, handle, wait };
        let mut timeouts = self.timeouts.lock();
        let first = timeouts.peek().is_none_or(|Reverse(first)| timeout.deadline < first.deadline);
        timeouts.push(Reverse(timeout));
        if timeouts.len() > self.sweep.load(Ordering::Relaxed).max(FIRST_SWEEP) {
            timeouts.retain(|Reverse(timeout)| timeout.handle.waits_in(timeout.wait));
            self.sweep.store(timeouts.len() * 2, Ordering::Relaxed);
        }
        drop(timeouts);
        if first {
            self.earlier.notify_one();
        }
    }

    fn fire(&self) -> ! {
        let mut due = Vec::new();
        let mut timeouts = self.timeouts.lock();
        loop {
            let now = Instant::now();
            match timeouts.peek() {
                Some(Reverse(next)) if next.deadline <= now => {
                    while due.len() < BATCH
                        && let Some(next) = timeouts.peek_mut()
                        && next.0.deadline <= now
                    {
                        due.push(PeekMut::pop(next).0);
                    }
                    parking_lot::MutexGuard::unlocked(&mut timeouts, || {
                        due.drain(..)
                            .filter_map(|timeout| timeout.handle.timeout(timeout.wait))
                            .for_each(|process| scheduler().inject(process));
                    });
                }
                Some(Reverse(next)) => {
                    let deadline = next.deadline;
                    self.earlier.wait_until(&mut timeouts, deadline);
                }
                None => self.earlier.wait(&mut timeouts),
            }
        }
    }

    fn tick(&self) -> ! {
        let slots = &scheduler().slots;
        let mut seen = vec![0; slots.len()];
        loop {
            std::thread::sleep(TICK);
            for (slot, seen) in slots.iter().zip(&mut seen) {
                let (runs, busy) = slot.state();
                if busy && runs == *seen {
                    slot.preempt();
                }
                *seen = runs;
            }
            // What workers run may change between any two looks; that they all sleep may not, without
            // one of them looking whether the ticker is dormant.
            if all_idle() {
                let mut lock = self.ticker.lock();
                self.dormant.store(true, Ordering::SeqCst);
                fence(Ordering::SeqCst);
                if all_idle() {
                    self.awake.wait(&mut lock);
                }
                self.dormant.store(false, Ordering::SeqCst);
            }
        }
    }
}

fn all_idle() -> bool {
    scheduler().idle.load(Ordering::SeqCst) == scheduler().slots.len()
}

/// Starts the threads of the clock.
pub(super) fn start() {
    spawn_thread("timeouts", || scheduler().clock.fire());
    spawn_thread("ticker", || scheduler().clock.tick());
}

/// Called by workers that have found work after a pause, once they no longer count as idle.
pub(super) fn wake_ticker() {
    let clock = &scheduler().clock;
    fence(Ordering::SeqCst);
    if clock.dormant.load(Ordering::SeqCst) {
        let _lock = clock.ticker.lock();
        clock.awake.notify_one();
    }
}
