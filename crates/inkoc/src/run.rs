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

/// From here on, signals that would end the compiler go to the child instead, which decides what they
/// mean; its end then ends the compiler.
fn pass_signals(child: u32) {
    extern "C" fn pass(signal: libc::c_int) {
        let child = CHILD.load(Ordering::Relaxed);
        if child > 0 {
            // SAFETY: `kill` is async-signal-safe, and the child isn't waited for until it has ended.
            unsafe { libc::kill(child, signal) };
        }
    }
    CHILD.store(child as i32, Ordering::Relaxed);
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2, libc::SIGQUIT] {
        // SAFETY: the handler only reads an atomic and calls `kill`, both async-signal-safe.
        unsafe { libc::signal(signal, pass as *const () as libc::sighandler_t) };
    }
    // The terminal sends this one to the child as well.
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
}
