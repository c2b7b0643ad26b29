//! What others know of a process: its number and its mailbox. Handle objects in heaps share it by
//! reference count, and it outlives the process.

use crate::heap::copy::Fragment;
use crate::process::Process;
use crate::scheduler;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The shared part of a process.
pub struct Handle {
    identifier: u64,
    mailbox: Mutex<Mailbox>,
}

/// Messages and, while it waits, the process itself.
///
/// A process parks by the worker's hands, after its suspension: under the lock the worker looks for a
/// message once more and only then leaves the process here. A sender puts its message in under the same
/// lock and takes the process out if it is here. So either the worker sees the message or the sender
/// sees the process, and whoever takes it out (a sender or the clock) is the only one to wake it.
#[derive(Default)]
struct Mailbox {
    messages: VecDeque<Fragment>,
    waiting: Option<Waiting>,
    /// Counts waits, so that the clock can tell whether the wait it times is still the present one.
    waits: u64,
    /// Set at the end of the process: messages are dropped from then on.
    closed: bool,
}

struct Waiting {
    process: Box<Process>,
    /// Whether a message ends the wait (not when it sleeps).
    for_message: bool,
    /// Whether the clock will end it if nothing else does.
    timed: bool,
}

static NEXT_IDENTIFIER: AtomicU64 = AtomicU64::new(1);

impl Handle {
    /// The handle of a new process.
    pub fn new() -> Arc<Self> {
        let identifier = NEXT_IDENTIFIER.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { identifier, mailbox: Mutex::default() })
    }

    /// The unique positive number.
    pub fn identifier(&self) -> u64 {
        self.identifier
    }

    /// Puts a message in the mailbox. Returns the process if it was waiting for one; it is then
    /// the caller's to schedule, and counted as active.
    pub fn send(&self, message: Fragment) -> Option<Box<Process>> {
        let mut mailbox = self.mailbox.lock();
        if mailbox.closed {
            drop(mailbox);
            return None;
        }
        mailbox.messages.push_back(message);
        let waiting = mailbox.waiting.take_if(|waiting| waiting.for_message)?;
        if !waiting.timed {
            scheduler::activated();
        }
        Some(waiting.process)
    }

    /// Takes the oldest message.
    pub fn take(&self) -> Option<Fragment> {
        self.mailbox.lock().messages.pop_front()
    }

    /// Parks a process until a message arrives. Gives it back if there is one already. With `timed` the
    /// caller tells the clock to call [`Handle::timeout`] with the number returned.
    pub fn park(&self, process: Box<Process>, for_message: bool, timed: bool) -> Result<u64, Box<Process>> {
        let mut mailbox = self.mailbox.lock();
        if for_message && !mailbox.messages.is_empty() {
            return Err(process);
        }
        mailbox.waits += 1;
        mailbox.waiting = Some(Waiting { process, for_message, timed });
        let wait = mailbox.waits;
        drop(mailbox);
        if !timed {
            scheduler::deactivated();
        }
        Ok(wait)
    }

    /// Ends a timed wait, if it still lasts; the process is then the caller's to schedule.
    pub fn timeout(&self, wait: u64) -> Option<Box<Process>> {
        let mut mailbox = self.mailbox.lock();
        if mailbox.waits != wait {
            return None;
        }
        Some(mailbox.waiting.take()?.process)
    }

    /// Whether the process is still in the wait of that number.
    pub fn waits_in(&self, wait: u64) -> bool {
        let mailbox = self.mailbox.lock();
        mailbox.waits == wait && mailbox.waiting.is_some()
    }

    /// Closes the mailbox of a process that has ended.
    pub fn close(&self) {
        let mut mailbox = self.mailbox.lock();
        mailbox.closed = true;
        let messages = std::mem::take(&mut mailbox.messages);
        drop(mailbox);
        // Freeing messages takes time that no sender should wait for.
        drop(messages);
    }

    /// Shows the process to a reporter if it is parked.
    pub fn report(&self, report: impl FnOnce(&Process)) {
        if let Some(waiting) = &self.mailbox.lock().waiting {
            report(&waiting.process);
        }
    }
}

/// The handle behind the pointer in a handle object.
///
/// The lifetime is that of the object, which owns a count.
pub fn of<'a>(pointer: u64) -> &'a Handle {
    // SAFETY: the pointer came from `Arc::into_raw` and its object owns a count.
    unsafe { &*(pointer as *const Handle) }
}

/// The number of the process of a handle object.
pub fn identifier(pointer: u64) -> u64 {
    of(pointer).identifier
}

/// The handle behind the pointer in a handle object, for others to keep.
pub fn share(pointer: u64) -> Arc<Handle> {
    retain(pointer);
    // SAFETY: as for `of`; the count just added is that of the result.
    unsafe { Arc::from_raw(pointer as *const Handle) }
}

/// Accounts for a copy of a handle object.
pub fn retain(pointer: u64) {
    // SAFETY: as for `of`.
    unsafe { Arc::increment_strong_count(pointer as *const Handle) };
}

/// Accounts for the end of a handle object.
pub fn release(pointer: u64) {
    // SAFETY: as for `of`; the object gives up its count.
    drop(unsafe { Arc::from_raw(pointer as *const Handle) });
}
