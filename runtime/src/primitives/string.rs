//! Strings.

use super::{Index, index, out_of_bounds};
use crate::object::{bytes, elements, text};
use crate::process::Process;
use inko_abi::class;
use inko_abi::word::{self, Word};

pub(crate) extern "C" fn string_length(_: &mut Process, string: Word) -> Word {
    word::small(text(string).chars().count() as i64)
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
    let all = text(string);
    let Index::Inside(start) = index(process, start, all.chars().count()) else {
        return process.string("");
    };
    // A count that is no machine word is larger than any text.
    let count = if word::is_small(count) { word::small_value(count).max(0) as usize } else { usize::MAX };
    let offset =
        |number: usize, from: &str| from.char_indices().nth(number).map_or(from.len(), |(offset, _)| offset);
    let rest = &all[offset(start, all)..];
    let part = &rest[..offset(count, rest)];
    process.string(part)
}

pub(crate) extern "C" fn string_to_lower(process: &mut Process, string: Word) -> Word {
    process.string_from(text(string).to_lowercase())
}

pub(crate) extern "C" fn string_to_upper(process: &mut Process, string: Word) -> Word {
    process.string_from(text(string).to_uppercase())
}

pub(crate) extern "C" fn string_to_byte_array(process: &mut Process, string: Word) -> Word {
    let bytes = bytes(string);
    let storage = process.byte_storage(bytes.len().max(1), bytes);
    process.array_of(class::BYTE_ARRAY, storage, bytes.len())
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
