//! Child processes and the pipes to them. What isn't piped, or is closed, is empty and takes nothing.

use super::stdio::{failed, outcome};
use super::{env, file, flush_at_exit, word};
use crate::child::{self, Child, Stream};
use crate::object::{byte_elements, bytes, class_of, elements, text};
use crate::outcome::Outcome;
use crate::process::Process;
use inko_abi::class;
use inko_abi::word::Word;
use std::io::{self, ErrorKind};
use std::process::{Command, ExitStatus, Stdio};

/// The codes for what a standard stream of a child is; any other is a pipe.
const NULL: i64 = 0;
const INHERIT: i64 = 1;

/// The platforms that std knows.
const PLATFORMS: &[&str] =
    &["android", "bitrig", "dragonfly", "freebsd", "ios", "linux", "macos", "netbsd", "openbsd", "windows"];

pub(crate) extern "C" fn os_platform(process: &mut Process) -> Word {
    let name = std::env::consts::OS;
    let name = if PLATFORMS.contains(&name) { name } else { "unknown" };
    process.string(name)
}

fn stream(code: Word) -> Stdio {
    match word::small_value(code) {
        NULL => Stdio::null(),
        INHERIT => Stdio::inherit(),
        _ => Stdio::piped(),
    }
}

/// The names and values of an array that has them by turns.
fn variables<'a>(array: Word) -> io::Result<Vec<(&'a str, &'a str)>> {
    let pairs = elements(array).chunks_exact(2);
    let pairs: Vec<_> = pairs.map(|pair| (text(pair[0]), text(pair[1]))).collect();
    let is_valid = |(name, value): &(&str, &str)| env::is_name(name) && !value.contains('\0');
    if pairs.iter().all(is_valid) { Ok(pairs) } else { Err(ErrorKind::InvalidInput.into()) }
}

pub(crate) extern "C" fn child_process_spawn(
    process: &mut Process,
    program: Word,
    arguments: Word,
    variables: Word,
    streams: Word,
    directory: Word,
) -> Outcome {
    let variables = match self::variables(variables) {
        Ok(variables) => variables,
        Err(error) => return failed(&error),
    };
    let mut command = Command::new(text(program));
    command.args(elements(arguments).iter().map(|&argument| text(argument)));
    command.env_clear().envs(env::all()).envs(variables);
    if !text(directory).is_empty() {
        command.current_dir(text(directory));
    }
    let [stdin, stdout, stderr] = elements(streams) else { unreachable!("there are three standard streams") };
    command.stdin(stream(*stdin)).stdout(stream(*stdout)).stderr(stream(*stderr));
    let shares = [*stdout, *stderr].contains(&word::small(INHERIT));
    let started = process.outside(|| {
        // What was printed before comes before what the child prints.
        if shares {
            flush_at_exit();
        }
        Child::start(&mut command)
    });
    match started {
        Ok(child) => Outcome::value(process.child(child)),
        Err(error) => failed(&error),
    }
}

/// The stream of a number other than 0.
fn written(stream: Word) -> Stream {
    if word::small_value(stream) == 1 { Stream::Output } else { Stream::Errors }
}

pub(crate) extern "C" fn child_process_read(
    process: &mut Process,
    child: Word,
    stream: Word,
    array: Word,
    size: Word,
) -> Outcome {
    let child = child::of(child);
    // The same rule as for files.
    let limit = file::limit(size).unwrap_or(usize::MAX);
    match process.outside(|| child.read(written(stream), limit)) {
        Ok(read) => {
            process.append_bytes(array, &read);
            outcome(Ok(read.len()))
        }
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn child_process_write(
    process: &mut Process,
    child: Word,
    data: Word,
    start: Word,
    wait: bool,
) -> Outcome {
    let child = child::of(child);
    let data = if class_of(data) == class::STRING { bytes(data) } else { byte_elements(data) };
    let rest = &data[word::small_value(start) as usize..];
    outcome(process.outside(|| if wait { child.write_all(rest) } else { child.write_some(rest) }))
}

pub(crate) extern "C" fn child_process_close(_: &mut Process, child: Word, stream: Word) {
    let child = child::of(child);
    match word::small_value(stream) {
        0 => child.close_input(),
        _ => child.close(written(stream)),
    }
}

/// The exit code; 0 for a child that was killed by a signal.
fn code(status: ExitStatus) -> usize {
    status.code().unwrap_or(0) as usize
}

pub(crate) extern "C" fn child_process_wait(process: &mut Process, child: Word) -> Outcome {
    let child = child::of(child);
    outcome(process.outside(|| child.wait().map(code)))
}

pub(crate) extern "C" fn child_process_try_wait(_: &mut Process, child: Word) -> Outcome {
    match child::of(child).try_wait() {
        Ok(None) => Outcome::value(word::small(-1)),
        Ok(Some(status)) => outcome(Ok(code(status))),
        Err(error) => failed(&error),
    }
}
