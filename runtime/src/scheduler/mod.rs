//! The scheduler: workers with queues of their own, which steal from each other.
//!
//! *Guarantees:* a process runs on one thread at a time; a process that can run does run, whatever others do (its
//! queue is first in, first out, and the clock preempts); an idle worker takes no processor time.
//!
//! # A process runs
//!
//! 1. A worker takes it from its slot or queue, from the injector, or from another worker's queue.
//! 2. It publishes it for the clock and resumes it.
//! 3. The process suspends itself with an action, which the worker performs on its own stack: only then
//!    may another worker get hold of the process.
//!
//! # A worker falls asleep
//!
//! 1. It finds no work and counts itself idle, under the lock.
//! 2. It looks for work once more.
//! 3. It waits.
//!
//! Whoever adds work first adds it, then looks at the number of idle workers (a fence lies between, as it
//! does between 1 and 2), and wakes one under the lock. Either the worker sees the work in 2 or the other
//! sees it idle: no wake-up is lost.
//!
//! A wake-up takes a while, in which much work may be added: while a notified worker hasn't begun to look
//! for work (`waking`), nobody notifies another. The worker first resets the flag, then looks, so that it
//! sees whatever was added without a notification; and if it leaves work behind, it wakes the next.
//!
//! # The program is stuck
//!
//! `active` counts the processes that can go on by themselves: running, queued, sleeping or waiting for a
//! limited time. Whoever wakes a process counts it before anything else, and is active itself, so
//! that the number is zero only when every process waits for a message that nobody can send.

mod blocking;
mod clock;
mod worker;

pub use worker::Context;

use crate::config::Threads;
use crate::handle::Handle;
use crate::panic;
use crate::process::Process;
use blocking::Pool;
use clock::Clock;
use crossbeam_deque::{Injector, Stealer};
use inko_abi::word::Word;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Arc, OnceLock};
use worker::Slot;

/// The registry of processes is split so that spawning threads rarely meet.
const SHARDS: usize = 16;
/// So many processes with numbers in a row are in one shard.
const RUN: u64 = 64;
/// A report of a stuck program shows so many processes.
const REPORTED: usize = 16;

static SCHEDULER: OnceLock<Scheduler> = OnceLock::new();

/// Everything that threads share.
struct Scheduler {
    injector: Injector<Box<Process>>,
    stealers: Vec<Stealer<Box<Process>>>,
    slots: Vec<Slot>,
    /// Processes pinned to a worker that can run.
    pinned: Vec<Mutex<VecDeque<Box<Process>>>>,
    idle: AtomicUsize,
    /// Set from the notification of a worker until it looks for work.
    waking: AtomicBool,
    /// The workers that wait and haven't been notified.
    sleep: Mutex<usize>,
    wake: Condvar,
    blocking: Pool,
    clock: Clock,
    active: AtomicUsize,
    registry: [Mutex<Registry>; SHARDS],
}

fn scheduler() -> &'static Scheduler {
    SCHEDULER.get().expect("the scheduler is set up before the first process")
}

/// Runs the program whose main process runs a lambda. The calling thread becomes a worker.
pub fn run(threads: Threads, main: Word) -> ! {
    let queues: Vec<_> = (0..threads.primary).map(|_| crossbeam_deque::Worker::new_fifo()).collect();
    let made = Scheduler {
        injector: Injector::new(),
        stealers: queues.iter().map(crossbeam_deque::Worker::stealer).collect(),
        slots: queues.iter().map(|_| Slot::default()).collect(),
        pinned: queues.iter().map(|_| Mutex::default()).collect(),
        idle: AtomicUsize::new(0),
        waking: AtomicBool::new(false),
        sleep: Mutex::new(0),
        wake: Condvar::new(),
        blocking: Pool::new(threads.blocking),
        clock: Clock::default(),
        active: AtomicUsize::new(0),
        registry: Default::default(),
    };
    assert!(SCHEDULER.set(made).is_ok(), "a program runs once");
    clock::start();
    let shared = Handle::new();
    activated();
    let number = register(&shared);
    scheduler().injector.push(Process::new(shared, number, main, true));
    let mut contexts = queues.into_iter().enumerate().map(|(index, queue)| Context::primary(index, queue));
    let first = contexts.next().expect("there is at least one worker");
    for context in contexts {
        spawn_thread("primary", move || context.work());
    }
    first.work()
}

/// Starts a thread of the runtime.
fn spawn_thread(name: &str, body: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(body) {
        panic::end(&format!("error: a thread for the program couldn't be started: {error}\n"));
    }
}

impl Scheduler {
    /// Makes a process run that no worker in particular should run.
    fn inject(&'static self, process: Box<Process>) {
        match process.execution.pinned {
            _ if process.execution.blocking => self.blocking.push(process),
            Some(worker) => {
                self.pinned[worker].lock().push_back(process);
                self.wake_all();
            }
            None => {
                self.injector.push(process);
                self.notify();
            }
        }
    }

    /// Wakes an idle worker, if there is one; called after work was added.
    fn notify(&self) {
        fence(Ordering::SeqCst);
        if self.idle.load(Ordering::Relaxed) == 0 || self.waking.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = self.sleep.lock();
        if *waiting > 0 && !self.waking.swap(true, Ordering::SeqCst) {
            *waiting -= 1;
            self.wake.notify_one();
        }
    }

    /// Wakes all workers, for work that only one of them may do.
    fn wake_all(&self) {
        let mut waiting = self.sleep.lock();
        *waiting = 0;
        self.wake.notify_all();
    }
}

/// Notes a process for reports; gives its place in the registry.
pub fn register(handle: &Handle) -> u32 {
    shard(handle.identifier()).lock().insert(handle)
}

fn unregister(handle: &Handle, place: u32) {
    shard(handle.identifier()).lock().remove(place);
}

/// Neighbours in time share a shard, so that they are neighbours in memory.
fn shard(identifier: u64) -> &'static Mutex<Registry> {
    &scheduler().registry[(identifier / RUN) as usize % SHARDS]
}

/// Places for processes. A place is found and left without a search: every spawn and every end come here.
#[derive(Default)]
struct Registry {
    places: Vec<Place>,
    /// The first free place; each names the next.
    free: u32,
}

enum Place {
    Free(u32),
    Taken(*const Handle),
}

// SAFETY: handles are shared between threads, and one is removed before its process lets go of it.
unsafe impl Send for Registry {}

impl Registry {
    fn insert(&mut self, handle: &Handle) -> u32 {
        let place = self.free;
        match self.places.get_mut(place as usize) {
            Some(found) => {
                if let Place::Free(next) = *found {
                    self.free = next;
                }
                *found = Place::Taken(handle);
            }
            None => {
                self.places.push(Place::Taken(handle));
                self.free = place + 1;
            }
        }
        place
    }

    fn remove(&mut self, place: u32) {
        self.places[place as usize] = Place::Free(self.free);
        self.free = place;
    }

    fn handles(&self) -> impl Iterator<Item = Arc<Handle>> {
        self.places.iter().filter_map(|place| match place {
            Place::Free(_) => None,
            // The handle is alive as long as it is registered.
            Place::Taken(handle) => Some(crate::handle::share(*handle as u64)),
        })
    }
}

/// Counts a process as able to go on.
pub fn activated() {
    scheduler().active.fetch_add(1, Ordering::Relaxed);
}

/// Counts a process as ended or waiting for a message without limit.
pub fn deactivated() {
    if scheduler().active.fetch_sub(1, Ordering::AcqRel) == 1 {
        stuck();
    }
}

/// Ends a program in which every process waits for a message.
fn stuck() -> ! {
    let mut report = String::new();
    let mut count = 0;
    let handles = scheduler().registry.iter().flat_map(|shard| {
        let found: Vec<_> = shard.lock().handles().collect();
        found
    });
    let mut handles: Vec<_> = handles.collect();
    handles.sort_by_key(|handle| handle.identifier());
    for handle in handles {
        handle.report(|process| {
            count += 1;
            if count <= REPORTED {
                report.push_str(&panic::trace(process));
                let _ = writeln!(report, "Process 0x{:x} waits for a message\n", handle.identifier());
            }
        });
    }
    if count > REPORTED {
        let _ = writeln!(report, "... and {} more processes", count - REPORTED);
    }
    report.push_str("every process waits for a message, and nobody is left to send one\n");
    panic::end(&report)
}
