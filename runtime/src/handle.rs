//! What others know of a process: its number and its mailbox. Handle objects in heaps share it by
//! reference count, and it outlives the process.

use crate::heap::message::Message;
use crate::mailbox::{List, Mailbox, Sent};
use crate::process::Process;
use crate::scheduler;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The shared part of a process.
pub struct Handle {
    identifier: u64,
    mailbox: Mailbox<Process>,
}

static NEXT_IDENTIFIER: AtomicU64 = AtomicU64::new(1);

impl Handle {
    /// The handle of a new process.
    pub fn new() -> Arc<Self> {
        let identifier = NEXT_IDENTIFIER.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { identifier, mailbox: Mailbox::default() })
    }

    /// The unique positive number.
    pub fn identifier(&self) -> u64 {
        self.identifier
    }

    /// Puts a message in the mailbox. Returns the process if it was waiting for one; it is then
    /// the caller's to schedule, and counted as active. To ended processes messages are dropped.
    pub fn send(&self, message: Message) -> Option<Box<Process>> {
        let message = message.into_link();
        // SAFETY: the link is ours, and given up unless it comes back.
        match unsafe { self.mailbox.send(message) } {
            Sent::Queued => None,
            Sent::Woken { receiver, limited } => {
                if !limited {
                    scheduler::activated();
                }
                // SAFETY: the box was given up in `park`, and the mailbox gives each receiver out once.
                Some(unsafe { Box::from_raw(receiver) })
            }
            Sent::Closed => {
                // SAFETY: the mailbox has given it back.
                drop(unsafe { Message::from_link(message) });
                None
            }
        }
    }

    /// Takes all messages. For the process itself.
    pub fn take(&self) -> List {
        self.mailbox.take()
    }

    /// Parks a process until a message arrives, in its own mailbox. Gives it back if there is a message already. With
    /// `limited` the caller tells the clock to call [`Handle::expire`] with the number returned.
    pub fn park(process: Box<Process>, limited: bool) -> Result<u64, Box<Process>> {
        let handle = Arc::as_ptr(&process.execution.handle);
        let process = Box::into_raw(process);
        // SAFETY: the process keeps the handle alive until it is parked. Then others may wake and end it.
        match unsafe { (*handle).mailbox.park(process, limited) } {
            Some(wait) => {
                if !limited {
                    scheduler::deactivated();
                }
                Ok(wait)
            }
            // SAFETY: nobody else has seen it.
            None => Err(unsafe { Box::from_raw(process) }),
        }
    }

    /// Ends a limited wait, if it still lasts; the process is then the caller's to schedule.
    pub fn expire(&self, wait: u64) -> Option<Box<Process>> {
        // SAFETY: as in `send`.
        self.mailbox.expire(wait).map(|process| unsafe { Box::from_raw(process) })
    }

    /// Whether the process is still in the limited wait of that number.
    pub fn waits_in(&self, wait: u64) -> bool {
        self.mailbox.lasts(wait)
    }

    /// Closes the mailbox of a process that has ended.
    pub fn close(&self) {
        let mut messages = self.mailbox.close();
        while let Some(message) = Message::pop(&mut messages) {
            drop(message);
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
