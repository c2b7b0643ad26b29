//! Large objects: storages that would take longer to copy than to map. Each has a mapping of its own and never moves.

use crate::object::Object;
use inko_abi::object::{FLAG_MARKED, FLAG_OLD};
use std::ptr::NonNull;

/// Objects of at least so many bytes are large: the mapping and its page faults then cost less than a copy.
pub const LARGE: usize = 128 << 10;
/// Mappings of at least so many bytes are aligned to huge pages, of which the system clears one in a tenth of the time
/// that it takes for as many small ones.
const HUGE: usize = 4 << 20;
const HUGE_PAGE: usize = 2 << 20;
const PAGE: usize = 4 << 10;

/// The memory of a large object.
#[derive(Debug)]
pub struct Large {
    start: NonNull<u64>,
    mapped: usize,
}

impl Large {
    /// Maps memory for an object; `None` if the system refuses. It is zeroed.
    pub fn new(bytes: usize) -> Option<Self> {
        if bytes < HUGE {
            let mapped = bytes.checked_next_multiple_of(PAGE)?;
            return Some(Self { start: map(mapped)?, mapped });
        }
        let mapped = bytes.checked_next_multiple_of(HUGE_PAGE)?;
        let start = map(mapped.checked_add(HUGE_PAGE)?)?.as_ptr().cast::<u8>();
        let before = start.align_offset(HUGE_PAGE);
        // SAFETY: the parts that are unmapped are the ends of the mapping just made. If advice fails, the pages are small.
        unsafe {
            let aligned = start.add(before);
            if before > 0 {
                libc::munmap(start.cast(), before);
            }
            libc::munmap(aligned.add(mapped).cast(), HUGE_PAGE - before);
            libc::madvise(aligned.cast(), mapped, libc::MADV_HUGEPAGE);
            Some(Self { start: NonNull::new_unchecked(aligned.cast()), mapped })
        }
    }

    /// The object.
    pub fn object(&self) -> Object {
        Object::at(self.start.as_ptr())
    }

    /// The size of the mapping in bytes.
    pub fn size(&self) -> usize {
        self.mapped
    }
}

fn map(bytes: usize) -> Option<NonNull<u64>> {
    // SAFETY: a new anonymous mapping touches nothing that exists.
    let address = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if address == libc::MAP_FAILED { None } else { NonNull::new(address.cast()) }
}

impl Drop for Large {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and its object is dead.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.mapped) };
    }
}

/// The large objects of a heap.
#[derive(Debug, Default)]
pub struct LargeObjects {
    all: Vec<Large>,
    /// The bytes of all.
    pub bytes: usize,
}

impl LargeObjects {
    /// Takes an object over.
    pub fn add(&mut self, large: Large) {
        self.bytes += large.size();
        self.all.push(large);
    }

    /// Frees those that a collection hasn't reached: all without `flag`, which is [`FLAG_OLD`] for the young and
    /// [`FLAG_MARKED`] for all.
    pub fn sweep(&mut self, flag: u64) {
        debug_assert!(flag == FLAG_OLD || flag == FLAG_MARKED);
        self.all.retain(|large| {
            let object = large.object();
            let alive = object.has(flag);
            if alive {
                object.set_header(object.header() & !FLAG_MARKED);
            } else {
                self.bytes -= large.size();
            }
            alive
        });
    }

    /// The objects.
    pub fn objects(&self) -> impl Iterator<Item = Object> {
        self.all.iter().map(Large::object)
    }
}
