//! The collector: Cheney's two-space copying, without recursion.

use super::{Chunk, Heap, Roots, stress};
use super::{FIRST_THRESHOLD, external};
use crate::object::Object;
use inko_abi::object::{FLAG_EXTERNAL, FLAG_PERMANENT, HEADER_BIT};
use inko_abi::process::ProcessHead;
use inko_abi::word::{self, Word};

/// After a collection the heap may grow to this many times what was alive, so that the work of
/// collecting stays proportional to the work of allocating.
const GROWTH: usize = 3;

/// The space that live objects are copied to.
struct Space {
    chunk: Chunk,
}

impl Space {
    /// Replaces a reference by that to the object's copy, which is made at the first encounter.
    fn forward(&mut self, slot: &mut Word) {
        if !word::is_reference(*slot) {
            return;
        }
        let object = Object::of(*slot);
        let header = object.header();
        if header & HEADER_BIT == 0 {
            *slot = header + word::TAG_REFERENCE;
            return;
        }
        if header & FLAG_PERMANENT != 0 {
            return;
        }
        let size = object.size();
        let copy = self.chunk.take(size).expect("the new space is as large as all old ones together");
        // SAFETY: both are `size` bytes long, and the new space is disjoint from the old ones.
        unsafe { std::ptr::copy_nonoverlapping(object.address(), copy, size / 8) };
        object.set_header(copy as u64);
        *slot = copy as Word + word::TAG_REFERENCE;
    }
}

impl Heap {
    /// Copies what is reachable from the roots, frees the rest, and leaves room for `bytes`.
    pub fn collect(&mut self, head: &mut ProcessHead, bytes: usize, roots: &mut Roots<'_>) {
        self.save(head);
        let used = self.used(head);
        // In stress mode the space is made and poisoned for every object: only what is needed, then.
        let least = if stress() { 0 } else { FIRST_THRESHOLD };
        let size = (used + bytes).max(least);
        let chunk = match self.spare.take() {
            Some(chunk) if chunk.size() >= size && !stress() => chunk,
            _ => Chunk::new(size),
        };
        let mut space = Space { chunk };
        space.chunk.used = 0;
        roots(head, &mut |slot| space.forward(slot));
        let mut waiting = std::mem::take(&mut self.extras);
        let mut next = space.chunk.start();
        while next < space.chunk.next() {
            let object = Object::at(next as *mut u64);
            next += object.size() as u64;
            // SAFETY: `each_word` shows addresses inside the object, which nobody else refers to now.
            object.each_word(|slot| space.forward(unsafe { &mut *slot }));
            if object.has(FLAG_EXTERNAL) {
                external::visit(object, &mut |slot| space.forward(slot));
            }
            if next == space.chunk.next() && !waiting.is_empty() {
                self.extras.follow(&mut waiting, moved, |slot| space.forward(slot));
            }
        }
        let mut outside = 0;
        self.externals.retain_mut(|address| match moved(*address) {
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
        if !self.identities.is_empty() {
            let old = std::mem::take(&mut self.identities);
            let alive = old.into_iter().filter_map(|(address, identity)| {
                let address = address as *mut u64;
                // Permanent objects are where they were.
                let permanent = Object::at(address).has(FLAG_PERMANENT) && moved(address).is_none();
                let address = if permanent { Some(address) } else { moved(address) };
                Some((address? as usize, identity))
            });
            self.identities = alive.collect();
        }
        let live = space.chunk.used;
        let mut old = std::mem::replace(&mut self.chunks, vec![space.chunk]);
        if stress() {
            old.iter_mut().for_each(Chunk::poison);
        }
        // A chunk that is much larger than what is alive would only hold memory back.
        self.spare = old.pop().filter(|chunk| chunk.size() <= (live * GROWTH).max(FIRST_THRESHOLD) * 2);
        self.filled = 0;
        self.outside = outside;
        self.threshold = ((live + outside) * GROWTH).max(FIRST_THRESHOLD);
        self.wants_collection = false;
        self.open(head);
    }
}

/// Where an object of the old spaces was moved to; `None` if it is dead.
fn moved(address: *mut u64) -> Option<*mut u64> {
    let header = Object::at(address).header();
    (header & HEADER_BIT == 0).then_some(header as *mut u64)
}
