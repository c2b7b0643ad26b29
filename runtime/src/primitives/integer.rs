//! Integers of any size: the slow paths of the inline operations. Machine words are handled here once more,
//! since operands may be mixed; big ones by dashu.

use crate::object::{Object, text};
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use dashu_int::ops::DivRemEuclid;
use dashu_int::{IBig, Sign, UBig};
use inko_abi::class;
use inko_abi::object::{BIG_LENGTH, BIG_LIMBS, header};
use inko_abi::word::{self, Word};

/// The value of an integer word.
pub(crate) fn big(value: Word) -> IBig {
    if word::is_small(value) {
        return IBig::from(word::small_value(value));
    }
    let object = Object::of(value);
    let length = object.raw(BIG_LENGTH) as i64;
    // SAFETY: the object has that many limbs.
    let limbs = unsafe {
        std::slice::from_raw_parts(object.pointer(BIG_LIMBS).cast::<u64>(), length.unsigned_abs() as usize)
    };
    let sign = if length < 0 { Sign::Negative } else { Sign::Positive };
    IBig::from_parts(sign, UBig::from_words(limbs))
}

/// The word of an integer: small where it fits.
pub(crate) fn make(process: &mut Process, value: &IBig) -> Word {
    let (sign, limbs) = value.as_sign_words();
    match limbs {
        [] => return word::small(0),
        [limb] => {
            let value = i128::from(*limb) * if sign == Sign::Negative { -1 } else { 1 };
            if let Ok(value) = i64::try_from(value)
                && (word::MIN_SMALL..=word::MAX_SMALL).contains(&value)
            {
                return word::small(value);
            }
        }
        _ => {}
    }
    let object = process.object(16 + limbs.len() * 8, header(class::INTEGER, 0));
    let length = limbs.len() as i64 * if sign == Sign::Negative { -1 } else { 1 };
    object.set_raw(BIG_LENGTH, length as u64);
    // SAFETY: the object is new and has room for the limbs.
    unsafe {
        let target = object.pointer(BIG_LIMBS).cast::<u64>();
        std::ptr::copy_nonoverlapping(limbs.as_ptr(), target, limbs.len());
    }
    object.word()
}

/// The word of a machine integer.
pub(crate) fn from_i128(process: &mut Process, value: i128) -> Word {
    match i64::try_from(value) {
        Ok(value) if (word::MIN_SMALL..=word::MAX_SMALL).contains(&value) => word::small(value),
        _ => make(process, &IBig::from(value)),
    }
}

/// The operands if both are small.
fn smalls(a: Word, b: Word) -> Option<(i64, i64)> {
    (word::is_small(a) && word::is_small(b)).then(|| (word::small_value(a), word::small_value(b)))
}

macro_rules! operation {
    ($name:ident, |$x:ident, $y:ident| $small:expr, |$p:ident, $q:ident| $large:expr) => {
        pub(crate) extern "C" fn $name(process: &mut Process, a: Word, b: Word) -> Word {
            if let Some((x, y)) = smalls(a, b) {
                let ($x, $y) = (i128::from(x), i128::from(y));
                return from_i128(process, $small);
            }
            let ($p, $q) = (big(a), big(b));
            make(process, &$large)
        }
    };
}

operation!(integer_add, |x, y| x + y, |p, q| p + q);
operation!(integer_sub, |x, y| x - y, |p, q| p - q);
operation!(integer_mul, |x, y| x * y, |p, q| p * q);
operation!(integer_and, |x, y| x & y, |p, q| p & q);
operation!(integer_or, |x, y| x | y, |p, q| p | q);
operation!(integer_xor, |x, y| x ^ y, |p, q| p ^ q);

/// Floored quotient and remainder; the remainder has the sign of the divisor.
fn divide(process: &mut Process, a: Word, b: Word) -> (IBig, IBig) {
    if b == word::small(0) {
        panic(process, "Can not divide an Integer by 0");
    }
    let (dividend, divisor) = (big(a), big(b));
    let negative = divisor.sign() == Sign::Negative;
    let (quotient, remainder) = dividend.div_rem_euclid(&divisor);
    let remainder = IBig::from(remainder);
    // The Euclidean remainder is never negative.
    if negative && remainder != IBig::ZERO {
        return (quotient - IBig::ONE, remainder + divisor);
    }
    (quotient, remainder)
}

pub(crate) extern "C" fn integer_div(process: &mut Process, a: Word, b: Word) -> Word {
    match smalls(a, b) {
        Some((x, y)) if y != 0 => {
            let quotient = i128::from(x) / i128::from(y);
            let floored = quotient - i128::from(x % y != 0 && (x < 0) != (y < 0));
            from_i128(process, floored)
        }
        _ => {
            let quotient = divide(process, a, b).0;
            make(process, &quotient)
        }
    }
}

pub(crate) extern "C" fn integer_mod(process: &mut Process, a: Word, b: Word) -> Word {
    match smalls(a, b) {
        Some((x, y)) if y != 0 => {
            let remainder = x % y;
            word::small(if remainder != 0 && (remainder < 0) != (y < 0) { remainder + y } else { remainder })
        }
        _ => {
            let remainder = divide(process, a, b).1;
            make(process, &remainder)
        }
    }
}

/// Shifts to the left, or to the right for negative distances.
fn shift(process: &mut Process, a: Word, b: Word, direction: i64) -> Word {
    let distance = word::is_small(b).then(|| i32::try_from(word::small_value(b)).ok()).flatten();
    let Some(distance) = distance else {
        let (value, distance) = (to_text(a, 10), to_text(b, 10));
        panic(process, format_args!("Can't shift integer {value} with {distance} as the operand is too big"));
    };
    let distance = i64::from(distance) * direction;
    let value = big(a);
    let shifted =
        if distance >= 0 { value << distance as usize } else { value >> distance.unsigned_abs() as usize };
    make(process, &shifted)
}

pub(crate) extern "C" fn integer_shift_left(process: &mut Process, a: Word, b: Word) -> Word {
    shift(process, a, b, 1)
}

pub(crate) extern "C" fn integer_shift_right(process: &mut Process, a: Word, b: Word) -> Word {
    shift(process, a, b, -1)
}

pub(crate) extern "C" fn integer_compare(_: &mut Process, a: Word, b: Word) -> i64 {
    match smalls(a, b) {
        Some((x, y)) => x.cmp(&y) as i64,
        None => big(a).cmp(&big(b)) as i64,
    }
}

pub(crate) extern "C" fn integer_to_float(_: &mut Process, value: Word) -> f64 {
    if word::is_small(value) { word::small_value(value) as f64 } else { big(value).to_f64().value() }
}

/// The digits of an integer.
pub(crate) fn to_text(value: Word, radix: u32) -> String {
    if word::is_small(value) && radix == 10 {
        return word::small_value(value).to_string();
    }
    big(value).in_radix(radix as u8).to_string()
}

pub(crate) extern "C" fn integer_to_string(process: &mut Process, value: Word, radix: Word) -> Word {
    let digits = to_text(value, word::small_value(radix) as u32);
    process.string(&digits)
}

pub(crate) extern "C" fn string_to_integer(process: &mut Process, string: Word, radix: Word) -> Outcome {
    let input = text(string);
    let radix = word::small_value(radix) as u32;
    let digits = input.strip_prefix(['+', '-']).unwrap_or(input);
    let valid = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    let parsed = if valid { UBig::from_str_radix(digits, radix).ok() } else { None };
    match parsed {
        Some(value) => {
            let sign = if input.starts_with('-') { Sign::Negative } else { Sign::Positive };
            Outcome::value(make(process, &IBig::from_parts(sign, value)))
        }
        None => {
            let message = format!("{} can not be converted to an Integer", super::string::debug(input));
            Outcome::thrown(process.string(&message))
        }
    }
}

/// The bits of an unsigned 64-bit argument; `None` if it is negative or larger.
pub(crate) fn to_u64(value: Word) -> Option<u64> {
    if word::is_small(value) {
        return u64::try_from(word::small_value(value)).ok();
    }
    let object = Object::of(value);
    (object.raw(BIG_LENGTH) == 1).then(|| object.raw(BIG_LIMBS))
}

/// The low 64 bits of an integer in two's complement.
pub(crate) fn low_bits(value: Word) -> u64 {
    if word::is_small(value) {
        return word::small_value(value) as u64;
    }
    let object = Object::of(value);
    let low = object.raw(BIG_LIMBS);
    if (object.raw(BIG_LENGTH) as i64) < 0 { low.wrapping_neg() } else { low }
}
