//! The collector: Cheney's copying, without recursion, of the nursery or of everything.

use super::large::{LARGE, Large};
use super::{Chunk, Heap, LIMIT, Roots, VERIFY, external, most_nursery, nursery, room, stress, verify};
use super::{FIRST_THRESHOLD, GROWTH};
use crate::object::Object;
use crate::program;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::process::ProcessHead;
use inko_abi::word::{self, Word};
use std::sync::atomic::Ordering;

/// Chunks that objects are copied to are at least as large.
const SMALLEST_CHUNK: usize = 4 << 10;
/// And not larger than this, unless an object is.
const LARGEST_CHUNK: usize = 1 << 20;
/// A nursery has at least so many times the bytes that were looked at for roots when it was collected.
const PER_ROOT: usize = 4;
/// And so many times those that survived: when much does, as while something large is built, a larger nursery gives
/// more of it the time to die.
const PER_SURVIVOR: usize = 6;
/// Under stress every so manyth collection is a major one.
const STRESS_MAJOR: u64 = 4;

/// The flags of the collector, which copies in other heaps don't have.
pub const COLLECTOR_FLAGS: u64 = FLAG_OLD | FLAG_CLEAN | FLAG_LARGE | FLAG_MARKED;

/// A collection that is going on.
struct Collection {
    /// Whether everything is collected.
    major: bool,
    /// Where objects are copied to: old chunks.
    chunks: Vec<Chunk>,
    /// The size of the next chunk.
    step: usize,
    /// The copied objects before this place have been looked at: a chunk and an offset in it.
    scanned: (usize, usize),
    /// Large objects that were reached and not looked at yet.
    reached: Vec<Object>,
    /// Objects that became large on the way.
    grown: Vec<Large>,
    /// The bytes of words that were looked at besides copied objects.
    searched: usize,
}

impl Collection {
    /// Replaces a reference by that to the object's copy, which is made at the first encounter.
    #[inline]
    fn forward(&mut self, slot: &mut Word) {
        if word::is_reference(*slot) {
            self.forward_reference(slot);
        }
    }

    fn forward_reference(&mut self, slot: &mut Word) {
        let mut content = self.forward_one(slot, 0);
        // The shell is looked at later, and its content must not be copied again then.
        let mark = if self.major { FLAG_MARKED } else { 0 };
        while let Some(slot) = content {
            // SAFETY: it is a slot of the copy just made; nobody else refers to it.
            let slot = unsafe { &mut *slot };
            if Object::of(*slot).header() & HEADER_BIT == 0 {
                // It was copied before.
                return;
            }
            content = self.forward_one(slot, mark);
        }
    }

    /// Forwards one reference. What an object that was copied is only a shell of (the value of an option, the storage of an
    /// array) is to be copied behind it, since it is used with it: gives the slot of the reference to that. Cheney's order
    /// would put all shells before all contents. This is a small part of what Wilson, Lam and Moher do ("Effective
    /// Static-Graph Reorganization to Improve Locality in Garbage-Collected Systems", 1991).
    #[inline]
    fn forward_one(&mut self, slot: &mut Word, mark: u64) -> Option<*mut Word> {
        let object = Object::of(*slot);
        let header = object.header();
        if header & HEADER_BIT == 0 {
            *slot = header + word::TAG_REFERENCE;
            return None;
        }
        let settled = if self.major { FLAG_PERMANENT | FLAG_MARKED } else { FLAG_PERMANENT | FLAG_OLD };
        if header & settled != 0 {
            return None;
        }
        if header & FLAG_LARGE != 0 {
            object.set_header(header | FLAG_OLD | FLAG_CLEAN | FLAG_MARKED);
            self.reached.push(object);
            return None;
        }
        let size = object.size();
        let (copy, flags) = self.take(size);
        // SAFETY: both are `size` bytes long, and the new space is disjoint from the old ones.
        unsafe { std::ptr::copy_nonoverlapping(object.address(), copy, size / 8) };
        let copied = Object::at(copy);
        copied.set_header(header | FLAG_OLD | FLAG_CLEAN | flags | mark);
        object.set_header(copy as u64);
        *slot = copy as Word + word::TAG_REFERENCE;
        let content: *mut Word = match copied.class() {
            class::ARRAY => copied.pointer(ARRAY_STORAGE).cast(),
            class @ class::FIRST_USER.. if size == 16 && program::class(class).float_fields == 0 => {
                copied.pointer(FIELDS).cast()
            }
            _ => return None,
        };
        // SAFETY: the slot is a word of the copy.
        word::is_reference(unsafe { *content }).then_some(content)
    }

    /// Takes memory for a copy; also its flags.
    fn take(&mut self, size: usize) -> (*mut u64, u64) {
        if size >= LARGE
            && let Some(large) = Large::new(size)
        {
            // It came with a message.
            let object = large.object();
            self.grown.push(large);
            self.reached.push(object);
            return (object.address(), FLAG_LARGE | FLAG_MARKED);
        }
        if let Some(copy) = self.chunks.last_mut().and_then(|chunk| chunk.take(size)) {
            return (copy, 0);
        }
        let mut chunk = Chunk::new(self.step.max(size));
        self.step = (self.step * 2).min(LARGEST_CHUNK);
        let copy = chunk.take(size).expect("the chunk is large enough");
        self.chunks.push(chunk);
        (copy, 0)
    }

    /// Forwards the words of an object.
    fn visit(&mut self, object: Object) {
        // SAFETY: `each_word` shows addresses inside the object, which nobody else refers to now.
        object.each_word(|slot| self.forward(unsafe { &mut *slot }));
        if object.has(FLAG_EXTERNAL) {
            external::visit(object, &mut |slot| self.forward(slot));
        }
    }

    /// Looks at a remembered object. The elements of an array are in its storage.
    fn visit_remembered(&mut self, object: Object) {
        self.searched += object.size();
        if object.class() == class::ARRAY {
            let storage = Object::of(object.raw(ARRAY_STORAGE));
            // A young one is copied, and looked at then.
            if storage.header() & HEADER_BIT != 0 && storage.has(FLAG_OLD) {
                self.searched += storage.size();
                self.visit(storage);
            }
        }
        self.visit(object);
    }

    /// Looks at everything that was reached.
    fn drain(&mut self) {
        loop {
            let (index, offset) = self.scanned;
            if let Some(chunk) = self.chunks.get(index) {
                if offset == chunk.used {
                    if index + 1 < self.chunks.len() {
                        self.scanned = (index + 1, 0);
                        continue;
                    }
                } else {
                    let object = Object::at((chunk.start() + offset as u64) as *mut u64);
                    self.scanned.1 += object.size();
                    // Its shell was looked at before.
                    object.set_header(object.header() & !FLAG_MARKED);
                    self.visit(object);
                    continue;
                }
            }
            match self.reached.pop() {
                Some(object) => self.visit(object),
                None => return,
            }
        }
    }

    /// Where an object is now; `None` if it is dead.
    fn moved(&self, address: *mut u64) -> Option<*mut u64> {
        let header = Object::at(address).header();
        if header & HEADER_BIT == 0 {
            return Some(header as *mut u64);
        }
        let alive = if self.major { FLAG_PERMANENT | FLAG_MARKED } else { FLAG_PERMANENT | FLAG_OLD };
        (header & alive != 0).then_some(address)
    }

    /// Keeps the living of objects that own something outside of the heap, and releases what the others own. Gives
    /// the bytes that are kept.
    fn sweep(&self, externals: &mut Vec<*mut u64>) -> usize {
        let mut outside = 0;
        externals.retain_mut(|address| match self.moved(*address) {
            Some(copy) => {
                *address = copy;
                outside += external::weight(Object::at(copy));
                true
            }
            None => {
                external::release(Object::at(*address));
                false
            }
        });
        outside
    }
}

impl Heap {
    /// Collects the nursery, or everything if the old objects have become many, and frees what can't be reached from
    /// the roots.
    pub fn collect(&mut self, head: &mut ProcessHead, roots: &mut Roots<'_>) {
        self.collect_once(head, roots);
        if self.is_over_limit() {
            // Perhaps not all of it is alive.
            self.collect_once(head, roots);
        }
    }

    fn collect_once(&mut self, head: &mut ProcessHead, roots: &mut Roots<'_>) {
        self.save(head);
        let young = self.young(head);
        let mature = self.mature.get_or_insert_default();
        mature.collections += 1;
        let before = mature.load() - self.large;
        // The values of attributes that mirrors added are found in a whole collection only.
        let major = mature.load() > mature.threshold.min(LIMIT.load(Ordering::Relaxed))
            || !mature.extras.is_empty()
            || (stress() && mature.collections.is_multiple_of(STRESS_MAJOR));
        let old = std::mem::take(&mut mature.chunks);
        let (old, chunks) = if major { (old, Vec::new()) } else { (Vec::new(), old) };
        let scanned = match chunks.last() {
            Some(chunk) => (chunks.len() - 1, chunk.used),
            None => (0, 0),
        };
        let live = if major { mature.used / 2 } else { young / 8 };
        let mut collection = Collection {
            major,
            chunks,
            step: live.next_multiple_of(8).clamp(SMALLEST_CHUNK, LARGEST_CHUNK),
            scanned,
            reached: Vec::new(),
            grown: Vec::new(),
            searched: 0,
        };
        let mut words = 0;
        roots(head, &mut |slot| {
            words += 1;
            collection.forward(slot);
        });
        collection.searched = words * size_of::<Word>();
        let remembered = std::mem::take(&mut mature.remembered);
        for object in remembered.iter().map(|&address| Object::at(address)) {
            if !major {
                collection.visit_remembered(object);
                object.set_header(object.header() | FLAG_CLEAN);
            }
        }
        collection.drain();
        if major {
            let mut waiting = std::mem::take(&mut mature.extras);
            loop {
                let values = mature.extras.follow(&mut waiting, |address| collection.moved(address));
                if values.is_empty() {
                    break;
                }
                values.into_iter().for_each(|value| collection.forward(value));
                collection.drain();
            }
            mature.outside = collection.sweep(&mut mature.externals);
        }
        mature.outside += collection.sweep(&mut self.externals);
        mature.externals.append(&mut self.externals);
        if !mature.identities.is_empty() {
            let known = std::mem::take(&mut mature.identities).into_iter();
            let moved = |address| collection.moved(address as *mut u64).map(|address| address as usize);
            mature.identities =
                known.filter_map(|(address, identity)| Some((moved(address)?, identity))).collect();
        }
        collection.grown.drain(..).for_each(|large| mature.large.add(large));
        mature.large.sweep(if major { FLAG_MARKED } else { FLAG_OLD });
        mature.chunks = collection.chunks;
        mature.used = mature.chunks.iter().map(|chunk| chunk.used).sum();
        if major {
            mature.threshold = (mature.load() * GROWTH).max(FIRST_THRESHOLD);
        }
        let survived = mature.load().saturating_sub(if major { 0 } else { before });
        let wanted = (survived * PER_SURVIVOR).min(most_nursery());
        let wanted = nursery().max(wanted).max(collection.searched * PER_ROOT);
        self.nursery = wanted.min(room(mature.load()));
        (self.large, self.outside) = (0, 0);
        self.wants_collection = false;
        let mut young = std::mem::take(&mut self.chunks);
        if stress() {
            young.iter_mut().for_each(Chunk::poison);
            old.into_iter().for_each(|mut chunk| chunk.poison());
        }
        self.empty(young);
        self.open(head);
        if VERIFY.load(Ordering::Relaxed) {
            verify::check(self, head, roots);
        }
    }

    /// Makes a nursery of one chunk: the largest of the last time if it fits, since its memory is there already.
    fn empty(&mut self, chunks: Vec<Chunk>) {
        self.filled = 0;
        if stress() {
            return;
        }
        let largest = chunks.into_iter().max_by_key(Chunk::size);
        let fits = largest.filter(|chunk| (self.nursery / 2..=self.nursery).contains(&chunk.size()));
        let mut chunk = fits.unwrap_or_else(|| Chunk::new(self.nursery));
        chunk.used = 0;
        self.chunks.push(chunk);
    }
}
