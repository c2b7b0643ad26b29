//! Arithmetic and comparisons: fast paths, slow paths, and that each is taken when it should be.

use crate::support::{Build, main_of};
use inko_ir::ir::*;

/// A function of two words that applies an integer operation, out of reach of constant folding.
fn operation(op: IntegerOp, a: i64, b: i64) -> Build {
    let mut build = Build::new();
    let mut body = build.method("operation", &[Ty::Word, Ty::Word], Ty::Word, false);
    let (x, y) = (body.param(0), body.param(1));
    let result = body.integer(op, x, y);
    body.give(result);
    let operation = build.add(body);
    let mut main = build.closure("main", 0, 0);
    let (a, b) = (main.small(a), main.small(b));
    let result = main.call(Callee::Function(operation), &[a, b]);
    main.give(result);
    build.main(main);
    build
}

#[test]
fn integers() {
    use IntegerOp::*;
    let (min, max) = (i64::MIN >> 1, i64::MAX >> 1);
    for (op, a, b, fast, shown) in [
        (Add, 2, 3, true, "5"),
        (Add, max, 1, false, "4611686018427387904n"),
        (Sub, 2, 3, true, "-1"),
        (Sub, min, 1, false, "-4611686018427387905n"),
        (Mul, -7, 6, true, "-42"),
        (Mul, 1 << 31, 1 << 31, false, "4611686018427387904n"),
        (Mul, 1 << 31, -(1 << 31), true, "-4611686018427387904"),
        (Div, 7, 2, true, "3"),
        (Div, -7, 2, true, "-4"),
        (Div, 7, -2, true, "-4"),
        (Div, -8, 2, true, "-4"),
        (Div, min, -1, false, "4611686018427387904n"),
        (Mod, 7, 3, true, "1"),
        (Mod, -7, 3, true, "2"),
        (Mod, 7, -3, true, "-2"),
        (Mod, -6, 3, true, "0"),
        (And, 12, 10, true, "8"),
        (Or, 12, 10, true, "14"),
        (Xor, 12, 10, true, "6"),
        (Xor, -1, 10, true, "-11"),
        (ShiftLeft, 5, 3, true, "40"),
        (ShiftLeft, -5, 3, true, "-40"),
        (ShiftLeft, 1, 61, true, "2305843009213693952"),
        (ShiftLeft, 1, 62, false, "4611686018427387904n"),
        (ShiftRight, -5, 1, true, "-3"),
        (ShiftRight, 5, 62, true, "0"),
        (ShiftRight, 5, 80, false, "0"),
    ] {
        let slow = if fast { 0 } else { 1 };
        let output = operation(op, a, b).run("c");
        let expected = format!("{shown}\nslow {slow} polls 0 collections 0");
        assert_eq!(output.trim_end(), expected, "{op:?} {a} {b}");
    }
}

#[test]
fn division_by_constants() {
    for (op, divisor, shown) in [
        (IntegerOp::Div, 8, "-13"),
        (IntegerOp::Mod, 8, "4"),
        (IntegerOp::Div, 7, "-15"),
        (IntegerOp::Mod, 7, "5"),
        (IntegerOp::Div, -7, "14"),
        (IntegerOp::Mod, -7, "-2"),
        (IntegerOp::Div, 1, "-100"),
        (IntegerOp::Mod, 1, "0"),
        (IntegerOp::ShiftRight, 3, "-13"),
        (IntegerOp::ShiftLeft, 3, "-800"),
    ] {
        let mut build = Build::new();
        let mut body = build.method("divide", &[Ty::Word], Ty::Word, false);
        let (x, y) = (body.param(0), body.small(divisor));
        let result = body.integer(op, x, y);
        body.give(result);
        let divide = build.add(body);
        let mut main = build.closure("main", 0, 0);
        let a = main.small(-100);
        let result = main.call(Callee::Function(divide), &[a]);
        main.give(result);
        build.main(main);
        assert_eq!(build.run("c").trim_end(), format!("{shown}\nslow 0 polls 0 collections 0"));
    }
}

/// Calls `compare` for pairs of integers, once with a flag as the result and once with a branch.
#[test]
fn comparisons() {
    let big = || Constant::Big("5000000000000000000".into());
    let negative = || Constant::Big("-5000000000000000000".into());
    for (compare, results) in [
        (Compare::Less, "[True, False, False, True, False]"),
        (Compare::LessOrEqual, "[True, True, False, True, True]"),
        (Compare::Equal, "[False, True, False, False, True]"),
        (Compare::Greater, "[False, False, True, False, False]"),
        (Compare::GreaterOrEqual, "[False, True, True, False, True]"),
    ] {
        for branches in [false, true] {
            let mut build = Build::new();
            let mut body = build.method("compare", &[Ty::Word, Ty::Word], Ty::Word, false);
            let flag = body.flag(Op::IntegerCompare(compare, body.param(0), body.param(1)));
            if branches {
                let (yes, no) = (body.new_block(&[]), body.new_block(&[]));
                body.branch(flag, yes, no);
                for (block, value) in [(yes, true), (no, false)] {
                    body.block = block;
                    let value = body.constant(Constant::Bool(value));
                    let value = body.word(Op::BoxBool(value));
                    body.give(value);
                }
            } else {
                let value = body.word(Op::BoxBool(flag));
                body.give(value);
            }
            let function = build.add(body);
            let mut main = build.closure("main", 0, 0);
            let pairs = [
                (Constant::Small(1), Constant::Small(2)),
                (Constant::Small(2), Constant::Small(2)),
                (Constant::Small(2), negative()),
                (Constant::Small(2), big()),
                (big(), big()),
            ];
            let mut all = Vec::new();
            for (a, b) in pairs {
                let (a, b) = (main.constant(a), main.constant(b));
                all.push(main.call(Callee::Function(function), &[a, b]));
            }
            let array = main.word(Op::NewArray(all));
            main.give(array);
            build.main(main);
            build.expect(results);
        }
    }
}

#[test]
fn floats() {
    let numbers = [0.0, 1.5, -2.25, 1e300, 1e-300, f64::INFINITY, 3.0e38, -1e-38];
    let build = main_of(|body| {
        let mut all = Vec::new();
        for number in numbers {
            let float = body.constant(Constant::Float(number.to_bits()));
            let boxed = body.word(Op::BoxFloat(float));
            let float = body.typed(Op::UnboxFloat(boxed), Ty::Float, Known::Nothing);
            let zero = body.constant(Constant::Float(0));
            let sum = body.typed(Op::Float(FloatOp::Add, float, zero), Ty::Float, Known::Nothing);
            all.push(body.word(Op::BoxFloat(sum)));
        }
        let three = body.small(3);
        let float = body.typed(Op::IntegerToFloat(three), Ty::Float, Known::Nothing);
        all.push(body.word(Op::BoxFloat(float)));
        let less = body.flag(Op::FloatCompare(Compare::Less, float, float));
        all.push(body.word(Op::BoxBool(less)));
        body.word(Op::NewArray(all))
    });
    build.expect("[0 boxed, 1.5, -2.25, 1e+300 boxed, 1e-300 boxed, inf boxed, 3e+38, -1e-38, 3, False]");
}
