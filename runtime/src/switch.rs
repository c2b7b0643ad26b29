//! Switching between a worker, on its thread's native stack, and the process that it runs.
//!
//! *Invariant:* a process switches away only from a shim: every function of the runtime that it has called has
//! returned. So nothing of a thread (locks, thread-locals, what compilers keep in registers) lives across a switch,
//! after which the process may be on another thread.

use crate::panic;
use crate::process::{Action, Process};
use crate::program;
use inko_abi::word::Word;
use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

/// What the switches save.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Switch {
    /// The stack pointer of the worker that runs the process.
    native: u64,
    /// Not 0 when a function of the runtime wants the process to stop as soon as it has returned.
    pub stopping: u64,
}

/// Offsets in the process, for shims.
pub mod offset {
    use super::*;

    /// See [`Switch::stopping`].
    pub const STOPPING: usize = offset_of!(Process, execution.switch.stopping);
    pub(super) const NATIVE: usize = offset_of!(Process, execution.switch.native);
    pub(super) const STACK: usize = offset_of!(Process, execution.frames.stack);
    pub(super) const FRAME: usize = offset_of!(Process, execution.frames.frame);
    pub(super) const CODE: usize = offset_of!(Process, execution.code);
}

/// Runs a process until it stops.
///
/// # Safety
/// Its frames are where they say they are, on a stack that nobody else uses. Nobody else uses the process.
#[unsafe(naked)]
pub unsafe extern "C" fn resume(process: *mut Process) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi + {native}], rsp",
        "mov r15, rdi",
        "mov rsp, [rdi + {stack}]",
        "mov rbp, [rdi + {frame}]",
        "ret",
        native = const offset::NATIVE,
        stack = const offset::STACK,
        frame = const offset::FRAME,
    )
}

/// Goes back to the worker; called by shims, to which it returns when the process goes on. The process is in r15.
/// Preserves nothing but the stack pointer and the frame pointer.
#[unsafe(naked)]
pub unsafe extern "C" fn leave() {
    naked_asm!(
        "mov [r15 + {stack}], rsp",
        "mov [r15 + {frame}], rbp",
        "mov rsp, [r15 + {native}]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        native = const offset::NATIVE,
        stack = const offset::STACK,
        frame = const offset::FRAME,
    )
}

/// Where a new process goes on: calls its code, with an empty stack and no frame.
#[unsafe(naked)]
unsafe extern "C" fn start() {
    naked_asm!(
        "mov rdi, r15",
        "mov rsi, [r15 + {code}]",
        "call [rip + {call}]",
        "mov rdi, r15",
        "mov rsi, rax",
        "call {ended}",
        "call {leave}",
        "ud2",
        code = const offset::CODE,
        call = sym program::CALL,
        ended = sym ended,
        leave = sym leave,
    )
}

/// The code of a process has returned a word and a status.
extern "C" fn ended(process: &mut Process, word: Word, status: u64) {
    // All frames are gone.
    process.head.exit_address = 0;
    if status != 0 {
        panic::panic_uncaught(process, word);
    }
    process.suspend(Action::Finish);
}

/// Prepares a new process to run on a stack that ends at `base`.
///
/// # Safety
/// The stack is free.
pub unsafe fn prepare(process: &mut Process, base: u64) {
    let frames = &mut process.execution.frames;
    frames.base = base;
    frames.frame = 0;
    frames.stack = base - 8;
    // SAFETY: passed on to the caller.
    unsafe { *(frames.stack as *mut u64) = start as *const () as u64 };
}

impl Process {
    /// How far the stack of the thread that runs it is used.
    pub fn native_stack(&self) -> NativeStack {
        NativeStack(self.execution.switch.native)
    }
}

/// The stack pointer of the worker that runs a process.
#[derive(Clone, Copy, Debug)]
pub struct NativeStack(u64);

/// Runs something on the stack of the thread that runs the process, which has a guard page, and room for code that doesn't
/// know of the processes' stacks.
pub fn on_native_stack<R>(stack: NativeStack, operation: impl FnOnce() -> R) -> R {
    /// The operation before, its result after.
    type Slot<F, R> = (Option<F>, Option<R>);

    extern "C" fn run<F: FnOnce() -> R, R>(slot: *mut c_void) {
        // SAFETY: it is the slot below, which nobody else uses meanwhile.
        let slot = unsafe { &mut *slot.cast::<Slot<F, R>>() };
        slot.1 = slot.0.take().map(|operation| operation());
    }

    fn enter<F: FnOnce() -> R, R>(stack: NativeStack, slot: &mut Slot<F, R>) {
        // SAFETY: the worker uses nothing below its stack pointer before the process goes back to it.
        unsafe { call_on(stack.0, run::<F, R>, (&raw mut *slot).cast()) }
    }

    let mut slot = (Some(operation), None);
    enter(stack, &mut slot);
    slot.1.expect("the operation has been run")
}

/// Calls a function with another stack pointer.
#[unsafe(naked)]
unsafe extern "C" fn call_on(stack: u64, function: extern "C" fn(*mut c_void), argument: *mut c_void) {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "mov rsp, rdi",
        "and rsp, -16",
        "mov rdi, rdx",
        "call rsi",
        "mov rsp, rbp",
        "pop rbp",
        "ret"
    )
}
