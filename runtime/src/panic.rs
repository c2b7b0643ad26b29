//! Panics: a stack trace and a message on standard error, and the end of the whole program.
//!
//! *Guarantees:* the trace is complete or says what it leaves out; it is written in one go; the first panic
//! wins; what was printed before is flushed.

use crate::object::{Object, arity, block_info, class_name, class_of};
use crate::primitives;
use crate::process::Process;
use crate::program;
use crate::walk;
use inko_abi::class;
use inko_abi::object::CLASS_OBJECT_CLASS;
use inko_abi::table::{BlockKind, Position};
use inko_abi::word::Word;
use std::collections::VecDeque;
use std::fmt::{Display, Write};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit status of a program that panics.
pub const STATUS: i32 = 1;
/// Of longer traces only so many frames of either end are shown.
const SHOWN: usize = 32;

static PANICKING: AtomicBool = AtomicBool::new(false);

/// Stops the program.
pub fn panic(process: &mut Process, message: impl Display) -> ! {
    let mut report = trace(process);
    let identifier = process.execution.handle.identifier();
    let _ = writeln!(report, "Process 0x{identifier:x} panicked: {message}");
    end(&report)
}

/// Stops the program with a report that is complete.
pub fn end(report: &str) -> ! {
    if !is_first() {
        // Another thread is about to end the program.
        loop {
            std::thread::park();
        }
    }
    primitives::flush_at_exit();
    // There is nobody left to tell if standard error is closed.
    let _ = std::io::stderr().lock().write_all(report.as_bytes());
    exit(STATUS)
}

/// Whether the caller is the first that ends the program for an error; the others have to wait for the end.
pub fn is_first() -> bool {
    !PANICKING.swap(true, Ordering::SeqCst)
}

/// Ends the program at once: other threads are running processes whose memory must not go away.
pub fn exit(status: i32) -> ! {
    primitives::flush_at_exit();
    // SAFETY: ends the program; no handler runs.
    unsafe { libc::_exit(status) }
}

/// The calls that a process is in, as text, oldest first.
pub fn trace(process: &Process) -> String {
    let mut positions = positions(process);
    let newest: Vec<_> = positions.by_ref().take(SHOWN).collect();
    // Of the others only the last ones are kept: there may be millions.
    let mut oldest = VecDeque::with_capacity(SHOWN);
    let mut left_out = 0;
    for position in positions {
        if oldest.len() == SHOWN {
            oldest.pop_front();
            left_out += 1;
        }
        oldest.push_back(position);
    }
    let mut text = String::from("Stack trace (the most recent call comes last):\n");
    let first_of_newest = oldest.len() + left_out;
    show(&mut text, 0, oldest.into_iter().rev());
    if left_out > 0 {
        let _ = writeln!(text, "  ... {left_out} frames left out ...");
    }
    show(&mut text, first_of_newest, newest.into_iter().rev());
    text
}

fn show(text: &mut String, first: usize, positions: impl Iterator<Item = &'static Position>) {
    for (index, position) in positions.enumerate() {
        let (file, name) = (program::string(position.file), program::string(position.name));
        let _ = writeln!(text, "  {}: \"{file}\" line {}, in \"{name}\"", first + index, position.line);
    }
}

/// The positions of all calls that a process is in, innermost first. Code that the compiler made up has
/// positions without a name, which mean nothing to people.
pub fn positions(process: &Process) -> impl Iterator<Item = &'static Position> + use<> {
    walk::frames(process.innermost(), walk::Until::Process)
        .flat_map(|(frame, _)| frame.positions())
        .filter(|position| !program::string(position.name).is_empty())
}

/// Stops the program because a recursion has no end.
pub fn stack_overflow(process: &mut Process) -> ! {
    panic(process, "the stack is full: is there a recursion without end?")
}

/// Stops the program because a process has more alive than it may have.
pub fn over_limit(process: &mut Process) -> ! {
    panic(process, "the heap of the process is larger than INKO_MAX_HEAP allows")
}

/// Stops the program because of a write to a constant's value.
pub fn frozen(process: &mut Process, value: Word) -> ! {
    let name = class_name(value);
    panic(
        process,
        format_args!("this object of type `{name}` is part of a constant's value, which can't be changed"),
    )
}

pub(crate) extern "C" fn panic_message(process: &mut Process, message: Word) {
    panic(process, crate::object::text(message))
}

pub(crate) extern "C" fn panic_cast(process: &mut Process, value: Word, expected: i64) {
    let expected = program::string(expected as u32);
    panic(process, format_args!("expected a value of type `{expected}`, but got {}", Described(value)))
}

/// What a value is, for the message of a failed cast: blocks and class objects are told apart more finely than
/// by their class.
struct Described(Word);

impl Display for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match class_of(self.0) {
            class::BLOCK => {
                let block = Object::of(self.0);
                let kind = match block_info(block).kind {
                    BlockKind::Closure => "closure",
                    BlockKind::Lambda => "lambda",
                    BlockKind::Method => return write!(f, "a method"),
                };
                let arity = arity(block);
                write!(f, "a {kind} that takes {arity} argument{}", if arity == 1 { "" } else { "s" })
            }
            class::CLASS_OBJECT => {
                let number = Object::of(self.0).raw(CLASS_OBJECT_CLASS) as u32;
                write!(f, "the class `{}` itself", program::string(program::class(number).name))
            }
            _ => write!(f, "one of type `{}`", class_name(self.0)),
        }
    }
}

pub(crate) extern "C" fn panic_dispatch(process: &mut Process, value: Word, selector: i64) {
    let selector = program::string(selector as u32);
    let found = class_name(value);
    panic(process, format_args!("a value of type `{found}` doesn't implement `{selector}`"))
}

pub(crate) extern "C" fn panic_uncaught(process: &mut Process, thrown: Word) {
    let identifier = process.execution.handle.identifier();
    let thrown = Described(thrown);
    panic(process, format_args!("A thrown value reached the top-level in process 0x{identifier:x}: {thrown}"))
}

pub(crate) extern "C" fn panic_undefined(process: &mut Process, name: i64) {
    let name = program::string(name as u32);
    panic(process, format_args!("the constant `{name}` is used before its definition was executed"))
}

/// A mistake of the runtime itself.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        eprintln!(
            "{info}\nThis is a bug in the runtime of inkoc. Please report it with this message and the program."
        );
        std::process::abort();
    }));
}
