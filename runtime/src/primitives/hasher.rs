//! Hashing: a keyed 64-bit hash by folded multiplication (the construction of wyhash and foldhash).

use super::integer;
use crate::object::{Object, bytes, class_of};
use crate::panic::panic;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::word::{self, Word};

/// Odd constants without structure (the fractional parts of square roots, as in SHA-512).
const MULTIPLIER: u64 = 0xbb67_ae85_84ca_a73b;
const FINAL: u64 = 0x3c6e_f372_fe94_f82b;
/// Keeps identities apart from integers of the same value.
const IDENTITY: u64 = 0xa54f_f53a_5f1d_36f1;

/// The state of a hasher: the accumulated hash, and the second key. Two words remain for later.
const ACCUMULATED: i32 = HASHER_STATE;
const KEY: i32 = HASHER_STATE + 8;

/// Multiplies to 128 bits and folds the halves.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

pub(crate) extern "C" fn hasher_new(process: &mut Process, key0: Word, key1: Word) -> Word {
    let key = |process: &mut Process, key: Word| match integer::to_u64(key) {
        Some(bits) => bits,
        None => {
            let text = integer::to_text(key, 10);
            panic(process, format_args!("{text} can't be converted to a unsigned 64 bits integer"))
        }
    };
    let (key0, key1) = (key(process, key0), key(process, key1));
    let hasher = process.object(8 + HASHER_WORDS * 8, header(class::HASHER, 0));
    (0..HASHER_WORDS).for_each(|word| hasher.set_raw(HASHER_STATE + word as i32 * 8, 0));
    hasher.set_raw(ACCUMULATED, key0);
    hasher.set_raw(KEY, key1 | 1);
    hasher.word()
}

pub(crate) extern "C" fn hasher_write(process: &mut Process, hasher: Word, value: Word) -> Word {
    let object = Object::of(hasher);
    let key = object.raw(KEY);
    let state = object.raw(ACCUMULATED);
    let state = write_by_value(state, key, value).unwrap_or_else(|| {
        let identity = match class_of(value) {
            class::PROCESS => crate::handle::identifier(Object::of(value).raw(HANDLE_POINTER)) ^ IDENTITY,
            _ if !word::is_reference(value) => value,
            _ if Object::of(value).has(FLAG_PERMANENT) => value ^ IDENTITY,
            _ => process.heap.identity(Object::of(value)) ^ IDENTITY,
        };
        fold(state ^ identity, key ^ MULTIPLIER)
    });
    object.set_raw(ACCUMULATED, state);
    hasher
}

/// Feeds an integer, a float or a string to a state; `None` for other values.
fn write_by_value(mut state: u64, key: u64, value: Word) -> Option<u64> {
    let mut add = |bits: u64| state = fold(state ^ bits, key ^ MULTIPLIER);
    match class_of(value) {
        class::INTEGER if word::is_small(value) => add(value),
        class::INTEGER => {
            integer::big(value).as_sign_words().1.iter().for_each(|&limb| add(limb));
            add(Object::of(value).raw(BIG_LENGTH));
        }
        class::FLOAT => add(crate::object::float(value).to_bits()),
        class::STRING => {
            let bytes = bytes(value);
            let (words, rest) = bytes.as_chunks::<8>();
            words.iter().for_each(|&word| add(u64::from_le_bytes(word)));
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            add(u64::from_le_bytes(last));
            add(bytes.len() as u64);
        }
        _ => return None,
    }
    Some(state)
}

pub(crate) extern "C" fn hasher_to_hash(_: &mut Process, hasher: Word) -> Word {
    let object = Object::of(hasher);
    finish(object.raw(ACCUMULATED), object.raw(KEY))
}

/// The hash is a small integer, so that it costs no memory: 62 bits are plenty.
fn finish(state: u64, key: u64) -> Word {
    let hash = fold(state ^ FINAL, key ^ MULTIPLIER);
    word::small((hash >> 2) as i64)
}

/// The same hash as that of a hasher with these keys, which needn't be made. std only passes keys that hashers take.
pub(crate) extern "C" fn hash_of(_: &mut Process, key0: Word, key1: Word, value: Word) -> Word {
    let (state, key) =
        (integer::to_u64(key0).unwrap_or_default(), integer::to_u64(key1).unwrap_or_default() | 1);
    let state = write_by_value(state, key, value).unwrap_or(state);
    finish(state, key)
}
