//! Polls: the one slow path of function entries and loop back-edges.
//!
//! Machine code compares its stack pointer with `head.stack_limit` and calls [`poll`] when it is below. The
//! limit is one of:
//!
//! * the *shallow* limit, a little below the top: passing it only notes that the stack is used deeply, so
//!   that its memory is given back later;
//! * the *true* limit: passing it is the end of a recursion without end;
//! * `STOP`: someone wants the process to stop, the collector or the clock.
//!
//! Protocol between a process and the clock that preempts it:
//!
//! 1. The clock sets `preempt`, then stores `STOP`.
//! 2. The process's next poll first renews the limit, then takes `preempt`.
//!
//! If the clock's store comes after the renewal, the flag was set before it and is perhaps taken already:
//! then one more poll finds nothing to do. No order loses a request for good: the clock repeats it.

use crate::panic;
use crate::process::{Action, Execution, Process};
use inko_abi::process::STOP;
use std::sync::atomic::Ordering;

/// Restores the limit of the stack that the process is running on.
fn renew_limit(process: &mut Process) {
    let Execution { true_limit, shallow_limit, .. } = process.execution;
    process.head.stack_limit.store(shallow_limit.max(true_limit), Ordering::Relaxed);
}

/// Sets the limit of the stack that the process is about to run on. Requests to stop stay.
pub fn change_limit(process: &mut Process) {
    renew_limit(process);
    let Execution { gives_way, ref preempt, .. } = process.execution;
    if process.heap.wants_collection() || gives_way || preempt.load(Ordering::Relaxed) {
        process.head.stack_limit.store(STOP, Ordering::Relaxed);
    }
}

pub(crate) extern "C" fn poll(process: &mut Process) {
    renew_limit(process);
    // The frame that polls is near: what matters is which side of the limits it is on.
    let here = process.head.exit_frame;
    if here < process.execution.true_limit {
        panic::stack_overflow(process);
    }
    if here < process.execution.shallow_limit.saturating_add(POLL_FRAME) {
        process.execution.shallow_limit = 0;
        renew_limit(process);
    }
    if process.heap.wants_collection() {
        process.collect();
    }
    if process.execution.preempt.swap(false, Ordering::Relaxed) || crate::config::yield_stress() {
        process.suspend(Action::Yield);
    } else if process.execution.gives_way {
        process.suspend(Action::GiveWay);
    }
    process.execution.gives_way = false;
}

/// A frame whose pointer is this near to a limit may have its stack pointer below it.
const POLL_FRAME: u64 = 8 << 10;
