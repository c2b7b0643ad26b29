//! Standard streams. Output is line buffered, errors are unbuffered.

use super::{integer, word};
use crate::object::{byte_elements, bytes};
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use inko_abi::word::Word;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;

/// The code that std's `io::Error` has for an error of the operating system.
fn code(error: &io::Error) -> i64 {
    match error.kind() {
        ErrorKind::NotFound => 1,
        ErrorKind::PermissionDenied => 2,
        ErrorKind::ConnectionRefused => 3,
        ErrorKind::ConnectionReset => 4,
        ErrorKind::ConnectionAborted => 5,
        ErrorKind::NotConnected => 6,
        ErrorKind::AddrInUse => 7,
        ErrorKind::AddrNotAvailable => 8,
        ErrorKind::BrokenPipe => 9,
        ErrorKind::AlreadyExists => 10,
        ErrorKind::InvalidInput => 11,
        ErrorKind::InvalidData => 12,
        ErrorKind::TimedOut => 13,
        ErrorKind::WriteZero => 14,
        ErrorKind::Interrupted => 15,
        ErrorKind::UnexpectedEof => 16,
        _ => 0,
    }
}

/// The number of bytes that an operation is about, or its error thrown.
pub(crate) fn outcome(result: io::Result<usize>) -> Outcome {
    match result {
        Ok(size) => Outcome::value(word::small(size as i64)),
        Err(error) => failed(&error),
    }
}

/// An error thrown.
pub(crate) fn failed(error: &io::Error) -> Outcome {
    Outcome::thrown(word::small(code(error)))
}

fn write(mut stream: impl Write, bytes: &[u8]) -> Outcome {
    outcome(stream.write_all(bytes).map(|()| bytes.len()))
}

/// So many bytes fit into a pipe, or nearly any other stream, that takes bytes at all: less than POSIX's `PIPE_BUF`,
/// since some may be buffered here.
const SHORT: i64 = 3072;

/// Whether a stream takes so many bytes without a wait, as far as can be known: another program may write, too.
fn takes(stream: impl AsFd, size: Word) -> bool {
    if !word::is_small(size) || word::small_value(size) > SHORT {
        return false;
    }
    // An error counts as ready: the write ends with it.
    let mut ready = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
    matches!(poll(&mut ready, PollTimeout::ZERO), Ok(1))
}

pub(crate) extern "C" fn stdout_takes(_: &mut Process, size: Word) -> bool {
    takes(io::stdout(), size)
}

pub(crate) extern "C" fn stderr_takes(_: &mut Process, size: Word) -> bool {
    takes(io::stderr(), size)
}

pub(crate) extern "C" fn stdout_write_string(process: &mut Process, string: Word) -> Outcome {
    process.outside(|| write(io::stdout().lock(), bytes(string)))
}

pub(crate) extern "C" fn stdout_write_bytes(process: &mut Process, array: Word) -> Outcome {
    process.outside(|| write(io::stdout().lock(), byte_elements(array)))
}

pub(crate) extern "C" fn stdout_flush(process: &mut Process) -> Outcome {
    process.outside(|| outcome(io::stdout().lock().flush().map(|()| 0)))
}

pub(crate) extern "C" fn stderr_write_string(process: &mut Process, string: Word) -> Outcome {
    process.outside(|| write(io::stderr().lock(), bytes(string)))
}

pub(crate) extern "C" fn stderr_write_bytes(process: &mut Process, array: Word) -> Outcome {
    process.outside(|| write(io::stderr().lock(), byte_elements(array)))
}

pub(crate) extern "C" fn stderr_flush(process: &mut Process) -> Outcome {
    process.outside(|| outcome(io::stderr().lock().flush().map(|()| 0)))
}

pub(crate) extern "C" fn stdin_read(process: &mut Process, array: Word, size: Word) -> Outcome {
    if !word::is_small(size) {
        let text = integer::to_text(size, 10);
        panic(process, format_args!("{text} is too big to convert to an unsigned integer"));
    }
    let mut read = Vec::new();
    let result = process.outside(|| match word::small_value(size) {
        size @ 1.. => io::stdin().lock().take(size as u64).read_to_end(&mut read),
        _ => io::stdin().lock().read_to_end(&mut read),
    });
    process.append_bytes(array, &read);
    outcome(result)
}

/// Writes what is buffered, at the end of the program. A stream that is closed has no reader to miss it.
pub(crate) fn flush_at_exit() {
    let _ = io::stdout().lock().flush();
    crate::ffi::flush_at_exit();
}
