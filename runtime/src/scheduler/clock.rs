//! The clock: ends waits and sleeps when their time is over.
//!
//! Time-outs are in timing wheels (`wheel.rs`). Waits that end earlier leave theirs behind: each names the wait
//! that it is for, and does nothing when it comes too late. From time to time these are swept out.
//!
//! None is early. With many processes that sleep, the clock doesn't wake for each: it rests for a moment between any two
//! batches, so that they cost little and none is much more late than that.

use super::scheduler;
use super::wheel::Wheels;
use crate::handle::Handle;
use crate::process::Process;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many processes are woken before the lock is taken again, for others to add theirs meanwhile.
const BATCH: usize = 256;
/// The rest between batches. Each costs two or three switches of threads; time-outs are late by less than 2 ms with it.
const REST: Duration = Duration::from_micros(1250);
/// With fewer time-outs than this there is no rest.
const MANY: usize = 64;
/// Time-outs of waits that have ended are thrown away when there are so many more than at the last time.
const FIRST_SWEEP: usize = 1024;

/// The time-outs.
pub(super) struct Clock {
    /// Times are counted from here.
    start: Instant,
    timeouts: Mutex<Timeouts>,
    earlier: Condvar,
}

#[derive(Default)]
struct Timeouts {
    wheels: Wheels<What>,
    /// Beyond this number they are swept: processes that wait long for messages that come soon must not fill the
    /// memory.
    sweep: usize,
    /// When the clock looks again, if it sleeps.
    wakes: Option<Duration>,
}

enum What {
    /// The wait of that number for a message.
    Wait(Arc<Handle>, u64),
    /// Nothing else ends this.
    Sleep(Box<Process>),
}

impl What {
    /// The process that goes on.
    fn end(self) -> Option<Box<Process>> {
        match self {
            What::Wait(handle, wait) => handle.expire(wait),
            What::Sleep(process) => Some(process),
        }
    }

    /// Whether it isn't too late already.
    fn matters(&self) -> bool {
        match self {
            What::Wait(handle, wait) => handle.waits_in(*wait),
            What::Sleep(_) => true,
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self { start: Instant::now(), timeouts: Mutex::default(), earlier: Condvar::new() }
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
        let deadline = self.start.elapsed() + time;
        let mut timeouts = self.timeouts.lock();
        let Timeouts { wheels, sweep, wakes } = &mut *timeouts;
        wheels.add(deadline, what);
        if wheels.len() > (*sweep).max(FIRST_SWEEP) {
            wheels.retain(What::matters);
            *sweep = wheels.len() * 2;
        }
        let is_first = wakes.is_none_or(|wakes| deadline < wakes);
        if is_first {
            *wakes = Some(deadline);
        }
        drop(timeouts);
        if is_first {
            self.earlier.notify_one();
        }
    }

    pub(super) fn run(&self) -> ! {
        let mut due = Vec::with_capacity(BATCH);
        let mut rested = Duration::ZERO;
        let mut timeouts = self.timeouts.lock();
        loop {
            let now = self.start.elapsed();
            let wheels = &mut timeouts.wheels;
            let many = wheels.len() >= MANY;
            let rests = many && now < rested;
            while !rests
                && due.len() < BATCH
                && let Some(what) = wheels.pop(now)
            {
                due.push(what);
            }
            if due.is_empty() {
                let next = wheels.next().map(|next| if many { next.max(rested) } else { next });
                timeouts.wakes = next;
                match next {
                    Some(next) => {
                        self.earlier.wait_until(&mut timeouts, self.start + next);
                    }
                    None => self.earlier.wait(&mut timeouts),
                }
                continue;
            }
            // A full batch is perhaps not all.
            rested = if due.len() < BATCH { now + REST } else { now };
            MutexGuard::unlocked(&mut timeouts, || {
                scheduler().inject_all(due.drain(..).filter_map(What::end));
            });
        }
    }
}
