//! Non-local exits: `return` and `throw` that leave the method a closure was written in.
//!
//! The frames between are found by walking the stack; those with a landing pad at their call are entered
//! there, innermost first. A landing pad asks whether the exit is for its own frame and otherwise, after
//! running its deferred blocks, unwinds again. Code that never exits this way pays nothing.

use crate::generator;
use crate::object::Object;
use crate::panic::panic;
use crate::process::Process;
use crate::walk;
use inko_abi::object::HOME_ACTIVE;
use inko_abi::word::{self, Word};
use std::arch::naked_asm;

pub(crate) extern "C" fn unwind(process: &mut Process, home: Word, value: Word, exit: i64) {
    if Object::of(home).raw(HOME_ACTIVE) != word::TRUE {
        panic(
            process,
            "a block tried to return from a method that has already returned, or runs in another process",
        );
    }
    process.head.unwind_home = home;
    process.head.unwind_value = value;
    process.head.unwind_exit = exit;
    proceed(process)
}

pub(crate) extern "C" fn unwind_resume(process: &mut Process) {
    proceed(process)
}

/// Enters the innermost landing pad.
pub(crate) fn proceed(process: &mut Process) -> ! {
    let frames = walk::frames(process.innermost(), walk::Until::Process);
    for (frame, generators) in frames {
        if frame.site.landing_pad != 0 {
            generator::abandon(process, generators);
            let target = frame.function.start + u64::from(frame.site.landing_pad);
            // SAFETY: the tables say that this frame has a landing pad there, which expects exactly
            // these registers. The frames left behind, this one included, own nothing.
            unsafe { enter_landing_pad(process, frame.stack_pointer(), frame.pointer, target) }
        }
    }
    panic(process, "a block tried to return from a method that is no longer running")
}

/// Continues machine code at an address, with a stack and frame pointer and the process.
#[unsafe(naked)]
unsafe extern "C" fn enter_landing_pad(process: *mut Process, stack: u64, frame: u64, target: u64) -> ! {
    naked_asm!("mov r15, rdi", "mov rsp, rsi", "mov rbp, rdx", "jmp rcx")
}
