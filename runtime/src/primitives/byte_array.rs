//! Byte arrays.

use super::{Index, filled_amount, index, integer, out_of_bounds, range, write_barrier};
use crate::object::{Object, byte_elements, elements};
use crate::panic::panic;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::word::{self, Word};
/// The smallest storage that an array grows to.
const FIRST_CAPACITY: usize = 16;

impl Process {
    /// Makes the storage of a byte array with a copy of bytes.
    pub(super) fn byte_storage(&mut self, capacity: usize, bytes: &[u8]) -> Word {
        let storage = self.object(16 + capacity, header(class::BYTE_STORAGE, 0));
        storage.set_raw(STORAGE_CAPACITY, capacity as u64);
        // SAFETY: the storage is new and has room for the bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), storage.pointer(STORAGE_ELEMENTS), bytes.len());
        }
        storage.word()
    }

    /// Makes a byte array with a copy of bytes and room for so many.
    pub(super) fn byte_array(&mut self, capacity: usize, bytes: &[u8]) -> Word {
        let storage = self.byte_storage(capacity, bytes);
        self.array_of(class::BYTE_ARRAY, storage, bytes.len())
    }

    /// Appends bytes to a byte array.
    pub(crate) fn append_bytes(&mut self, array: Word, bytes: &[u8]) {
        write_barrier(self, array);
        let object = Object::of(array);
        let length = object.raw(BYTES_LENGTH) as usize;
        let capacity = Object::of(object.raw(BYTES_STORAGE)).raw(STORAGE_CAPACITY) as usize;
        let wanted = length + bytes.len();
        if wanted > capacity {
            let larger = wanted.max(capacity * 2).max(FIRST_CAPACITY);
            let storage = self.byte_storage(larger, byte_elements(array));
            object.set_raw(BYTES_STORAGE, storage);
        }
        object.set_raw(BYTES_LENGTH, wanted as u64);
        byte_elements(array)[length..].copy_from_slice(bytes);
    }
}

/// Checks that an integer is a byte.
fn byte(process: &mut Process, value: Word) -> u8 {
    if word::is_small(value)
        && let Ok(byte) = u8::try_from(word::small_value(value))
    {
        return byte;
    }
    let text = integer::to_text(value, 10);
    panic(process, format_args!("The value {text} is not within the range 0..256"))
}

pub(crate) extern "C" fn byte_array_from_array(process: &mut Process, values: Word) -> Word {
    let values = elements(values);
    let bytes: Vec<u8> = values.iter().map(|&value| byte(process, value)).collect();
    process.byte_array(bytes.len().max(1), &bytes)
}

pub(crate) extern "C" fn byte_array_filled(process: &mut Process, amount: Word, value: Word) -> Word {
    let byte = byte(process, value);
    let amount = filled_amount(process, amount);
    let array = process.byte_array(amount.max(1), &[]);
    Object::of(array).set_raw(BYTES_LENGTH, amount as u64);
    byte_elements(array).fill(byte);
    array
}

pub(crate) extern "C" fn byte_array_slice(
    process: &mut Process,
    array: Word,
    start: Word,
    count: Word,
) -> Word {
    let bytes = byte_elements(array);
    let range = range(process, start, count, bytes.len());
    process.byte_array(range.len().max(1), &bytes[range])
}

pub(crate) extern "C" fn byte_array_get(process: &mut Process, array: Word, at: Word) -> Word {
    match byte_array_find(process, array, at) {
        word::UNDEFINED => out_of_bounds(process, at),
        value => value,
    }
}

pub(crate) extern "C" fn byte_array_find(process: &mut Process, array: Word, at: Word) -> Word {
    match index(process, at, byte_elements(array).len()) {
        Index::Inside(index) => word::small(i64::from(byte_elements(array)[index])),
        _ => word::UNDEFINED,
    }
}

pub(crate) extern "C" fn byte_array_set(process: &mut Process, array: Word, at: Word, value: Word) -> Word {
    let byte = byte(process, value);
    write_barrier(process, array);
    match index(process, at, byte_elements(array).len()) {
        Index::Inside(index) => byte_elements(array)[index] = byte,
        Index::End => process.append_bytes(array, &[byte]),
        Index::Outside => out_of_bounds(process, at),
    }
    value
}

pub(crate) extern "C" fn byte_array_remove(process: &mut Process, array: Word, at: Word) -> Word {
    write_barrier(process, array);
    let bytes = byte_elements(array);
    let Index::Inside(index) = index(process, at, bytes.len()) else { out_of_bounds(process, at) };
    let removed = bytes[index];
    bytes.copy_within(index + 1.., index);
    Object::of(array).set_raw(BYTES_LENGTH, bytes.len() as u64 - 1);
    word::small(i64::from(removed))
}

pub(crate) extern "C" fn byte_array_clear(process: &mut Process, array: Word) {
    write_barrier(process, array);
    Object::of(array).set_raw(BYTES_LENGTH, 0);
}

pub(crate) extern "C" fn byte_array_equals(_: &mut Process, a: Word, b: Word) -> bool {
    byte_elements(a) == byte_elements(b)
}

pub(crate) extern "C" fn byte_array_to_string(process: &mut Process, array: Word) -> Word {
    let text = String::from_utf8_lossy(byte_elements(array)).into_owned();
    process.string_from(text)
}

pub(crate) extern "C" fn byte_array_drain_to_string(process: &mut Process, array: Word) -> Word {
    let string = byte_array_to_string(process, array);
    byte_array_clear(process, array);
    string
}
