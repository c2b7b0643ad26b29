//! A process: the head that machine code sees, its heap, and how it is executed.
//!
//! *Invariant:* a process is owned by one place at a time: the worker that runs it, a queue, or the mailbox
//! it is parked in. Only its owner touches it, except for the two atomics that preempt it.

use crate::frames::Frames;
use crate::generator::Generator;
use crate::handle::Handle;
use crate::heap::message::Message;
use crate::heap::{Heap, Visitor};
use crate::mailbox::List;
use crate::moment::Moment;
use crate::panic;
use crate::readiness::Link;
use crate::scheduler::Context;
use crate::socket::Wait;
use crate::stack::{SHALLOW, Stack};
use crate::switch::Switch;
use crate::walk;
use inko_abi::process::{ProcessHead, SLOW_ARGUMENTS, STACK_RESERVE};
use inko_abi::word::{self, Word};
use std::collections::VecDeque;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// A light process. Lives at a fixed address from spawn to end; machine code has its address in the
/// pinned register.
#[repr(C)]
pub struct Process {
    /// What machine code reads and writes.
    pub head: ProcessHead,
    /// The private heap.
    pub heap: Heap,
    /// The stack and the scheduling state.
    pub execution: Execution,
}

/// What a process wants to happen after it has been suspended; done on the worker's own stack.
#[derive(Debug)]
pub enum Action {
    /// Run again when it is its turn.
    Yield,
    /// Run again after the others that are ready: it has sent many messages.
    GiveWay,
    /// Wait for a message, for ever or for a time.
    Receive(Option<Duration>),
    /// Wait for a time.
    Sleep(Duration),
    /// Wait for a socket.
    Watch(Wait),
    /// Go on in the pool for blocking operations, or back.
    Move,
    /// End.
    Finish,
}

/// What a process is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    /// It can run and will.
    Ready,
    /// It runs.
    Running,
    /// It waits for a message.
    Waiting,
    /// It waits for a message for a limited time.
    WaitingLimited,
    /// It waits for a time to pass.
    Sleeping,
    /// It waits for a socket.
    WaitingForSocket,
}

/// Where the frames of a process are.
#[derive(Debug)]
pub enum Place {
    /// Nowhere: it hasn't started.
    New,
    /// On the stack of the worker that runs it.
    Worker,
    /// In [`Execution::frames`].
    Away,
    /// On a stack of its own: they are too many to be moved all the time.
    Own(Stack),
}

/// The frames and the scheduling state of a process.
#[repr(C)]
pub struct Execution {
    /// What other processes know of this one.
    pub handle: Arc<Handle>,
    /// Its place in the scheduler's registry.
    pub number: u32,
    /// What it is doing, for reports.
    state: AtomicU8,
    /// Whether it is in an operation of the operating system, in which reports may look at it.
    pub outside: AtomicBool,
    /// When it began to wait or sleep, if it does.
    since: Moment,
    /// What it runs: a lambda.
    pub code: Word,
    /// What switching to it and away from it needs.
    pub switch: Switch,
    /// Its frames while it isn't running.
    pub frames: Frames,
    /// Where the frames are.
    pub place: Place,
    /// What it has stopped for.
    pub action: Option<Action>,
    /// The worker it is running on, while it is running.
    pub context: *const Context,
    /// Whether others should have their turn.
    pub gives_way: bool,
    /// Set when its time slice is over.
    pub preempt: AtomicBool,
    /// Where the stack that it runs on really ends, less the reserve for the runtime.
    pub true_limit: u64,
    /// Below this address it uses the stack so deeply that the memory should be given back; 0 once it does.
    pub shallow_limit: u64,
    /// The generators that are running, outermost first.
    pub generators: Vec<*mut Generator>,
    /// Messages that were taken out of the mailbox together.
    pub taken: List,
    /// Messages that it sent to itself and has not received yet, which aren't copied: roots. They are
    /// received in the order in which they were sent.
    pub own_messages: VecDeque<Word>,
    /// The epoch of the socket that it has tried to use last.
    pub noted: u64,
    /// While it waits for a socket, the process that has waited longer.
    waits_behind: *mut Process,
    /// Whether it is in a blocking operation.
    pub blocking: bool,
    /// The worker it is pinned to.
    pub pinned: Option<usize>,
    /// Whether it is the main process, with which the program ends.
    pub is_main: bool,
}

// SAFETY: a process is used by one owner at a time (see the module's invariant), and ownership changes
// hands through locks and queues.
unsafe impl Send for Process {}

impl Process {
    /// A process that has not run yet.
    pub fn new(handle: Arc<Handle>, code: Word, is_main: bool) -> Box<Self> {
        Box::new(Self {
            head: ProcessHead {
                stack_limit: AtomicU64::new(0),
                heap_next: 0,
                heap_end: 0,
                exit_frame: 0,
                exit_address: 0,
                unwind_home: word::NIL,
                unwind_value: word::NIL,
                unwind_exit: 0,
                slow_result: 0,
                slow_arguments: [0; SLOW_ARGUMENTS],
            },
            heap: Heap::default(),
            execution: Execution {
                handle,
                number: 0,
                state: AtomicU8::new(State::Ready as u8),
                outside: AtomicBool::new(false),
                since: Moment::default(),
                code,
                switch: Switch::default(),
                frames: Frames::default(),
                place: Place::New,
                action: None,
                context: ptr::null(),
                gives_way: false,
                preempt: AtomicBool::new(false),
                true_limit: 0,
                shallow_limit: 0,
                generators: Vec::new(),
                taken: List::default(),
                own_messages: VecDeque::new(),
                noted: 0,
                waits_behind: ptr::null_mut(),
                blocking: false,
                pinned: None,
                is_main,
            },
        })
    }

    /// Stops the process when the running function of the runtime has returned to its shim; the worker then performs
    /// the action. Only entry points with a shim that stops may use it; see [`crate::entries`].
    pub fn suspend(&mut self, action: Action) {
        self.execution.action = Some(action);
        self.execution.switch.stopping = 1;
    }

    /// What the process has stopped for.
    ///
    /// # Panics
    /// If it hasn't stopped.
    pub fn take_action(&mut self) -> Action {
        self.execution.switch.stopping = 0;
        self.execution.action.take().expect("processes stop for something")
    }

    /// Does something that may take the operating system long. Meanwhile reports may look at the process, which must not
    /// be used.
    pub fn outside<R>(&mut self, operation: impl FnOnce() -> R) -> R {
        self.execution.outside.store(true, Ordering::SeqCst);
        let result = operation();
        self.execution.outside.store(false, Ordering::SeqCst);
        crate::scheduler::rest_if_halted();
        result
    }

    /// Makes room for `bytes` (a multiple of 8) so that the next allocations of up to that many bytes
    /// in total succeed without a collection. May collect; `roots` are the words that the caller holds
    /// and are updated.
    pub fn reserve(&mut self, bytes: usize, roots: &mut [Word]) {
        let Process { head, heap, execution } = self;
        heap.reserve(head, bytes, &mut |head, visitor| {
            roots.iter_mut().for_each(&mut *visitor);
            execution.visit_roots(head, visitor);
        });
        self.check_limit();
    }

    /// Collects now.
    pub fn collect(&mut self) {
        let Process { head, heap, execution } = self;
        heap.collect(head, &mut |head, visitor| execution.visit_roots(head, visitor));
        self.check_limit();
    }

    /// Panics if too much is alive. To be called after a collection.
    fn check_limit(&mut self) {
        if self.heap.is_over_limit() {
            panic::over_limit(self);
        }
    }

    /// The context of the worker that runs this process.
    pub fn context(&self) -> &Context {
        // SAFETY: set by the worker before it resumes the process, and valid until it is suspended.
        unsafe { &*self.execution.context }
    }

    /// Notes the stack that the process is about to run on.
    pub fn set_stack(&mut self, lowest: usize, top: usize) {
        self.execution.true_limit = (lowest + STACK_RESERVE) as u64;
        self.execution.shallow_limit = ((top - SHALLOW) as u64).max(self.execution.true_limit);
    }

    /// Names a new place for the frames of a process that are away: they will end at `base`.
    pub fn rebase(&mut self, base: u64) {
        let distance = self.execution.frames.rebase(base);
        if distance == 0 {
            return;
        }
        self.head.exit_frame = self.head.exit_frame.wrapping_add(distance);
        for &generator in &self.execution.generators {
            // SAFETY: active generators are kept alive by the frames that resume them.
            unsafe { (*generator).rebase(distance) };
        }
    }

    /// Where the innermost frame of machine code is.
    pub fn innermost(&self) -> walk::Start {
        let moved_by = match self.execution.place {
            Place::Away => self.execution.frames.moved_by(),
            _ => 0,
        };
        walk::Start { address: self.head.exit_address, frame: self.head.exit_frame, moved_by }
    }
}

impl Link for Process {
    fn link(&mut self) -> &mut *mut Self {
        &mut self.execution.waits_behind
    }
}

impl Execution {
    /// What the process is doing.
    pub fn state(&self) -> State {
        match self.state.load(Ordering::Relaxed) {
            0 => State::Ready,
            1 => State::Running,
            2 => State::Waiting,
            3 => State::WaitingLimited,
            4 => State::Sleeping,
            _ => State::WaitingForSocket,
        }
    }

    /// Notes what the process is doing from now on.
    #[inline]
    pub fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::Relaxed);
    }

    /// Notes that the process begins to wait.
    pub fn begin_wait(&mut self, state: State) {
        self.set_state(state);
        self.since = Moment::now();
    }

    /// How long it has been waiting.
    pub fn waited(&self) -> Duration {
        self.since.elapsed()
    }

    /// Whether it hasn't begun.
    pub fn is_new(&self) -> bool {
        matches!(self.place, Place::New)
    }

    /// Takes the oldest message.
    #[inline]
    pub fn next_message(&mut self) -> Option<Message> {
        Message::pop(&mut self.taken).or_else(|| {
            self.taken = self.handle.take();
            Message::pop(&mut self.taken)
        })
    }

    /// Shows every root outside the heap to `visitor`: the slots of all frames of the process, of its
    /// active generators, and values held by the runtime on its behalf.
    pub fn visit_roots(&mut self, head: &mut ProcessHead, visitor: &mut Visitor<'_>) {
        visitor(&mut self.code);
        visitor(&mut head.unwind_home);
        visitor(&mut head.unwind_value);
        self.own_messages.iter_mut().for_each(&mut *visitor);
        // Only running processes collect: the frames are on a stack.
        let innermost = walk::Start { address: head.exit_address, frame: head.exit_frame, moved_by: 0 };
        walk::visit(innermost, walk::Until::Process, visitor);
        for &generator in self.generators.iter().rev() {
            // SAFETY: active generators are kept alive by the frames that resume them.
            unsafe { (*generator).visit_active(visitor) };
        }
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        while let Some(message) = Message::pop(&mut self.taken) {
            drop(message);
        }
    }
}
