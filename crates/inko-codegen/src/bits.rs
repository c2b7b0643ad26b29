//! Sparse sets of small numbers, for dataflow over the values of one function.
//!
//! Few of a large function's values are live at any one place, but it has as many sets as blocks: sets of one bit per
//! value would take memory that grows with the square of the function's length.

use std::cmp::Ordering;

/// The numbers from `64 * index` on, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Word {
    index: u32,
    /// Never 0: such a word is left out, so that equal sets have equal words.
    bits: u64,
}

/// A set of numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct BitSet {
    /// Ascending.
    words: Vec<Word>,
}

impl BitSet {
    /// The empty set.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.find(number).is_ok_and(|at| self.words[at].bits & bit(number) != 0)
    }

    pub(crate) fn insert(&mut self, number: u32) {
        match self.find(number) {
            Ok(at) => self.words[at].bits |= bit(number),
            Err(at) => self.words.insert(at, Word { index: number / 64, bits: bit(number) }),
        }
    }

    pub(crate) fn remove(&mut self, number: u32) {
        if let Ok(at) = self.find(number) {
            self.words[at].bits &= !bit(number);
            if self.words[at].bits == 0 {
                self.words.remove(at);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// Adds the members of `other`; whether anything was new.
    pub(crate) fn union(&mut self, other: &BitSet) -> bool {
        let mut changed = false;
        let mut missing = 0;
        let mut at = 0;
        for word in &other.words {
            at += self.words[at..].iter().take_while(|mine| mine.index < word.index).count();
            match self.words.get_mut(at) {
                Some(mine) if mine.index == word.index => {
                    changed |= word.bits & !mine.bits != 0;
                    mine.bits |= word.bits;
                }
                _ => missing += 1,
            }
        }
        if missing > 0 {
            self.words = merge(&self.words, &other.words, missing);
        }
        changed || missing > 0
    }

    /// Keeps the members of `other` only.
    pub(crate) fn intersect(&mut self, other: &BitSet) {
        self.retain(other, |mine, other| mine & other);
    }

    /// Removes the members of `other`.
    pub(crate) fn subtract(&mut self, other: &BitSet) {
        self.retain(other, |mine, other| mine & !other);
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().flat_map(|word| {
            let mut rest = word.bits;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(word.index * 64 + bit)
            })
        })
    }

    /// Where the word of a number is, or else belongs.
    fn find(&self, number: u32) -> Result<usize, usize> {
        self.words.binary_search_by_key(&(number / 64), |word| word.index)
    }

    /// Replaces every word by what it gives together with the other set's.
    fn retain(&mut self, other: &BitSet, combine: impl Fn(u64, u64) -> u64) {
        let mut others = other.words.iter().peekable();
        self.words.retain_mut(|word| {
            while others.next_if(|other| other.index < word.index).is_some() {}
            let bits = others.peek().filter(|other| other.index == word.index).map_or(0, |other| other.bits);
            word.bits = combine(word.bits, bits);
            word.bits != 0
        });
    }
}

/// The bit of a number within its word.
fn bit(number: u32) -> u64 {
    1 << (number % 64)
}

/// The words of both, where `missing` of the second aren't in the first and the others have been added to it.
fn merge(first: &[Word], second: &[Word], missing: usize) -> Vec<Word> {
    let mut words = Vec::with_capacity(first.len() + missing);
    let (mut left, mut right) = (first.iter().peekable(), second.iter().peekable());
    while let (Some(&mine), Some(&other)) = (left.peek(), right.peek()) {
        words.push(match mine.index.cmp(&other.index) {
            Ordering::Greater => *other,
            Ordering::Less | Ordering::Equal => *mine,
        });
        left.next_if(|_| mine.index <= other.index);
        right.next_if(|_| other.index <= mine.index);
    }
    words.extend(left);
    words.extend(right);
    words
}

#[cfg(test)]
mod tests {
    use super::BitSet;
    use std::collections::BTreeSet;

    fn set(numbers: &[u32]) -> BitSet {
        let mut set = BitSet::new();
        numbers.iter().for_each(|&number| set.insert(number));
        set
    }

    #[test]
    fn members_come_back_in_order() {
        let mut some = set(&[129, 0, 64, 63]);
        some.remove(64);
        some.remove(65);
        assert_eq!(some.iter().collect::<Vec<_>>(), [0, 63, 129]);
        assert_eq!(some, set(&[0, 63, 129]));
        assert!(some.contains(63) && !some.contains(64) && !some.contains(1000));
        some.clear();
        assert_eq!(some, BitSet::new());
    }

    #[test]
    fn sets_combine_like_those_of_the_library() {
        let samples: [&[u32]; 7] = [
            &[],
            &[0],
            &[1, 64, 200],
            &[64, 65],
            &[0, 1000],
            &[130, 200, 999, 1000],
            &[5, 70, 129, 131, 4000],
        ];
        for first in samples {
            for second in samples {
                let (left, right): (BTreeSet<u32>, BTreeSet<u32>) =
                    (first.iter().copied().collect(), second.iter().copied().collect());
                let mut union = set(first);
                assert_eq!(union.union(&set(second)), !right.is_subset(&left));
                assert!(union.iter().eq(left.union(&right).copied()));
                let mut common = set(first);
                common.intersect(&set(second));
                assert!(common.iter().eq(left.intersection(&right).copied()));
                let mut rest = set(first);
                rest.subtract(&set(second));
                assert!(rest.iter().eq(left.difference(&right).copied()));
                rest.union(&common);
                assert_eq!(rest, set(first));
            }
        }
    }
}
