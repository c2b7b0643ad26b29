//! What objects own outside of heaps: bytes of long strings shared by reference count, process handles,
//! the stacks of generators, resources of the operating system, sockets, child processes, and libraries of C.
//!
//! *Guarantee:* what an object with `FLAG_EXTERNAL` owns is released exactly once: when a collection finds
//! the object dead, or with its heap.

use super::Visitor;
use crate::object::Object;
use crate::{ffi, resource, socket};
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, FLAG_PERMANENT, HANDLE_POINTER, STRING_BYTES, STRING_LENGTH, header};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes of a long string, and what is known of its characters, so that those who go through them one by one don't
/// count from the start each time.
#[derive(Debug)]
pub struct Shared {
    bytes: Box<[u8]>,
    /// How many characters there are; [`UNKNOWN`] before somebody asked.
    characters: AtomicU64,
    /// Where the last character that somebody asked for is: its number in the upper half, its offset in the lower one.
    place: AtomicU64,
}

const UNKNOWN: u64 = u64::MAX;

impl Shared {
    /// The number of characters.
    pub fn characters(&self) -> usize {
        match self.characters.load(Ordering::Relaxed) {
            UNKNOWN => {
                let count = self.text().chars().count();
                self.characters.store(count as u64, Ordering::Relaxed);
                count
            }
            count => count as usize,
        }
    }

    /// The offset of a character, of which there must be at least so many.
    pub fn offset(&self, character: usize) -> usize {
        let place = self.place.load(Ordering::Relaxed);
        let (known, offset) = ((place >> 32) as usize, (place & u64::from(u32::MAX)) as usize);
        let offset = match character.checked_sub(known) {
            Some(further) => offset + offset_in(&self.text()[offset..], further),
            None if character < known / 2 => offset_in(self.text(), character),
            None => {
                let back = known - character - 1;
                self.text()[..offset].char_indices().nth_back(back).map_or(0, |(offset, _)| offset)
            }
        };
        // The offset is no smaller than the number.
        if let Ok(half) = u32::try_from(offset) {
            self.place.store((character as u64) << 32 | u64::from(half), Ordering::Relaxed);
        }
        offset
    }

    fn text(&self) -> &str {
        // SAFETY: strings are UTF-8 when they are made and never change.
        unsafe { std::str::from_utf8_unchecked(&self.bytes) }
    }
}

/// The offset of a character of a text, its length if there are fewer.
pub fn offset_in(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(offset, _)| offset)
}

/// The header of a string with shared bytes.
pub const SHARED_STRING: u64 = header(class::STRING, FLAG_EXTERNAL);

/// Hands over the bytes of a long string; the result belongs in its object.
pub fn share(bytes: Vec<u8>) -> u64 {
    let bytes = bytes.into_boxed_slice();
    let shared = Shared { bytes, characters: AtomicU64::new(UNKNOWN), place: AtomicU64::new(0) };
    Arc::into_raw(Arc::new(shared)) as u64
}

/// What a string with shared bytes shares; valid as long as the object lives.
pub fn shared<'a>(object: Object) -> &'a Shared {
    // SAFETY: the object owns a count, so the bytes live as long as it does.
    unsafe { &*(object.raw(STRING_BYTES) as *const Shared) }
}

/// The bytes of a string with shared bytes; valid as long as the object lives.
pub fn shared_bytes<'a>(object: Object) -> &'a [u8] {
    let bytes = &shared(object).bytes;
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
        // SAFETY: the pointer came from `into_raw`, and the object gives up its count.
        class::STRING => drop(unsafe { Arc::from_raw(object.raw(STRING_BYTES) as *const Shared) }),
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
