//! `INKO_GC_VERIFY`: after each collection every reference must lead to the start of a living object.

use super::{Heap, Roots};
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
    let known: HashSet<*mut u64> = objects.iter().map(|object| object.address()).collect();
    let check = |value: Word, place: &str| {
        if word::is_reference(value) && !known.contains(&Object::of(value).address()) {
            let header = Object::of(value).header();
            let permanent = HEADER_BIT | FLAG_PERMANENT;
            assert_eq!(header & permanent, permanent, "{value:#x} in {place} refers to no object");
        }
    };
    roots(head, &mut |slot| check(*slot, "a root"));
    for object in objects {
        assert!(object.has(FLAG_OLD) && object.has(FLAG_CLEAN), "{object:?} is neither old nor young");
        assert!(!object.has(FLAG_MARKED), "{object:?} is still marked");
        // SAFETY: the object is alive.
        object.each_word(|slot| check(unsafe { *slot }, "an object"));
    }
}
