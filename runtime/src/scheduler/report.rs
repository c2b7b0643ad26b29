//! Reports on all processes: when the program is stuck, and when somebody asks (`SIGQUIT`).

use super::{scheduler, ticker};
use crate::panic;
use crate::process::{Process, State};
use crate::program;
use inko_abi::table::Position;
use std::collections::HashSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// A report of a stuck program shows so many processes.
const SHOWN: usize = 16;
/// So long a report waits for all threads to come to rest.
const PATIENCE: Duration = Duration::from_secs(2);
/// A report is written in pieces of about this size.
const PIECE: usize = 64 << 10;

/// Ends a program in which every process waits for a message.
pub(super) fn stuck() -> ! {
    let mut report = String::new();
    let processes = scheduler().registry.all();
    for &process in processes.iter().take(SHOWN) {
        // SAFETY: all processes wait, and nobody is left to wake one.
        describe(unsafe { &*process }, &mut report);
        report.push('\n');
    }
    if processes.len() > SHOWN {
        let _ = writeln!(report, "... and {} more processes", processes.len() - SHOWN);
    }
    report.push_str("every process waits for a message, and nobody is left to send one\n");
    panic::end(&report)
}

/// Shows every process, by `write`, and lets the program go on.
pub(super) fn show_all(mut write: impl FnMut(&str)) {
    let scheduler = scheduler();
    scheduler.halt.request();
    let running = wait_for_rest();
    let mut report = String::new();
    let processes = scheduler.registry.all();
    for &process in &processes {
        if running.contains(&process) {
            // SAFETY: the process isn't ended before the halt is over, and the handle is never changed.
            let identifier = unsafe { (*process).execution.handle.identifier() };
            let _ = writeln!(report, "Process 0x{identifier:x} is running, and can't be stopped just now");
        } else {
            // SAFETY: it isn't running, and nobody makes it run before the halt is over.
            describe(unsafe { &*process }, &mut report);
        }
        report.push('\n');
        if report.len() > PIECE {
            write(&report);
            report.clear();
        }
    }
    let count = processes.len();
    let _ = writeln!(report, "{count} process{} in all", if count == 1 { "" } else { "es" });
    write(&report);
    scheduler.halt.resume();
}

/// Waits until all threads are at rest. Gives the processes that are still running when patience has an end.
fn wait_for_rest() -> HashSet<*mut Process> {
    let scheduler = scheduler();
    let end = Instant::now() + PATIENCE;
    loop {
        // The order matters: a thread that changes meanwhile from a later count to an earlier one is missed, not
        // counted twice.
        let mut at_rest = scheduler.halt.wait();
        let mut running = HashSet::new();
        let blocking = scheduler.blocking_slots.lock().clone();
        let looking = scheduler.looking.lock();
        for slot in scheduler.slots.iter().chain(&blocking) {
            slot.with(|process| {
                ticker::preempt(process);
                // SAFETY: the process doesn't go away meanwhile, and this is an atomic.
                if unsafe { &*std::ptr::addr_of!((*process).execution.outside) }
                    .load(std::sync::atomic::Ordering::SeqCst)
                {
                    at_rest += 1;
                } else {
                    running.insert(process);
                }
            });
        }
        drop(looking);
        let (blocking_threads, idle) = scheduler.blocking.threads();
        at_rest += idle + scheduler.parking.hold(|idle| idle);
        let all = scheduler.slots.len() + blocking_threads;
        if at_rest >= all {
            return HashSet::new();
        }
        if Instant::now() > end {
            return running;
        }
    }
}

/// The calls of a process that isn't running, and what it does.
fn describe(process: &Process, report: &mut String) {
    let execution = &process.execution;
    let identifier = execution.handle.identifier();
    if execution.is_new() {
        let _ = writeln!(report, "Process 0x{identifier:x} is ready to begin");
        return;
    }
    report.push_str(&panic::trace(process));
    let _ = write!(report, "Process 0x{identifier:x} ");
    let since = Since(execution.waited());
    let _ = match execution.state() {
        _ if execution.outside.load(std::sync::atomic::Ordering::SeqCst) => {
            write!(report, "is in an operation of the operating system")
        }
        State::Ready => write!(report, "can run"),
        State::Running => write!(report, "is running"),
        State::Sleeping => write!(report, "has been sleeping for {since}"),
        State::WaitingForSocket => write!(report, "has been waiting for a socket for {since}"),
        State::Waiting => write!(report, "has been waiting for a message for {since}"),
        State::WaitingLimited => write!(report, "has been waiting for a message, with a limit, for {since}"),
    };
    // People want to know where they called std, not where in std that got to.
    let own = |position: &&Position| !program::string(position.file).contains("/std/");
    let place = panic::positions(process).find(own).or_else(|| panic::positions(process).next());
    if let Some(place) = place {
        let _ = write!(report, ", at \"{}\" line {}", program::string(place.file), place.line);
    }
    report.push('\n');
}

/// A time, for people.
struct Since(Duration);

impl std::fmt::Display for Since {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_secs() {
            0 => write!(f, "{} ms", self.0.as_millis()),
            1..60 => write!(f, "{:.1} s", self.0.as_secs_f64()),
            60..3600 => write!(f, "{} min", self.0.as_secs() / 60),
            seconds => write!(f, "{} h {} min", seconds / 3600, seconds % 3600 / 60),
        }
    }
}
