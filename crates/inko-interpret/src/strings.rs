//! Strings.

use super::numbers::index;
use super::stop::{Result, Stop};
use dashu_int::IBig;
use std::ops::Range;

/// At most `count` characters from a position by the index rule.
pub(super) fn slice(text: &str, start: &IBig, count: &IBig) -> Result<String> {
    let range = range(start, count, text.chars().count())?;
    Ok(text.chars().skip(range.start).take(range.len()).collect())
}

/// At most `count` positions below a length, from a position by the index rule.
pub(super) fn range(start: &IBig, count: &IBig, length: usize) -> Result<Range<usize>> {
    let start = (index(start, length)? as usize).min(length);
    let count = if *count < IBig::ZERO { 0 } else { usize::try_from(count).unwrap_or(usize::MAX) };
    Ok(start..start.saturating_add(count).min(length))
}

/// A byte by the index rule.
pub(super) fn byte(text: &str, at: &IBig) -> Result<u8> {
    let position = index(at, text.len())?;
    let byte = text.as_bytes().get(position as usize).copied();
    byte.ok_or_else(|| Stop::Panic(format!("The index {at} is out of bounds")))
}

/// The bytes from an offset on.
pub(super) fn from<'a>(text: &'a str, offset: &IBig) -> Option<&'a [u8]> {
    text.as_bytes().get(usize::try_from(offset).ok()?..)
}

/// Where another text is, from an offset in bytes on.
pub(super) fn find(text: &str, other: &str, offset: &IBig) -> Option<usize> {
    let rest = from(text, offset)?;
    let before = text.len() - rest.len();
    let mut starts = 0..=rest.len().checked_sub(other.len())?;
    starts.find(|&at| rest[at..].starts_with(other.as_bytes())).map(|at| at + before)
}

/// In double quotes and escaped.
pub(super) fn debug(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An integer in a radix.
pub(super) fn to_integer(text: &str, radix: &IBig) -> Option<IBig> {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix))?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = IBig::from_str_radix(digits, radix).ok()?;
    Some(if text.starts_with('-') { -value } else { value })
}
