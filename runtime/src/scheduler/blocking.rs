//! The queue of the threads for blocking operations. A process in one runs there, so that a worker never waits for the
//! operating system.
//!
//! Threads are started when they are first needed, up to a limit. Beyond it, one more is started whenever nothing was
//! taken from the queue for a tick although something waits: all threads are blocked then, perhaps by operations that
//! only end when one of the waiting processes goes on. These extra threads end when they have been idle for a while.
//!
//! It doesn't know what it queues, so that it can be checked with a model (`runtime/models`).

use crate::sync::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::Duration;

/// No more threads than this, whatever happens.
const MOST: usize = 4096;
/// So long an extra thread waits for more to do.
const LINGER: Duration = Duration::from_secs(2);

/// The queue, and the number of its threads.
#[derive(Debug)]
pub struct Pool<T> {
    limit: usize,
    state: Mutex<State<T>>,
    added: Condvar,
}

#[derive(Debug)]
struct State<T> {
    queue: VecDeque<T>,
    threads: usize,
    idle: usize,
    /// Whether something was taken since the last tick.
    moving: bool,
}

impl<T> Pool<T> {
    /// A pool of usually at most `limit` threads.
    pub fn new(limit: usize) -> Self {
        let state = State { queue: VecDeque::new(), threads: 0, idle: 0, moving: false };
        Self { limit, state: Mutex::new(state), added: Condvar::new() }
    }

    /// Adds to the queue. Whether the caller must start a thread, which is counted already.
    #[must_use]
    pub fn push(&self, item: T) -> bool {
        let mut state = self.state.lock();
        state.queue.push_back(item);
        let start = state.idle < state.queue.len() && state.threads < self.limit;
        state.threads += usize::from(start);
        drop(state);
        self.added.notify_one();
        start
    }

    /// Waits for something in the queue. `None` if the calling thread must end, which is then no longer counted.
    pub fn take(&self) -> Option<T> {
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.queue.pop_front() {
                state.moving = true;
                return Some(item);
            }
            state.idle += 1;
            let extra = state.threads > self.limit;
            let late = if extra {
                self.added.wait_for(&mut state, LINGER).timed_out()
            } else {
                self.added.wait(&mut state);
                false
            };
            state.idle -= 1;
            if late && state.queue.is_empty() && state.threads > self.limit {
                state.threads -= 1;
                return None;
            }
        }
    }

    /// To be called at each tick. Whether the caller must start a thread, which is counted already.
    #[must_use]
    pub fn tick(&self) -> bool {
        let mut state = self.state.lock();
        let stuck = !std::mem::replace(&mut state.moving, false) && !state.queue.is_empty();
        let start = stuck && state.idle == 0 && state.threads < MOST;
        state.threads += usize::from(start);
        start
    }

    /// A thread couldn't be started. Gives the number of the others.
    pub fn not_started(&self) -> usize {
        let mut state = self.state.lock();
        state.threads -= 1;
        state.threads
    }

    /// Whether something waits for a thread.
    pub fn waits(&self) -> bool {
        !self.state.lock().queue.is_empty()
    }

    /// The numbers of threads in all, and of those that wait for something to do. These look at the queue again before
    /// they do anything.
    pub fn threads(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.threads, state.idle)
    }
}
