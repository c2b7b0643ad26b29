//! The entry points that work on values: numbers, strings, arrays, hashing, streams and clocks.
//!
//! *Invariant:* none of them collects. They allocate with [`Process::allocate`], which extends the heap and asks for a
//! collection at the next poll, so words in their hands stay valid and need no registration. (Every loop
//! and every function has a poll: no program allocates for long without one.)

mod array;
mod byte_array;
mod child;
mod env;
mod ffi;
mod file;
mod float;
mod hasher;
pub(crate) mod integer;
mod mirror;
mod path;
mod program;
mod random;
mod socket;
mod socket_options;
pub(crate) mod stdio;
mod string;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use array::*;
pub(crate) use byte_array::*;
pub(crate) use child::*;
pub(crate) use env::*;
pub(crate) use ffi::*;
pub(crate) use file::*;
pub(crate) use float::*;
pub(crate) use hasher::*;
pub(crate) use integer::*;
pub(crate) use mirror::*;
pub(crate) use path::*;
pub(crate) use program::*;
pub(crate) use random::*;
pub(crate) use socket::*;
pub(crate) use socket_options::*;
pub(crate) use stdio::*;
pub(crate) use string::*;
pub(crate) use time::*;

use crate::heap::{Heap, shared};
use crate::object::Object;
use crate::panic::panic;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::word::{self, Word};
use std::ops::Range;

impl Process {
    /// Makes an object of a size in bytes with a header; the rest is to be filled at once.
    pub(crate) fn object(&mut self, bytes: usize, header: u64) -> Object {
        let Process { head, heap, .. } = self;
        let bytes = bytes.next_multiple_of(8);
        let Some(address) = heap.allocate(head, bytes) else { out_of_memory(self, bytes) };
        let object = Object::at(address);
        object.set_header(header | Heap::flags(bytes));
        object
    }

    /// Makes a string.
    pub(crate) fn string(&mut self, text: &str) -> Word {
        let length = text.len();
        if length > STRING_INLINE_MAX {
            return self.long_string(text.as_bytes().to_vec());
        }
        let object = self.object(16 + length, header(class::STRING, 0));
        object.set_raw(STRING_LENGTH, length as u64);
        // SAFETY: the object has room for the bytes, and is new.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), object.pointer(STRING_BYTES), length) };
        object.word()
    }

    /// Makes a string of a text that is there already.
    pub(crate) fn string_from(&mut self, text: String) -> Word {
        if text.len() > STRING_INLINE_MAX { self.long_string(text.into_bytes()) } else { self.string(&text) }
    }

    fn long_string(&mut self, bytes: Vec<u8>) -> Word {
        let object = self.object(24, shared::SHARED_STRING);
        object.set_raw(STRING_LENGTH, bytes.len() as u64);
        object.set_raw(STRING_BYTES, shared::share(bytes));
        self.heap.add_external(&mut self.head, object);
        object.word()
    }

    /// Makes an array of values.
    pub(crate) fn array(&mut self, values: &[Word]) -> Word {
        let storage = self.array_storage(values.len().max(1), values, word::small(0));
        self.array_of(class::ARRAY, storage, values.len())
    }

    /// Makes an array or byte array with a storage.
    fn array_of(&mut self, class: u32, storage: Word, length: usize) -> Word {
        let array = self.object(ARRAY_SIZE as usize, header(class, 0));
        array.set_raw(ARRAY_LENGTH, length as u64);
        array.set_raw(ARRAY_STORAGE, storage);
        array.word()
    }

    /// Makes the storage of an array: a copy of values, and `rest` in the remaining slots.
    fn array_storage(&mut self, capacity: usize, values: &[Word], rest: Word) -> Word {
        let storage = self.object(16 + capacity * 8, header(class::ARRAY_STORAGE, 0));
        storage.set_raw(STORAGE_CAPACITY, capacity as u64);
        // SAFETY: the storage has room for `capacity` words, is new, and isn't shorter than the values.
        unsafe {
            let elements: *mut Word = storage.pointer(STORAGE_ELEMENTS).cast();
            std::ptr::copy_nonoverlapping(values.as_ptr(), elements, values.len());
            for index in values.len()..capacity {
                elements.add(index).write(rest);
            }
        }
        storage.word()
    }
}

/// An index rule's outcome.
enum Index {
    /// Below the length.
    Inside(usize),
    /// Exactly the length.
    End,
    /// Beyond.
    Outside,
}

/// Applies the index rule: negative indexes count from the end and wrap, those of big integers panic.
fn index(process: &mut Process, index: Word, length: usize) -> Index {
    if !word::is_small(index) {
        let text = integer::to_text(index, 10);
        panic(process, format_args!("{text} is too big to convert to an integer of type usize"));
    }
    let value = word::small_value(index);
    let value = match (value, length) {
        (0.., _) => value as usize,
        (_, 0) => 0,
        _ => value.rem_euclid(length as i64) as usize,
    };
    match value.cmp(&length) {
        std::cmp::Ordering::Less => Index::Inside(value),
        std::cmp::Ordering::Equal => Index::End,
        std::cmp::Ordering::Greater => Index::Outside,
    }
}

/// At most so many positions below a length, from one by the index rule.
fn range(process: &mut Process, start: Word, count: Word, length: usize) -> Range<usize> {
    let start = match index(process, start, length) {
        Index::Inside(start) => start,
        Index::End | Index::Outside => length,
    };
    // A count that is no machine word is larger than any length.
    let count = if word::is_small(count) { word::small_value(count).max(0) as usize } else { usize::MAX };
    start..start.saturating_add(count).min(length)
}

fn out_of_bounds(process: &mut Process, index: Word) -> ! {
    let text = integer::to_text(index, 10);
    panic(process, format_args!("The index {text} is out of bounds"))
}

/// To be called before an object is changed: panics if it is part of a constant's value, and tells the collector of old
/// ones, which may refer to young ones afterwards.
pub(crate) extern "C" fn write_barrier(process: &mut Process, value: Word) {
    let object = Object::of(value);
    if !object.has(BARRIER_FLAGS) {
        return;
    }
    if object.has(FLAG_PERMANENT) {
        crate::panic::frozen(process, value);
    }
    process.heap.remember(object);
}

/// Memory for machine code, the one allocation that may collect before it takes place.
pub(crate) extern "C" fn allocate(process: &mut Process, bytes: i64) -> i64 {
    process.reserve(bytes as usize, &mut []);
    let Process { head, heap, .. } = process;
    match heap.allocate(head, bytes as usize) {
        Some(address) => address as i64,
        None => out_of_memory(process, bytes as usize),
    }
}

fn out_of_memory(process: &mut Process, bytes: usize) -> ! {
    if crate::heap::is_too_large(bytes) {
        crate::panic::over_limit(process);
    }
    panic(process, format_args!("there is no memory for an object of {bytes} bytes"))
}

pub(crate) extern "C" fn freeze(process: &mut Process, value: Word) -> Word {
    match crate::heap::copy::freeze(value) {
        Ok(frozen) => frozen,
        Err(error) => panic(process, error.message()),
    }
}
