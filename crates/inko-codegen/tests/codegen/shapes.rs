//! The shape of the code for the patterns that speed depends on: what is on the path that is always taken.

use crate::support::{Body, Build};
use inko_ir::ir::*;

/// The instructions of a function outside of cold blocks, without source locations.
fn hot_path(clif: &str) -> Vec<String> {
    let mut cold = false;
    let mut lines = Vec::new();
    for line in clif.lines() {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with('@')).collect();
        let line = words.join(" ");
        if line.starts_with("block") {
            cold = line.contains(" cold:");
        } else if !cold && !line.starts_with(';') {
            lines.push(line);
        }
    }
    lines
}

fn count(lines: &[String], part: &str) -> usize {
    lines.iter().filter(|line| line.contains(part)).count()
}

fn small_branch(body: &mut Body, compare: Compare, limit: i64) -> (BlockId, BlockId) {
    let (yes, no) = (body.new_block(&[]), body.new_block(&[]));
    let limit = body.small(limit);
    let flag = body.flag(Op::IntegerCompare(compare, body.param(0), limit));
    body.branch(flag, yes, no);
    (yes, no)
}

#[test]
fn a_word_that_lives_over_calls_is_stored_once() {
    let mut build = Build::new();
    let mut body = build.method("fib", &[Ty::Word], Ty::Word, false);
    let n = body.param(0);
    let (small, rest) = small_branch(&mut body, Compare::Less, 2);
    body.block = small;
    body.give(n);
    body.block = rest;
    let (one, two) = (body.small(1), body.small(2));
    let fib = FunctionId::from_u32(0);
    let before = body.integer(IntegerOp::Sub, n, one);
    let a = body.call(Callee::Function(fib), &[before]);
    let before = body.integer(IntegerOp::Sub, n, two);
    let b = body.call(Callee::Function(fib), &[before]);
    let sum = body.integer(IntegerOp::Add, a, b);
    body.give(sum);
    build.add(body);
    let hot = hot_path(&build.clif());
    // The parameter and the first result; each is loaded once, after the call it lived over.
    assert_eq!(count(&hot, "store notrap"), 2, "{hot:#?}");
    assert_eq!(count(&hot, "load.i64 notrap v"), 2, "{hot:#?}");
    // Both comparisons of the entry branch on flags of the machine, and only the sum of two unknown
    // integers has to make a flag of an overflow.
    assert_eq!(build.asm().matches("seto").count(), 1, "{}", build.asm());
}

fn sum_of_array() -> Build {
    let mut build = Build::new();
    let mut body = build.method("sum", &[Ty::Word], Ty::Word, false);
    let array = body.param(0);
    let (head, inside, done) =
        (body.new_block(&[Ty::Word, Ty::Word]), body.new_block(&[]), body.new_block(&[]));
    let zero = body.small(0);
    body.jump(head, &[zero, zero]);
    body.block = head;
    let (index, total) = (body.param(0), body.param(1));
    body.function.values[index].known = Known::Small;
    body.function.values[total].known = Known::Integer;
    let length = body.typed(Op::ArrayLength(array), Ty::Word, Known::Small);
    let more = body.flag(Op::IntegerCompare(Compare::Less, index, length));
    body.branch(more, inside, done);
    body.block = inside;
    let element = body.word(Op::ArrayGet(array, index));
    let check = Op::Verify(element, Check::Integer, "Integer".into());
    let element = body.typed(check, Ty::Word, Known::Integer);
    let sum = body.integer(IntegerOp::Add, total, element);
    let one = body.small(1);
    let next = body.typed(Op::Integer(IntegerOp::Add, index, one), Ty::Word, Known::Small);
    body.effect(Op::Poll);
    body.jump(head, &[next, sum]);
    body.block = done;
    body.give(total);
    build.add(body);
    build
}

#[test]
fn a_loop_with_polls_keeps_its_words_in_registers() {
    let hot = hot_path(&sum_of_array().clif());
    assert_eq!(count(&hot, "stack_addr"), 0, "{hot:#?}");
    assert_eq!(count(&hot, "call"), 0, "{hot:#?}");
}

#[test]
fn comparisons_of_small_integers_are_two_instructions() {
    let asm = sum_of_array().asm();
    let lines: Vec<&str> = asm.lines().map(str::trim).collect();
    assert!(lines.windows(2).any(|pair| pair[0].starts_with("cmpq") && pair[1].starts_with("jl ")), "{asm}");
    assert!(!asm.contains("setl"), "{asm}");
}

/// A word is live over a call before a loop without calls: the loop finds it in a register.
#[test]
fn words_are_loaded_before_loops() {
    let mut build = Build::new();
    let mut body = build.method("loop", &[Ty::Word], Ty::Word, false);
    let array = body.param(0);
    let this = FunctionId::from_u32(0);
    body.call(Callee::Function(this), &[array]);
    let (head, inside, done) = (body.new_block(&[]), body.new_block(&[]), body.new_block(&[]));
    body.jump(head, &[]);
    body.block = head;
    let length = body.typed(Op::ArrayLength(array), Ty::Word, Known::Small);
    let limit = body.small(10);
    let more = body.flag(Op::IntegerCompare(Compare::Less, length, limit));
    body.branch(more, inside, done);
    body.block = inside;
    body.effect(Op::Poll);
    body.jump(head, &[]);
    body.block = done;
    body.give(array);
    build.add(body);
    let clif = build.clif();
    let hot = hot_path(&clif);
    // The load lies in the block of the call, before the loop's header is entered.
    assert_eq!(count(&hot, "load.i64 notrap v"), 1, "{clif}");
    let call = hot.iter().position(|line| line.contains("call fn")).expect("a call");
    let load = hot.iter().position(|line| line.contains("load.i64 notrap v")).expect("a load");
    let jump = hot[call..].iter().position(|line| line.starts_with("jump")).expect("a jump") + call;
    assert!(call < load && load < jump, "{clif}");
}

#[test]
fn leaves_do_not_check_the_stack() {
    let mut build = Build::new();
    let mut body = build.method("identity", &[Ty::Word], Ty::Word, false);
    let value = body.param(0);
    body.give(value);
    build.add(body);
    assert!(!build.clif().contains("get_stack_pointer"));
}

#[test]
fn listings_name_functions_and_lines() {
    let build = sum_of_array();
    let clif = build.clif();
    assert!(clif.starts_with(";; test::sum\n"), "{clif}");
    assert!(clif.contains("; src/test.inko:10 in sum\n"), "{clif}");
    assert!(build.asm().starts_with(";; test::sum\n"));
}
