//! The pool of threads for blocking operations. A process in one runs here, so that a worker never waits
//! for the operating system. Threads are started when they are first needed.

use super::spawn_thread;
use super::worker::Context;
use crate::process::Process;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;

/// The pool.
pub(super) struct Pool {
    limit: usize,
    state: Mutex<State>,
    added: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Box<Process>>,
    threads: usize,
    idle: usize,
}

impl Pool {
    /// A pool of at most `limit` threads.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), added: Condvar::new() }
    }

    /// Makes a process run here.
    pub(super) fn push(&'static self, process: Box<Process>) {
        let mut state = self.state.lock();
        state.queue.push_back(process);
        let start = state.idle < state.queue.len() && state.threads < self.limit;
        if start {
            state.threads += 1;
        }
        drop(state);
        self.added.notify_one();
        if start {
            spawn_thread("blocking", || self.work());
        }
    }

    fn work(&self) {
        let context = Context::blocking();
        loop {
            let mut state = self.state.lock();
            let process = loop {
                if let Some(process) = state.queue.pop_front() {
                    break process;
                }
                state.idle += 1;
                self.added.wait(&mut state);
                state.idle -= 1;
            };
            drop(state);
            context.run(process);
        }
    }
}
