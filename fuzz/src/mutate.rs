//! A mutator for programs: exchanges, moves and removes tokens, bracketed groups and lines, so that a
//! good part of what it makes still parses and some of it has meaning.

use crate::library::programs;
use crate::text::{Kind, Piece, cut, group};
use std::ops::Range;
use std::sync::LazyLock;

/// The programs that tokens and lines are borrowed from.
static DONORS: LazyLock<Vec<Vec<Piece>>> = LazyLock::new(|| {
    let all = programs(&["std", "tests/programs", "tests/rejected"]);
    all.iter().map(|(_, text)| cut(text)).collect()
});

/// Numbers at the borders of their representations.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "63",
    "64",
    "4611686018427387903",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0.0",
    "0.5",
    "1e308",
];

/// A small generator (xorshift64*) seeded by libFuzzer.
struct Random(u64);

impl Random {
    fn new(seed: u32) -> Self {
        Random((u64::from(seed) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below the limit; 0 if that is 0.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }

    /// One of the pieces that is of a kind, if there is any near a random place.
    fn of_kind<'a>(&mut self, pieces: &'a [Piece], kind: Kind) -> Option<&'a Piece> {
        let start = self.below(pieces.len());
        pieces[start..].iter().chain(&pieces[..start]).find(|piece| piece.kind == kind)
    }

    fn donor(&mut self) -> &'static [Piece] {
        let index = self.below(DONORS.len());
        &DONORS[index]
    }
}

/// A changed program, of at most `limit` bytes.
pub fn mutate(text: &str, limit: usize, seed: u32) -> String {
    let mut random = Random::new(seed);
    let mut pieces = cut(text);
    if pieces.is_empty() {
        pieces = random.donor().to_vec();
    }
    step(&mut pieces, &mut random);
    while random.below(3) == 0 {
        step(&mut pieces, &mut random);
    }
    join(&pieces, limit)
}

/// Parts of two programs in one: a group or some lines of the second go to a place in the first.
pub fn cross(first: &str, second: &str, limit: usize, seed: u32) -> String {
    let mut random = Random::new(seed);
    let mut pieces = cut(first);
    let other = cut(second);
    let range = if random.below(2) == 0 { lines(&other, &mut random) } else { grouped(&other, &mut random) };
    let place = if random.below(2) == 0 {
        let line = lines(&pieces, &mut random);
        line.start..line.start
    } else {
        grouped(&pieces, &mut random)
    };
    pieces.splice(place, other[range].iter().cloned());
    join(&pieces, limit)
}

fn join(pieces: &[Piece], limit: usize) -> String {
    let mut text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// One change.
fn step(pieces: &mut Vec<Piece>, random: &mut Random) {
    if pieces.is_empty() {
        return;
    }
    match random.below(12) {
        // A token becomes another of its kind, from this program or another.
        0..4 => {
            let index = visible(pieces, random);
            let kind = pieces[index].kind;
            if matches!(kind, Kind::Number) && random.below(2) == 0 {
                pieces[index].text = NUMBERS[random.below(NUMBERS.len())].into();
                return;
            }
            let donor = if random.below(4) == 0 { random.donor() } else { &pieces[..] };
            if let Some(found) = random.of_kind(donor, kind).cloned() {
                pieces[index] = found;
            }
        }
        4 => {
            let index = visible(pieces, random);
            pieces.remove(index);
        }
        5 => {
            let index = random.below(pieces.len());
            let donor = random.donor();
            let borrowed = donor[visible(donor, random)].clone();
            pieces.insert(index, borrowed);
        }
        6 => {
            let (a, b) = (visible(pieces, random), visible(pieces, random));
            pieces.swap(a, b);
        }
        // A group takes the place of another.
        7 => {
            let (from, to) = (grouped(pieces, random), grouped(pieces, random));
            let copy = pieces[from].to_vec();
            pieces.splice(to, copy);
        }
        8 => {
            let donor = random.donor();
            let (from, to) = (grouped(donor, random), grouped(pieces, random));
            pieces.splice(to, donor[from].iter().cloned());
        }
        // Lines go, come or are repeated elsewhere.
        9 => {
            let range = lines(pieces, random);
            pieces.drain(range);
        }
        10 => {
            let (from, to) = (lines(pieces, random), lines(pieces, random).start);
            let copy = pieces[from].to_vec();
            pieces.splice(to..to, copy);
        }
        _ => {
            let donor = random.donor();
            let (from, to) = (lines(donor, random), lines(pieces, random).start);
            pieces.splice(to..to, donor[from].iter().cloned());
        }
    }
}

/// The index of a random piece that is not blank, if there is any near.
fn visible(pieces: &[Piece], random: &mut Random) -> usize {
    let start = random.below(pieces.len());
    let blank = |piece: &Piece| matches!(piece.kind, Kind::Blank | Kind::Comment);
    pieces[start..].iter().position(|piece| !blank(piece)).map_or(start, |offset| start + offset)
}

/// A random bracketed group, with or without its brackets; a single piece if there is none near.
fn grouped(pieces: &[Piece], random: &mut Random) -> Range<usize> {
    let start = random.below(pieces.len());
    let open = pieces[start..].iter().position(|piece| piece.kind == Kind::Open);
    let Some(open) = open.map(|offset| start + offset) else {
        return start..(start + 1).min(pieces.len());
    };
    let end = group(pieces, open);
    if random.below(2) == 0 && end > open + 1 { open + 1..end - 1 } else { open..end }
}

/// A random run of one to three lines, extended to the ends of the groups that it opens.
fn lines(pieces: &[Piece], random: &mut Random) -> Range<usize> {
    let breaks = |piece: &Piece| piece.kind == Kind::Blank && piece.text.contains('\n');
    let mut start = random.below(pieces.len());
    while start > 0 && !breaks(&pieces[start - 1]) {
        start -= 1;
    }
    let mut end = start;
    for _ in 0..=random.below(3) {
        while end < pieces.len() && !breaks(&pieces[end]) {
            end = if pieces[end].kind == Kind::Open { group(pieces, end) } else { end + 1 };
        }
        end = (end + 1).min(pieces.len());
    }
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutations_keep_to_the_limit() {
        let text = "class A!(T) {\n  @x: T\n  def x -> T { @x }\n}\nlet a = A { @x = 'é' }\n";
        let mut different = std::collections::HashSet::new();
        for seed in 0..2000 {
            let changed = mutate(text, 200, seed);
            assert!(changed.len() <= 200);
            different.insert(changed);
            assert!(cross(text, "f([1], 2)", 100, seed).len() <= 100);
            mutate("", 100, seed);
            mutate("é", 100, seed);
            cross("", "", 100, seed);
        }
        assert!(different.len() > 1500);
    }
}
