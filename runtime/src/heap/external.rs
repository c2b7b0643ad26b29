//! What objects own outside of heaps: bytes of long strings shared by reference count, process handles,
//! the stacks of generators, resources of the operating system, sockets, child processes, and libraries of C.
//!
//! *Guarantee:* what an object with `FLAG_EXTERNAL` owns is released exactly once: when a collection finds
//! the object dead, or with its heap.

use super::{Visitor, shared};
use crate::object::Object;
use crate::{ffi, resource, socket};
use inko_abi::class;
use inko_abi::object::{FLAG_PERMANENT, HANDLE_POINTER, STRING_BYTES, STRING_LENGTH};

/// Accounts for a copy of an object in another heap, or in that of constants, which only ever has one.
pub fn duplicated(object: Object) {
    match object.class() {
        number if socket::is_class(number) && object.has(FLAG_PERMANENT) => socket::shared(object),
        number if socket::is_class(number) => socket::duplicated(object),
        class::STRING => shared::retain(object.raw(STRING_BYTES)),
        class::PROCESS => crate::handle::retain(object.raw(HANDLE_POINTER)),
        number if resource::is_class(number) && object.has(FLAG_PERMANENT) => resource::shared(object),
        number if resource::is_class(number) => resource::duplicated(object),
        number if ffi::is_class(number) => ffi::duplicated(object),
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
        class::CHILD_PROCESS => resource::WEIGHT,
        number if ffi::is_class(number) => ffi::weight(object),
        _ => crate::generator::of(object.raw(HANDLE_POINTER)).weight(),
    }
}

/// Releases what a dead object owned. The object's own memory must still be readable.
pub fn release(object: Object) {
    match object.class() {
        class::STRING => shared::release(object.raw(STRING_BYTES)),
        class::PROCESS => crate::handle::release(object.raw(HANDLE_POINTER)),
        number if resource::is_class(number) => resource::release(object),
        class::CHILD_PROCESS => crate::child::release(object),
        number if ffi::is_class(number) => ffi::release(object),
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
