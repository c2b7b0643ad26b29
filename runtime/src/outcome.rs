//! What entry points that may throw return.

use inko_abi::word::Word;

/// A word and whether it was thrown; returned in two registers.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The result, or the value thrown.
    pub word: Word,
    /// 1 if the word was thrown, else 0.
    pub status: u64,
}

impl Outcome {
    /// A result.
    pub fn value(word: Word) -> Self {
        Self { word, status: 0 }
    }

    /// A thrown value.
    pub fn thrown(word: Word) -> Self {
        Self { word, status: 1 }
    }
}
