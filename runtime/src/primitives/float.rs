//! Floats: what isn't done inline.

use super::integer;
use crate::object::text;
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use dashu_int::IBig;
use inko_abi::class;
use inko_abi::object::{FLAG_PERMANENT, FLOAT_BITS, header};
use inko_abi::word::{self, Word};

/// 0.0 has no immediate form but is everywhere, so it is an object that exists once.
#[repr(C, align(8))]
struct Permanent([u64; 2]);

static ZERO: Permanent = Permanent([header(class::FLOAT, FLAG_PERMANENT), 0]);

pub(crate) extern "C" fn float_box(process: &mut Process, value: f64) -> Word {
    let bits = value.to_bits();
    if let Some(immediate) = word::float_to_word(bits) {
        return immediate;
    }
    if bits == 0 {
        return &raw const ZERO as Word + word::TAG_REFERENCE;
    }
    let object = process.object(16, header(class::FLOAT, 0));
    object.set_raw(FLOAT_BITS, bits);
    object.word()
}

pub(crate) extern "C" fn float_mod(_: &mut Process, a: f64, b: f64) -> f64 {
    a % b
}

pub(crate) extern "C" fn float_equals(_: &mut Process, a: f64, b: f64) -> bool {
    /// Results of different orders of operations usually differ by no more.
    const TOLERANCE: u64 = 2;
    if a == b {
        return true;
    }
    if a.is_nan() || b.is_nan() || a.is_sign_negative() != b.is_sign_negative() {
        return false;
    }
    // Of one sign, doubles are ordered as their bits are. Infinity is no neighbour of any number.
    a.is_finite() && b.is_finite() && a.to_bits().abs_diff(b.to_bits()) <= TOLERANCE
}

pub(crate) extern "C" fn float_floor(_: &mut Process, value: f64) -> f64 {
    value.floor()
}

pub(crate) extern "C" fn float_ceil(_: &mut Process, value: f64) -> f64 {
    value.ceil()
}

pub(crate) extern "C" fn float_round(_: &mut Process, value: f64, decimals: Word) -> f64 {
    let decimals =
        word::is_small(decimals).then(|| i32::try_from(word::small_value(decimals)).ok()).flatten();
    let Some(decimals) = decimals.filter(|_| value.is_finite()) else { return value };
    if decimals == 0 {
        return value.round();
    }
    let power = 10f64.powi(decimals.saturating_abs());
    let rounded =
        if decimals > 0 { (value * power).round() / power } else { (value / power).round() * power };
    if rounded.is_finite() { rounded } else { value }
}

pub(crate) extern "C" fn float_is_nan(_: &mut Process, value: f64) -> bool {
    value.is_nan()
}

pub(crate) extern "C" fn float_is_infinite(_: &mut Process, value: f64) -> bool {
    value.is_infinite()
}

pub(crate) extern "C" fn float_to_bits(process: &mut Process, value: f64) -> Word {
    integer::from_i128(process, i128::from(value.to_bits()))
}

pub(crate) extern "C" fn float_to_integer(process: &mut Process, value: f64) -> Word {
    if value.is_nan() {
        panic(process, "A NaN can not be converted to an Integer");
    }
    if value.is_infinite() {
        panic(process, "An infinite Float can not be converted to an Integer");
    }
    let truncated = value.trunc();
    /// Below it, doubles fit 128 bits.
    const LIMIT: f64 = 1e38;
    if truncated.abs() < LIMIT {
        return integer::from_i128(process, truncated as i128);
    }
    let big = IBig::try_from(truncated).expect("a finite double without fraction is an integer");
    integer::make(process, &big)
}

/// The shortest digits that read back as the same double, without exponent.
pub(crate) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    // Rust prints the shortest digits in positional notation too, but without the point for whole ones.
    let mut text = value.to_string();
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

pub(crate) extern "C" fn float_to_string(process: &mut Process, value: f64) -> Word {
    process.string_from(float_text(value))
}

pub(crate) extern "C" fn string_to_float(process: &mut Process, string: Word) -> Outcome {
    match parse(text(string)) {
        Some(value) => Outcome::value(float_box(process, value)),
        None => {
            let message = format!("{} can not be converted to a Float", super::string::debug(text(string)));
            Outcome::thrown(process.string_from(message))
        }
    }
}

/// Rust reads the same numbers, but more names for what isn't one.
fn parse(input: &str) -> Option<f64> {
    match input {
        "inf" | "Infinity" => Some(f64::INFINITY),
        "-inf" | "-Infinity" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => {
            let digits = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
            if input.bytes().all(digits) { input.parse().ok() } else { None }
        }
    }
}
