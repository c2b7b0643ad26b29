//! Read-only data under construction: bytes and the places where addresses go.

use crate::symbols::Symbol;

/// A piece of static data.
#[derive(Debug, Default)]
pub(crate) struct Blob {
    pub(crate) bytes: Vec<u8>,
    /// Where which address is added to which number.
    pub(crate) addresses: Vec<(u32, Symbol, i64)>,
}

impl Blob {
    /// The offset of the next byte.
    pub(crate) fn offset(&self) -> u32 {
        self.bytes.len() as u32
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// The address of a symbol plus an addend, in 64 bits.
    pub(crate) fn address(&mut self, symbol: Symbol, addend: i64) {
        self.addresses.push((self.offset(), symbol, addend));
        self.u64(0);
    }

    /// Zeros up to a multiple of 8 bytes.
    pub(crate) fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }
}
