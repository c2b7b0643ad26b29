//! `inkoc`: the command line. Parses arguments, runs the driver, turns its outcome into an exit status.

mod cli;
mod driver;
mod emit;
mod explain;
mod failure;
mod home;
mod link;
mod report;
mod run;
mod scratch;
mod sources;
mod test;
mod tree_text;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command};
use failure::Failure;
use std::process::ExitCode;

/// A compiler allocates many small trees and frees them together, which this allocator does several times
/// faster than the C library's in a thread that isn't the first.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The option of that allocator that says after how many milliseconds free memory is given back to the system, in mimalloc's
/// list of options (`mi_option_purge_delay`).
const PURGE_DELAY: i32 = 15;
/// Its value for never.
const NEVER: i64 = -1;

/// The exit status for programs with errors and for files or tools that fail.
const STATUS_ERRORS: u8 = 1;
/// The exit status for wrong usage; clap uses it too.
const STATUS_USAGE: u8 = 2;
/// The exit status for a bug in the compiler, the same as that of a Rust panic.
const STATUS_BUG: u8 = 101;
/// The stack of the thread that compiles. The front end recurses over nested expressions, whose depth
/// the parser limits; this is ample for the limit in unoptimised builds of the compiler too.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    // The next stage wants the memory that the one before has freed, and to get it anew costs more than all allocations.
    // SAFETY: it sets a number that the allocator reads.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, NEVER) };
    std::panic::set_hook(Box::new(report::bug));
    let cli = Cli::parse();
    let compile = move || match cli.command {
        Command::Build(arguments) => driver::build(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => driver::check(&arguments),
        Command::Test(arguments) => test::test(&arguments),
        Command::Explain { code } => explain::explain(code.as_deref()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "inkoc", &mut std::io::stdout());
            Ok(0)
        }
    };
    let thread = std::thread::Builder::new().name("compile".into()).stack_size(STACK).spawn(compile);
    let outcome = match thread {
        Ok(thread) => thread.join(),
        Err(error) => {
            report::message(&format!("no thread can be started: {error}"));
            return ExitCode::from(STATUS_ERRORS);
        }
    };
    match outcome {
        Ok(Ok(status)) => ExitCode::from(status),
        Ok(Err(Failure::Reported)) => ExitCode::from(STATUS_ERRORS),
        Ok(Err(Failure::Message(message))) => {
            report::message(&message);
            ExitCode::from(STATUS_ERRORS)
        }
        Ok(Err(Failure::Usage(message))) => {
            report::message(&message);
            ExitCode::from(STATUS_USAGE)
        }
        // The hook has told about it.
        Err(_) => ExitCode::from(STATUS_BUG),
    }
}
