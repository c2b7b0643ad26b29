//! Random graphs of objects keep their shape, sharing and cycles when they are collected, sent and frozen,
//! and what they own outside of heaps is released exactly once.

use super::collect::COLLECTOR_FLAGS;
use super::copy::{copy_message, freeze};
use super::shared::{self, Shared};
use crate::object::{Object, bytes, elements, float};
use crate::primitives::integer;
use crate::process::Process;
use crate::testing::{MIXED, PAIR, Random, process};
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::word::{self, Word};
use std::collections::HashMap;
use std::sync::Arc;

/// Graphs per test.
const ROUNDS: u64 = 200;
/// Objects per graph.
const NODES: usize = 60;

/// What can be seen of an object: its header's constant part, what isn't a word, and for each word the number
/// of the object it refers to, or else its value.
type Shape = Vec<(u64, Vec<u8>, Vec<Result<usize, Word>>)>;

/// Numbers the objects that can be reached in the order of a walk; equal graphs give equal lists.
fn shape(root: Word) -> Shape {
    let mut shape = Shape::new();
    let mut numbers = HashMap::new();
    let mut order = Vec::new();
    let mut number = |value: Word, order: &mut Vec<Word>| {
        if !word::is_reference(value) {
            return Err(value);
        }
        Ok(*numbers.entry(value).or_insert_with(|| {
            order.push(value);
            order.len() - 1
        }))
    };
    let _ = number(root, &mut order);
    let mut index = 0;
    while index < order.len() {
        let value = order[index];
        index += 1;
        let object = Object::of(value);
        let data = match object.class() {
            class::STRING => bytes(value).to_vec(),
            class::FLOAT => float(value).to_bits().to_le_bytes().to_vec(),
            class::INTEGER => integer::to_text(value, 16).into_bytes(),
            MIXED => object.raw(FIELDS + 8).to_le_bytes().to_vec(),
            class::ARRAY => object.raw(ARRAY_LENGTH).to_le_bytes().to_vec(),
            class::BLOCK => object.raw(CLOSURE_CODE).to_le_bytes().to_vec(),
            _ => Vec::new(),
        };
        let mut words = Vec::new();
        object.each_word(|slot| {
            // SAFETY: the object is alive.
            let found = unsafe { *slot };
            words.push(number(found, &mut order));
        });
        shape.push((object.header() & !(FLAG_PERMANENT | COLLECTOR_FLAGS), data, words));
    }
    shape
}

/// Makes an object of a random kind without references.
fn node(process: &mut Process, random: &mut Random) -> Word {
    match random.below(9) {
        0 => fill(process.object(24, header(PAIR, 0)), 2),
        1 => {
            let object = process.object(32, header(MIXED, 0));
            fill(object, 3);
            // Bits that look like a reference must be left alone.
            object.set_raw(FIELDS + 8, random.next() | word::TAG_REFERENCE);
            object.word()
        }
        2 => {
            let values = vec![word::NIL; random.below(9)];
            process.array(&values)
        }
        3 => process.string("short"),
        4 => process.string(&"long ".repeat(20 + random.below(20))),
        5 => fill(process.object(16, header(class::CELL, 0)), 1),
        6 => {
            let captures = random.below(5);
            let object = process.object(24 + captures * 8, closure_header(1, captures as u16, 0));
            object.set_raw(CLOSURE_CODE, random.next());
            object.set_raw(CLOSURE_INFO, random.next());
            (0..captures).for_each(|index| object.set_raw(CLOSURE_CAPTURES + index as i32 * 8, word::TRUE));
            object.word()
        }
        7 => integer::from_i128(process, i128::from(random.next()) << 40 | 1),
        _ => crate::primitives::float_box(process, f64::INFINITY),
    }
}

fn fill(object: Object, count: i32) -> Word {
    (0..count).for_each(|index| object.set_raw(FIELDS + index * 8, word::NIL));
    object.word()
}

/// A random graph with sharing, cycles and garbage; the root is an array.
fn graph(process: &mut Process, random: &mut Random) -> Word {
    let nodes: Vec<Word> = (0..NODES).map(|_| node(process, random)).collect();
    for &node in &nodes {
        Object::of(node).each_word(|slot| {
            let chosen = match random.below(4) {
                0 => word::small(random.next() as i64 >> 2),
                _ => nodes[random.below(NODES)],
            };
            // The storage of an array is no value.
            if Object::of(node).class() != class::ARRAY {
                // SAFETY: the object is alive and has this slot.
                unsafe { *slot = chosen };
            }
        });
        if Object::of(node).class() == class::ARRAY {
            elements(node).iter_mut().for_each(|slot| *slot = nodes[random.below(NODES)]);
        }
    }
    let roots: Vec<Word> = (0..3).map(|_| nodes[random.below(NODES)]).collect();
    process.array(&roots)
}

/// Collects with one root and gives its new value.
fn collect(process: &mut Process, root: Word) -> Word {
    super::set_verify();
    process.execution.code = root;
    process.collect();
    std::mem::replace(&mut process.execution.code, word::NIL)
}

#[test]
fn collections_keep_graphs() {
    for seed in 1..=ROUNDS {
        let (mut process, mut random) = (process(), Random(seed));
        let root = graph(&mut process, &mut random);
        let before = shape(root);
        let once = collect(&mut process, root);
        assert_eq!(shape(once), before, "seed {seed}");
        let twice = collect(&mut process, once);
        assert_eq!(shape(twice), before, "seed {seed}");
    }
}

#[test]
fn collections_free_garbage() {
    let mut process = process();
    graph(&mut process, &mut Random(1));
    collect(&mut process, word::NIL);
    assert_eq!(process.heap.used(&process.head), 0);
}

#[test]
fn messages_keep_graphs() {
    for seed in 1..=ROUNDS {
        let (mut sender, mut receiver, mut random) = (process(), process(), Random(seed));
        let root = graph(&mut sender, &mut random);
        let before = shape(root);
        let message = copy_message(root).expect("there is no generator in it");
        assert_eq!(shape(root), before, "seed {seed}: the original is unchanged");
        // The memory of the sender goes first: nothing may refer to it.
        drop(sender);
        // A heap that is in use already, or one that isn't.
        if seed % 2 == 0 {
            graph(&mut receiver, &mut random);
        }
        let received = receiver.heap.adopt(&mut receiver.head, message);
        assert_eq!(shape(received), before, "seed {seed}");
        let collected = collect(&mut receiver, received);
        assert_eq!(shape(collected), before, "seed {seed}");
    }
}

#[test]
fn constants_keep_graphs() {
    for seed in 1..=ROUNDS {
        let (mut process, mut random) = (process(), Random(seed));
        let root = graph(&mut process, &mut random);
        let before = shape(root);
        let frozen = freeze(root).expect("there is no generator in it");
        drop(process);
        assert_eq!(shape(frozen), before, "seed {seed}");
        assert!(Object::of(frozen).has(FLAG_PERMANENT));
        assert_eq!(freeze(frozen), Ok(frozen), "what is frozen stays");
    }
}

#[test]
fn adopted_bytes_are_counted_once() {
    let (mut sender, mut receiver) = (process(), process());
    let array = sender.array(&[word::small(1); 100]);
    let size = super::message::HEAD + Object::of(array).size() + (16 + 100 * 8);
    for count in 1..=10 {
        let message = copy_message(array).expect("there is no generator in it");
        receiver.heap.adopt(&mut receiver.head, message);
        assert_eq!(receiver.heap.used(&receiver.head), count * size);
    }
}

/// A long string and a count of the users of its bytes.
fn shared(process: &mut Process) -> (Word, Arc<Shared>) {
    let string = process.string(&"long ".repeat(100));
    let pointer = Object::of(string).raw(STRING_BYTES) as *const Shared;
    // SAFETY: the string owns a count; one is added for the result.
    unsafe {
        Arc::increment_strong_count(pointer);
        (string, Arc::from_raw(pointer))
    }
}

#[test]
fn shared_bytes_are_released_once() {
    let (mut sender, mut receiver) = (process(), process());
    let (string, bytes) = shared(&mut sender);
    assert_eq!(Arc::strong_count(&bytes), 2);
    drop(copy_message(string));
    assert_eq!(Arc::strong_count(&bytes), 2, "a message that nobody received");
    let message = copy_message(string).expect("it is a string");
    assert_eq!(Arc::strong_count(&bytes), 3);
    let received = receiver.heap.adopt(&mut receiver.head, message);
    let received = collect(&mut receiver, received);
    assert_eq!(Arc::strong_count(&bytes), 3, "alive in both");
    assert_eq!(crate::object::bytes(received), "long ".repeat(100).as_bytes());
    collect(&mut sender, word::NIL);
    assert_eq!(Arc::strong_count(&bytes), 2, "the sender's is dead");
    drop(receiver);
    assert_eq!(Arc::strong_count(&bytes), 1, "the receiver has ended");
}

#[test]
fn handles_are_counted() {
    let (mut sender, mut receiver) = (process(), process());
    let target = process();
    let handle = target.execution.handle.clone();
    let word = sender.heap.handle_object(&mut sender.head, handle.clone()).word();
    assert_eq!(Arc::strong_count(&handle), 3);
    let alone = copy_message(word).expect("it is a handle");
    let array = sender.array(&[word, word]);
    let within = copy_message(array).expect("these are handles");
    assert_eq!(Arc::strong_count(&handle), 5);
    receiver.heap.adopt(&mut receiver.head, alone);
    drop(within);
    assert_eq!(Arc::strong_count(&handle), 4);
    collect(&mut receiver, word::NIL);
    collect(&mut sender, word::NIL);
    assert_eq!(Arc::strong_count(&handle), 2);
}

#[test]
fn bytes_outside_of_the_heap_ask_for_collections() {
    let mut process = process();
    process.string(&"x".repeat(super::FIRST_THRESHOLD / 2));
    assert!(!process.heap.wants_collection());
    process.string(&"x".repeat(super::FIRST_THRESHOLD));
    assert!(process.heap.wants_collection());
    collect(&mut process, word::NIL);
    assert!(!process.heap.wants_collection());
    process.string(&"x".repeat(super::FIRST_THRESHOLD / 2));
    assert!(!process.heap.wants_collection(), "what was released no longer counts");
}

#[test]
fn large_objects_stay_where_they_are() {
    const SIZE: usize = 5 << 20;
    let mut process = process();
    let process = &mut *process;
    let storage = process.object(SIZE, header(class::BYTE_STORAGE, 0));
    storage.set_raw(STORAGE_CAPACITY, SIZE as u64 - 16);
    assert!(process.heap.wants_collection(), "it counts like everything in the nursery");
    let root = storage.word();
    for _ in 0..3 {
        assert_eq!(collect(process, root), root);
        assert!(process.heap.used(&process.head) >= SIZE);
    }
    process.heap.set_due();
    collect(process, word::NIL);
    assert_eq!(process.heap.used(&process.head), 0);
}

#[test]
fn young_large_objects_are_freed_by_a_minor_collection() {
    let mut process = process();
    let process = &mut *process;
    process.object(1 << 20, header(class::BYTE_STORAGE, 0)).set_raw(STORAGE_CAPACITY, (1 << 20) - 16);
    collect(process, word::NIL);
    assert_eq!(process.heap.used(&process.head), 0);
}

/// Stores through the write barrier, as machine code and the runtime's own functions do.
fn store(process: &mut Process, object: Word, slot: usize, value: Word) {
    crate::primitives::write_barrier(process, object);
    if Object::of(object).class() == class::ARRAY {
        elements(object)[slot] = value;
    } else {
        Object::of(object).set_raw(FIELDS + 8 * slot as i32, value);
    }
}

#[test]
fn what_only_old_objects_refer_to_lives() {
    for (seed, major) in (1..=ROUNDS).flat_map(|seed| [(seed, false), (seed, true)]) {
        let (mut process, mut random) = (process(), Random(seed));
        let process = &mut *process;
        // A spine of old objects, which never moves to the nursery again.
        let values = vec![word::NIL; 20];
        let mut root = process.array(&values);
        let mut expected: Vec<u64> = vec![u64::MAX; 20];
        for round in 0..12 {
            for _ in 0..random.below(12) {
                let slot = random.below(20);
                let number = random.below(1 << 20) as u64;
                // A young pair whose second part is another, or an old one that is changed.
                let inner = fill(process.object(24, header(PAIR, 0)), 2);
                store(process, inner, 0, word::small(number as i64));
                let old = elements(root)[slot];
                let outer = if word::is_reference(old) && random.below(2) == 0 {
                    old
                } else {
                    fill(process.object(24, header(PAIR, 0)), 2)
                };
                store(process, outer, 1, inner);
                store(process, root, slot, outer);
                expected[slot] = number;
            }
            if major && round % 3 == 0 {
                process.heap.set_due();
            }
            root = collect(process, root);
            for (&found, &number) in elements(root).iter().zip(&expected) {
                if number != u64::MAX {
                    let inner = Object::of(Object::of(found).raw(FIELDS + 8));
                    assert_eq!(inner.raw(FIELDS), word::small(number as i64), "seed {seed}");
                }
            }
        }
    }
}

#[test]
fn major_collections_free_what_was_promoted() {
    let mut process = process();
    let process = &mut *process;
    let root = graph(process, &mut Random(7));
    collect(process, root);
    assert!(process.heap.used(&process.head) > 0);
    collect(process, word::NIL);
    assert!(process.heap.used(&process.head) > 0, "a minor collection leaves the old alone");
    process.heap.set_due();
    collect(process, word::NIL);
    assert_eq!(process.heap.used(&process.head), 0);
}

#[test]
fn identities_stay_and_differ() {
    let mut process = process();
    let pairs: Vec<Word> = (0..10).map(|_| fill(process.object(24, header(PAIR, 0)), 2)).collect();
    let numbers: Vec<u64> = pairs.iter().map(|&pair| process.heap.identity(Object::of(pair))).collect();
    let kept = process.array(&pairs[5..]);
    let kept = collect(&mut process, kept);
    let after: Vec<u64> =
        elements(kept).iter().map(|&pair| process.heap.identity(Object::of(pair))).collect();
    assert_eq!(after, numbers[5..], "an object keeps its number when it moves");
    let new = fill(process.object(24, header(PAIR, 0)), 2);
    assert!(!numbers.contains(&process.heap.identity(Object::of(new))));
}

#[test]
fn homes_are_inactive_in_copies() {
    let mut process = process();
    let home = process.object(16, header(class::HOME, 0));
    home.set_raw(HOME_ACTIVE, word::TRUE);
    let frozen = freeze(home.word()).expect("it is a home token");
    assert_eq!(Object::of(frozen).raw(HOME_ACTIVE), word::FALSE);
    assert_eq!(home.raw(HOME_ACTIVE), word::TRUE);
    assert_eq!(shared::SHARED_STRING & FLAG_EXTERNAL, FLAG_EXTERNAL);
}
