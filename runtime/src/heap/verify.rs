//! `INKO_GC_VERIFY`: after each collection every reference in a living object must lead to the
//! start of an object.

use super::{Heap, Roots, external};
use crate::object::Object;
use inko_abi::object::*;
use inko_abi::process::ProcessHead;
use inko_abi::word::{self, Word};
use std::collections::HashSet;

/// Checks all references of a heap that was just collected, and whose nursery is empty.
///
/// # Panics
/// If one is wrong: the collector or the compiler has a bug.
pub fn check(heap: &Heap, head: &mut ProcessHead, roots: &mut Roots<'_>) {
    let Some(mature) = &heap.mature else { return };
    let mut objects: Vec<Object> = mature.large.objects().collect();
    for chunk in &mature.chunks {
        let mut at = chunk.start();
        while at < chunk.next() {
            let object = Object::at(at as *mut u64);
            assert!(object.has(HEADER_BIT), "the object at {at:#x} was moved away");
            at += object.size() as u64;
            objects.push(object);
        }
        assert_eq!(at, chunk.next(), "the last object of a chunk ends with it");
    }
    for object in &objects {
        assert!(object.has(FLAG_OLD) && object.has(FLAG_CLEAN), "{object:?} is neither old nor young");
        assert!(!object.has(FLAG_MARKED), "{object:?} is still marked");
    }
    let known: HashSet<*mut u64> = objects.iter().map(|object| object.address()).collect();
    // Dead old objects aren't looked at: the storage that an array had before it grew may refer to what is gone.
    let mut reached: HashSet<*mut u64> = HashSet::new();
    let mut pending = Vec::new();
    let mut check = |value: Word, place: &str, pending: &mut Vec<Object>| {
        if !word::is_reference(value) {
            return;
        }
        let object = Object::of(value);
        if !known.contains(&object.address()) {
            let permanent = HEADER_BIT | FLAG_PERMANENT;
            assert_eq!(object.header() & permanent, permanent, "{value:#x} in {place} refers to no object");
        } else if reached.insert(object.address()) {
            pending.push(object);
        }
    };
    roots(head, &mut |slot| check(*slot, "a root", &mut pending));
    while let Some(object) = pending.pop() {
        // SAFETY: the object is alive.
        object.each_word(|slot| check(unsafe { *slot }, "an object", &mut pending));
        if object.has(FLAG_EXTERNAL) {
            external::visit(object, &mut |slot| check(*slot, "a generator", &mut pending));
        }
    }
}
