//! The shape of machine code for the patterns that speed depends on.

mod support;

use inko_ir::ir::*;
use support::Build;

#[test]
fn dump() {
    let mut build = Build::new();
    // fib
    let mut body = build.method("fib", &[Ty::Word], Ty::Word, false);
    let n = body.param(0);
    let (small, rec) = (body.new_block(&[]), body.new_block(&[]));
    let two = body.small(2);
    let flag = body.flag(Op::IntegerCompare(Compare::Less, n, two));
    body.branch(flag, small, rec);
    body.block = small;
    body.give(n);
    body.block = rec;
    let one = body.small(1);
    let n1 = body.integer(IntegerOp::Sub, n, one);
    let fib = FunctionId::from_u32(0);
    let a = body.call(Callee::Function(fib), &[n1]);
    let n2 = body.integer(IntegerOp::Sub, n, two);
    let b = body.call(Callee::Function(fib), &[n2]);
    let sum = body.integer(IntegerOp::Add, a, b);
    body.give(sum);
    build.add(body);

    // sum of an array
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
    let element = body.word(Op::Verify(element, Check::Integer, "Integer".into()));
    body.function.values[element].known = Known::Integer;
    let total2 = body.integer(IntegerOp::Add, total, element);
    let one = body.small(1);
    let next = body.typed(Op::Integer(IntegerOp::Add, index, one), Ty::Word, Known::Small);
    body.effect(Op::Poll);
    body.jump(head, &[next, total2]);
    body.block = done;
    body.give(total);
    build.add(body);
    println!("{}", build.clif());
    println!("{}", build.asm());
}
