//! The ticker: preempts processes that have run for long, and has the pool for blocking operations grow.
//!
//! It sleeps while all workers do.

use super::poller::Edges;
use super::{scheduler, start_blocking_thread};
use inko_abi::process::STOP;
use parking_lot::{Condvar, Mutex};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::time::Duration;

/// A process that is running at two ticks in a row is preempted, so that it runs for one to two of these.
const TICK: Duration = Duration::from_millis(5);

/// Where the ticker sleeps.
#[derive(Default)]
pub(super) struct Ticker {
    /// Set while it waits because all workers sleep.
    dormant: AtomicBool,
    lock: Mutex<()>,
    awake: Condvar,
}

impl Ticker {
    pub(super) fn run(&self) -> ! {
        let slots = &scheduler().slots;
        let mut seen = vec![0; slots.len()];
        let mut edges = Edges::default();
        loop {
            std::thread::sleep(TICK);
            let looking = scheduler().looking.lock();
            for (slot, seen) in slots.iter().zip(&mut seen) {
                let (runs, busy) = slot.state();
                if busy && runs == *seen {
                    slot.with(preempt);
                }
                *seen = runs;
            }
            drop(looking);
            scheduler().take_ready(&mut edges);
            if scheduler().blocking.tick() {
                start_blocking_thread();
            }
            // What workers run may change between any two looks; that they all sleep may not, without
            // one of them looking whether the ticker is dormant.
            if nothing_to_do() {
                let mut lock = self.lock.lock();
                self.dormant.store(true, Ordering::SeqCst);
                fence(Ordering::SeqCst);
                if nothing_to_do() {
                    self.awake.wait(&mut lock);
                }
                self.dormant.store(false, Ordering::SeqCst);
            }
        }
    }

    /// Called by workers that have found work after a pause, once they no longer count as idle, and by whoever has made
    /// a process wait for the pool.
    pub(super) fn wake(&self) {
        fence(Ordering::SeqCst);
        if self.dormant.load(Ordering::SeqCst) {
            let _lock = self.lock.lock();
            self.awake.notify_one();
        }
    }
}

fn nothing_to_do() -> bool {
    let scheduler = scheduler();
    scheduler.parking.idle() == scheduler.slots.len() && !scheduler.blocking.waits()
}

/// Asks a process that is running to yield.
pub(super) fn preempt(process: *mut crate::process::Process) {
    // SAFETY: the worker doesn't let go of the process while somebody looks at it, and these two fields are atomics that
    // the process expects others to write.
    unsafe {
        (*ptr::addr_of!((*process).execution.preempt)).store(true, Ordering::Relaxed);
        (*ptr::addr_of!((*process).head.stack_limit)).store(STOP, Ordering::Relaxed);
    }
}
