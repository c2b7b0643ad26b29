//! The types of C that programs name by number, and what their values look like in registers and in memory.
//!
//! *Invariant:* sizes and alignments are those of 64-bit Unix systems, where they are the same for each type.

use crate::object::{class_of, float};
use crate::primitives::integer;
use inko_abi::class;
use inko_abi::word::Word;

/// A type of C.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `void`, as a result only.
    Void,
    /// `void *`; as arguments and results `char *` too.
    Pointer,
    /// `double`.
    F64,
    /// `float`.
    F32,
    /// An integer.
    Integer(Width),
    /// The bytes of a string, with a NUL.
    String,
    /// The bytes of a byte array.
    ByteArray,
}

/// The size of an integer in bytes, and whether it has a sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Width {
    /// 1, 2, 4 or 8.
    pub bytes: u32,
    /// Whether it may be negative.
    pub signed: bool,
}

/// The types in the order of their numbers.
const KINDS: [Kind; 15] = [
    Kind::Void,
    Kind::Pointer,
    Kind::F64,
    Kind::F32,
    signed(1),
    signed(2),
    signed(4),
    signed(8),
    unsigned(1),
    unsigned(2),
    unsigned(4),
    unsigned(8),
    Kind::String,
    Kind::ByteArray,
    unsigned(8),
];

const fn signed(bytes: u32) -> Kind {
    Kind::Integer(Width { bytes, signed: true })
}

const fn unsigned(bytes: u32) -> Kind {
    Kind::Integer(Width { bytes, signed: false })
}

impl Kind {
    /// The type of a number; `None` if there is none.
    pub fn of(number: Word) -> Option<Self> {
        KINDS.get(integer::to_u64(number)? as usize).copied()
    }

    /// The size and alignment in bytes.
    pub fn size(self) -> u32 {
        match self {
            Kind::Void => 1,
            Kind::F32 => 4,
            Kind::Integer(width) => width.bytes,
            Kind::Pointer | Kind::F64 | Kind::String | Kind::ByteArray => 8,
        }
    }
}

impl Width {
    /// The integer that the low bits of a register are, as the register has it when nothing else is in it.
    pub fn extend(self, bits: u64) -> u64 {
        let unused = 64 - self.bytes * 8;
        if self.signed { (((bits << unused) as i64) >> unused) as u64 } else { bits << unused >> unused }
    }

    /// The value of a register.
    pub fn value(self, bits: u64) -> i128 {
        let bits = self.extend(bits);
        if self.signed { i128::from(bits as i64) } else { i128::from(bits) }
    }

    /// The bits of an integer that is passed: those that fit, but `None` if it is negative or too large for an
    /// unsigned type of 64 bits.
    pub fn truncated(self, value: Word) -> Option<u64> {
        if !self.signed && self.bytes == 8 {
            return integer::to_u64(value);
        }
        Some(self.extend(integer::low_bits(value)))
    }

    /// The bits of an integer that is stored; `None` if it doesn't fit.
    pub fn exact(self, value: Word) -> Option<u64> {
        let bits = self.truncated(value)?;
        (integer::big(value) == self.value(bits).into()).then_some(bits)
    }

    /// The name of the type, for messages.
    pub fn name(self) -> String {
        let sign = if self.signed { "signed" } else { "unsigned" };
        format!("{sign} {} bits integer", self.bytes * 8)
    }
}

/// The value of a float; `None` for other values.
pub fn as_float(value: Word) -> Option<f64> {
    (class_of(value) == class::FLOAT).then(|| float(value))
}

/// Whether a value is an integer.
pub fn is_integer(value: Word) -> bool {
    class_of(value) == class::INTEGER
}
