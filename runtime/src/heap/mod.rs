//! Heaps: bump allocation, a precise copying collector per process, deep copies between processes.
//!
//! *Guarantees:* objects move only in [`Heap::reserve`] and [`Heap::collect`]; a heap is freed at once, without
//! tracing; permanent objects never move.
//!
//! The region that machine code allocates in is the free part of the last chunk; its bounds live in the
//! process head. Cheney's algorithm ("A Nonrecursive List Compacting Algorithm", 1970) copies what is alive
//! from all chunks, adopted messages included, into one new chunk.

mod chunk;
mod collect;
pub mod copy;
pub mod external;
mod extras;
#[cfg(test)]
mod tests;

pub use chunk::Chunk;

use crate::handle::Handle;
use crate::object::Object;
use copy::{Content, Fragment};
use hashbrown::HashMap;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::process::{ProcessHead, STOP};
use inko_abi::word::Word;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Called with every root; may change it.
pub type Visitor<'a> = dyn FnMut(&mut Word) + 'a;

/// Shows all roots of a process to a visitor.
pub type Roots<'a> = dyn FnMut(&mut ProcessHead, &mut Visitor<'_>) + 'a;

/// The first chunk of a heap: most processes handle a few messages and never need a second one.
const FIRST_CHUNK: usize = 256;
/// Chunks double up to this size, which keeps their number small without reserving much in vain.
const LARGEST_STEP: usize = 64 << 10;
/// No collection before this many bytes are in use: collecting less isn't worth walking the stack, and
/// it fits the second-level cache of every machine in use.
const FIRST_THRESHOLD: usize = 256 << 10;

/// Collect at every allocation (`INKO_GC_STRESS`).
static STRESS: AtomicBool = AtomicBool::new(false);

/// Turns the stress mode on, before the first process starts.
pub fn set_stress() {
    STRESS.store(true, Ordering::Relaxed);
}

fn stress() -> bool {
    STRESS.load(Ordering::Relaxed)
}

/// The heap of one process. The allocation region's bounds live in the process head.
#[derive(Debug)]
pub struct Heap {
    /// All chunks; the last one holds the allocation region.
    chunks: Vec<Chunk>,
    /// The bytes in use in all chunks but the last.
    filled: usize,
    /// Collect when more bytes than this are in use.
    threshold: usize,
    /// The chunk that the last collection emptied, for the next one to fill.
    spare: Option<Chunk>,
    /// The objects that own something outside of the heap.
    externals: Vec<*mut u64>,
    /// The bytes that these objects own.
    outside: usize,
    /// Numbers of objects that were hashed by identity, by address.
    identities: HashMap<usize, u64, foldhash::fast::FixedState>,
    next_identity: u64,
    /// Attributes that mirrors added.
    pub extras: extras::Extras,
    wants_collection: bool,
}

// SAFETY: a heap is only used by whoever runs its process, one thread at a time.
unsafe impl Send for Heap {}

impl Default for Heap {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            filled: 0,
            threshold: FIRST_THRESHOLD,
            spare: None,
            externals: Vec::new(),
            outside: 0,
            identities: HashMap::default(),
            next_identity: 0,
            extras: extras::Extras::default(),
            wants_collection: false,
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
        self.make_way(head, bytes);
        if stress() || self.wants_collection || self.load(head) + bytes > self.threshold {
            self.collect(head, bytes, roots);
        }
        if self.free(head) < bytes {
            self.grow(head, bytes);
        }
    }

    /// Takes memory for an object. Without room it extends the heap and asks for a collection at the
    /// next poll; it never collects itself.
    pub fn allocate(&mut self, head: &mut ProcessHead, bytes: usize) -> *mut u64 {
        debug_assert!(bytes.is_multiple_of(8));
        if self.free(head) < bytes {
            self.make_way(head, bytes);
            self.grow(head, bytes);
            self.ask_if(head, self.load(head) + bytes > self.threshold);
        }
        let address = head.heap_next as *mut u64;
        head.heap_next += bytes as u64;
        if stress() {
            // The next inline allocation must take the slow path again, the next poll collect.
            head.heap_end = head.heap_next;
            self.ask_if(head, true);
        }
        address
    }

    /// Raises the threshold for an object that is larger than it: a collection now would find little garbage, and
    /// copy the object for nothing. Garbage stays below the size of the largest object, since the next one of the
    /// same size is not larger than the threshold any more.
    fn make_way(&mut self, head: &ProcessHead, bytes: usize) {
        if bytes >= self.threshold {
            self.threshold = self.load(head) + bytes + FIRST_THRESHOLD;
        }
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

    /// Makes a message's memory part of the heap and gives the message.
    pub fn adopt(&mut self, head: &mut ProcessHead, fragment: Fragment) -> Word {
        let mut objects = match fragment.0 {
            Content::Immediate(word) => return word,
            Content::Process(shared) => return self.handle_object(head, shared).word(),
            Content::Objects(objects) => objects,
        };
        let chunks = std::mem::take(&mut objects.chunks);
        for address in std::mem::take(&mut objects.externals) {
            self.add_external(head, Object::at(address));
        }
        let bytes: usize = chunks.iter().map(|chunk| chunk.used).sum();
        if self.chunks.is_empty() {
            // The free part of the message's last chunk becomes the allocation region.
            self.chunks = chunks;
            self.filled = bytes - self.chunks.last().map_or(0, |chunk| chunk.used);
            self.open(head);
        } else {
            self.filled += bytes;
            let region = self.chunks.len() - 1;
            self.chunks.splice(region..region, chunks);
        }
        self.ask_if(head, self.load(head) > self.threshold);
        objects.word
    }

    /// Makes a handle object.
    pub fn handle_object(&mut self, head: &mut ProcessHead, shared: Arc<Handle>) -> Object {
        let object = Object::at(self.allocate(head, 16));
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
        self.ask_if(head, self.load(head) > self.threshold);
    }

    /// The bytes that decide on collections: those in use here and those that objects own elsewhere.
    fn load(&self, head: &ProcessHead) -> usize {
        self.used(head) + self.outside
    }

    /// A number for an object that stays the same when the object moves.
    pub fn identity(&mut self, object: Object) -> u64 {
        *self.identities.entry(object.address() as usize).or_insert_with(|| {
            self.next_identity += 1;
            self.next_identity
        })
    }

    /// The bytes in use.
    pub fn used(&self, head: &ProcessHead) -> usize {
        let current = self.chunks.last().map_or(0, |chunk| (head.heap_next - chunk.start()) as usize);
        self.filled + current
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
        if let Some(chunk) = self.chunks.last() {
            head.heap_next = chunk.next();
            head.heap_end = if stress() { head.heap_next } else { chunk.end() };
        }
    }

    /// Frees everything at once. The objects' memory is still there while what they own is released.
    pub fn clear(&mut self) {
        for address in std::mem::take(&mut self.externals) {
            external::release(Object::at(address));
        }
        self.chunks.clear();
        self.spare = None;
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.clear();
    }
}
