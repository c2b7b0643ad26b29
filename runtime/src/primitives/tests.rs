//! Numbers against reference implementations, and the index rules of strings and arrays.

use super::float::float_text;
use super::integer::{self, big, make};
use super::*;
use crate::object::{byte_elements, elements, float, text};
use crate::testing::{Random, process};
use dashu_int::{IBig, Sign};

/// Pairs of operands per test.
const PAIRS: u64 = 20_000;

/// A number of a random size of up to `bits` bits, near to powers of two more often than not.
fn number(random: &mut Random, bits: usize) -> i128 {
    let size = random.below(bits);
    let value = match random.below(4) {
        0 => (1 << size) - 1,
        1 => 1 << size,
        _ => {
            i128::from(random.next()) << 64 >> (127 - size).min(126)
                ^ i128::from(random.next()) >> (127 - size).min(126)
        }
    };
    let value = value & ((1 << bits) - 1);
    if random.below(2) == 0 { -value } else { value }
}

/// The value of a result, which must be small exactly if it fits.
fn value(word: Word) -> IBig {
    let value = big(word);
    let fits = (IBig::from(word::MIN_SMALL)..=IBig::from(word::MAX_SMALL)).contains(&value);
    assert_eq!(word::is_small(word), fits, "{value}");
    value
}

#[test]
fn integer_operations() {
    let (mut process, mut random) = (process(), Random(1));
    let process = &mut *process;
    for _ in 0..PAIRS {
        // Products of two fit 128 bits.
        let (x, y) = (number(&mut random, 63), number(&mut random, 63));
        let (a, b) = (integer::from_i128(process, x), integer::from_i128(process, y));
        let check = |name: &str, found: Word, expected: i128| {
            assert_eq!(value(found), IBig::from(expected), "{name} of {x} and {y}");
        };
        check("sum", integer_add(process, a, b), x + y);
        check("difference", integer_sub(process, a, b), x - y);
        check("product", integer_mul(process, a, b), x * y);
        check("and", integer_and(process, a, b), x & y);
        check("or", integer_or(process, a, b), x | y);
        check("xor", integer_xor(process, a, b), x ^ y);
        assert_eq!(integer_compare(process, a, b), x.cmp(&y) as i64);
        if y != 0 {
            let remainder = x.rem_euclid(y);
            let remainder = if y < 0 && remainder != 0 { remainder + y } else { remainder };
            check("remainder", integer_mod(process, a, b), remainder);
            check("quotient", integer_div(process, a, b), (x - remainder) / y);
        }
    }
}

#[test]
fn division_of_large_integers() {
    let (mut process, mut random) = (process(), Random(2));
    let process = &mut *process;
    for _ in 0..PAIRS / 10 {
        let mut large = |random: &mut Random, size| {
            let value = IBig::from(number(random, 120)) * IBig::from(number(random, size).max(1)).pow(3);
            make(process, &(value + IBig::from(random.below(3))))
        };
        let (a, b) = (large(&mut random, 60), large(&mut random, 10));
        if b == word::small(0) {
            continue;
        }
        let (quotient, remainder) = (value(integer_div(process, a, b)), value(integer_mod(process, a, b)));
        let (x, y) = (big(a), big(b));
        assert_eq!(&quotient * &y + &remainder, x);
        if remainder != IBig::ZERO {
            assert_eq!(remainder.sign(), y.sign(), "the remainder has the sign of the divisor");
        }
        let size = |value: &IBig| if value.sign() == Sign::Negative { -value } else { value.clone() };
        assert!(size(&remainder) < size(&y));
    }
}

#[test]
fn shifts() {
    let (mut process, mut random) = (process(), Random(3));
    let process = &mut *process;
    for _ in 0..PAIRS / 10 {
        let (x, distance) = (number(&mut random, 100), random.below(200) as i64 - 100);
        let (a, b) = (integer::from_i128(process, x), word::small(distance));
        let factor = IBig::from(2).pow(distance.unsigned_abs() as usize);
        // To the right means division by a power of two, rounded down.
        let up = IBig::from(x) * &factor;
        let down = value({
            let factor = make(process, &factor);
            integer_div(process, a, factor)
        });
        let (left, right) = if distance >= 0 { (up, down) } else { (down, up) };
        assert_eq!(value(integer_shift_left(process, a, b)), left, "{x} << {distance}");
        assert_eq!(value(integer_shift_right(process, a, b)), right, "{x} >> {distance}");
    }
}

#[test]
fn integers_as_text_and_floats() {
    let (mut process, mut random) = (process(), Random(4));
    let process = &mut *process;
    for _ in 0..PAIRS / 10 {
        let (x, radix) = (number(&mut random, 120), 2 + random.below(35) as i64);
        let a = integer::from_i128(process, x);
        let digits = integer_to_string(process, a, word::small(radix));
        let back = string_to_integer(process, digits, word::small(radix));
        assert_eq!((back.status, value(back.word)), (0, IBig::from(x)));
        assert_eq!(integer_to_float(process, a), x as f64, "{x}: rounded to the nearest");
        let whole = float_to_integer(process, x as f64);
        assert_eq!(value(whole), IBig::from((x as f64) as i128));
    }
    for wrong in ["", "+", "-", "1_0", " 1", "1 ", "0x1", "--1", "1.0", "é"] {
        let string = process.string(wrong);
        assert_eq!(string_to_integer(process, string, word::small(10)).status, 1, "{wrong}");
    }
}

#[test]
fn floats_as_words() {
    let (mut process, mut random) = (process(), Random(5));
    let special =
        [0.0, -0.0, 1.0, -1.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let values = special.into_iter().chain((0..PAIRS).map(|_| f64::from_bits(random.next())));
    for value in values {
        let word = float_box(&mut process, value);
        assert_eq!(float(word).to_bits(), value.to_bits());
        if value.is_nan() {
            continue;
        }
        let text = float_text(value);
        let string = process.string_from(text.clone());
        let back = string_to_float(&mut process, string);
        assert_eq!((back.status, float(back.word).to_bits()), (0, value.to_bits()), "{text}");
    }
    let texts =
        [(0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (0.1, "0.1"), (1e21, "1000000000000000000000.0")];
    for (value, text) in texts {
        assert_eq!(float_text(value), text);
    }
    for wrong in ["", "x", "1_0", "infinity", "nan", "1e", "0x1p3", " 1.0"] {
        let string = process.string(wrong);
        assert_eq!(string_to_float(&mut process, string).status, 1, "{wrong}");
    }
}

#[test]
fn rounding_and_equality() {
    let process = &mut *process();
    let rows = [
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (1.25, 1, 1.3),
        (1234.5, -2, 1200.0),
        (1.5, 400, 1.5),
        (f64::INFINITY, 2, f64::INFINITY),
    ];
    for (value, decimals, expected) in rows {
        assert_eq!(float_round(process, value, word::small(decimals)), expected, "{value} to {decimals}");
    }
    let near = |value: f64, distance: i64| f64::from_bits(value.to_bits().wrapping_add_signed(distance));
    for value in [1.0, 1e300, 1e-300, -1.0] {
        assert!(float_equals(process, value, near(value, 2)));
        assert!(float_equals(process, near(value, -2), value));
        assert!(!float_equals(process, value, near(value, 3)));
    }
    assert!(float_equals(process, 0.0, -0.0));
    assert!(!float_equals(process, f64::NAN, f64::NAN));
    assert!(!float_equals(process, f64::MAX, f64::INFINITY));
    assert!(!float_equals(process, near(0.0, 1), -near(0.0, 1)));
}

#[test]
fn array_indexes() {
    let process = &mut *process();
    let values: Vec<Word> = (0..3).map(word::small).collect();
    let array = process.array(&values);
    // Negative indexes wrap, however far.
    for (at, expected) in [(0, 0), (2, 2), (-1, 2), (-3, 0), (-4, 2), (-3_000_001, 2)] {
        assert_eq!(array_find(process, array, word::small(at)), word::small(expected), "at {at}");
    }
    for at in [3, 4, i64::MAX >> 1] {
        assert_eq!(array_find(process, array, word::small(at)), word::UNDEFINED, "at {at}");
    }
    array_set(process, array, word::small(3), word::small(3));
    assert_eq!(elements(array).len(), 4, "to set the end is to append");
    for number in 4..1000 {
        array_push(process, array, word::small(number));
    }
    assert!((0..1000).all(|number| elements(array)[number as usize] == word::small(number)));
    assert_eq!(array_remove(process, array, word::small(-1000)), word::small(0));
    assert_eq!(array_pop(process, array), word::small(999));
    array_clear(process, array);
    assert_eq!(array_pop(process, array), word::UNDEFINED);
    assert_eq!(array_find(process, array, word::small(-1)), word::UNDEFINED, "there is no last value");
}

#[test]
fn byte_array_indexes() {
    let process = &mut *process();
    let string = process.string("abc");
    let array = string_to_byte_array(process, string);
    assert_eq!(byte_array_find(process, array, word::small(-1)), word::small(99));
    byte_array_set(process, array, word::small(3), word::small(100));
    byte_array_remove(process, array, word::small(0));
    let joined = byte_array_drain_to_string(process, array);
    assert_eq!(text(joined), "bcd");
    assert_eq!(byte_elements(array).len(), 0);
    let wrong = process.array(&[word::small(0xff)]);
    let wrong = byte_array_from_array(process, wrong);
    let wrong = byte_array_to_string(process, wrong);
    assert_eq!(text(wrong), "\u{fffd}", "strings are UTF-8");
}

#[test]
fn string_indexes() {
    let process = &mut *process();
    let long = "aé€😀".repeat(20);
    for source in ["aé€😀", &long] {
        let string = process.string(source);
        let characters: Vec<char> = source.chars().collect();
        assert_eq!(string_length(process, string), word::small(characters.len() as i64));
        for start in 0..=characters.len() + 1 {
            for count in [0, 1, 2, characters.len(), 1 << 40] {
                let part =
                    string_slice(process, string, word::small(start as i64), word::small(count as i64));
                let expected: String = characters.iter().skip(start).take(count).collect();
                assert_eq!(text(part), expected, "{count} from {start}");
            }
        }
        let last = string_slice(process, string, word::small(-1), word::small(1));
        assert_eq!(text(last), "😀");
        assert_eq!(string_byte(process, string, word::small(-1)), word::small(0x80));
    }
    let (empty, some) = (process.string(""), process.string("some"));
    assert_eq!(string_concat(process, empty, some), some, "nothing to copy");
    let joined = string_concat(process, some, some);
    assert_eq!(text(joined), "somesome");
    let quoted = process.string("\"a\\\n'\u{1}é");
    let quoted = string_format_debug(process, quoted);
    assert_eq!(text(quoted), "\"\\\"a\\\\\\n'\\u{1}é\"");
}

#[test]
fn slices_of_long_strings_from_everywhere() {
    let (mut process, mut random) = (process(), Random(7));
    let process = &mut *process;
    for alphabet in ["abc", "aä→😀"] {
        let letters: Vec<char> = alphabet.chars().collect();
        let characters: Vec<char> = (0..300).map(|_| letters[random.below(letters.len())]).collect();
        let string = process.string_from(characters.iter().collect());
        for _ in 0..PAIRS {
            let (start, count) = (random.below(310), random.below(10));
            let slice = string_slice(process, string, word::small(start as i64), word::small(count as i64));
            let expected: String = characters.iter().skip(start).take(count).collect();
            assert_eq!(text(slice), expected, "{start}, {count}");
        }
        assert_eq!(string_length(process, string), word::small(300));
    }
}
