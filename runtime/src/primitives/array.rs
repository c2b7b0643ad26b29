//! Arrays: the slow paths of the inline operations, and the rest.

use super::{Index, index, out_of_bounds, write_barrier};
use crate::object::{Object, elements};
use crate::panic::panic;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::word::{self, Word};

/// The capacity of an array after its first value: small arrays are common.
const FIRST_CAPACITY: usize = 4;

fn length(array: Word) -> usize {
    Object::of(array).raw(ARRAY_LENGTH) as usize
}

fn set_length(array: Word, length: usize) {
    Object::of(array).set_raw(ARRAY_LENGTH, length as u64);
}

pub(crate) extern "C" fn array_new(process: &mut Process, capacity: i64) -> Word {
    let storage = process.array_storage(capacity.max(1) as usize, &[], word::small(0));
    process.array_of(class::ARRAY, storage, 0)
}

pub(crate) extern "C" fn array_filled(process: &mut Process, amount: Word, value: Word) -> Word {
    /// An array of this many words is larger than the address space.
    const LARGEST: i64 = 1 << 44;
    if !word::is_small(amount) || word::small_value(amount) > LARGEST {
        let amount = super::integer::to_text(amount, 10);
        panic(process, format_args!("An Array of {amount} values doesn't fit in memory"));
    }
    let amount = word::small_value(amount).max(0) as usize;
    let storage = process.array_storage(amount.max(1), &[], value);
    process.array_of(class::ARRAY, storage, amount)
}

pub(crate) extern "C" fn array_get(process: &mut Process, array: Word, at: Word) -> Word {
    match index(process, at, length(array)) {
        Index::Inside(index) => elements(array)[index],
        _ => out_of_bounds(process, at),
    }
}

pub(crate) extern "C" fn array_find(process: &mut Process, array: Word, at: Word) -> Word {
    match index(process, at, length(array)) {
        Index::Inside(index) => elements(array)[index],
        _ => word::UNDEFINED,
    }
}

pub(crate) extern "C" fn array_set(process: &mut Process, array: Word, at: Word, value: Word) -> Word {
    write_barrier(process, array);
    match index(process, at, length(array)) {
        Index::Inside(index) => elements(array)[index] = value,
        Index::End => {
            array_push(process, array, value);
        }
        Index::Outside => out_of_bounds(process, at),
    }
    value
}

pub(crate) extern "C" fn array_push(process: &mut Process, array: Word, value: Word) -> Word {
    write_barrier(process, array);
    let object = Object::of(array);
    let length = length(array);
    let capacity = Object::of(object.raw(ARRAY_STORAGE)).raw(STORAGE_CAPACITY) as usize;
    if length == capacity {
        let larger =
            process.array_storage((capacity * 2).max(FIRST_CAPACITY), elements(array), word::small(0));
        object.set_raw(ARRAY_STORAGE, larger);
    }
    set_length(array, length + 1);
    elements(array)[length] = value;
    value
}

/// Takes a value out; the slot that becomes free must not keep anything alive.
fn remove(array: Word, index: usize) -> Word {
    let values = elements(array);
    let value = values[index];
    values.copy_within(index + 1.., index);
    values[values.len() - 1] = word::small(0);
    set_length(array, values.len() - 1);
    value
}

pub(crate) extern "C" fn array_pop(process: &mut Process, array: Word) -> Word {
    write_barrier(process, array);
    match length(array) {
        0 => word::UNDEFINED,
        length => remove(array, length - 1),
    }
}

pub(crate) extern "C" fn array_remove(process: &mut Process, array: Word, at: Word) -> Word {
    write_barrier(process, array);
    match index(process, at, length(array)) {
        Index::Inside(index) => remove(array, index),
        _ => out_of_bounds(process, at),
    }
}

pub(crate) extern "C" fn array_clear(process: &mut Process, array: Word) {
    write_barrier(process, array);
    elements(array).fill(word::small(0));
    set_length(array, 0);
}
