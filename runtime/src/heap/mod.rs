//! Heaps: bump allocation, a precise generational collector per process, deep copies between processes.
//!
//! *Guarantees:* objects move only in [`Heap::reserve`] and [`Heap::collect`]; a heap is freed at once, without
//! tracing; permanent and large objects never move.
//!
//! New objects are in the *nursery*, a list of chunks; machine code allocates in the free part of the last one, whose
//! bounds live in the process head. A *minor* collection copies what is alive in the nursery to the old chunks
//! (promotion at the first survival: a nursery is large compared to what is alive while it fills). A *major* one copies
//! everything. Both follow Cheney ("A Nonrecursive List Compacting Algorithm", 1970).
//!
//! Old objects that were written to since the last collection are *remembered* as a whole: an old object has
//! `FLAG_CLEAN` until the first write, whose barrier tests it together with `FLAG_PERMANENT` in one instruction.
//!
//! # How much memory
//!
//! * All nurseries together may have [`NURSERIES`] bytes: a million processes must not fill the memory with
//!   garbage, and a few may as well use the cache. A nursery that is expensive to collect, because the stack is
//!   deep or much is remembered, grows with that expense, so that it is paid less often.
//! * A major collection happens when the old objects have become [`GROWTH`] times as many bytes as were alive after
//!   the last one.
//! * Where `INKO_MAX_HEAP` limits what a process may have alive, a nursery is never larger than what is left of it, or an
//!   eighth of the limit if that is more: so far a process may exceed it until it is noticed.
//! * What objects keep outside of the heap (bytes of long strings, stacks of generators) counts like memory in it.

mod chunk;
mod collect;
pub mod copy;
pub mod external;
mod extras;
mod large;
mod mature;
pub mod message;
pub mod nodes;
pub mod shared;
#[cfg(test)]
mod tests;
mod verify;

pub use chunk::Chunk;

use crate::handle::Handle;
use crate::object::Object;
use extras::Extras;
use inko_abi::class;
use inko_abi::object::{FLAG_CLEAN, FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::process::{ProcessHead, STOP};
use inko_abi::word::Word;
use large::{LARGE, Large};
use mature::Mature;
use message::{Content, Message};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Called with every root; may change it.
pub type Visitor<'a> = dyn FnMut(&mut Word) + 'a;

/// Shows all roots of a process to a visitor.
pub type Roots<'a> = dyn FnMut(&mut ProcessHead, &mut Visitor<'_>) + 'a;

/// The first chunk of a heap: most processes handle a few messages and never need a second one.
const FIRST_CHUNK: usize = 256;
/// Chunks of a nursery that was never collected double up to this size, which keeps their number small without
/// reserving much in vain.
const LARGEST_STEP: usize = 64 << 10;
/// What all nurseries together should not exceed.
const NURSERIES: usize = 256 << 20;
/// The smallest nursery: collecting more often isn't worth walking the stack.
const SMALLEST_NURSERY: usize = 16 << 10;
/// The largest nursery that isn't expensive to collect. With what survives it fits into a second-level cache.
const LARGEST_NURSERY: usize = 512 << 10;
/// The largest nursery that isn't expensive to search for roots: with the old objects it fits into a third-level cache.
const LARGEST_GROWN: usize = 16 << 20;
/// A process may exceed its limit by this part of it before that is noticed.
const SLACK: usize = 8;
/// After a major collection the old objects may grow to this many times what was alive, so that the work of
/// collecting stays proportional to the work of allocating.
const GROWTH: usize = 2;
/// No major collection before there are this many bytes of old objects.
const FIRST_THRESHOLD: usize = 512 << 10;

/// Collect at every allocation (`INKO_GC_STRESS`).
static STRESS: AtomicBool = AtomicBool::new(false);
/// Check every reference after each collection (`INKO_GC_VERIFY`).
static VERIFY: AtomicBool = AtomicBool::new(false);
/// The most that a process may have alive (`INKO_MAX_HEAP`).
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The number of heaps.
static HEAPS: AtomicUsize = AtomicUsize::new(0);

/// Turns the stress mode on, before the first process starts.
pub fn set_stress() {
    STRESS.store(true, Ordering::Relaxed);
}

/// Turns the verification on, before the first process starts.
pub fn set_verify() {
    VERIFY.store(true, Ordering::Relaxed);
}

/// Limits what a process may have alive, in bytes, before the first process starts.
pub fn set_limit(bytes: usize) {
    LIMIT.store(bytes, Ordering::Relaxed);
}

/// Whether an object of so many bytes alone is more than a process may have alive.
pub fn is_too_large(bytes: usize) -> bool {
    bytes > LIMIT.load(Ordering::Relaxed)
}

/// What a nursery may have at most if so many bytes are alive: what is left up to the limit, but for a part of
/// the limit that keeps the collector from running all the time.
fn room(alive: usize) -> usize {
    let limit = LIMIT.load(Ordering::Relaxed);
    limit.saturating_sub(alive).max(limit / SLACK)
}

fn stress() -> bool {
    STRESS.load(Ordering::Relaxed)
}

/// The size of a nursery, given the number of heaps.
fn nursery() -> usize {
    most_nursery().clamp(SMALLEST_NURSERY, LARGEST_NURSERY)
}

/// The size that a nursery may have if much survives in it.
fn most_nursery() -> usize {
    (NURSERIES / HEAPS.load(Ordering::Relaxed).max(1)).min(LARGEST_GROWN)
}

/// The heap of one process. The allocation region's bounds live in the process head.
#[derive(Debug)]
pub struct Heap {
    /// The chunks of the nursery; the last one holds the allocation region.
    chunks: Vec<Chunk>,
    /// The bytes in use in all chunks but the last.
    filled: usize,
    /// The bytes of large objects in the nursery.
    large: usize,
    /// The young objects that own something outside of the heap.
    externals: Vec<*mut u64>,
    /// The bytes that these objects own.
    outside: usize,
    /// Collect when the nursery has more bytes than this.
    nursery: usize,
    wants_collection: bool,
    /// What has survived a collection, and what only larger heaps need.
    mature: Option<Box<Mature>>,
}

// SAFETY: a heap is only used by whoever runs its process, one thread at a time.
unsafe impl Send for Heap {}

impl Default for Heap {
    fn default() -> Self {
        HEAPS.fetch_add(1, Ordering::Relaxed);
        Self {
            chunks: Vec::new(),
            filled: 0,
            large: 0,
            externals: Vec::new(),
            outside: 0,
            nursery: nursery().min(room(0)),
            wants_collection: false,
            mature: None,
        }
    }
}

impl Heap {
    /// Makes room for `bytes` so that the next allocations of up to that many bytes in total succeed
    /// without a collection. May collect.
    pub fn reserve(&mut self, head: &mut ProcessHead, bytes: usize, roots: &mut Roots<'_>) {
        if !stress() && self.free(head) >= bytes {
            return;
        }
        if stress() || self.wants_collection || self.load(head) + bytes > self.nursery {
            self.collect(head, roots);
        }
        if self.free(head) < bytes {
            self.grow(head, bytes);
        }
    }

    /// Takes memory for an object. Without room it extends the heap and asks for a collection at the
    /// next poll; it never collects itself. `None` if the system or the limit refuses.
    pub fn allocate(&mut self, head: &mut ProcessHead, bytes: usize) -> Option<*mut u64> {
        debug_assert!(bytes.is_multiple_of(8));
        if bytes >= LARGE {
            return self.allocate_large(head, bytes);
        }
        if self.free(head) < bytes {
            self.grow(head, bytes);
            self.ask_if(head, self.load(head) + bytes > self.nursery);
        }
        let address = head.heap_next as *mut u64;
        head.heap_next += bytes as u64;
        if stress() {
            // The next inline allocation must take the slow path again, the next poll collect.
            head.heap_end = head.heap_next;
            self.ask_if(head, true);
        }
        Some(address)
    }

    fn allocate_large(&mut self, head: &mut ProcessHead, bytes: usize) -> Option<*mut u64> {
        if is_too_large(bytes) {
            return None;
        }
        let large = Large::new(bytes)?;
        let address = large.object().address();
        self.large += large.size();
        self.mature().large.add(large);
        self.ask_if(head, stress() || self.load(head) > self.nursery);
        Some(address)
    }

    /// The flags of an object of a size that [`Heap::allocate`] gave memory for.
    pub fn flags(bytes: usize) -> u64 {
        if bytes >= LARGE { inko_abi::object::FLAG_LARGE } else { 0 }
    }

    /// Notes that a clean old object is about to be written to.
    pub fn remember(&mut self, object: Object) {
        debug_assert!(object.has(FLAG_CLEAN));
        object.set_header(object.header() & !FLAG_CLEAN);
        self.mature().remembered.push(object.address());
    }

    /// Asks for a collection at the next poll.
    fn ask_if(&mut self, head: &mut ProcessHead, wanted: bool) {
        if wanted {
            self.wants_collection = true;
            head.stack_limit.store(STOP, Ordering::Relaxed);
        }
    }

    /// Whether a collection should happen at the next poll.
    pub fn wants_collection(&self) -> bool {
        self.wants_collection
    }

    /// Whether more is alive than the limit allows; known after a collection.
    pub fn is_over_limit(&self) -> bool {
        self.mature.as_ref().is_some_and(|mature| mature.load() > LIMIT.load(Ordering::Relaxed))
    }

    /// Makes a message's memory part of the heap and gives the value.
    pub fn adopt(&mut self, head: &mut ProcessHead, message: Message) -> Word {
        let (word, first, more) = match message.open() {
            Content::Immediate(word) => return word,
            Content::Process(shared) => return self.handle_object(head, shared).word(),
            Content::Objects(word, first, more) => (word, first, more),
        };
        for address in more.externals {
            self.add_external(head, Object::at(address));
        }
        let bytes: usize = first.used + more.chunks.iter().map(|chunk| chunk.used).sum::<usize>();
        let new = std::iter::once(first).chain(more.chunks);
        if self.chunks.is_empty() {
            // The free part of the message's last chunk becomes the allocation region.
            self.chunks.extend(new);
            self.filled = bytes - self.chunks.last().map_or(0, |chunk| chunk.used);
            self.open(head);
        } else {
            self.filled += bytes;
            let region = self.chunks.len() - 1;
            self.chunks.splice(region..region, new);
        }
        self.ask_if(head, self.load(head) > self.nursery);
        word
    }

    /// Makes a handle object.
    pub fn handle_object(&mut self, head: &mut ProcessHead, shared: Arc<Handle>) -> Object {
        let object =
            Object::at(self.allocate(head, 16).expect("small objects fit, or the program has ended"));
        object.set_header(header(class::PROCESS, FLAG_EXTERNAL));
        object.set_raw(HANDLE_POINTER, Arc::into_raw(shared) as u64);
        self.add_external(head, object);
        object
    }

    /// Notes that a new object owns something outside of the heap, which counts like memory in use: a
    /// few small objects may keep a lot of it.
    pub fn add_external(&mut self, head: &mut ProcessHead, object: Object) {
        self.externals.push(object.address());
        self.outside += external::weight(object);
        self.ask_if(head, self.load(head) > self.nursery);
    }

    /// The bytes that decide on collections: those in the nursery and those that its objects own elsewhere.
    fn load(&self, head: &ProcessHead) -> usize {
        self.young(head) + self.large + self.outside
    }

    /// A number for an object that stays the same when the object moves.
    pub fn identity(&mut self, object: Object) -> u64 {
        self.mature().identity(object)
    }

    /// Attributes that mirrors added.
    pub fn extras(&mut self) -> &mut Extras {
        &mut self.mature().extras
    }

    fn mature(&mut self) -> &mut Mature {
        self.mature.get_or_insert_default()
    }

    /// The bytes in the chunks of the nursery.
    fn young(&self, head: &ProcessHead) -> usize {
        let current = self.chunks.last().map_or(0, |chunk| (head.heap_next - chunk.start()) as usize);
        self.filled + current
    }

    /// The bytes in use.
    #[cfg(test)]
    pub fn used(&self, head: &ProcessHead) -> usize {
        self.young(head) + self.mature.as_ref().map_or(0, |mature| mature.used + mature.large.bytes)
    }

    /// Makes the next collection a major one.
    #[cfg(test)]
    pub fn set_due(&mut self) {
        self.mature().threshold = 0;
        self.mature().outside += 1;
    }

    /// Adds a chunk with room for `bytes` and allocates there from now on.
    fn grow(&mut self, head: &mut ProcessHead, bytes: usize) {
        self.save(head);
        let last = self.chunks.last().map_or(FIRST_CHUNK / 2, Chunk::size);
        self.filled += self.chunks.last().map_or(0, |chunk| chunk.used);
        let size = (last * 2).min(LARGEST_STEP).max(bytes);
        self.chunks.push(Chunk::new(size));
        self.open(head);
    }

    /// The bytes left in the region.
    fn free(&self, head: &ProcessHead) -> usize {
        self.chunks.last().map_or(0, |chunk| (chunk.end() - head.heap_next) as usize)
    }

    /// Stores the region's state in its chunk.
    fn save(&mut self, head: &ProcessHead) {
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.used = (head.heap_next - chunk.start()) as usize;
        }
    }

    /// Makes the last chunk the region.
    fn open(&mut self, head: &mut ProcessHead) {
        (head.heap_next, head.heap_end) = (0, 0);
        if let Some(chunk) = self.chunks.last() {
            head.heap_next = chunk.next();
            head.heap_end = if stress() { head.heap_next } else { chunk.end() };
        }
    }
}

impl Drop for Heap {
    /// Frees everything at once. The objects' memory is still there while what they own is released.
    fn drop(&mut self) {
        HEAPS.fetch_sub(1, Ordering::Relaxed);
        let old =
            self.mature.as_mut().map(|mature| std::mem::take(&mut mature.externals)).unwrap_or_default();
        for address in old.into_iter().chain(std::mem::take(&mut self.externals)) {
            external::release(Object::at(address));
        }
    }
}
