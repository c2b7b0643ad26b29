//! Mailboxes: a queue without locks for many senders and one receiver, and the place where the receiver waits.
//!
//! It knows neither what messages are made of nor what a process is, only that messages begin with a [`Link`]; so it can
//! be checked with a model (`runtime/models`).
//!
//! # One word says everything
//!
//! `state` is one of:
//!
//! * 0: no message, and nobody waits;
//! * the address of the newest message, each linked to the one sent before (a stack after Treiber, "Systems programming:
//!   coping with parallelism", 1986);
//! * the address of a receiver that waits, with [`WAITING`] and perhaps [`LIMITED`]: there is no message;
//! * [`CLOSED`]: the receiver has ended.
//!
//! The receiver takes all messages at once and turns them round, so that each costs the same however many there are. A
//! sender that exchanges a waiting receiver for its message has thereby taken the receiver, and is the only one to wake it.
//! So no wake-up is lost: the receiver either finds the message when it tries to wait, or the sender finds the receiver.
//!
//! # Limited waits
//!
//! `wait` is the number of the present or next limited wait, even. Whoever ends such a wait raises it by two: a sender by
//! one exchange. The clock first *claims* the wait by making the number odd: only if it was still that of the wait the
//! time-out is for. While it is claimed the receiver can't begin another wait (whoever took it first ends the claimed
//! one), and so the receiver that the clock then takes out of `state` is in that very wait.

use crate::sync::{AtomicPtr, AtomicU64, Ordering, spin_loop};
use std::ptr;

/// The receiver waits for a message.
const WAITING: usize = 1;
/// Its wait has a limit.
const LIMITED: usize = 2;
/// The receiver has ended.
const CLOSED: usize = 4;
/// Messages and receivers are aligned to this.
const TAGS: usize = 7;

/// Set in the number of a wait that the clock is about to end.
const CLAIMED: u64 = 1;
/// From one wait to the next.
const NEXT: u64 = 2;

/// What a message begins with.
#[derive(Debug)]
#[repr(C, align(8))]
pub struct Link {
    /// While it is in a mailbox the message sent before, in a [`List`] the one sent after.
    next: AtomicPtr<Link>,
}

impl Default for Link {
    fn default() -> Self {
        Self { next: AtomicPtr::new(ptr::null_mut()) }
    }
}

/// Messages in the order in which they were sent. What is not popped is not freed.
#[derive(Debug)]
pub struct List(*mut Link);

impl Default for List {
    fn default() -> Self {
        Self(ptr::null_mut())
    }
}

impl List {
    /// Turns messages round, of which each is linked to the one before.
    fn reversed(newest: *mut Link) -> Self {
        let (mut rest, mut list) = (newest, ptr::null_mut());
        while !rest.is_null() {
            // SAFETY: whoever takes messages out of a mailbox owns them.
            let link = unsafe { &(*rest).next };
            let before = link.load(Ordering::Relaxed);
            link.store(list, Ordering::Relaxed);
            list = rest;
            rest = before;
        }
        Self(list)
    }

    /// The oldest message, which is the caller's from now on.
    #[inline]
    pub fn pop(&mut self) -> Option<*mut Link> {
        if self.0.is_null() {
            return None;
        }
        let oldest = self.0;
        // SAFETY: the list owns its messages.
        self.0 = unsafe { (*oldest).next.load(Ordering::Relaxed) };
        Some(oldest)
    }
}

/// What has become of a message.
#[derive(Debug)]
pub enum Sent<P> {
    /// It is in the mailbox, and the receiver is awake.
    Queued,
    /// It is in the mailbox, and the receiver was waiting for it: the caller must wake it.
    Woken {
        /// The receiver.
        receiver: *mut P,
        /// Whether it would have waited for a limited time only.
        limited: bool,
    },
    /// The receiver has ended: the message is the caller's again.
    Closed,
}

/// The mailbox of a receiver of type `P`.
#[derive(Debug)]
pub struct Mailbox<P> {
    state: AtomicPtr<P>,
    wait: AtomicU64,
}

impl<P> Default for Mailbox<P> {
    fn default() -> Self {
        Self { state: AtomicPtr::new(ptr::null_mut()), wait: AtomicU64::new(0) }
    }
}

fn waits<P>(state: *mut P) -> bool {
    state.addr() & WAITING != 0
}

fn receiver<P>(state: *mut P) -> *mut P {
    state.map_addr(|address| address & !TAGS)
}

impl<P> Mailbox<P> {
    /// Puts a message in.
    ///
    /// # Safety
    /// The message is the caller's, and must not be used any more unless it is given back.
    #[inline]
    pub unsafe fn send(&self, message: *mut Link) -> Sent<P> {
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            if state.addr() == CLOSED {
                return Sent::Closed;
            }
            let before = if waits(state) { ptr::null_mut() } else { state.cast() };
            // SAFETY: the message is still ours.
            unsafe { (*message).next.store(before, Ordering::Relaxed) };
            // Release for the message; acquire for the receiver.
            match self.state.compare_exchange_weak(state, message.cast(), Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) if !waits(state) => return Sent::Queued,
                Ok(_) => break,
                Err(found) => state = found,
            }
        }
        let limited = state.addr() & LIMITED != 0;
        if limited {
            self.end_wait();
        }
        Sent::Woken { receiver: receiver(state), limited }
    }

    /// Ends a limited wait whose receiver was just taken.
    fn end_wait(&self) {
        // Nobody else ends it, unless the clock has claimed it: then it will, having found the receiver gone.
        let wait = self.wait.load(Ordering::Relaxed) & !CLAIMED;
        if self.wait.compare_exchange(wait, wait + NEXT, Ordering::AcqRel, Ordering::Acquire).is_err() {
            while self.wait.load(Ordering::Acquire) & !CLAIMED == wait {
                spin_loop();
            }
        }
    }

    /// Takes all messages. For the receiver.
    #[inline]
    pub fn take(&self) -> List {
        // An exchange costs more than a look.
        if self.state.load(Ordering::Relaxed).is_null() {
            return List::default();
        }
        List::reversed(self.state.swap(ptr::null_mut(), Ordering::Acquire).cast())
    }

    /// Leaves the receiver here until a message comes; gives the number of the wait, for [`Mailbox::expire`] if it has a
    /// limit. `None` if a message is here already: then nothing has happened. Otherwise whoever wakes the receiver owns
    /// it from now on.
    ///
    /// For the receiver, whose list of taken messages must be empty.
    pub fn park(&self, receiver: *mut P, limited: bool) -> Option<u64> {
        // Only waits of this receiver change it, and it is in none.
        let wait = self.wait.load(Ordering::Relaxed);
        let tags = WAITING | if limited { LIMITED } else { 0 };
        // Release for the receiver.
        let parked = self.state.compare_exchange(
            ptr::null_mut(),
            receiver.map_addr(|address| address | tags),
            Ordering::Release,
            Ordering::Relaxed,
        );
        parked.is_ok().then_some(wait)
    }

    /// Ends a limited wait, if it still lasts: the receiver is then the caller's to wake.
    pub fn expire(&self, wait: u64) -> Option<*mut P> {
        self.wait.compare_exchange(wait, wait | CLAIMED, Ordering::AcqRel, Ordering::Relaxed).ok()?;
        let state = self.state.load(Ordering::Relaxed);
        let taken = waits(state)
            && self
                .state
                .compare_exchange(state, ptr::null_mut(), Ordering::Acquire, Ordering::Relaxed)
                .is_ok();
        self.wait.store(wait + NEXT, Ordering::Release);
        taken.then(|| receiver(state))
    }

    /// Whether a limited wait still lasts.
    pub fn lasts(&self, wait: u64) -> bool {
        self.wait.load(Ordering::Relaxed) & !CLAIMED == wait
    }

    /// Drops messages from now on; gives those that are here. For the receiver.
    pub fn close(&self) -> List {
        let closed = ptr::null_mut::<P>().map_addr(|_| CLOSED);
        List::reversed(self.state.swap(closed, Ordering::Acquire).cast())
    }
}
