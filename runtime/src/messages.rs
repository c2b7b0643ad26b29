//! The entry points that std's `process` module is written with: spawning, sending, receiving, waiting.
//!
//! *Invariant:* nothing of the thread (locks, thread-locals) is held across a suspension.

use crate::handle::Handle;
use crate::heap::copy;
use crate::heap::message::Message;
use crate::object::Object;
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::{Action, Process};
use crate::{handle, scheduler};
use inko_abi::object::HANDLE_POINTER;
use inko_abi::process::STOP;
use inko_abi::word::{self, Word};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Longer times than this are for ever: a thousand years.
const LONGEST: f64 = 3.2e10;

impl Process {
    /// Makes a handle object.
    fn handle_object(&mut self, shared: Arc<Handle>) -> Word {
        let Process { head, heap, .. } = self;
        heap.handle_object(head, shared).word()
    }

    /// A time in seconds; panics if it is negative or no number.
    fn duration(&mut self, seconds: f64) -> Option<Duration> {
        if seconds.is_nan() || seconds < 0.0 {
            let text = crate::primitives::float_text(seconds);
            panic(self, format_args!("{text} is not a valid time duration"));
        }
        (seconds < LONGEST).then(|| Duration::from_secs_f64(seconds))
    }
}

pub(crate) extern "C" fn process_spawn(process: &mut Process, code: Word) -> Word {
    // A lambda has no captures and is static data, so there is nothing to copy.
    let shared = Handle::new();
    let child = scheduler::spawn(shared.clone(), code, false);
    process.context().schedule_new(child);
    process.handle_object(shared)
}

pub(crate) extern "C" fn process_current(process: &mut Process) -> Word {
    let shared = process.execution.handle.clone();
    process.handle_object(shared)
}

pub(crate) extern "C" fn process_identifier(_: &mut Process, target: Word) -> Word {
    inko_abi::word::small(handle::identifier(Object::of(target).raw(HANDLE_POINTER)) as i64)
}

pub(crate) extern "C" fn process_send(process: &mut Process, target: Word, message: Word) -> Word {
    let target = handle::of(Object::of(target).raw(HANDLE_POINTER));
    let copied = if std::ptr::eq(target, &*process.execution.handle) {
        // The mailbox keeps its place in the order, the process the message itself, uncopied.
        process.execution.own_messages.push_back(message);
        Message::own()
    } else {
        match copy::copy_message(message) {
            Ok(copied) => copied,
            Err(error) => panic(process, error.message()),
        }
    };
    if let Some(woken) = target.send(copied) {
        process.context().schedule_woken(woken);
    }
    if process.context().note_send() {
        process.execution.gives_way = true;
        process.head.stack_limit.store(STOP, Ordering::Relaxed);
    }
    message
}

/// The next message, waiting for it for ever (0.0) or for a time.
pub(crate) extern "C" fn process_receive(process: &mut Process, seconds: f64) -> Outcome {
    let limit = if seconds == 0.0 { None } else { process.duration(seconds) };
    if let Some(message) = process.execution.next_message() {
        return Outcome::value(accept(process, message));
    }
    process.suspend(Action::Receive(limit));
    Outcome::value(word::NIL)
}

/// The end of a wait for a message.
pub(crate) extern "C" fn process_received(process: &mut Process) -> Outcome {
    // A message that arrived together with the end of the time counts.
    match process.execution.next_message() {
        Some(message) => Outcome::value(accept(process, message)),
        None => Outcome::thrown(process.string("The timeout expired")),
    }
}

fn accept(process: &mut Process, message: Message) -> Word {
    if message.is_own() {
        return process.execution.own_messages.pop_front().expect("one message for each mark");
    }
    let Process { head, heap, .. } = process;
    heap.adopt(head, message)
}

pub(crate) extern "C" fn process_suspend(process: &mut Process, seconds: f64) {
    match process.duration(seconds) {
        Some(time) if time.is_zero() => process.suspend(Action::Yield),
        Some(time) => process.suspend(Action::Sleep(time)),
        None => process.suspend(Action::Sleep(Duration::from_secs_f64(LONGEST))),
    }
}

/// The end of a wait without a result.
pub(crate) extern "C" fn process_go_on(_: &mut Process) {}

/// Never returns: the worker frees the process.
pub(crate) extern "C" fn process_terminate(process: &mut Process) {
    process.suspend(Action::Finish);
}

pub(crate) extern "C" fn process_set_blocking(process: &mut Process, blocking: bool) -> bool {
    let execution = &mut process.execution;
    if execution.blocking == blocking || execution.pinned.is_some() {
        return false;
    }
    execution.blocking = blocking;
    process.suspend(Action::Move);
    true
}

/// The process is where blocking operations may be done, or has come back.
pub(crate) extern "C" fn process_has_moved(_: &mut Process) -> bool {
    true
}

pub(crate) extern "C" fn process_set_pinned(process: &mut Process, pinned: bool) -> bool {
    if process.execution.pinned.is_some() == pinned {
        return false;
    }
    process.execution.pinned = if pinned { process.context().pin() } else { None };
    true
}
