//! Signals: `SIGINT` and `SIGTERM` end the program, `SIGQUIT` asks for a report on all processes, `SIGCHLD` says that a
//! child process has ended. Writes to closed pipes and beyond the limit of a file's size are errors, not signals.
//!
//! A thread waits for them, so that nothing has to be safe in a signal handler. Signals that the program's parent had
//! ignored stay ignored, as a shell wants it for programs in the background. Child processes find everything as the
//! program has found it.

use super::{report, start_thread};
use crate::{child, primitives};
use libc::{SIG_DFL, SIG_IGN, SIGCHLD, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGXFSZ, c_int, sigset_t};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// So long the end waits for what was printed to be written where standard output is a pipe that nobody reads.
const FLUSHING: Duration = Duration::from_millis(200);
/// And so many times as long where it has room: then only the processor is busy.
const PATIENCE: usize = 50;

/// The signals that are taken care of.
pub(super) struct Signals(sigset_t);

/// What the program has found when it started.
struct Found {
    blocked: sigset_t,
    ignores_pipes: bool,
}

static FOUND: OnceLock<Found> = OnceLock::new();

/// Blocks the signals in this thread and all that it starts.
pub(super) fn take_over() -> Signals {
    let (mut set, mut blocked) = (MaybeUninit::uninit(), MaybeUninit::uninit());
    // SAFETY: initialises the sets, then adds valid signals; the queries have room for the answer. The actions that are
    // set install no code.
    unsafe {
        let ignores_pipes = libc::signal(SIGPIPE, SIG_IGN) == SIG_IGN;
        // The system forgets the status of children whose signals are ignored.
        libc::signal(SIGCHLD, SIG_DFL);
        libc::sigemptyset(set.as_mut_ptr());
        // Nobody waits for it: the write that has caused it fails.
        libc::sigaddset(set.as_mut_ptr(), SIGXFSZ);
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), blocked.as_mut_ptr());
        let _ = FOUND.set(Found { blocked: blocked.assume_init(), ignores_pipes });
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), SIGCHLD);
        for signal in [SIGINT, SIGTERM, SIGQUIT] {
            let mut present = MaybeUninit::<libc::sigaction>::uninit();
            let known = libc::sigaction(signal, std::ptr::null(), present.as_mut_ptr()) == 0;
            if known && present.assume_init().sa_sigaction == libc::SIG_DFL {
                libc::sigaddset(set.as_mut_ptr(), signal);
            }
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
        Signals(set.assume_init())
    }
}

/// To be called in a child process before it becomes another program: signals are what they were for this one.
pub fn restore() -> io::Result<()> {
    let Some(found) = FOUND.get() else { return Ok(()) };
    // SAFETY: both may be called between fork and exec; the set is initialised.
    let failed = unsafe {
        libc::signal(SIGPIPE, if found.ignores_pipes { SIG_IGN } else { SIG_DFL });
        libc::pthread_sigmask(libc::SIG_SETMASK, &found.blocked, std::ptr::null_mut())
    };
    if failed == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(failed)) }
}

impl Signals {
    /// Waits for signals for ever.
    pub(super) fn serve(self) {
        loop {
            let mut signal = 0;
            // SAFETY: the set is initialised.
            if unsafe { libc::sigwait(&self.0, &mut signal) } != 0 {
                return;
            }
            match signal {
                SIGCHLD => child::reap(),
                SIGQUIT => report::show_all(write_error),
                _ => end(signal),
            }
        }
    }
}

/// Writes to standard error without its lock, which a thread that is at rest may hold.
fn write_error(text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        // SAFETY: the bytes are there.
        let written = unsafe { libc::write(2, rest.as_ptr().cast(), rest.len()) };
        if written < 0 && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted {
            continue;
        }
        // There is nobody else to tell if standard error is closed.
        let Ok(written @ 1..) = usize::try_from(written) else { return };
        rest = &rest[written..];
    }
}

/// Whether something can be written now.
fn has_room(stream: BorrowedFd<'_>) -> bool {
    let mut polled = [PollFd::new(stream, PollFlags::POLLOUT)];
    poll(&mut polled, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// Ends the program as the signal would have, so that its parent sees why.
fn end(signal: c_int) {
    let (done, flushed) = mpsc::channel();
    start_thread("flush", move || {
        primitives::flush_at_exit();
        let _ = done.send(());
    });
    for _ in 0..PATIENCE {
        if flushed.recv_timeout(FLUSHING).is_ok() || !has_room(io::stdout().as_fd()) {
            break;
        }
    }
    let mut set = MaybeUninit::uninit();
    // SAFETY: the set is initialised before it is used. The signal's action is the default one, to end the program.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, set.as_ptr(), std::ptr::null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}
