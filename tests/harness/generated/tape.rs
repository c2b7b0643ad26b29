//! The choices that a program is written from: bytes, read one after the other.
//!
//! *Invariant:* 0 is the simplest choice everywhere, and a tape that has ended gives zeros for ever. So
//! proptest, which removes and lowers bytes, makes programs smaller without knowing what they are.

/// Bytes and how many of them were read.
#[derive(Clone, Debug)]
pub struct Tape<'a> {
    choices: &'a [u8],
    next: usize,
}

impl<'a> Tape<'a> {
    pub fn new(choices: &'a [u8]) -> Self {
        Tape { choices, next: 0 }
    }

    /// A number below the limit, which may be 0 for "no choice".
    pub fn below(&mut self, limit: usize) -> usize {
        let byte = self.choices.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(byte) % limit.max(1)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of a list.
    pub fn pick<'b, T>(&mut self, list: &'b [T]) -> &'b T {
        &list[self.below(list.len())]
    }

    pub fn ended(&self) -> bool {
        self.next >= self.choices.len()
    }
}
