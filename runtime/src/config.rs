//! The environment variables that a program heeds. A wrong value is an error that says what is allowed,
//! and ends the program with status 2.

use crate::{heap, stack};
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit status for a wrong value.
const STATUS_USAGE: i32 = 2;
/// More threads than this are a mistake.
const MOST_THREADS: usize = 4096;
/// The smallest stack: the reserve for the runtime and as much again.
const SMALLEST_STACK: usize = 256 << 10;
/// The largest stack: one of them uses up a good part of the address space.
const LARGEST_STACK: usize = 1 << 40;

/// Every program needs a little.
const SMALLEST_HEAP: usize = 1 << 20;

static YIELD_STRESS: AtomicBool = AtomicBool::new(false);

/// The sizes of the thread pools.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    /// Threads that run processes.
    pub primary: usize,
    /// Threads for blocking operations.
    pub blocking: usize,
}

/// Whether processes yield at each poll.
pub fn yield_stress() -> bool {
    YIELD_STRESS.load(Ordering::Relaxed)
}

/// Reads all variables.
pub fn load() -> Threads {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if flag("INKO_GC_STRESS") {
        heap::set_stress();
    }
    if flag("INKO_GC_VERIFY") {
        heap::set_verify();
    }
    if let Some(text) = variable("INKO_MAX_HEAP") {
        match size(&text) {
            Some(bytes) if bytes >= SMALLEST_HEAP => heap::set_limit(bytes),
            _ => {
                wrong("INKO_MAX_HEAP", &text, "a number of bytes from 1M, with an optional suffix K, M or G")
            }
        }
    }
    YIELD_STRESS.store(flag("INKO_YIELD_STRESS"), Ordering::Relaxed);
    if let Some(text) = variable("INKO_STACK_SIZE") {
        stack::set_size(stack_size(&text));
    }
    Threads {
        primary: threads("INKO_PRIMARY_THREADS").unwrap_or(cores),
        blocking: threads("INKO_BLOCKING_THREADS").unwrap_or(cores),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

fn flag(name: &str) -> bool {
    match variable(name).as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => wrong(name, other, "0 or 1"),
    }
}

fn threads(name: &str) -> Option<usize> {
    let text = variable(name)?;
    match text.parse() {
        Ok(number @ 1..=MOST_THREADS) => Some(number),
        _ => wrong(name, &text, "a number of threads from 1 to 4096"),
    }
}

/// The size of stacks, rounded up to pages.
fn stack_size(text: &str) -> usize {
    const ALLOWED: &str = "a number of bytes from 256K to 1024G, with an optional suffix K, M or G";
    match size(text) {
        Some(bytes @ SMALLEST_STACK..=LARGEST_STACK) => bytes.next_multiple_of(64 << 10),
        _ => wrong("INKO_STACK_SIZE", text, ALLOWED),
    }
}

/// A number of bytes with an optional suffix.
fn size(text: &str) -> Option<usize> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1 << 10),
        b'm' | b'M' => (&text[..text.len() - 1], 1 << 20),
        b'g' | b'G' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

fn wrong(name: &str, value: &str, allowed: &str) -> ! {
    eprintln!("error: {name} is \"{value}\", but must be {allowed}");
    std::process::exit(STATUS_USAGE)
}
