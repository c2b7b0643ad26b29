//! Random numbers, from the generator of the running thread, which the operating system seeds.

use super::{integer, word};
use crate::object::{byte_elements, text};
use crate::panic::panic;
use crate::process::Process;
use dashu_int::{IBig, UBig};
use inko_abi::class;
use inko_abi::word::Word;
use rand::{Rng, RngCore};
use std::cell::Cell;

pub(crate) extern "C" fn random_incremental_integer(process: &mut Process) -> Word {
    thread_local! {
        /// Starts at a random value on each thread.
        static COUNTER: Cell<u64> = Cell::new(rand::rng().next_u64());
    }
    let value = COUNTER.with(|counter| counter.replace(counter.get().wrapping_add(1)));
    integer::from_i128(process, i128::from(value))
}

pub(crate) extern "C" fn random_integer(process: &mut Process) -> Word {
    integer::from_i128(process, i128::from(rand::rng().next_u64() as i64))
}

pub(crate) extern "C" fn random_float(_: &mut Process) -> f64 {
    rand::rng().random()
}

/// Both bounds may be the result.
pub(crate) extern "C" fn random_integer_between(process: &mut Process, min: Word, max: Word) -> Word {
    let (low, high) = (integer::big(min), integer::big(max));
    if low >= high {
        let (min, max) = (integer::to_text(min, 10), integer::to_text(max, 10));
        wrong_bounds(process, &min, &max)
    }
    let span = UBig::try_from(&high - &low).unwrap_or_default() + 1u8;
    let value = low + IBig::from(below(&span));
    integer::make(process, &value)
}

/// A number below `limit`: numbers of as many bits, until one is (less than two on average).
fn below(limit: &UBig) -> UBig {
    let mut bytes = limit.to_le_bytes();
    let mask = bytes.last().map_or(0, |last| u8::MAX >> last.leading_zeros());
    loop {
        rand::rng().fill_bytes(&mut bytes);
        if let Some(last) = bytes.last_mut() {
            *last &= mask;
        }
        let value = UBig::from_le_bytes(&bytes);
        if value < *limit {
            return value;
        }
    }
}

/// Both bounds may be the result.
pub(crate) extern "C" fn random_float_between(process: &mut Process, min: f64, max: f64) -> f64 {
    if min >= max || min.is_nan() || max.is_nan() {
        let show = |process: &mut Process, value: f64| {
            text::<'static>(super::float_to_string(process, value)).to_owned()
        };
        let (min, max) = (show(process, min), show(process, max));
        wrong_bounds(process, &min, &max)
    }
    let part: f64 = rand::rng().random_range(0.0..=1.0);
    // The difference of the bounds may be too large for a float.
    min * (1.0 - part) + max * part
}

fn wrong_bounds(process: &mut Process, min: &str, max: &str) -> ! {
    panic(process, format_args!("The lower bound {min} must be lower than the upper bound {max}"))
}

pub(crate) extern "C" fn random_bytes(process: &mut Process, size: Word) -> Word {
    /// A byte array of this size is larger than the address space.
    const LARGEST: i64 = 1 << 47;
    if !word::is_small(size) || !(0..=LARGEST).contains(&word::small_value(size)) {
        let size = integer::to_text(size, 10);
        panic(process, format_args!("{size} is no size that a ByteArray can have"))
    }
    let size = word::small_value(size) as usize;
    let storage = process.byte_storage(size.max(1), &[]);
    let array = process.array_of(class::BYTE_ARRAY, storage, size);
    rand::rng().fill_bytes(byte_elements(array));
    array
}
