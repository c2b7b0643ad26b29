//! Chunks: the pieces of memory that heaps and messages consist of.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// A piece of memory, filled from its start.
#[derive(Debug)]
pub struct Chunk {
    start: NonNull<u8>,
    size: usize,
    /// The number of bytes in use. Of the chunk that a process allocates in, the process head knows.
    pub used: usize,
}

// SAFETY: a chunk is owned memory, nothing else refers to it while it changes hands.
unsafe impl Send for Chunk {}

impl Chunk {
    /// Makes a chunk of at least `size` bytes. Aborts if there is no memory, as Rust's own collections do.
    pub fn new(size: usize) -> Self {
        let size = size.next_multiple_of(8).max(8);
        let layout = Self::layout(size);
        // SAFETY: the size isn't zero.
        let start = unsafe { alloc(layout) };
        let Some(start) = NonNull::new(start) else { handle_alloc_error(layout) };
        Self { start, size, used: 0 }
    }

    /// Makes a chunk of memory that was one.
    ///
    /// # Safety
    /// The memory came from [`Chunk::pointer`] of a chunk of that size which is forgotten; `used` bytes of it are in use.
    pub unsafe fn from_pointer(start: NonNull<u8>, size: usize, used: usize) -> Self {
        Self { start, size, used }
    }

    /// The memory, for whoever keeps the chunk from being freed.
    pub fn pointer(&self) -> NonNull<u8> {
        self.start
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("chunks are smaller than half of the address space")
    }

    /// The address of the first byte.
    pub fn start(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    /// The address of the first free byte.
    pub fn next(&self) -> u64 {
        self.start() + self.used as u64
    }

    /// The address after the last byte.
    pub fn end(&self) -> u64 {
        self.start() + self.size as u64
    }

    /// The size in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Takes bytes from the free part, if there are enough.
    pub fn take(&mut self, bytes: usize) -> Option<*mut u64> {
        if self.size - self.used < bytes {
            return None;
        }
        let address = self.next() as *mut u64;
        self.used += bytes;
        Some(address)
    }

    /// Overwrites everything, so that a use of dead objects shows.
    pub fn poison(&mut self) {
        /// No valid header, no valid word: an odd header with an impossible class.
        const POISON: u8 = 0xdb;
        // SAFETY: the memory is ours and its objects are dead.
        unsafe { self.start.as_ptr().write_bytes(POISON, self.size) };
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: it was allocated with this layout and is freed once.
        unsafe { dealloc(self.start.as_ptr(), Self::layout(self.size)) };
    }
}
