//! `inkoc run`: builds into a temporary directory and becomes the parent of the program, passing on
//! arguments, standard streams, signals and exit status.

use crate::cli::{Level, Run};
use crate::driver::{self, Front, Program};
use crate::failure::Failure;
use crate::scratch::Scratch;
use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicI32, Ordering};

/// The environment variable that tells programs where the compiler is: tests of panics run other programs.
const COMPILER: &str = "INKOC";

/// Runs a program; gives its exit status, 128 + n if signal n ended it.
pub fn run(arguments: &Run) -> Result<u8, Failure> {
    let (main, rest) = match (&arguments.eval, arguments.arguments.split_first()) {
        (Some(text), _) => (Program::Snippet(text), &arguments.arguments[..]),
        (None, Some((file, rest))) => (Program::File(Path::new(file)), rest),
        (None, None) => {
            return Err(Failure::Usage(
                "which program? Give a FILE, or the text with -e; see `inkoc help run`".into(),
            ));
        }
    };
    let front = Front::load(main, &arguments.options)?;
    if arguments.interpret {
        return driver::interpret(front, arguments.opt);
    }
    build(front, arguments.opt)?.run(rest)
}

/// An executable that is gone when this is dropped.
pub struct Built {
    scratch: Scratch,
}

/// Builds a program in a temporary directory.
pub fn build(front: Front, level: Level) -> Result<Built, Failure> {
    let built = Built { scratch: Scratch::new(None)? };
    driver::executable(front, level, &built.program(), &built.scratch)?;
    Ok(built)
}

impl Built {
    fn program(&self) -> std::path::PathBuf {
        self.scratch.path().join("program")
    }

    /// Runs the program in a way that is its own: temporary files go with the executable.
    pub fn run_alone(&self, arguments: &[OsString]) -> Result<u8, Failure> {
        let temporary = self.scratch.path().join("tmp");
        let made = std::fs::create_dir(&temporary);
        made.map_err(|error| Failure::Message(format!("no temporary directory can be made: {error}")))?;
        self.start(Command::new(self.program()).args(arguments).env("TMPDIR", temporary))
    }

    /// Runs the program with arguments; gives its exit status, 128 + n if signal n ended it.
    pub fn run(&self, arguments: &[OsString]) -> Result<u8, Failure> {
        self.start(Command::new(self.program()).args(arguments))
    }

    fn start(&self, command: &mut Command) -> Result<u8, Failure> {
        if let Ok(compiler) = std::env::current_exe() {
            command.env(COMPILER, compiler);
        }
        // Signals are passed on below, but nobody can pass on the one that kills.
        // SAFETY: `prctl` may be called between fork and exec.
        unsafe {
            command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        catch_signals();
        let mut child = command
            .spawn()
            .map_err(|error| Failure::Message(format!("the program can't be started: {error}")))?;
        pass_signals(child.id());
        let status =
            child.wait().map_err(|error| Failure::Message(format!("the program was lost: {error}")))?;
        Ok(match (status.code(), status.signal()) {
            (Some(code), _) => code as u8,
            (None, Some(signal)) => 128 + signal as u8,
            (None, None) => 1,
        })
    }
}

/// The child that signals are passed to; 0 before it exists.
static CHILD: AtomicI32 = AtomicI32::new(0);
/// The signal that came last before there was a child; 0 if none did.
static EARLY: AtomicI32 = AtomicI32::new(0);

/// From here on, signals that would end the compiler are for the child, which decides what they mean; its end then ends the
/// compiler. What is ignored stays ignored, for the child too.
fn catch_signals() {
    extern "C" fn pass(signal: libc::c_int) {
        let child = CHILD.load(Ordering::SeqCst);
        if child > 0 {
            // SAFETY: `kill` is async-signal-safe, and the child isn't waited for until it has ended.
            unsafe { libc::kill(child, signal) };
        } else {
            EARLY.store(signal, Ordering::SeqCst);
        }
    }
    // The terminal sends this one to the child as well.
    extern "C" fn leave(_: libc::c_int) {}
    let passed = [libc::SIGTERM, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2, libc::SIGQUIT]
        .map(|signal| (signal, pass as extern "C" fn(_)));
    for (signal, handler) in passed.into_iter().chain([(libc::SIGINT, leave as extern "C" fn(_))]) {
        // SAFETY: the handlers only use atomics and `kill`, both async-signal-safe. `exec` takes them away again.
        unsafe {
            if libc::signal(signal, handler as *const () as libc::sighandler_t) == libc::SIG_IGN {
                libc::signal(signal, libc::SIG_IGN);
            }
        }
    }
}

/// Passes signals to a child, those too that came while it was made.
fn pass_signals(child: u32) {
    CHILD.store(child as i32, Ordering::SeqCst);
    let early = EARLY.swap(0, Ordering::SeqCst);
    if early > 0 {
        // SAFETY: the child isn't waited for until it has ended.
        unsafe { libc::kill(child as i32, early) };
    }
}
