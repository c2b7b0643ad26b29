//! The memory of the runtime itself: processes, messages, heaps' chunks, long strings.
//!
//! *Guarantee:* when the system refuses memory, the program ends with a message and the status of a panic, and what was
//! printed before is flushed. Rust's own end would be an abort, which looks like a crash.

use crate::panic;
use crate::primitives;
use std::alloc::{GlobalAlloc, Layout};
use std::fmt::{self, Write};

/// The allocator of the whole program. Processes and messages are small, many, and often freed by another thread than the
/// one that made them, which mimalloc does well (Leijen, Zorn and de Moura, "Mimalloc: Free List Sharding in Action", 2019).
pub struct Allocator;

// SAFETY: all is done by mimalloc, and null pointers aren't handed on.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        made(unsafe { mimalloc::MiMalloc.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        made(unsafe { mimalloc::MiMalloc.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { mimalloc::MiMalloc.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        made(unsafe { mimalloc::MiMalloc.realloc(pointer, layout, size) }, size)
    }
}

#[inline]
fn made(pointer: *mut u8, size: usize) -> *mut u8 {
    if pointer.is_null() {
        refused(size);
    }
    pointer
}

/// Ends the program without allocating anything.
#[cold]
fn refused(size: usize) -> ! {
    if !panic::is_first() {
        loop {
            // SAFETY: waits for a signal, until the thread that was first has ended the program.
            unsafe { libc::pause() };
        }
    }
    // Writing to a buffer that exists allocates nothing.
    primitives::flush_at_exit();
    let mut message = Message { text: [0; 128], length: 0 };
    // The text fits.
    let _ = writeln!(message, "error: there is no memory for {size} bytes more that the program needs");
    // SAFETY: the buffer is as long as said. There is nobody left to tell if standard error is closed.
    unsafe { libc::write(libc::STDERR_FILENO, message.text.as_ptr().cast(), message.length) };
    // SAFETY: ends the program; no handler runs.
    unsafe { libc::_exit(panic::STATUS) }
}

/// A text in a fixed buffer.
struct Message {
    text: [u8; 128],
    length: usize,
}

impl Write for Message {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let end = self.length + part.len();
        self.text.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(part.as_bytes());
        self.length = end;
        Ok(())
    }
}
