//! Stacks for processes and generators, from large reserved mappings.
//!
//! *Guarantees:* an unused part of a stack takes address space only. A million stacks take a few hundred
//! mappings, since there are no guard pages between them: machine code compares the stack pointer with the
//! limit at every function entry, and the runtime's own functions fit into the reserve below it.

use corosensei::stack::{Stack as CoroutineStack, StackPointer};
use parking_lot::Mutex;
use std::cell::RefCell;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The address space of a process's stack unless `INKO_STACK_SIZE` says otherwise: a recursion of a
/// million calls of small methods fits.
pub const DEFAULT_SIZE: usize = 64 << 20;
/// The address space of the main process's stack.
const MAIN_SIZE: usize = 1 << 30;
/// Stacks are reserved in slabs of about this size, so that the number of mappings stays small.
const SLAB: usize = 16 << 30;
/// So many unused stacks are kept by each thread.
const CACHED: usize = 256;
/// Whoever uses more than this has its memory given back at the end: most processes use a page.
pub const SHALLOW: usize = 32 << 10;

static SIZE: AtomicUsize = AtomicUsize::new(DEFAULT_SIZE);

/// Unused stacks of all threads, and the slab that is being cut up. They keep the page or two that a
/// shallow use has touched: to give them back takes a system call and an interruption of all other threads
/// for each process that ends, more than the process itself takes.
static POOL: Mutex<Pool> = Mutex::new(Pool { free: Vec::new(), next: 0, end: 0 });

struct Pool {
    free: Vec<usize>,
    next: usize,
    end: usize,
}

thread_local! {
    /// Unused stacks, those with warm pages last.
    static CACHE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Sets the size of stacks, before the first is made; a multiple of the page size.
pub fn set_size(bytes: usize) {
    SIZE.store(bytes, Ordering::Relaxed);
}

/// A stack.
#[derive(Debug)]
pub struct Stack {
    lowest: usize,
    size: usize,
}

impl Stack {
    /// A stack for a process or generator.
    ///
    /// Never inlined: a function that suspends its process may continue on another thread, but compilers
    /// may keep the address of a thread-local across any call.
    #[inline(never)]
    pub fn new() -> io::Result<Self> {
        let size = SIZE.load(Ordering::Relaxed);
        let cached = CACHE.with_borrow_mut(Vec::pop);
        let lowest = match cached {
            Some(lowest) => lowest,
            None => POOL.lock().take(size)?,
        };
        Ok(Self { lowest, size })
    }

    /// The stack of the main process.
    pub fn main() -> io::Result<Self> {
        let size = MAIN_SIZE.max(SIZE.load(Ordering::Relaxed));
        Ok(Self { lowest: map(size)?, size })
    }

    /// The lowest address.
    pub fn lowest(&self) -> usize {
        self.lowest
    }

    /// The address after the highest one.
    pub fn top(&self) -> usize {
        self.lowest + self.size
    }

    /// Makes the stack available again. With `deep` the memory it has touched is given back.
    ///
    /// Never inlined, for the same reason as [`Stack::new`].
    #[inline(never)]
    pub fn recycle(self, deep: bool) {
        if self.size != SIZE.load(Ordering::Relaxed) {
            return;
        }
        if deep {
            self.give_back();
        }
        let full = CACHE.with_borrow_mut(|cache| {
            let full = cache.len() >= CACHED;
            if !full {
                cache.push(self.lowest);
            }
            full
        });
        if full {
            POOL.lock().free.push(self.lowest);
        }
    }

    fn give_back(&self) {
        let bytes = if self.size > SHALLOW { self.size } else { 0 };
        // SAFETY: the range is ours and nothing on it is alive. If it fails the memory is kept.
        unsafe { libc::madvise(self.lowest as *mut libc::c_void, bytes, libc::MADV_DONTNEED) };
    }
}

impl Pool {
    fn take(&mut self, size: usize) -> io::Result<usize> {
        if let Some(lowest) = self.free.pop() {
            return Ok(lowest);
        }
        if self.end - self.next < size {
            let slab = (SLAB / size).max(1) * size;
            self.next = map(slab)?;
            self.end = self.next + slab;
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

// SAFETY: base and limit are those of memory that is owned by this value, aligned to pages, and large
// enough. There is no guard page: see the module's guarantees for what takes its place.
unsafe impl CoroutineStack for Stack {
    fn base(&self) -> StackPointer {
        NonZeroUsize::new(self.top()).expect("no stack ends at address 0")
    }

    fn limit(&self) -> StackPointer {
        NonZeroUsize::new(self.lowest).expect("no stack begins at address 0")
    }
}
