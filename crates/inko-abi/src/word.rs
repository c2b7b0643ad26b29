//! The tagged 64-bit word that every erased place holds.
//!
//! | low bits | meaning | payload |
//! |---|---|---|
//! | `..0` | small integer | the upper 63 bits, signed: the word is `n << 1` |
//! | `001` | reference | the word minus 1 is the address of an object header, 8-byte aligned |
//! | `011` | special | one of [`FALSE`], [`TRUE`], [`NIL`], [`UNDEFINED`] |
//! | `111` | immediate float | see [`float_to_word`] |
//!
//! Integers have tag 0 so that adding two tagged words is one add with an overflow test, and testing
//! two operands is one `or` and one test of the lowest bit.

/// A tagged word.
pub type Word = u64;

/// The three low bits that tell references, specials and floats apart.
pub const TAG_MASK: Word = 0b111;
/// The tag of references; subtract it from a word to get the object's address.
pub const TAG_REFERENCE: Word = 0b001;
/// The tag of the special values.
pub const TAG_SPECIAL: Word = 0b011;
/// The tag of immediate floats.
pub const TAG_FLOAT: Word = 0b111;

/// `False`.
pub const FALSE: Word = 0b00_011;
/// `True`: differs from [`FALSE`] in bit 3 only, so a flag becomes a word by `flag << 3 | FALSE`.
pub const TRUE: Word = 0b01_011;
/// `Nil`.
pub const NIL: Word = 0b10_011;
/// Not a value of the language: an argument that was left out, a constant not yet assigned, the end of
/// a generator.
pub const UNDEFINED: Word = 0b11_011;

/// The smallest integer that is not a big integer.
pub const MIN_SMALL: i64 = i64::MIN >> 1;
/// The largest integer that is not a big integer.
pub const MAX_SMALL: i64 = i64::MAX >> 1;

/// The word of a small integer; `value` must be within [`MIN_SMALL`] and [`MAX_SMALL`].
pub const fn small(value: i64) -> Word {
    (value << 1) as Word
}

/// Whether the word is a small integer.
pub const fn is_small(word: Word) -> bool {
    word & 1 == 0
}

/// The value of a small integer.
pub const fn small_value(word: Word) -> i64 {
    (word as i64) >> 1
}

/// Whether the word is a reference to an object.
pub const fn is_reference(word: Word) -> bool {
    word & TAG_MASK == TAG_REFERENCE
}

/// What is added to the exponents of immediate floats (at bit 52), so that their upper three bits become the tag.
pub const FLOAT_BIAS: u64 = 0x380 << 52;

/// Immediate floats hold every double whose exponent is in `0x380..=0x47f`, that is magnitudes from about 1e-38 to
/// 1e38; all others (zero, NaN and infinities too) are boxed. Adding [`FLOAT_BIAS`] maps these exponents to
/// `0x700..=0x7ff`, whose upper three bits are 1; rotated left by 4, with the sign in front of them, they are the tag. So
/// nothing is lost, and the inverse is a rotation and a subtraction (Melançon, Serrano and Feeley, "Float
/// Self-Tagging", 2025).
///
/// Returns `None` for a double that needs a box.
pub const fn float_to_word(bits: u64) -> Option<Word> {
    let word = bits.wrapping_add(FLOAT_BIAS).rotate_left(4);
    if word & TAG_MASK == TAG_FLOAT { Some(word) } else { None }
}

/// The double in an immediate float: the inverse of [`float_to_word`].
pub const fn word_to_float(word: Word) -> u64 {
    word.rotate_right(4).wrapping_sub(FLOAT_BIAS)
}
