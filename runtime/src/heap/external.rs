//! What objects own outside of heaps: bytes of long strings shared by reference count, process handles,
//! the stacks of generators, and resources of the operating system.
//!
//! *Guarantee:* what an object with `FLAG_EXTERNAL` owns is released exactly once: when a collection finds
//! the object dead, or with its heap.

use super::Visitor;
use crate::object::Object;
use crate::{resource, socket};
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, FLAG_PERMANENT, HANDLE_POINTER, STRING_BYTES, STRING_LENGTH, header};
use std::sync::Arc;

/// The bytes of a long string; the pointer in the object is that of [`Arc::into_raw`] of a `Box`, as a
/// thin pointer.
type Shared = Box<[u8]>;

/// The header of a string with shared bytes.
pub const SHARED_STRING: u64 = header(class::STRING, FLAG_EXTERNAL);

/// Hands over the bytes of a long string; the result belongs in its object.
pub fn share(bytes: Vec<u8>) -> u64 {
    Arc::into_raw(Arc::new(bytes.into_boxed_slice())) as u64
}

/// The bytes of a string with shared bytes; valid as long as the object lives.
pub fn shared_bytes<'a>(object: Object) -> &'a [u8] {
    let pointer = object.raw(STRING_BYTES) as *const Shared;
    // SAFETY: the object owns a count, so the bytes live as long as it does.
    let bytes: &[u8] = unsafe { &*pointer };
    debug_assert_eq!(bytes.len(), object.raw(STRING_LENGTH) as usize);
    bytes
}

/// Accounts for a copy of an object in another heap, or in that of constants, which only ever has one.
pub fn duplicated(object: Object) {
    match object.class() {
        number if socket::is_class(number) && object.has(FLAG_PERMANENT) => socket::shared(object),
        number if socket::is_class(number) => socket::duplicated(object),
        // SAFETY: the pointer came from `into_raw` and the object holds a count.
        class::STRING => unsafe { Arc::increment_strong_count(object.raw(STRING_BYTES) as *const Shared) },
        class::PROCESS => crate::handle::retain(object.raw(HANDLE_POINTER)),
        number if resource::is_class(number) => resource::duplicated(object),
        other => unreachable!("objects of class {other} aren't copied with what they own"),
    }
}

/// About how many bytes an object keeps outside of the heap.
pub fn weight(object: Object) -> usize {
    /// Handle and mailbox; small, since most handles are of processes that run anyway.
    const PROCESS: usize = 64;
    match object.class() {
        class::STRING => object.raw(STRING_LENGTH) as usize,
        class::PROCESS => PROCESS,
        number if resource::is_class(number) || socket::is_class(number) => resource::WEIGHT,
        _ => crate::generator::of(object.raw(HANDLE_POINTER)).weight(),
    }
}

/// Releases what a dead object owned. The object's own memory must still be readable.
pub fn release(object: Object) {
    match object.class() {
        // SAFETY: the pointer came from `into_raw`, and the object gives up its count.
        class::STRING => drop(unsafe { Arc::from_raw(object.raw(STRING_BYTES) as *const Shared) }),
        class::PROCESS => crate::handle::release(object.raw(HANDLE_POINTER)),
        number if resource::is_class(number) => resource::release(object),
        number if socket::is_class(number) => socket::release(object),
        class::GENERATOR => crate::generator::release(object.raw(HANDLE_POINTER)),
        other => unreachable!("objects of class {other} own nothing"),
    }
}

/// Shows the roots on the stack of a generator that the collector has reached.
pub fn visit(object: Object, visitor: &mut Visitor<'_>) {
    if object.class() == class::GENERATOR {
        crate::generator::visit(object.raw(HANDLE_POINTER), visitor);
    }
}
