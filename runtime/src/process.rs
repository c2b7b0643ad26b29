//! A process: the head that machine code sees, its heap, and how it is executed.
//!
//! *Invariant:* a process is owned by one place at a time: the worker that runs it, a queue, or the mailbox
//! it is parked in. Only its owner touches it, except for the two atomics that preempt it.

use crate::generator::Generator;
use crate::handle::Handle;
use crate::heap::{Heap, Visitor};
use crate::scheduler::Context;
use crate::stack::Stack;
use crate::walk;
use corosensei::{Coroutine, Yielder};
use inko_abi::process::{ProcessHead, STACK_RESERVE};
use inko_abi::word::{self, Word};
use std::collections::VecDeque;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
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
    /// Wait for a message, for ever or for a time.
    Receive(Option<Duration>),
    /// Wait for a time.
    Sleep(Duration),
    /// Go on in the pool for blocking operations, or back.
    Move,
    /// End.
    Finish,
}

/// The coroutine of a process.
pub type Fiber = Coroutine<(), Action, (), Stack>;

/// The stack and the scheduling state of a process.
pub struct Execution {
    /// What other processes know of this one.
    pub handle: Arc<Handle>,
    /// Its place in the scheduler's registry.
    pub place: u32,
    /// What it runs: a lambda.
    pub code: Word,
    /// Its stack, attached when it first runs.
    pub fiber: Option<Fiber>,
    /// The way back to the worker, while it is running.
    pub yielder: *const Yielder<(), Action>,
    /// The worker it is running on, while it is running.
    pub context: *const Context,
    /// Set when its time slice is over.
    pub preempt: AtomicBool,
    /// Where its stack really ends, less the reserve for the runtime.
    pub true_limit: u64,
    /// The end (highest address) of its own stack, 0 before it has one.
    pub top: u64,
    /// The generators that are running, outermost first.
    pub generators: Vec<*mut Generator>,
    /// Messages that it sent to itself and has not received yet, which aren't copied: roots. They are
    /// received in the order in which they were sent.
    pub own_messages: VecDeque<Word>,
    /// Whether it is in a blocking operation.
    pub blocking: bool,
    /// The worker it is pinned to.
    pub pinned: Option<usize>,
    /// Whether the last wait ended without a message.
    pub timed_out: bool,
    /// Whether its stack was used so deeply that the memory should be given back.
    pub deep: bool,
    /// Whether it is the main process, with which the program ends.
    pub is_main: bool,
}

// SAFETY: a process is used by one owner at a time (see the module's invariant), and ownership changes
// hands through locks and queues.
unsafe impl Send for Process {}

impl Process {
    /// A process that has not run yet. `place` is what [`crate::scheduler::register`] gave for the handle.
    pub fn new(handle: Arc<Handle>, place: u32, code: Word, is_main: bool) -> Box<Self> {
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
            },
            heap: Heap::default(),
            execution: Execution {
                handle,
                place,
                code,
                fiber: None,
                yielder: ptr::null(),
                context: ptr::null(),
                preempt: AtomicBool::new(false),
                true_limit: 0,
                top: 0,
                generators: Vec::new(),
                own_messages: VecDeque::new(),
                blocking: false,
                pinned: None,
                timed_out: false,
                deep: false,
                is_main,
            },
        })
    }

    /// Gives the processor back to the worker, which performs the action. Returns when the process runs
    /// again, possibly on another thread.
    pub fn suspend(&mut self, action: Action) {
        let yielder = self.execution.yielder;
        // SAFETY: only called on the process's own stack, while its worker is in `resume`, which keeps
        // the yielder alive. The caller holds nothing of the thread.
        unsafe { (*yielder).suspend(action) };
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
    }

    /// Collects now.
    pub fn collect(&mut self) {
        let Process { head, heap, execution } = self;
        heap.collect(head, 0, &mut |head, visitor| execution.visit_roots(head, visitor));
    }

    /// The context of the worker that runs this process.
    pub fn context(&self) -> &Context {
        // SAFETY: set by the worker before it resumes the process, and valid until it is suspended.
        unsafe { &*self.execution.context }
    }

    /// Notes where the stack that the process is about to run on ends.
    pub fn set_stack(&mut self, lowest: usize) {
        self.execution.true_limit = (lowest + STACK_RESERVE) as u64;
    }
}

impl Execution {
    /// Shows every root outside the heap to `visitor`: the slots of all frames of the process, of its
    /// active generators, and values held by the runtime on its behalf.
    pub fn visit_roots(&mut self, head: &mut ProcessHead, visitor: &mut Visitor<'_>) {
        visitor(&mut self.code);
        visitor(&mut head.unwind_home);
        visitor(&mut head.unwind_value);
        self.own_messages.iter_mut().for_each(&mut *visitor);
        walk::visit(head.exit_address, head.exit_frame, visitor);
        for &generator in self.generators.iter().rev() {
            // SAFETY: active generators are kept alive by the frames that resume them.
            unsafe { (*generator).visit_active(visitor) };
        }
    }
}
