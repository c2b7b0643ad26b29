//! An interpreter of the representation: slow, simple, and what the representation means. Compiled programs are compared
//! with it at every level of optimisation.
//!
//! It runs programs as lowered (locals, homes, no passes needed) and after any pass. Facts about values are checked whenever one is
//! defined, so that a pass that derives a wrong one is found out even if nothing relies on it yet.
//!
//! It has one process. Spawning another, waiting for a message that nobody can send, and input are not supported, and it
//! says so.
//!
//! * [`value`]: what it computes with, activations included; [`stop`]: why it ends;
//! * [`machine`]: calls and the ways out of them; [`ops`]: instructions; [`entries`]: the functions of the runtime.

#![forbid(unsafe_code)]

mod arguments;
mod arrays;
mod byte_arrays;
mod entries;
mod machine;
mod numbers;
mod ops;
mod stop;
mod strings;
mod value;

pub use stop::UNSUPPORTED;

use inko_ir::ir::Program;
use machine::{Machine, Stream};
use std::io::Write;
use std::sync::mpsc::channel;

/// The stack of the thread that interprets. Frames are on the heap; only dropping long lists recurses.
const STACK: usize = 1 << 30;

/// Runs a program and gives its exit status.
pub fn interpret(program: &Program, out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || Machine::new(program, sender).run());
        let Ok(thread) = thread else { return UNSUPPORTED };
        for (stream, bytes) in receiver {
            // A closed stream is the caller's business; the program goes on.
            let _ = match stream {
                Stream::Out => out.write_all(&bytes),
                Stream::Err => err.write_all(&bytes),
            };
        }
        thread.join().unwrap_or(UNSUPPORTED)
    })
}
