//! Strings.

use super::{Index, index, out_of_bounds, range};
use crate::heap::shared;
use crate::object::{Object, bytes, elements, text};
use crate::process::Process;
use inko_abi::object::{FLAG_EXTERNAL, STRING_BYTES};
use inko_abi::word::{self, Word};
use memchr::memmem;
use std::ops::Range;

/// The number of characters.
fn characters(string: Word) -> usize {
    let object = Object::of(string);
    if object.has(FLAG_EXTERNAL) {
        shared::of(object.raw(STRING_BYTES)).characters()
    } else {
        text(string).chars().count()
    }
}

/// The offset of a character, which is in the string of so many characters, or the one after the last.
fn offset(string: Word, character: usize, characters: usize) -> usize {
    let object = Object::of(string);
    match bytes(string).len() {
        length if length == characters => character,
        length if character == characters => length,
        _ if object.has(FLAG_EXTERNAL) => shared::of(object.raw(STRING_BYTES)).offset(character),
        _ => shared::offset_in(text(string), character),
    }
}

pub(crate) extern "C" fn string_length(_: &mut Process, string: Word) -> Word {
    word::small(characters(string) as i64)
}

pub(crate) extern "C" fn string_byte(process: &mut Process, string: Word, at: Word) -> Word {
    match index(process, at, bytes(string).len()) {
        Index::Inside(offset) => word::small(i64::from(bytes(string)[offset])),
        _ => out_of_bounds(process, at),
    }
}

pub(crate) extern "C" fn string_equals(_: &mut Process, a: Word, b: Word) -> bool {
    a == b || bytes(a) == bytes(b)
}

pub(crate) extern "C" fn string_concat(process: &mut Process, a: Word, b: Word) -> Word {
    let (left, right) = (text(a), text(b));
    if right.is_empty() {
        return a;
    }
    if left.is_empty() {
        return b;
    }
    process.string_from([left, right].concat())
}

pub(crate) extern "C" fn string_concat_array(process: &mut Process, strings: Word) -> Word {
    let parts = elements(strings);
    let mut joined = String::with_capacity(parts.iter().map(|&part| bytes(part).len()).sum());
    parts.iter().for_each(|&part| joined.push_str(text(part)));
    process.string_from(joined)
}

pub(crate) extern "C" fn string_slice(process: &mut Process, string: Word, start: Word, count: Word) -> Word {
    let length = characters(string);
    let Range { start, end } = range(process, start, count, length);
    let part = &text(string)[offset(string, start, length)..offset(string, end, length)];
    process.string(part)
}

pub(crate) extern "C" fn string_slice_bytes(
    process: &mut Process,
    string: Word,
    start: Word,
    count: Word,
) -> Word {
    let bytes = bytes(string);
    let range = range(process, start, count, bytes.len());
    process.byte_array(range.len().max(1), &bytes[range])
}

/// The bytes from an offset on, if there is such an offset.
fn bytes_from<'a>(string: Word, offset: Word) -> Option<&'a [u8]> {
    let offset = word::is_small(offset).then(|| usize::try_from(word::small_value(offset)).ok()).flatten()?;
    bytes(string).get(offset..)
}

pub(crate) extern "C" fn string_find(_: &mut Process, string: Word, other: Word, offset: Word) -> Word {
    let Some(rest) = bytes_from(string, offset) else { return word::small(-1) };
    // The offset may be in the middle of a character, but not the result.
    let found = memmem::find(rest, bytes(other)).map(|at| at as i64 + word::small_value(offset));
    word::small(found.unwrap_or(-1))
}

pub(crate) extern "C" fn string_has(_: &mut Process, string: Word, other: Word, offset: Word) -> bool {
    bytes_from(string, offset).is_some_and(|rest| rest.starts_with(bytes(other)))
}

pub(crate) extern "C" fn string_to_lower(process: &mut Process, string: Word) -> Word {
    process.string_from(text(string).to_lowercase())
}

pub(crate) extern "C" fn string_to_upper(process: &mut Process, string: Word) -> Word {
    process.string_from(text(string).to_uppercase())
}

pub(crate) extern "C" fn string_to_byte_array(process: &mut Process, string: Word) -> Word {
    let bytes = bytes(string);
    process.byte_array(bytes.len().max(1), bytes)
}

pub(crate) extern "C" fn string_format_debug(process: &mut Process, string: Word) -> Word {
    process.string_from(debug(text(string)))
}

/// A text in quotes, with what can't be seen escaped.
pub(crate) fn debug(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\0' => quoted.push_str("\\0"),
            // Quotes of the other kind need no escape.
            '\'' => quoted.push('\''),
            other => quoted.extend(other.escape_debug()),
        }
    }
    quoted.push('"');
    quoted
}
