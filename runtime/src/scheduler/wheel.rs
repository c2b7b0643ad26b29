//! Things to be done at some time, by their times: hierarchical timing wheels (Varghese and Lauck, "Hashed and Hierarchical Timing
//! Wheels", 1987).
//!
//! Time is counted in ticks. Each wheel has [`SLOTS`] slots, and a slot of one wheel takes as long as the whole wheel below it. A
//! thing is put into the lowest wheel whose present turn its time is in; when a slot's time begins, its things move down, and
//! from the lowest wheel to `soon`, which is in the order of time. So adding costs the same however many there are, each thing
//! moves a few times at most, together with its neighbours, and none is given out too early or in the wrong order.
//!
//! It knows nothing of clocks and processes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::time::Duration;

/// A slot of the lowest wheel takes 2^18 ns, about a quarter of a millisecond: what is in `soon` at a time is little then.
const TICK: u32 = 18;
/// The logarithm of the number of slots.
const BITS: u32 = 8;
const SLOTS: usize = 1 << BITS;
/// These reach as far as the 64 bits of the nanoseconds do.
const WHEELS: usize = 6;

/// A thing with its time.
#[derive(Debug)]
struct Entry<T> {
    time: u64,
    thing: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.time == other.time
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.time.cmp(&other.time)
    }
}

/// One wheel.
#[derive(Debug)]
struct Wheel<T> {
    slots: Vec<Vec<Entry<T>>>,
    /// Which slots aren't empty.
    used: [u64; SLOTS / 64],
}

impl<T> Wheel<T> {
    fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Vec::new()).collect(), used: [0; SLOTS / 64] }
    }

    fn put(&mut self, slot: usize, entry: Entry<T>) {
        self.slots[slot].push(entry);
        self.used[slot / 64] |= 1 << (slot % 64);
    }

    fn take(&mut self, slot: usize) -> Vec<Entry<T>> {
        self.used[slot / 64] &= !(1 << (slot % 64));
        std::mem::take(&mut self.slots[slot])
    }

    /// The first slot after one that isn't empty.
    fn next(&self, after: usize) -> Option<usize> {
        let first = after + 1;
        (first / 64..SLOTS / 64).find_map(|word| {
            let from = if word == first / 64 { first % 64 } else { 0 };
            let used = self.used[word] >> from << from;
            (used != 0).then(|| word * 64 + used.trailing_zeros() as usize)
        })
    }
}

/// Things of type `T` by their times, which are durations since a beginning that the caller knows.
#[derive(Debug)]
pub(super) struct Wheels<T> {
    /// Up to this tick, itself included, everything is in `soon`.
    now: u64,
    soon: BinaryHeap<Reverse<Entry<T>>>,
    wheels: Vec<Wheel<T>>,
    len: usize,
}

impl<T> Default for Wheels<T> {
    fn default() -> Self {
        let wheels = (0..WHEELS).map(|_| Wheel::new()).collect();
        Self { now: 0, soon: BinaryHeap::new(), wheels, len: 0 }
    }
}

/// Nanoseconds; what is beyond is never.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl<T> Wheels<T> {
    /// The number of things.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a thing.
    pub(super) fn add(&mut self, time: Duration, thing: T) {
        self.len += 1;
        self.put(Entry { time: nanoseconds(time), thing });
    }

    fn put(&mut self, entry: Entry<T>) {
        let tick = entry.time >> TICK;
        if tick <= self.now {
            return self.soon.push(Reverse(entry));
        }
        // The highest bit that differs tells which wheel must turn until then.
        let level = (tick ^ self.now).ilog2() / BITS;
        let slot = (tick >> (level * BITS)) as usize % SLOTS;
        self.wheels[level as usize].put(slot, entry);
    }

    /// When to look again: no thing's time is before that. `None` if there is nothing.
    pub(super) fn next(&self) -> Option<Duration> {
        let nanoseconds = match self.soon.peek() {
            Some(Reverse(first)) => first.time,
            None => self.next_slot()?.0 << TICK,
        };
        Some(Duration::from_nanos(nanoseconds))
    }

    /// The first slot that isn't empty: the tick at which it begins, its wheel, and its number.
    fn next_slot(&self) -> Option<(u64, usize, usize)> {
        self.wheels.iter().enumerate().find_map(|(level, wheel)| {
            let shift = level as u32 * BITS;
            let at = self.now >> shift;
            let slot = wheel.next(at as usize % SLOTS)?;
            let start = (at & !(SLOTS as u64 - 1) | slot as u64) << shift;
            Some((start, level, slot))
        })
    }

    /// Moves everything whose slot has begun at a time to `soon`.
    fn advance(&mut self, time: u64) {
        let tick = time >> TICK;
        while let Some((start, level, slot)) = self.next_slot()
            && start <= tick
        {
            self.now = start;
            for entry in self.wheels[level].take(slot) {
                self.put(entry);
            }
        }
        self.now = self.now.max(tick);
    }

    /// Takes the first thing if its time has come.
    pub(super) fn pop(&mut self, time: Duration) -> Option<T> {
        let time = nanoseconds(time);
        self.advance(time);
        let first = self.soon.peek_mut()?;
        if first.0.time > time {
            return None;
        }
        self.len -= 1;
        Some(PeekMut::pop(first).0.thing)
    }

    /// Keeps only those things that a test approves of.
    pub(super) fn retain(&mut self, mut test: impl FnMut(&T) -> bool) {
        self.soon.retain(|Reverse(entry)| test(&entry.thing));
        self.len = self.soon.len();
        for wheel in &mut self.wheels {
            for (index, slot) in wheel.slots.iter_mut().enumerate() {
                slot.retain(|entry| test(&entry.thing));
                self.len += slot.len();
                if slot.is_empty() {
                    wheel.used[index / 64] &= !(1 << (index % 64));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// Times of all magnitudes, in nanoseconds.
    fn time(random: &mut Random) -> u64 {
        let bits = random.below(45);
        random.next() & ((1 << bits) - 1)
    }

    #[test]
    fn things_come_in_the_order_of_their_times_and_never_early() {
        let mut random = Random(7);
        for _ in 0..50 {
            let mut wheels = Wheels::default();
            let mut expected: Vec<u64> = Vec::new();
            let mut now = time(&mut random);
            for _ in 0..300 {
                for _ in 0..random.below(20) {
                    let at = now.saturating_add(time(&mut random));
                    wheels.add(Duration::from_nanos(at), at);
                    expected.push(at);
                }
                expected.sort_unstable();
                assert_eq!(wheels.len(), expected.len());
                if let Some(&first) = expected.first() {
                    let next = wheels.next().expect("there is something");
                    assert!(next <= Duration::from_nanos(first), "nothing is missed");
                }
                now += time(&mut random) / 4;
                let mut last = 0;
                while let Some(at) = wheels.pop(Duration::from_nanos(now)) {
                    assert!(last <= at && at <= now);
                    last = at;
                    assert_eq!(expected.remove(0), at);
                }
                assert!(expected.first().is_none_or(|&first| first > now), "what is due is given out");
            }
        }
    }

    /// Whoever always sleeps until `next` gets everything in time, and isn't woken more often than once for each wheel.
    #[test]
    fn next_leads_to_each_time() {
        let mut random = Random(8);
        for _ in 0..200 {
            let mut wheels = Wheels::default();
            let at = time(&mut random);
            wheels.add(Duration::from_nanos(at), ());
            let mut looks = 0;
            loop {
                let next = wheels.next().expect("it is there");
                assert!(next <= Duration::from_nanos(at));
                looks += 1;
                if wheels.pop(next).is_some() {
                    assert_eq!(next, Duration::from_nanos(at));
                    break;
                }
            }
            assert!(looks <= WHEELS + 1, "{looks} looks");
            assert_eq!((wheels.len(), wheels.next()), (0, None));
        }
    }

    #[test]
    fn some_are_dropped() {
        let mut random = Random(9);
        let mut wheels = Wheels::default();
        for _ in 0..10_000 {
            let at = time(&mut random);
            wheels.add(Duration::from_nanos(at), at);
        }
        wheels.retain(|at| at % 2 == 0);
        let left = wheels.len();
        let mut found = 0;
        while let Some(next) = wheels.next() {
            while let Some(at) = wheels.pop(next) {
                assert_eq!(at % 2, 0);
                found += 1;
            }
        }
        assert_eq!(found, left);
    }
}
