//! The poller: has the system say which sockets have become ready (epoll), and wakes the processes that wait for them.
//!
//! Each descriptor is registered once, for edges in both directions (`readiness.rs`). There is no thread for it: the
//! worker that sleeps longest waits here (`parking.rs`), so that what a socket brings costs one wake-up and is at work at
//! once. Workers without other work look here before they sleep, busy ones from time to time, and when all of them are
//! busy the ticker does. So a process that can go on waits for a tick at the most, and an idle program does nothing.

use crate::process::Process;
use crate::readiness::{Edge, Readiness};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::os::fd::BorrowedFd;

/// So many edges are taken from the system at a time.
const BATCH: usize = 256;

/// What a descriptor is registered for.
const EDGES: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLOUT)
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLET);

/// What tells that there may be something to read.
const READ: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI)
    .union(EpollFlags::EPOLLHUP)
    .union(EpollFlags::EPOLLERR);

/// What tells that there may be room to write.
const WRITE: EpollFlags = EpollFlags::EPOLLOUT.union(EpollFlags::EPOLLHUP).union(EpollFlags::EPOLLERR);

/// What may still be to read when everything seems to be taken: the end, an error, and what follows urgent data.
const MORE: EpollFlags = EpollFlags::EPOLLPRI
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLHUP)
    .union(EpollFlags::EPOLLERR);

/// In the event of an interruption in place of an address.
const INTERRUPTION: u64 = 0;

/// The poller.
pub(super) struct Poller {
    epoll: Epoll,
    /// Written to by whoever interrupts a wait. It stays ready until the one who waits has read it: an edge might go to
    /// somebody who only looks.
    interruption: EventFd,
}

/// Where a thread has the system put edges.
pub(super) struct Edges(Vec<EpollEvent>);

impl Default for Edges {
    fn default() -> Self {
        Self(vec![EpollEvent::empty(); BATCH])
    }
}

impl Poller {
    pub(super) fn new() -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let interruption = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        epoll.add(&interruption, EpollEvent::new(EpollFlags::EPOLLIN, INTERRUPTION))?;
        Ok(Self { epoll, interruption })
    }

    /// Reports edges of a descriptor from now on, the present state as well.
    pub(super) fn add(&self, fd: BorrowedFd<'_>, readiness: &'static Readiness<Process>) -> io::Result<()> {
        let address = std::ptr::from_ref(readiness) as u64;
        Ok(self.epoll.add(fd, EpollEvent::new(EDGES, address))?)
    }

    /// Reports no edges of a descriptor any more. One that was taken already may still come.
    pub(super) fn remove(&self, fd: BorrowedFd<'_>) {
        // It fails only for descriptors that foreign code has closed, which are forgotten already.
        let _ = self.epoll.delete(fd);
    }

    /// Ends the wait of another thread, or the next.
    pub(super) fn interrupt(&self) {
        // It fails only when it was written to 2^64 times and not read.
        let _ = self.interruption.write(1);
    }

    /// Takes the edges that there are, or waits for some, and gives the processes that these wake.
    pub(super) fn take(&self, wait: bool, edges: &mut Edges, mut woken: impl FnMut(Box<Process>)) {
        let timeout = if wait { EpollTimeout::NONE } else { EpollTimeout::ZERO };
        // A signal is as good as an interruption.
        let count = self.epoll.wait(&mut edges.0, timeout).unwrap_or(0);
        for event in &edges.0[..count] {
            if event.data() == INTERRUPTION {
                if wait {
                    // It is ready, and only the one who waits reads it.
                    let _ = self.interruption.read();
                }
                continue;
            }
            let readiness = event.data() as *const Readiness<Process>;
            // SAFETY: what was registered is never freed.
            let readiness = unsafe { &*readiness };
            let happened = event.events();
            if happened.intersects(MORE) {
                readiness.set_more();
            }
            let edge = Edge { read: happened.intersects(READ), write: happened.intersects(WRITE) };
            for process in readiness.wake(edge) {
                // SAFETY: the box was given up when the process was parked, and each is given out once.
                woken(unsafe { Box::from_raw(process) });
            }
        }
    }
}
