//! Stacks, from large reserved mappings. Each worker has one to run processes on; a process takes one along when it
//! stops with so much on it that moving its frames would cost more (see [`crate::frames`]).
//!
//! *Guarantees:* an unused part of a stack takes address space only. There are no guard pages between stacks: machine
//! code compares the stack pointer with the limit at every function entry, and the runtime's own functions fit into
//! the reserve below it.

use parking_lot::Mutex;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The address space of a stack unless `INKO_STACK_SIZE` says otherwise: a recursion of a million calls of small
/// methods fits.
pub const DEFAULT_SIZE: usize = 64 << 20;
/// The address space of the main process's stack.
const MAIN_SIZE: usize = 1 << 30;
/// Stacks are reserved in slabs of about this size, so that the number of mappings stays small.
const SLAB: usize = 16 << 30;
/// Whoever uses more than this has its memory given back: most processes use a page.
pub const SHALLOW: usize = 32 << 10;

static SIZE: AtomicUsize = AtomicUsize::new(DEFAULT_SIZE);

/// Unused stacks, and the slab that is being cut up. They keep the few pages that a shallow use has touched: to give
/// them back takes a system call and an interruption of all other threads.
static POOL: Mutex<Pool> = Mutex::new(Pool { free: Vec::new(), next: 0, end: 0 });

struct Pool {
    free: Vec<usize>,
    next: usize,
    end: usize,
}

/// Sets the size of stacks, before the first is made; a multiple of the page size.
pub fn set_size(bytes: usize) {
    SIZE.store(bytes, Ordering::Relaxed);
}

/// A stack. Dropping it makes it available again.
#[derive(Debug)]
pub struct Stack {
    lowest: usize,
    size: usize,
    /// Whether more than [`SHALLOW`] bytes of it have been used.
    deep: bool,
}

impl Stack {
    /// A stack of the common size.
    pub fn new() -> io::Result<Self> {
        let size = SIZE.load(Ordering::Relaxed);
        Ok(Self { lowest: POOL.lock().take(size)?, size, deep: false })
    }

    /// The stack of the main process.
    pub fn main() -> io::Result<Self> {
        let size = MAIN_SIZE.max(SIZE.load(Ordering::Relaxed));
        Ok(Self { lowest: map(size)?, size, deep: false })
    }

    /// The lowest address.
    pub fn lowest(&self) -> usize {
        self.lowest
    }

    /// The address after the highest one.
    pub fn top(&self) -> usize {
        self.lowest + self.size
    }

    /// Notes that more than [`SHALLOW`] bytes have been used.
    pub fn set_deep(&mut self) {
        self.deep = true;
    }

    /// Gives the memory back that a deep use has touched. Nothing on the stack may be alive.
    pub fn trim(&mut self) {
        if !self.deep {
            return;
        }
        self.deep = false;
        let bytes = self.size - SHALLOW.min(self.size);
        // SAFETY: the range is ours and nothing on it is alive. If it fails the memory is kept.
        unsafe { libc::madvise(self.lowest as *mut libc::c_void, bytes, libc::MADV_DONTNEED) };
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // The main process's has another size; the program ends with it.
        if self.size == SIZE.load(Ordering::Relaxed) {
            self.trim();
            POOL.lock().free.push(self.lowest);
        }
    }
}

impl Pool {
    fn take(&mut self, size: usize) -> io::Result<usize> {
        if let Some(lowest) = self.free.pop() {
            return Ok(lowest);
        }
        if self.end - self.next < size {
            let mut stacks = (SLAB / size).max(1);
            // Less will do where address space is limited.
            self.next = loop {
                match map(stacks * size) {
                    Ok(start) => break start,
                    Err(error) if stacks == 1 => return Err(error),
                    Err(_) => stacks /= 2,
                }
            };
            self.end = self.next + stacks * size;
        }
        self.next += size;
        Ok(self.next - size)
    }
}

/// Reserves address space.
fn map(size: usize) -> io::Result<usize> {
    // SAFETY: a new anonymous mapping touches nothing that exists.
    let address = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if address == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // A huge page for each stack would turn 4 KiB into 2 MiB. Kernels without huge pages refuse, rightly.
    // SAFETY: the range was just mapped.
    unsafe { libc::madvise(address, size, libc::MADV_NOHUGEPAGE) };
    Ok(address as usize)
}
