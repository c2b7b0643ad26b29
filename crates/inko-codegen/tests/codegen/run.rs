//! Compiled programs, run: what they compute, and that objects may move at every safepoint.
//!
//! Every program runs without collections, with one at every allocation and one at every poll; the collector
//! makes the memory that objects have left inaccessible.

use crate::support::{Build, main_of};
use inko_abi::entry::Entry;
use inko_ir::ir::*;

#[test]
fn constants() {
    for (constant, shown) in [
        (Constant::Nil, "Nil"),
        (Constant::Small(-42), "-42"),
        (Constant::String("héllo".into()), "\"héllo\""),
        (Constant::Big("9223372036854775808".into()), "9223372036854775808n"),
        (Constant::Big("-4611686018427387905".into()), "-4611686018427387905n"),
        (Constant::Big("4611686018427387903".into()), "4611686018427387903"),
        (Constant::ClassObject(3), "class 3"),
        (Constant::Undefined, "Undefined"),
    ] {
        main_of(|body| body.constant(constant)).expect(shown);
    }
}

/// A list built in a loop, then summed: polls, allocation, attributes, values that live over both.
#[test]
fn lists_survive_moving() {
    let mut build = Build::new();
    let node = build.class("Node", &[Ty::Word, Ty::Word, Ty::Float]);
    let mut body = build.method("build", &[Ty::Word], Ty::Word, false);
    let count = body.param(0);
    let (head, inside, done) =
        (body.new_block(&[Ty::Word, Ty::Word]), body.new_block(&[]), body.new_block(&[]));
    let (nil, zero) = (body.constant(Constant::Nil), body.small(0));
    body.jump(head, &[zero, nil]);
    body.block = head;
    let (index, list) = (body.param(0), body.param(1));
    body.effect(Op::Poll);
    let more = body.flag(Op::IntegerCompare(Compare::Less, index, count));
    body.branch(more, inside, done);
    body.block = inside;
    let float = body.typed(Op::IntegerToFloat(index), Ty::Float, Known::Nothing);
    let new = body.word(Op::New(node, vec![index, list, float]));
    let one = body.small(1);
    let next = body.integer(IntegerOp::Add, index, one);
    body.jump(head, &[next, new]);
    body.block = done;
    body.give(list);
    let make = build.add(body);

    let mut body = build.method("sum", &[Ty::Word], Ty::Word, false);
    let list = body.param(0);
    let (rest, nil) = (body.new_block(&[]), body.new_block(&[]));
    let end = body.flag(Op::Test(list, Check::Nil));
    body.branch(end, nil, rest);
    body.block = nil;
    let zero = body.small(0);
    body.give(zero);
    body.block = rest;
    let next = body.word(Op::GetField { object: list, class: node, field: 1 });
    let sum = FunctionId::from_u32(make.as_u32() + 1);
    let of_rest = body.call(Callee::Function(sum), &[next]);
    let value = body.typed(Op::GetField { object: list, class: node, field: 0 }, Ty::Word, Known::Integer);
    let total = body.integer(IntegerOp::Add, of_rest, value);
    body.give(total);
    assert_eq!(build.add(body), sum);

    let mut main = build.closure("main", 0, 0);
    let count = main.small(100);
    let list = main.call(Callee::Function(make), &[count]);
    let total = main.call(Callee::Function(sum), &[list]);
    let float = main.typed(Op::GetField { object: list, class: node, field: 2 }, Ty::Float, Known::Nothing);
    let float = main.word(Op::BoxFloat(float));
    let array = main.word(Op::NewArray(vec![total, float]));
    main.give(array);
    build.main(main);
    build.expect("[4950, 99]");
    let counters = build.run("gpc");
    assert!(counters.contains("collections 1"), "{counters}");
}

#[test]
fn closures_and_cells() {
    let mut build = Build::new();
    let mut body = build.closure("<block>", 1, 2);
    let (this, by) = (body.param(0), body.param(1));
    let cell = body.word(Op::GetCapture(this, 0));
    let text = body.word(Op::GetCapture(this, 1));
    let old = body.typed(Op::GetCell(cell), Ty::Word, Known::Integer);
    let new = body.integer(IntegerOp::Add, old, by);
    body.effect(Op::SetCell(cell, new));
    body.give(text);
    let code = build.add(body);
    let mut main = build.closure("main", 0, 0);
    let (one, two) = (main.small(1), main.small(2));
    let cell = main.word(Op::NewCell(one));
    let (a, b) = (main.string("con"), main.string("cat"));
    let text = main.call(Callee::Entry(Entry::string_concat), &[a, b]);
    let block = main.word(Op::Closure(code, vec![cell, text]));
    let both = [Ty::Word, Ty::Bool];
    let first = main.calls(Callee::Closure, &[block, two], &both);
    let second = main.calls(Callee::Closure, &[block, two], &both);
    let value = main.word(Op::GetCell(cell));
    let flag = main.word(Op::BoxBool(second[1]));
    let array = main.word(Op::NewArray(vec![value, first[0], flag, block]));
    main.give(array);
    build.main(main);
    build.expect("[5, \"concat\", False, block/1]");
}

#[test]
fn arrays() {
    let build = main_of(|body| {
        let elements: Vec<Value> = (0..3).map(|number| body.small(number)).collect();
        let array = body.word(Op::NewArray(elements));
        for text in ["a", "b"] {
            let empty = body.string("");
            let text = body.string(text);
            let text = body.call(Callee::Entry(Entry::string_concat), &[text, empty]);
            body.effect(Op::ArrayPush(array, text));
        }
        let (one, last) = (body.small(1), body.small(-1));
        let second = body.word(Op::ArrayGet(array, last));
        body.effect(Op::ArraySet(array, one, second));
        let length = body.typed(Op::ArrayLength(array), Ty::Word, Known::Small);
        let text = body.string("four");
        let size = body.typed(Op::StringSize(text), Ty::Word, Known::Small);
        body.effect(Op::ArrayPush(array, length));
        body.effect(Op::ArrayPush(array, size));
        let empty = body.word(Op::NewArray(Vec::new()));
        body.effect(Op::ArrayPush(array, empty));
        array
    });
    build.expect("[0, \"b\", 2, \"a\", \"b\", 5, 4, []]");
    let build = main_of(|body| {
        let elements: Vec<Value> = (0..40).map(|number| body.small(number)).collect();
        let array = body.word(Op::NewArray(elements));
        let index = body.small(39);
        body.word(Op::ArrayGet(array, index))
    });
    build.expect("39");
}

#[test]
fn out_of_bounds_has_a_trace() {
    let build = main_of(|body| {
        let array = body.word(Op::NewArray(Vec::new()));
        let index = body.small(2);
        body.word(Op::ArrayGet(array, index))
    });
    build.expect("out of bounds\n  src/test.inko:10 in main");
}

fn name_method(build: &mut Build, name: &str) -> FunctionId {
    let mut body = build.method(name, &[Ty::Word, Ty::Word], Ty::Word, false);
    let (own, other) = (body.string(name), body.param(1));
    let both = body.call(Callee::Entry(Entry::string_concat), &[own, other]);
    body.give(both);
    build.add(body)
}

#[test]
fn dispatch_by_class() {
    let mut build = Build::new();
    let point = build.class("Point", &[Ty::Word]);
    let (integers, floats) = (name_method(&mut build, "integer"), name_method(&mut build, "float"));
    let (nils, points) = (name_method(&mut build, "nil"), name_method(&mut build, "point"));
    let booleans = name_method(&mut build, "boolean");
    use inko_abi::class;
    let targets = [
        (class::INTEGER, integers),
        (class::FLOAT, floats),
        (class::NIL, nils),
        (class::BOOLEAN, booleans),
        (point, points),
    ];
    let selector = build.program.selectors.push(Selector {
        name: "Named.name".into(),
        signature: Signature { params: vec![Ty::Word, Ty::Word], returns: Ty::Word, throws: false },
        targets: targets.into_iter().collect(),
    });
    let mut main = build.closure("main", 0, 0);
    let zero = main.constant(Constant::Float(0));
    let float = main.constant(Constant::Float(1.5f64.to_bits()));
    let small = main.small(1);
    let flag = main.constant(Constant::Bool(true));
    let receivers = [
        small,
        main.constant(Constant::Big("5000000000000000000".into())),
        main.word(Op::BoxFloat(float)),
        main.word(Op::BoxFloat(zero)),
        main.constant(Constant::Nil),
        main.word(Op::BoxBool(flag)),
        main.word(Op::New(point, vec![small])),
    ];
    let end = main.string("!");
    let mut all = Vec::new();
    for receiver in receivers {
        all.push(main.call(Callee::Selector(selector), &[receiver, end]));
    }
    let array = main.word(Op::NewArray(all));
    main.give(array);
    build.main(main);
    build.expect("[\"integer!\", \"integer!\", \"float!\", \"float!\", \"nil!\", \"boolean!\", \"point!\"]");

    // Neither a hole in the table nor a number outside of it is a crash.
    for receiver in [Constant::String("text".into()), Constant::Module(point + 1)] {
        build.class("Module", &[]);
        let mut main = build.closure("main", 0, 0);
        main.position = build.position("main", 77);
        let receiver = main.constant(receiver);
        let end = main.string("!");
        let result = main.call(Callee::Selector(selector), &[receiver, end]);
        main.give(result);
        let old = build.program.main.expect("set above");
        build.program.functions[old] = main.function;
        build.expect("panic: no method Named.name\n  src/test.inko:77 in main");
    }
}

#[test]
fn checks() {
    use inko_abi::class;
    let mut build = Build::new();
    let point = build.class("Point", &[]);
    let mut block = build.closure("<lambda>", 2, 0);
    block.function.block = Some(BlockLiteral { is_lambda: true, captures: 0, arguments: Default::default() });
    let nil = block.constant(Constant::Nil);
    block.give(nil);
    let lambda = build.add(block);
    let mut block = build.closure("<block>", 2, 0);
    let nil = block.constant(Constant::Nil);
    block.give(nil);
    let closure = build.add(block);
    let checks = [
        Check::Integer,
        Check::Float,
        Check::Boolean,
        Check::Nil,
        Check::Class(point),
        Check::Class(class::STRING),
        Check::Classes(vec![class::INTEGER, class::FLOAT, class::NIL, point]),
        Check::Block { arity: 2, lambda: false },
        Check::Block { arity: 2, lambda: true },
        Check::Block { arity: 1, lambda: false },
    ];
    // One function a check, so that nothing is known of the value.
    let testers: Vec<FunctionId> = checks
        .iter()
        .map(|check| {
            let mut body = build.method(&format!("{check:?}"), &[Ty::Word], Ty::Word, false);
            let flag = body.flag(Op::Test(body.param(0), check.clone()));
            let flag = body.word(Op::BoxBool(flag));
            body.give(flag);
            build.add(body)
        })
        .collect();
    let mut main = build.closure("main", 0, 0);
    let (zero, half) = (main.constant(Constant::Float(0)), main.constant(Constant::Float(0.5f64.to_bits())));
    let flag = main.constant(Constant::Bool(false));
    let values = [
        main.small(-1),
        main.constant(Constant::Big("5000000000000000000".into())),
        main.word(Op::BoxFloat(half)),
        main.word(Op::BoxFloat(zero)),
        main.word(Op::BoxBool(flag)),
        main.constant(Constant::Nil),
        main.constant(Constant::Undefined),
        main.word(Op::New(point, vec![])),
        main.string("text"),
        main.word(Op::Closure(lambda, vec![])),
        main.word(Op::Closure(closure, vec![])),
    ];
    let expected = ["0 6", "0 6", "1 6", "1 6", "2", "3 6", "", "4 6", "5", "7 8", "7"];
    let mut rows = Vec::new();
    for value in values {
        let array = main.word(Op::NewArray(vec![]));
        for (index, &tester) in testers.iter().enumerate() {
            let found = main.call(Callee::Function(tester), &[value]);
            let (yes, on) = (main.new_block(&[]), main.new_block(&[]));
            let flag = main.flag(Op::UnboxBool(found));
            main.branch(flag, yes, on);
            main.block = yes;
            let index = main.small(index as i64);
            main.effect(Op::ArrayPush(array, index));
            main.jump(on, &[]);
            main.block = on;
        }
        rows.push(array);
    }
    let all = main.word(Op::NewArray(rows));
    main.give(all);
    build.main(main);
    let rows: Vec<String> = expected.iter().map(|row| format!("[{}]", row.replace(' ', ", "))).collect();
    build.expect(&format!("[{}]", rows.join(", ")));
}

#[test]
fn failed_casts_name_the_type_and_the_inlined_lines() {
    let mut build = Build::new();
    let mut main = build.closure("main", 0, 0);
    let outer = build.position("main", 5);
    main.position = build.program.positions.intern(Position {
        function: "Option.get".into(),
        file: "std/option.inko".into(),
        line: 31,
        caller: Some(outer),
    });
    let one = main.small(1);
    let boxed = main.word(Op::NewCell(one));
    let value = main.word(Op::GetCell(boxed));
    let text = main.word(Op::Verify(value, Check::Class(inko_abi::class::STRING), "String".into()));
    main.give(text);
    build.main(main);
    build.expect("panic: expected String\n  std/option.inko:31 in Option.get\n  src/test.inko:5 in main");
}

#[test]
fn thrown_values() {
    let build = main_of(|body| {
        let mut all = Vec::new();
        for text in ["ff", "zz"] {
            let (text, radix) = (body.string(text), body.small(16));
            let both = [Ty::Word, Ty::Bool];
            let results = body.calls(Callee::Entry(Entry::string_to_integer), &[text, radix], &both);
            all.push(results[0]);
            all.push(body.word(Op::BoxBool(results[1])));
        }
        body.word(Op::NewArray(all))
    });
    build.expect("[255, False, \"no integer\", True]");
    let mut build = main_of(|body| body.string("thrown"));
    let main = build.program.main.expect("main");
    let entry = build.program.functions[main].entry;
    let block = &mut build.program.functions[main].blocks[entry];
    let Terminator::Return(value) = block.terminator else { panic!("it returns") };
    block.terminator = Terminator::Throw(value);
    build.expect("\"thrown\" thrown");
}

#[test]
fn module_constants() {
    let mut build = Build::new();
    let global = build.program.globals.push(Global { name: "ANSWER".into() });
    let missing = build.program.globals.push(Global { name: "MISSING".into() });
    let mut main = build.closure("main", 0, 0);
    let (a, b) = (main.string("con"), main.string("cat"));
    let text = main.call(Callee::Entry(Entry::string_concat), &[a, b]);
    main.effect(Op::SetGlobal(global, text));
    let found = main.word(Op::GetGlobal(global));
    let array = main.word(Op::NewArray(vec![found, text]));
    main.give(array);
    build.main(main);
    build.expect("[\"concat\", \"concat\"]");
    let main = build.program.main.expect("main");
    let entry = build.program.functions[main].entry;
    for inst in &mut build.program.functions[main].blocks[entry].insts {
        if let Op::GetGlobal(global) = &mut inst.op {
            *global = missing;
        }
    }
    build.expect("panic: undefined MISSING\n  src/test.inko:10 in main");
}

#[test]
fn permanent_objects_do_not_change() {
    let mut build = Build::new();
    let module = build.class("test", &[Ty::Word]);
    let mut main = build.closure("main", 0, 0);
    let object = main.constant(Constant::Module(module));
    let value = main.word(Op::GetField { object, class: module, field: 0 });
    main.effect(Op::SetField { object, class: module, field: 0, value });
    main.give(value);
    build.main(main);
    build.expect("panic: frozen\n  src/test.inko:10 in main");
}

/// A closure that leaves the method that made it. The frame in between has a landing pad of its own (as
/// deferred blocks do), which passes the exit on; words and floats live over the exit.
fn exits(through_generator: bool) -> Build {
    let mut build = Build::new();
    let mut block = build.closure("<block>", 0, 2);
    let this = block.param(0);
    let home = block.word(Op::GetCapture(this, 0));
    let value = block.word(Op::GetCapture(this, 1));
    let one = block.small(1);
    let boxed = block.word(Op::NewCell(one));
    let value = block.word(Op::NewArray(vec![value, boxed]));
    let (at, one) = (block.small(1), block.word(Op::GetCell(boxed)));
    block.effect(Op::ArraySet(value, at, one));
    block.end(Terminator::Exit { home, value, exit: 7 });
    let leave = build.add(block);

    let mut middle = build.method("middle", &[Ty::Word, Ty::Word], Ty::Word, true);
    let (block, log) = (middle.param(0), middle.param(1));
    let (normal, unwind) = (middle.new_block(&[Ty::Word, Ty::Bool]), middle.new_block(&[]));
    let call = Call { callee: Callee::Closure, args: vec![block] };
    middle.end(Terminator::Invoke { call, normal: Edge::to(normal), unwind });
    middle.block = normal;
    let value = middle.param(0);
    middle.give(value);
    middle.block = unwind;
    middle.function.values(unwind, Op::LandingPad, &[Ty::Word, Ty::Word, Ty::Raw], middle.position);
    let (a, b) = (middle.string("defer"), middle.string("red"));
    let text = middle.call(Callee::Entry(Entry::string_concat), &[a, b]);
    middle.effect(Op::ArrayPush(log, text));
    middle.calls(Callee::Entry(Entry::unwind_resume), &[], &[]);
    middle.end(Terminator::Unreachable);
    let middle = build.add(middle);

    let mut outer = build.method("outer", &[Ty::Float, Ty::Word], Ty::Word, false);
    let (float, log) = (outer.param(0), outer.param(1));
    let home = outer.word(Op::NewHome(vec![]));
    let (a, b) = (outer.string("car"), outer.string("ried"));
    let text = outer.call(Callee::Entry(Entry::string_concat), &[a, b]);
    let block = outer.word(Op::Closure(leave, vec![home, text]));
    let normal = outer.new_block(&[Ty::Word, Ty::Bool, Ty::Word]);
    let (unwind, mine, other) = (outer.new_block(&[]), outer.new_block(&[]), outer.new_block(&[]));
    let call = if through_generator {
        Call { callee: Callee::Entry(Entry::generator_resume), args: vec![block] }
    } else {
        Call { callee: Callee::Function(middle), args: vec![block, log] }
    };
    outer.end(Terminator::Invoke { call, normal: Edge::with(normal, vec![log]), unwind });
    outer.block = normal;
    outer.effect(Op::EndHome(home));
    let value = outer.param(0);
    outer.give(value);
    outer.block = unwind;
    let pad = outer.function.values(unwind, Op::LandingPad, &[Ty::Word, Ty::Word, Ty::Raw], outer.position);
    let same = outer.flag(Op::Same(pad[0], home));
    outer.branch(same, mine, other);
    outer.block = other;
    outer.calls(Callee::Entry(Entry::unwind_resume), &[], &[]);
    outer.end(Terminator::Unreachable);
    outer.block = mine;
    outer.effect(Op::EndHome(home));
    let seven = outer.constant(Constant::Raw(7));
    let exit = outer.flag(Op::RawEquals(pad[2], seven));
    let exit = outer.word(Op::BoxBool(exit));
    let float = outer.word(Op::BoxFloat(float));
    let all = outer.word(Op::NewArray(vec![pad[1], exit, float, text, log]));
    outer.give(all);
    let outer = build.add(outer);

    let mut main = build.closure("main", 0, 0);
    let float = main.constant(Constant::Float(2.5f64.to_bits()));
    let log = main.word(Op::NewArray(vec![]));
    let result = main.call(Callee::Function(outer), &[float, log]);
    main.give(result);
    build.main(main);
    build
}

#[test]
fn non_local_exits() {
    exits(false).expect("[[\"carried\", 1], True, 2.5, \"carried\", [\"deferred\"]]");
    exits(true).expect("[[\"carried\", 1], True, 2.5, \"carried\", []]");
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let build = exits(false);
    let one = build.output();
    for threads in [2, 3, 8] {
        let options = inko_codegen::Options { threads, ..inko_codegen::Options::default() };
        assert_eq!(build.output_with(&options).object, one.object);
    }
}

/// More arguments than registers, of all types, while everything moves.
#[test]
fn many_arguments() {
    let mut build = Build::new();
    let params: Vec<Ty> = [Ty::Word, Ty::Float, Ty::Bool, Ty::Raw].repeat(4);
    let mut body = build.method("many", &params, Ty::Word, true);
    let given: Vec<Value> = (0..params.len()).map(|index| body.param(index)).collect();
    let (a, b) = (body.string("con"), body.string("cat"));
    let mut all = vec![body.call(Callee::Entry(Entry::string_concat), &[a, b])];
    let seven = body.constant(Constant::Raw(7));
    for (&value, ty) in given.iter().zip(&params) {
        all.push(match ty {
            Ty::Word => value,
            Ty::Float => body.word(Op::BoxFloat(value)),
            Ty::Bool => body.word(Op::BoxBool(value)),
            Ty::Raw => {
                let same = body.flag(Op::RawEquals(value, seven));
                body.word(Op::BoxBool(same))
            }
        });
    }
    let array = body.word(Op::NewArray(all));
    body.give(array);
    let many = build.add(body);

    let mut main = build.closure("main", 0, 0);
    let mut args = Vec::new();
    for round in 0..4 {
        let (a, b) = (main.string("text"), main.string(["a", "b", "c", "d"][round]));
        args.push(main.call(Callee::Entry(Entry::string_concat), &[a, b]));
        args.push(main.constant(Constant::Float((round as f64 + 0.5).to_bits())));
        args.push(main.constant(Constant::Bool(round % 2 == 0)));
        args.push(main.constant(Constant::Raw(4 + round as i64)));
    }
    let results = main.calls(Callee::Function(many), &args, &[Ty::Word, Ty::Bool]);
    // Arguments that live on after the call.
    let all = main.word(Op::NewArray(vec![results[0], args[0], args[12]]));
    main.give(all);
    build.main(main);
    build.expect(
        "[[\"concat\", \"texta\", 0.5, True, False, \"textb\", 1.5, False, False, \"textc\", 2.5, True, \
         False, \"textd\", 3.5, False, True], \"texta\", \"textd\"]",
    );
}
