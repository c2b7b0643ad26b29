//! The scheduler: workers with queues of their own, which steal from each other.
//!
//! *Guarantees:* a process runs on one thread at a time; a process that can run does run, whatever others do (its
//! queue is first in, first out, and the ticker preempts); an idle program takes no processor time.
//!
//! # A process runs
//!
//! 1. A worker takes it from its slot or queue, from the injector, or from another worker's queue.
//! 2. It publishes it for the ticker and resumes it.
//! 3. The process suspends itself with an action, which the worker performs on its own stack: only then
//!    may another worker get hold of the process.
//!
//! # The program is stuck
//!
//! `active` counts the processes that can go on by themselves: running, queued, sleeping or waiting for a
//! limited time. Whoever wakes a process counts it before anything else, and is active itself, so
//! that the number is zero only when every process waits for a message that nobody can send. Processes that wait for
//! a socket count: the world may wake them.
//!
//! | to see | open |
//! |---|---|
//! | how workers sleep and wake | `parking.rs` |
//! | sockets | `poller.rs`, `../socket.rs`, `../readiness.rs` |
//! | time-outs; preemption | `clock.rs`; `ticker.rs` |
//! | blocking operations | `blocking.rs` |
//! | what happens at signals, and when the program is stuck | `signals.rs`, `report.rs`, `halt.rs` |

mod blocking;
mod clock;
mod halt;
mod parking;
mod poller;
mod registry;
mod report;
mod signals;
mod slot;
mod ticker;
mod wheel;
mod worker;

pub use signals::restore as restore_signals;
pub use worker::Context;

use crate::config::Threads;
use crate::handle::Handle;
use crate::heap::nodes;
use crate::panic;
use crate::process::{Process, State};
use crate::readiness::{Readiness, Woken};
use blocking::Pool;
use clock::Clock;
use crossbeam_deque::{Injector, Stealer};
use crossbeam_utils::CachePadded;
use halt::Halt;
use inko_abi::word::Word;
use parking::Parking;
use parking_lot::Mutex;
use poller::{Edges, Poller};
use registry::Registry;
use slot::Slot;
use std::collections::VecDeque;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use ticker::Ticker;

static SCHEDULER: OnceLock<Scheduler> = OnceLock::new();

/// Everything that threads share.
struct Scheduler {
    injector: Injector<Box<Process>>,
    stealers: Vec<Stealer<Box<Process>>>,
    /// What the workers are running.
    slots: Vec<Arc<CachePadded<Slot<Process>>>>,
    /// What the threads for blocking operations are running.
    blocking_slots: Mutex<Vec<Arc<CachePadded<Slot<Process>>>>>,
    /// Held by whoever looks at what threads are running.
    looking: Mutex<()>,
    /// Processes pinned to a worker that can run.
    pinned: Vec<Mutex<VecDeque<Box<Process>>>>,
    parking: Parking,
    blocking: Pool<Box<Process>>,
    clock: Clock,
    /// Made for the first socket.
    poller: OnceLock<Poller>,
    /// How many of the next wakings for sockets are expected to keep their worker busy for long.
    long_expected: AtomicU8,
    ticker: Ticker,
    halt: Halt,
    active: CachePadded<AtomicUsize>,
    registry: Registry,
}

fn scheduler() -> &'static Scheduler {
    SCHEDULER.get().expect("the scheduler is set up before the first process")
}

/// Runs the program whose main process runs a lambda. The calling thread becomes a worker.
pub fn run(threads: Threads, main: Word) -> ! {
    // Before any other thread starts, which inherits what signals are blocked.
    let signals = signals::take_over();
    let queues: Vec<_> = (0..threads.primary).map(|_| crossbeam_deque::Worker::new_fifo()).collect();
    let made = Scheduler {
        injector: Injector::new(),
        stealers: queues.iter().map(crossbeam_deque::Worker::stealer).collect(),
        slots: queues.iter().map(|_| Arc::default()).collect(),
        blocking_slots: Mutex::default(),
        looking: Mutex::default(),
        pinned: queues.iter().map(|_| Mutex::default()).collect(),
        parking: Parking::default(),
        blocking: Pool::new(threads.blocking),
        clock: Clock::default(),
        poller: OnceLock::new(),
        long_expected: AtomicU8::default(),
        ticker: Ticker::default(),
        halt: Halt::default(),
        active: CachePadded::default(),
        registry: Registry::default(),
    };
    assert!(SCHEDULER.set(made).is_ok(), "a program runs once");
    start_thread("signals", move || signals.serve());
    start_thread("clock", || scheduler().clock.run());
    start_thread("ticker", || scheduler().ticker.run());
    scheduler().inject(spawn(Handle::new(), main, true));
    let mut contexts = queues.into_iter().enumerate().map(|(index, queue)| Context::primary(index, queue));
    let first = contexts.next().expect("there is at least one worker");
    for context in contexts {
        start_thread("primary", move || context.work());
    }
    first.work()
}

/// Makes a process, which is active and not queued yet.
pub fn spawn(handle: Arc<Handle>, code: Word, is_main: bool) -> Box<Process> {
    let mut process = Process::new(handle, code, is_main);
    activated();
    scheduler().registry.enter(&mut process);
    process
}

/// The address space of a thread's own stack, on which functions of C run: what they have in a program of C.
const NATIVE_STACK: usize = 8 << 20;

fn thread(name: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(name.into()).stack_size(NATIVE_STACK)
}

/// Starts a thread of the runtime.
fn start_thread(name: &str, body: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread(name).spawn(body) {
        panic::end(&format!("error: a thread for the program couldn't be started: {error}\n"));
    }
}

/// Starts a thread for blocking operations, which is counted in the pool already.
fn start_blocking_thread() {
    let body = || {
        let slot = Arc::<CachePadded<Slot<Process>>>::default();
        scheduler().blocking_slots.lock().push(slot.clone());
        Context::blocking(slot.clone()).work_blocking();
        scheduler().blocking_slots.lock().retain(|other| !Arc::ptr_eq(other, &slot));
        nodes::leave();
    };
    let started = thread("blocking").spawn(body);
    // Others do the work, if there are any.
    if let Err(error) = started
        && scheduler().blocking.not_started() == 0
    {
        panic::end(&format!("error: a thread for blocking operations couldn't be started: {error}\n"));
    }
}

impl Scheduler {
    /// Makes a process run that no worker in particular should run.
    fn inject(&'static self, process: Box<Process>) {
        self.inject_all(std::iter::once(process));
    }

    /// The same for several.
    fn inject_all(&'static self, processes: impl Iterator<Item = Box<Process>>) {
        let mut added = false;
        for process in processes {
            process.execution.set_state(State::Ready);
            match process.execution.pinned {
                _ if process.execution.blocking => {
                    if self.blocking.push(process) {
                        start_blocking_thread();
                    } else {
                        self.ticker.wake();
                    }
                }
                Some(worker) => {
                    self.pinned[worker].lock().push_back(process);
                    self.parking.notify_all(|| self.interrupt());
                }
                None => {
                    self.injector.push(process);
                    added = true;
                }
            }
        }
        if added {
            self.notify();
        }
    }

    /// Makes the processes run whose sockets have become ready.
    fn take_ready(&'static self, edges: &mut Edges) {
        let Some(poller) = self.poller.get() else { return };
        let mut woken = Vec::new();
        poller.take(false, edges, |process| woken.push(process));
        self.inject_all(woken.into_iter());
    }

    /// Wakes a worker that sleeps, after work was added.
    fn notify(&self) {
        self.parking.notify(|| self.interrupt());
    }

    /// Wakes the worker that waits for the system.
    fn interrupt(&self) {
        if let Some(poller) = self.poller.get() {
            poller.interrupt();
        }
    }
}

/// Makes the poller, unless it is there. Before the first socket: later there may be no descriptor left for it.
pub fn start_poller() -> io::Result<()> {
    /// Held while the poller is made.
    static MAKING: Mutex<()> = Mutex::new(());
    let scheduler = scheduler();
    if scheduler.poller.get().is_some() {
        return Ok(());
    }
    let _making = MAKING.lock();
    if scheduler.poller.get().is_none() {
        let made = Poller::new()?;
        assert!(scheduler.poller.set(made).is_ok(), "the lock is held");
        // One of the workers that sleep has to watch from now on.
        scheduler.parking.notify_all(|| ());
    }
    Ok(())
}

/// Has the system report edges of a descriptor.
pub fn watch(fd: BorrowedFd<'_>, readiness: &'static Readiness<Process>) -> io::Result<()> {
    scheduler().poller.get().expect("it was made before the socket").add(fd, readiness)
}

/// The end of that.
pub fn unwatch(fd: BorrowedFd<'_>) {
    if let Some(poller) = scheduler().poller.get() {
        poller.remove(fd);
    }
}

/// Makes processes run that waited for a socket.
pub fn wake_all(woken: Woken<Process>) {
    // SAFETY: the boxes were given up when the processes were parked, and each is given out once.
    scheduler().inject_all(woken.map(|process| unsafe { Box::from_raw(process) }));
}

/// Counts a process as able to go on.
pub fn activated() {
    scheduler().active.fetch_add(1, Ordering::Relaxed);
}

/// Counts a process as ended or waiting for a message without limit.
pub fn deactivated() {
    if scheduler().active.fetch_sub(1, Ordering::AcqRel) == 1 {
        report::stuck();
    }
}

/// To be called at the end of an operation in which reports may have looked at the process.
pub fn rest_if_halted() {
    let halt = &scheduler().halt;
    if halt.is_requested_outside() {
        halt.rest();
    }
}
