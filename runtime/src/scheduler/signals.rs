//! Signals: `SIGINT` and `SIGTERM` end the program, `SIGQUIT` asks for a report on all processes.
//!
//! A thread waits for them, so that nothing has to be safe in a signal handler. Signals that the program's parent had
//! ignored stay ignored, as a shell wants it for programs in the background.

use super::{report, start_thread};
use crate::primitives;
use libc::{SIGINT, SIGQUIT, SIGTERM, c_int, sigset_t};
use std::mem::MaybeUninit;
use std::sync::mpsc;
use std::time::Duration;

/// So long the end waits for what was printed to be written: standard output may be a pipe that nobody reads.
const FLUSHING: Duration = Duration::from_millis(200);

/// The signals that are taken care of.
pub(super) struct Signals(sigset_t);

/// Blocks the signals in this thread and all that it starts.
pub(super) fn take_over() -> Signals {
    let mut set = MaybeUninit::uninit();
    // SAFETY: initialises the set, then adds valid signals to it; the queries have room for the answer.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
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

/// Ends the program as the signal would have, so that its parent sees why.
fn end(signal: c_int) {
    let (done, flushed) = mpsc::channel();
    start_thread("flush", move || {
        primitives::flush_at_exit();
        let _ = done.send(());
    });
    let _ = flushed.recv_timeout(FLUSHING);
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
