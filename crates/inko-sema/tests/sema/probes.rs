//! The conformance probes of the reference: appendix C.1 (column "new") and the examples of §4.10.5.
//! Probes that are syntax errors belong to the parser's tests.

use crate::support::check;

/// Rows of appendix C.1: a program, and the codes of its diagnostics in order.
#[track_caller]
fn rows(rows: &[(&str, &[&str])]) {
    for (source, expected) in rows {
        check(source, expected);
    }
}

#[test]
fn classes_and_calls() {
    rows(&[
        ("let _s: String = String", &["TypeMismatch 1:18"]),
        ("class A { def m -> Integer { 1 } }\nA.m", &["UnknownMessage 2:3"]),
        ("def f(x: Integer) {}\nf", &["WrongArgumentCount 2:1"]),
        ("def f(a: Integer, b: Integer) {}\nf(a: 1, a: 2)", &["ArgumentGivenTwice 2:9"]),
        ("def f(a: Integer, b: Integer) {}\nf(b: 1, 2)", &["ArgumentGivenTwice 2:9"]),
        ("def f(a: Integer, b: Integer) {}\nf(a: 1, 2)", &[]),
        ("def f -> Integer { True.if_true { return 1 } }", &["ReturnTypeMismatch 1:20"]),
        ("def f { 10 }\nlet _x: NilType = f", &[]),
        ("f\ndef f {}", &[]),
    ]);
}

#[test]
fn throwing() {
    rows(&[
        ("def f !! String { 10 }", &["NeverThrows 1:10"]),
        ("def f { throw 10 }", &["ThrowUndeclared 1:9"]),
        ("def f !! String { throw 10 }", &["TypeMismatch 1:25"]),
        ("def f !! String { throw 'x' }\nf", &["MissingTry 2:1"]),
        ("def f {}\ntry f", &["UselessTry 2:1"]),
        ("def f {}\ntry! f", &["UselessTry 2:1"]),
        ("throw 1", &["ThrowAtModuleLevel 1:1"]),
        ("return 1", &["ReturnOutsideMethod 1:1"]),
        ("let _b = { return 1 }", &["ReturnOutsideMethod 1:12"]),
        ("fn { return 1 }.call", &[]),
    ]);
}

#[test]
fn locals_and_constants() {
    rows(&[
        ("let _x = 1\n{ let _x = 2 }.call", &[]),
        ("let _x = 1\ndo (x: String) { x }.call('a')", &[]),
        ("let x = 1\nx\nfn { x }", &["UnknownMessage 3:6"]),
        ("let _x = 1\ndef f -> Integer { x }", &["UnknownMessage 2:20"]),
        ("let X = 1\nlet X = 2", &["DuplicateConstant 2:5"]),
        ("let mut X = 1", &["MutableConstant 1:5"]),
    ]);
}

#[test]
fn constructors() {
    rows(&[
        ("class A { @x: Integer }\nA {}", &["MissingAttribute 2:1"]),
        ("class A { @x: Integer }\nA { @x = 1, @x = 2 }", &["AttributeGivenTwice 2:13"]),
        ("class A { @x: Integer @x: String }", &["DuplicateAttribute 1:23"]),
        ("String {}", &["BuiltinConstructor 1:1"]),
        ("trait T {}\nT {}", &["NotAClass 2:1"]),
    ]);
}

#[test]
fn traits() {
    rows(&[
        ("trait T {}\nimpl T {}", &["CannotReopen 2:6"]),
        ("class A { def m }", &["MissingBody 1:15"]),
        ("trait T { def m -> Integer }\nclass A {}\nimpl T for A {}", &["MissingRequiredMethod 3:6"]),
        (
            "trait T { def m -> Integer }\nclass A {}\nimpl T for A { def m(x = 1) -> Integer { x } }",
            &["MissingRequiredMethod 3:20"],
        ),
        ("trait T {}\ntrait U: T {}\nclass A {}\nimpl U for A {}", &["MissingRequiredTrait 4:6"]),
        ("trait T {}\ntrait U: T {}\nclass A {}\nimpl U for A {}\nimpl T for A {}", &[]),
        (
            "trait T { def m -> Self }\nclass A {}\nimpl T for A { def m -> A { self } }",
            &["MissingRequiredMethod 3:20"],
        ),
        (
            "trait T { def m -> Integer { 1 } }\ntrait U { def m -> Integer { 2 } }\nclass A {}\n\
             impl T for A {}\nimpl U for A {}",
            &[],
        ),
        (
            "trait T { def m -> Integer { 1 } }\nclass A { def m -> String { '' } }\nimpl T for A {}",
            &["DefaultMethodClash 3:6"],
        ),
    ]);
}

#[test]
fn inference() {
    rows(&[
        ("Array.new(1, 'x')", &["TypeMismatch 1:14 expected the values of an `Array!(Integer)`"]),
        ("let a = Array.new\na.push(1)\na.push('x')", &["TypeMismatch 3:8"]),
        ("let a = Array.new(1)\nlet _b: Array!(Object) = a", &[]),
        ("let _x: Object = 10 as Any", &["TypeMismatch 1:18"]),
        ("10 as String", &["InvalidCast 1:1"]),
        ("Array.new as Array!(String)", &[]),
        ("def f!(T)(x: T) -> Boolean { x.truthy? }", &["UnknownMessage 1:32"]),
        ("def f!(T: Object)(x: T) -> Boolean { x.truthy? }", &[]),
        ("def f!(A, B)(a: A) -> B { a }", &["ReturnTypeMismatch 1:27"]),
        ("def f(a: Array) {}", &["WrongTypeArgumentCount 1:10"]),
    ]);
}

#[test]
fn blocks() {
    let f = "def f(b: do (Integer)) { b.call(1) }\n";
    for (call, expected) in [
        ("f { }", &["TypeMismatch 2:3"][..]),
        ("f do (x) { x + 1 }", &[]),
        ("f(b: do (x) { x + 1 })", &[]),
        ("f do (_x, _y) { }", &["TypeMismatch 2:3"]),
    ] {
        check(&format!("{f}{call}"), expected);
    }
    rows(&[
        ("True.if(true: { 1 }, false: { 'a' })", &["TypeMismatch 1:29"]),
        ("True.and { 1 }", &["TypeMismatch 1:10"]),
    ]);
}

#[test]
fn matches() {
    rows(&[
        ("match(1) { 'a' -> {} else -> {} }", &["TypeMismatch 1:12"]),
        ("match(1 as Any) { 1 -> {} else -> {} }", &["PatternOnAny 1:19"]),
        ("match { Option.none -> {} else -> {} }", &["ConditionNotBoolean 1:9"]),
        ("match(1) { 1 when 5 -> {} else -> {} }", &["ConditionNotBoolean 1:19"]),
        ("match(1) { 1 -> { let a = 1 a } else -> { let a = 2 a } }", &[]),
    ]);
}

#[test]
fn generators() {
    rows(&[
        ("def g => Integer { 10 }", &["NeverYields 1:10"]),
        ("def g => Integer { yield 1 return 2 }", &["ReturnInGenerator 1:35"]),
        ("def g -> Integer => Integer { yield 1 }", &["ReturnAndYield 1:21"]),
        ("yield 1", &["YieldOutsideMethod 1:1"]),
    ]);
}

#[test]
fn modules() {
    rows(&[
        ("import std::option::Option", &["RedundantImport 1:21"]),
        ("import std::process::(panic)", &[]),
        ("import std::process::panic", &["UnknownModule 1:8"]),
        ("import std::integer::(integer_to_string)", &["PrivateExternal 1:23"]),
        ("`{10 as Any}`", &["NotEmbeddable 1:3"]),
        ("True && False", &["UnknownMessage 1:6"]),
    ]);
}

#[test]
fn worked_examples() {
    rows(&[
        ("Array.new(1 as ToString, 'x')\nimport std::conversion::ToString", &[]),
        ("import std::conversion::ToString\nlet _a: Array!(ToString) = Array.new(1)", &[]),
        ("Array.new(1).each do (n) { n + 1 }", &[]),
        ("let _x: ?String = Option.some(1).map do (n) { n.to_string }", &[]),
        ("Option.none.get.foo", &["UnknownMessage 1:17"]),
        ("let _x: ?Integer = True.if(true: { Option.some(1) }, false: { Option.none })", &[]),
        ("True.if_true { 10 } + 1", &["UnknownMessage 1:21 the type `Nil`"]),
        ("let b = { 10 }\nb.call + 1", &[]),
        ("let _b = do (x) { x }", &["UninferableArgument 1:14"]),
    ]);
}
