//! Workers: threads that run processes.

use super::parking::Watch;
use super::poller::Edges;
use super::scheduler;
use super::slot::Slot;
use crate::handle::Handle;
use crate::panic;
use crate::poll;
use crate::process::{Action, Place, Process, State};
use crate::stack::Stack;
use crate::{config, switch};
use crossbeam_deque::{Steal, Worker};
use crossbeam_utils::CachePadded;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Every so many processes a worker looks into the injector first, so that work there is not starved by
/// the worker's own.
const INJECTOR_INTERVAL: u32 = 61;
/// Every so many processes a worker looks for sockets that have become ready, for the same reason.
const POLLER_INTERVAL: u32 = 61;
/// After so many processes in a row from the slot for the one just woken, the queue has its turn: two
/// processes that play ping-pong must not keep others waiting.
const SLOT_RUNS: u32 = 16;

/// A worker's queue has at most so many processes; then it leaves half of them to all, the oldest. What spawns many that
/// spawn many has those run that it spawned last, and few alive at a time, while the injector keeps the others from starving.
const QUEUE: usize = 256;

/// A turn ends after so many messages: those who receive them then have theirs while the messages are still in the cache, and
/// a process that sends faster than another one receives doesn't fill the memory with messages.
const SENDS: u32 = 256;

/// A worker that is busy for so long between two sleeps leaves its sockets waiting: the next few that wake for one have
/// another worker watch meanwhile.
const LONG: Duration = Duration::from_micros(100);
const FEW: u8 = 16;

/// Frames of up to so many bytes in total are moved away from the stack when their process stops. Deeper in a recursion
/// it takes the stack along.
const MOVED: usize = 4 << 10;

/// What a thread that runs processes has of its own.
pub struct Context {
    /// The number of a worker; threads for blocking operations have none.
    index: Option<usize>,
    /// Where it shows what it is running.
    slot: Arc<CachePadded<Slot<Process>>>,
    queue: Worker<Box<Process>>,
    /// The process just woken: its data is still in the cache.
    next: RefCell<Option<Box<Process>>>,
    slot_runs: Cell<u32>,
    /// Whether the running process has made the queue spill.
    spilled: Cell<bool>,
    /// The messages that the running process has sent.
    sends: Cell<u32>,
    ticks: Cell<u32>,
    /// The stack that processes run on, made for the first.
    stack: RefCell<Option<Stack>>,
    /// Made for the first look at the poller.
    edges: RefCell<Option<Edges>>,
    /// When it slept last.
    woke: Cell<Instant>,
}

impl Context {
    pub(super) fn primary(index: usize, queue: Worker<Box<Process>>) -> Self {
        Self::new(Some(index), scheduler().slots[index].clone(), queue)
    }

    pub(super) fn blocking(slot: Arc<CachePadded<Slot<Process>>>) -> Self {
        Self::new(None, slot, Worker::new_fifo())
    }

    fn new(index: Option<usize>, slot: Arc<CachePadded<Slot<Process>>>, queue: Worker<Box<Process>>) -> Self {
        Self {
            index,
            slot,
            queue,
            next: RefCell::default(),
            slot_runs: Cell::new(0),
            spilled: Cell::new(false),
            sends: Cell::new(0),
            ticks: Cell::new(0),
            stack: RefCell::default(),
            edges: RefCell::default(),
            woke: Cell::new(Instant::now()),
        }
    }

    /// Makes a new process run.
    pub fn schedule_new(&self, process: Box<Process>) {
        if self.index.is_none() {
            return scheduler().inject(process);
        }
        process.execution.set_state(State::Ready);
        self.queue.push(process);
        if self.queue.len() > QUEUE {
            self.spill();
        }
        scheduler().notify();
    }

    /// Moves the older half of the queue to the injector.
    #[cold]
    fn spill(&self) {
        self.spilled.set(true);
        for _ in 0..QUEUE / 2 {
            let Some(process) = self.queue.pop() else { return };
            scheduler().injector.push(process);
        }
    }

    /// Makes a process run that waited for what the running one just did.
    pub fn schedule_woken(&self, process: Box<Process>) {
        let special = process.execution.blocking || process.execution.pinned.is_some();
        if self.index.is_none() || special {
            return scheduler().inject(process);
        }
        process.execution.set_state(State::Ready);
        if let Some(displaced) = self.next.replace(Some(process)) {
            self.schedule_new(displaced);
        }
    }

    /// Notes that the running process has sent a message. Whether its turn should end.
    #[inline]
    pub fn note_send(&self) -> bool {
        let sends = self.sends.get() + 1;
        self.sends.set(sends);
        sends.is_multiple_of(SENDS)
    }

    /// The worker's number, for a process that wants to stay here.
    pub fn pin(&self) -> Option<usize> {
        self.index
    }

    /// Runs processes for ever.
    pub(super) fn work(self) -> ! {
        let index = self.index.expect("only workers work");
        loop {
            if self.ticks.get().is_multiple_of(POLLER_INTERVAL) {
                self.take_ready(false);
            }
            let found = self.find(index).or_else(|| {
                self.take_ready(false);
                self.queue.pop()
            });
            let process = found.unwrap_or_else(|| self.sleep(index));
            self.rest();
            self.run(process);
        }
    }

    /// Runs processes of the pool for blocking operations while there is enough to do.
    pub(super) fn work_blocking(self) {
        while let Some(process) = scheduler().blocking.take() {
            self.rest();
            self.run(process);
        }
    }

    /// Comes to rest while somebody holds the program.
    fn rest(&self) {
        let halt = &scheduler().halt;
        if halt.is_requested() {
            halt.rest();
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

    /// Queues the processes whose sockets have become ready, perhaps after a wait.
    fn take_ready(&self, wait: bool) {
        let Some(poller) = scheduler().poller.get() else { return };
        let mut edges = self.edges.borrow_mut();
        let mut count = 0;
        poller.take(wait, edges.get_or_insert_default(), |process| {
            if process.execution.blocking || process.execution.pinned.is_some() {
                return scheduler().inject(process);
            }
            process.execution.set_state(State::Ready);
            self.queue.push(process);
            count += 1;
        });
        // This worker takes the first.
        if count > 1 && !wait {
            scheduler().notify();
        }
    }

    /// Waits for work.
    fn sleep(&self, index: usize) -> Box<Process> {
        let scheduler = scheduler();
        if let Some(stack) = self.stack.borrow_mut().as_mut() {
            stack.trim();
        }
        let long = self.woke.get().elapsed() > LONG;
        let expected = &scheduler.long_expected;
        let left = if long { FEW } else { expected.load(Ordering::Relaxed).saturating_sub(1) };
        expected.store(left, Ordering::Relaxed);
        let found = scheduler.parking.sleep(self, || self.find(index));
        if !self.queue.is_empty() || !scheduler.injector.is_empty() {
            scheduler.notify();
        } else if expected.load(Ordering::Relaxed) > 0 && self.is_there() {
            scheduler.parking.hand_over();
        }
        scheduler.ticker.wake();
        self.woke.set(Instant::now());
        found
    }

    /// Runs a process until it stops, and performs its action.
    fn run(&self, mut process: Box<Process>) {
        self.spilled.set(false);
        self.sends.set(0);
        process.execution.context = self;
        self.place(&mut process);
        process.execution.set_state(State::Running);
        let process = Box::into_raw(process);
        self.slot.begin(process);
        // SAFETY: the process was just placed on a stack that is its own or this worker's; this thread owns it until
        // the action is performed, and meanwhile only the process itself uses it.
        let mut process = unsafe {
            switch::resume(process);
            self.slot.end(process);
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

    fn perform(&self, mut process: Box<Process>, action: Action) {
        let time = match action {
            Action::Yield if self.index.is_some() && process.execution.pinned.is_none() => {
                // Its turn was long. Those in the injector, whom the clock woke, must not wait for
                // `INJECTOR_INTERVAL` turns of that length.
                self.ticks.set(u32::MAX);
                // What it has started in it, and did not fit the queue, comes before it.
                if self.spilled.take() {
                    return scheduler().inject(process);
                }
                return self.schedule_new(process);
            }
            Action::GiveWay if process.execution.pinned.is_none() => return self.schedule_new(process),
            Action::Yield | Action::GiveWay | Action::Move => return scheduler().inject(process),
            Action::Finish => return finish(process),
            Action::Sleep(time) => {
                process.execution.begin_wait(State::Sleeping);
                return scheduler().clock.sleep(time, process);
            }
            Action::Watch(wait) => {
                process.execution.begin_wait(State::WaitingForSocket);
                if let Err(process) = wait.park(process) {
                    self.schedule_woken(process);
                }
                return;
            }
            Action::Receive(time) => time,
        };
        let state = if time.is_some() { State::WaitingLimited } else { State::Waiting };
        process.execution.begin_wait(state);
        // Waiting processes belong to whoever wakes them: the handle must be kept for the clock before.
        let kept = time.map(|time| (time, process.execution.handle.clone()));
        match (Handle::park(process, kept.is_some()), kept) {
            (Ok(wait), Some((time, handle))) => scheduler().clock.limit(time, handle, wait),
            (Ok(_), None) => {}
            // A message had arrived meanwhile.
            (Err(process), _) => self.schedule_woken(process),
        }
    }
}

impl Watch for Context {
    type Found = Box<Process>;

    fn is_there(&self) -> bool {
        scheduler().poller.get().is_some()
    }

    fn watch(&self) -> Option<Box<Process>> {
        self.take_ready(true);
        self.queue.pop()
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
    scheduler().registry.leave(&process);
    handle.close();
    drop(process);
    super::deactivated();
}
