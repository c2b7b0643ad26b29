//! Child processes, which are other programs.
//!
//! An object owns its child and our ends of the pipes to it, and one process owns the object: it can't be copied, so
//! nobody else waits for the child.
//!
//! *Guarantees:* no descriptor of ours but the standard streams reaches a child, and signals are for it what they were for
//! this program. While one of the pipes is waited for, what the child writes to the others is read and kept: the child may
//! wait for that, and nobody else could read it. A child whose object dies goes on, and leaves no zombie: when it has ended,
//! the thread for signals asks for its status, which nobody wants to know.

use crate::inheritance;
use crate::object::Object;
use crate::process::Process;
use crate::scheduler;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::word::Word;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{self, ChildStdin, Command, ExitStatus};

/// A pipe that can be written to has room for so many bytes at least.
const ROOM: usize = libc::PIPE_BUF;
/// So much is read from a pipe at once.
const CHUNK: usize = 16 << 10;

/// Children that have lost their objects and may still be running.
static ORPHANS: Mutex<Vec<process::Child>> = Mutex::new(Vec::new());

/// The streams that a child writes to.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// A child that was started.
#[derive(Debug)]
pub struct Child {
    child: process::Child,
    /// One for each [`Stream`].
    sources: [Source; 2],
}

impl Child {
    /// Starts a child.
    ///
    /// # Errors
    /// The system refuses, or there is no such program.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // SAFETY: it only calls what may be called between fork and exec.
        unsafe {
            command.pre_exec(|| {
                inheritance::close();
                scheduler::restore_signals()
            });
        }
        let mut child = {
            let _starting = inheritance::starting();
            // It returns when the child is another program, or has failed to become it.
            command.spawn()?
        };
        let pipes = [child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from)];
        Ok(Self { child, sources: pipes.map(Source::new) })
    }

    /// Writes as much as the pipe has room for.
    ///
    /// # Errors
    /// The child has closed its end.
    pub fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.child.stdin.as_mut().map_or(Ok(0), |pipe| fill(pipe, bytes))
    }

    /// Writes all, and waits for room.
    ///
    /// # Errors
    /// The child has closed its end.
    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.write_some(bytes)?;
        while written < bytes.len() && self.child.stdin.is_some() {
            self.attend(PollFlags::POLLOUT)?;
            written += self.write_some(&bytes[written..])?;
        }
        Ok(written)
    }

    /// Reads so many bytes, or all that there are before the child closes its end.
    ///
    /// # Errors
    /// The system refuses.
    pub fn read(&mut self, from: Stream, limit: usize) -> io::Result<Vec<u8>> {
        while self.sources[from as usize].lacks(limit) {
            self.attend(PollFlags::empty())?;
        }
        let kept = &mut self.sources[from as usize].kept;
        let size = limit.min(kept.len());
        Ok(kept.drain(..size).collect())
    }

    /// Waits until standard input is what is wanted, or the child has written something, which is kept.
    fn attend(&mut self, wanted: PollFlags) -> io::Result<()> {
        let Self { child, sources } = self;
        let input = child.stdin.as_ref().filter(|_| !wanted.is_empty());
        let mut polled: Vec<_> = input.map(|pipe| PollFd::new(pipe.as_fd(), wanted)).into_iter().collect();
        let first = polled.len();
        let pipes = sources.iter().filter_map(|source| source.pipe.as_ref());
        polled.extend(pipes.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
        wait(&mut polled, PollTimeout::NONE)?;
        let ready: Vec<bool> = polled[first..].iter().map(|one| one.any() == Some(true)).collect();
        let open = sources.iter_mut().filter(|source| source.pipe.is_some());
        open.zip(ready).filter(|(_, ready)| *ready).try_for_each(|(source, _)| source.keep())
    }

    /// Closes the pipe to standard input, if it is open.
    pub fn close_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Closes the pipe from a stream, if it is open.
    pub fn close(&mut self, stream: Stream) {
        self.sources[stream as usize] = Source::new(None);
    }

    /// Closes standard input and waits until the child has ended.
    ///
    /// # Errors
    /// The system refuses.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// How it has ended, if it has.
    ///
    /// # Errors
    /// The system refuses.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }
}

/// Our end of a pipe that a child writes to.
#[derive(Debug)]
struct Source {
    /// `None` if it is no pipe, is closed, or its end was reached.
    pipe: Option<PipeReader>,
    /// What was read from it and nobody has asked for yet.
    kept: VecDeque<u8>,
}

impl Source {
    fn new(pipe: Option<OwnedFd>) -> Self {
        Self { pipe: pipe.map(Into::into), kept: VecDeque::new() }
    }

    /// Whether less is kept although there may be more.
    fn lacks(&self, wanted: usize) -> bool {
        self.pipe.is_some() && self.kept.len() < wanted
    }

    /// Keeps what the pipe has now; waits if it has nothing.
    fn keep(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let mut chunk = [0; CHUNK];
        let size = pipe.read(&mut chunk)?;
        self.kept.extend(&chunk[..size]);
        if size == 0 {
            self.pipe = None;
        }
        Ok(())
    }
}

/// Waits until something can be done with a descriptor. Whether that is so.
fn wait(descriptors: &mut [PollFd<'_>], limit: PollTimeout) -> io::Result<bool> {
    loop {
        match poll(descriptors, limit) {
            Err(Errno::EINTR) => {}
            result => return Ok(result? > 0),
        }
    }
}

/// Writes as much as a pipe has room for.
fn fill(pipe: &mut ChildStdin, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    // A pipe whose other end is closed can be written to as well: that says so.
    while written < bytes.len()
        && wait(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)], PollTimeout::ZERO)?
    {
        let end = bytes.len().min(written + ROOM);
        written += pipe.write(&bytes[written..end])?;
    }
    Ok(written)
}

/// The child of an object; the borrow must end before the object can die, and before another one begins.
pub fn of<'a>(value: Word) -> &'a mut Child {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::CHILD_PROCESS);
    // SAFETY: the object owns the child, and only the process that runs has the object.
    unsafe { &mut *(object.raw(HANDLE_POINTER) as *mut Child) }
}

/// Releases the child of a dead object.
pub fn release(object: Object) {
    // SAFETY: the pointer came from `into_raw`, and the object gives it up.
    let Child { mut child, .. } = *unsafe { Box::from_raw(object.raw(HANDLE_POINTER) as *mut Child) };
    drop(child.stdin.take());
    // The lock is held meanwhile, so that a child that ends now is found in the list.
    let mut orphans = ORPHANS.lock();
    if is_running(&mut child) {
        orphans.push(child);
    }
}

/// Forgets orphans that have ended. To be called whenever a child has ended.
pub fn reap() {
    ORPHANS.lock().retain_mut(is_running);
}

fn is_running(child: &mut process::Child) -> bool {
    matches!(child.try_wait(), Ok(None))
}

impl Process {
    /// Makes an object that owns a child.
    pub(crate) fn child(&mut self, child: Child) -> Word {
        let object = self.object(16, header(class::CHILD_PROCESS, FLAG_EXTERNAL));
        object.set_raw(HANDLE_POINTER, Box::into_raw(Box::new(child)) as u64);
        self.heap.add_external(&mut self.head, object);
        object.word()
    }
}
