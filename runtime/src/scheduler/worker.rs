//! Workers: threads that run processes.

use super::{clock, scheduler};
use crate::panic;
use crate::poll;
use crate::process::{Action, Place, Process};
use crate::stack::Stack;
use crate::{config, switch};
use crossbeam_deque::{Steal, Worker};
use inko_abi::process::STOP;
use std::cell::{Cell, RefCell};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, fence};

/// Every so many processes a worker looks into the injector first, so that work there is not starved by
/// the worker's own.
const INJECTOR_INTERVAL: u32 = 61;
/// After so many processes in a row from the slot for the one just woken, the queue has its turn: two
/// processes that play ping-pong must not keep others waiting.
const SLOT_RUNS: u32 = 16;

/// Frames of up to so many bytes in total are moved away from the stack when their process stops. Deeper in a recursion
/// it takes the stack along.
const MOVED: usize = 4 << 10;

/// What a thread that runs processes has of its own.
pub struct Context {
    /// The number of a worker; threads for blocking operations have none.
    index: Option<usize>,
    queue: Worker<Box<Process>>,
    /// The process just woken: its data is still in the cache.
    next: RefCell<Option<Box<Process>>>,
    slot_runs: Cell<u32>,
    ticks: Cell<u32>,
    /// The stack that processes run on, made for the first.
    stack: RefCell<Option<Stack>>,
}

/// The process that a worker is running, for the clock to preempt.
#[derive(Default)]
pub(super) struct Slot {
    process: AtomicPtr<Process>,
    /// Counts runs, so that the clock can tell whether the process is still the same.
    runs: AtomicU64,
}

/// In the slot while the clock uses the process: its worker waits a moment before it goes on.
const IN_USE: *mut Process = ptr::without_provenance_mut(1);

impl Slot {
    fn begin(&self, process: *mut Process) {
        self.runs.store(self.runs.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.process.store(process, Ordering::Release);
    }

    fn end(&self) {
        while self.process.swap(ptr::null_mut(), Ordering::AcqRel) == IN_USE {
            // The clock puts the process back in a moment, and then it is taken out here.
            while self.process.load(Ordering::Acquire).is_null() {
                std::hint::spin_loop();
            }
        }
    }

    /// The number of runs so far, and whether one is going on.
    pub(super) fn state(&self) -> (u64, bool) {
        (self.runs.load(Ordering::Relaxed), !self.process.load(Ordering::Relaxed).is_null())
    }

    /// Asks the process that is running to yield.
    pub(super) fn preempt(&self) {
        let process = self.process.load(Ordering::Relaxed);
        // Only a process that is there is exchanged: to put an absence back later would hide a process that
        // has begun meanwhile.
        if process.is_null()
            || self.process.compare_exchange(process, IN_USE, Ordering::AcqRel, Ordering::Relaxed).is_err()
        {
            return;
        }
        // SAFETY: the worker doesn't let go of the process while the slot is in use, and these two
        // fields are atomics that the process expects others to write.
        unsafe {
            (*ptr::addr_of!((*process).execution.preempt)).store(true, Ordering::Relaxed);
            (*ptr::addr_of!((*process).head.stack_limit)).store(STOP, Ordering::Relaxed);
        }
        self.process.store(process, Ordering::Release);
    }
}

impl Context {
    pub(super) fn primary(index: usize, queue: Worker<Box<Process>>) -> Self {
        Self::new(Some(index), queue)
    }

    pub(super) fn blocking() -> Self {
        Self::new(None, Worker::new_fifo())
    }

    fn new(index: Option<usize>, queue: Worker<Box<Process>>) -> Self {
        Self {
            index,
            queue,
            next: RefCell::default(),
            slot_runs: Cell::new(0),
            ticks: Cell::new(0),
            stack: RefCell::default(),
        }
    }

    /// Makes a new process run.
    pub fn schedule_new(&self, process: Box<Process>) {
        if self.index.is_none() {
            return scheduler().inject(process);
        }
        self.queue.push(process);
        scheduler().notify();
    }

    /// Makes a process run that waited for what the running one just did.
    pub fn schedule_woken(&self, process: Box<Process>) {
        let special = process.execution.blocking || process.execution.pinned.is_some();
        if self.index.is_none() || special {
            return scheduler().inject(process);
        }
        if let Some(displaced) = self.next.replace(Some(process)) {
            self.schedule_new(displaced);
        }
    }

    /// The worker's number, for a process that wants to stay here.
    pub fn pin(&self) -> Option<usize> {
        self.index
    }

    /// Runs processes for ever.
    pub(super) fn work(self) -> ! {
        let index = self.index.expect("only workers work");
        loop {
            let process = match self.find(index) {
                Some(process) => process,
                None => self.sleep(index),
            };
            self.run(process);
        }
    }

    fn find(&self, index: usize) -> Option<Box<Process>> {
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        // Every other time only: pinned processes that yield all the time must not keep the rest waiting.
        let pinned_first = ticks.is_multiple_of(2);
        if pinned_first && let Some(process) = self.take_pinned(index) {
            return Some(process);
        }
        if ticks.is_multiple_of(INJECTOR_INTERVAL)
            && let Some(process) = self.take_injected()
        {
            return Some(process);
        }
        if self.slot_runs.get() < SLOT_RUNS
            && let Some(process) = self.next.take()
        {
            self.slot_runs.set(self.slot_runs.get() + 1);
            return Some(process);
        }
        self.slot_runs.set(0);
        let own = self.queue.pop().or_else(|| self.next.take());
        own.or_else(|| self.take_injected()).or_else(|| self.take_pinned(index)).or_else(|| self.steal(index))
    }

    fn take_pinned(&self, index: usize) -> Option<Box<Process>> {
        // Whoever holds the lock adds a process and then wakes all workers.
        scheduler().pinned[index].try_lock()?.pop_front()
    }

    fn take_injected(&self) -> Option<Box<Process>> {
        loop {
            match scheduler().injector.steal_batch_and_pop(&self.queue) {
                Steal::Success(process) => return Some(process),
                Steal::Empty => return None,
                Steal::Retry => {}
            }
        }
    }

    fn steal(&self, index: usize) -> Option<Box<Process>> {
        let stealers = &scheduler().stealers;
        let others = (1..stealers.len()).map(|distance| &stealers[(index + distance) % stealers.len()]);
        others.into_iter().find_map(|stealer| {
            loop {
                match stealer.steal_batch_and_pop(&self.queue) {
                    Steal::Success(process) => return Some(process),
                    Steal::Empty => return None,
                    Steal::Retry => {}
                }
            }
        })
    }

    /// Waits for work; see the protocol in the parent module.
    fn sleep(&self, index: usize) -> Box<Process> {
        let scheduler = scheduler();
        if let Some(stack) = self.stack.borrow_mut().as_mut() {
            stack.trim();
        }
        let mut lock = scheduler.sleep.lock();
        scheduler.idle.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        let found = loop {
            if let Some(process) = self.find(index) {
                break process;
            }
            *lock += 1;
            scheduler.wake.wait(&mut lock);
            scheduler.waking.store(false, Ordering::SeqCst);
            fence(Ordering::SeqCst);
        };
        scheduler.idle.fetch_sub(1, Ordering::SeqCst);
        drop(lock);
        if !self.queue.is_empty() || !scheduler.injector.is_empty() {
            scheduler.notify();
        }
        clock::wake_ticker();
        found
    }

    /// Runs a process until it stops, and performs its action.
    pub(super) fn run(&self, mut process: Box<Process>) {
        process.execution.context = self;
        self.place(&mut process);
        let process = Box::into_raw(process);
        let slot = self.index.map(|index| &scheduler().slots[index]);
        if let Some(slot) = slot {
            slot.begin(process);
        }
        // SAFETY: the process was just placed on a stack that is its own or this worker's; this thread owns it until
        // the action is performed, and meanwhile only the process itself uses it.
        let mut process = unsafe {
            switch::resume(process);
            if let Some(slot) = slot {
                slot.end();
            }
            Box::from_raw(process)
        };
        let action = process.take_action();
        self.note_depth(&mut process);
        if !matches!(action, Action::Finish) {
            self.displace(&mut process);
        }
        self.perform(process, action);
    }

    /// Puts the frames of a process on a stack.
    fn place(&self, process: &mut Process) {
        let started = !matches!(process.execution.place, Place::New);
        if process.execution.is_main && !started {
            process.execution.place = Place::Own(made(Stack::main()));
        }
        let mut own = self.stack.borrow_mut();
        let stack = match &process.execution.place {
            Place::Own(stack) => stack,
            _ => own.get_or_insert_with(|| made(Stack::new())),
        };
        let (lowest, top) = (stack.lowest(), stack.top());
        process.set_stack(lowest, top);
        poll::change_limit(process);
        let base = top as u64 - self.offset();
        match process.execution.place {
            Place::Own(_) if started => {}
            // SAFETY: the stack is new.
            Place::Own(_) => unsafe { switch::prepare(process, base) },
            // SAFETY: no process is on this worker's stack, since it isn't running one.
            _ => unsafe {
                if started {
                    process.rebase(base);
                    process.execution.frames.put();
                } else {
                    switch::prepare(process, base);
                }
                process.execution.place = Place::Worker;
            },
        }
    }

    /// Under stress frames are never put where they were before.
    fn offset(&self) -> u64 {
        if !config::yield_stress() {
            return 0;
        }
        u64::from(self.ticks.get() % 256) * 16
    }

    /// Notes whether the stack was used deeply, so that its memory is given back when nobody needs it.
    fn note_depth(&self, process: &mut Process) {
        if process.execution.shallow_limit != 0 {
            return;
        }
        match &mut process.execution.place {
            Place::Own(stack) => stack.set_deep(),
            _ => self.stack.borrow_mut().as_mut().expect("the process ran on it").set_deep(),
        }
    }

    /// Takes the frames of a process that has stopped from the worker's stack, or gives the stack to it.
    fn displace(&self, process: &mut Process) {
        let few = process.execution.frames.size() <= MOVED;
        match process.execution.place {
            Place::Own(_) if process.execution.is_main || !few => {}
            Place::Worker if !few => {
                let stack = self.stack.take().expect("the process ran on it");
                process.execution.place = Place::Own(stack);
            }
            _ => {
                // SAFETY: the process has switched away, and its frames are all between stack pointer and base.
                unsafe { process.execution.frames.take() };
                process.execution.place = Place::Away;
            }
        }
    }

    fn perform(&self, process: Box<Process>, action: Action) {
        let (for_message, time) = match action {
            Action::Yield if self.index.is_some() && process.execution.pinned.is_none() => {
                // Its turn was long. Those in the injector, whom the clock woke, must not wait for
                // `INJECTOR_INTERVAL` turns of that length.
                self.ticks.set(u32::MAX);
                return self.schedule_new(process);
            }
            Action::Yield | Action::Move => return scheduler().inject(process),
            Action::Finish => return finish(process),
            Action::Receive(time) => (true, time),
            Action::Sleep(time) => (false, Some(time)),
        };
        let handle = process.execution.handle.clone();
        match (handle.park(process, for_message, time.is_some()), time) {
            (Ok(wait), Some(time)) => scheduler().clock.add(time, handle, wait),
            (Ok(_), None) => {}
            // A message had arrived meanwhile.
            (Err(process), _) => self.schedule_woken(process),
        }
    }
}

/// A stack, or the end of the program.
fn made(stack: std::io::Result<Stack>) -> Stack {
    stack.unwrap_or_else(|error| {
        panic::end(&format!("error: there is no memory for the stack of a process: {error}\n"))
    })
}

/// Ends a process: what it owns is freed at once.
fn finish(process: Box<Process>) {
    if process.execution.is_main {
        panic::exit(0);
    }
    let handle = process.execution.handle.clone();
    super::unregister(&handle, process.execution.number);
    handle.close();
    drop(process);
    super::deactivated();
}
