//! Rules of the reference beyond its probes, by chapter.

use crate::support::{check, run};
use inko_sema::tree::{BodyOwner, ExprKind, Target};

#[test]
fn the_miniature_library_is_sound() {
    check("", &[]);
}

#[test]
fn imports() {
    check("import main_of_nothing", &["UnknownModule 1:8"]);
    check("import a::(self, f, C as D)\na.f\nf\nD {}\n### a\ndef f {}\nclass C {}", &[]);
    check("import std::a::*\nf\nC {}\n### std::a\ndef f {}\nclass C {}\nextern def poll", &[]);
    check("extern def poll", &["ExternalOutsideLibrary 1:12"]);
    check("import a::(g)\ng\n### a\ndef f {}", &["UnknownModuleMember 1:12"]);
    check("import a::(f)\ndef f {}\n### a\ndef f {}", &["ImportClash 1:12"]);
    // A module's own definition shadows the prelude and the bootstrap module.
    check("class Map {}\nMap {}", &[]);
    // Cycles.
    check(
        "import a::A\nA.new.b.a\n### a\nimport b::B\nclass A { static def new -> A { A {} } def b -> B { B {} } }\n\
         ### b\nimport a::A\nclass B { def a -> A { A.new } }",
        &[],
    );
}

/// One definition of each kind.
const ALL: &str = "### a\nclass C {}\ntrait T {}\nlet V = 1\ndef m -> Integer { 1 }";

/// The same in two modules.
fn both() -> String {
    format!("{ALL}\n{}", ALL.replace("### a", "### b"))
}

#[test]
fn own_names_win_over_star_imports() {
    for own in [
        "class C { @own: Integer }\nC { @own = 1 }",
        "let T = 1\nT + 1",
        "trait V {}\nclass D {}\nimpl V for D {}",
        "def m -> String { '' }\nm + ''",
        "trait W { def m -> String }\nimpl W for ThisModule { def m -> String { '' } }\nm + ''",
    ] {
        check(&format!("import a::*\n{own}\n{ALL}"), &[]);
    }
    check(&format!("import a::(C)\nclass C {{}}\n{ALL}"), &["ImportClash 1:12"]);
}

#[test]
fn what_two_star_imports_bring_is_a_mistake_where_it_is_used() {
    let both = both();
    for (used, place) in [
        ("C {}", "3:1"),
        ("C {}\nC.new\nlet _c: C = C {}", "3:1"),
        ("def f(c: C) {}", "3:10"),
        ("def f(c = C.new) {}", "3:11"),
        ("class D {}\nimpl T for D {}", "4:6"),
        ("impl C { def n {} }", "3:6"),
        ("m", "3:1"),
        ("m()", "3:1"),
        ("::m", "3:3"),
        ("V + 1", "3:1"),
        ("match(1) { as C -> { 1 } else -> { 2 } }", "3:15"),
        ("def f!(X: T)(x: X) {}", "3:11"),
    ] {
        let expected = format!("AmbiguousName {place}");
        check(&format!("import a::*\nimport b::*\n{used}\n{both}"), &[&expected]);
    }
    check(&format!("import a::*\nimport b::*\n{both}"), &[]);
    check(&format!("import a::*\nimport a::*\nC {{}}\n{both}"), &[]);
    check("import a::*\nMap {}\n### a\nclass Map {}", &["AmbiguousName 2:1"]);
    check("import a::*\n### a\nclass Map {}", &[]);
}

#[test]
fn imports_of_what_is_visible() {
    let both = both();
    for (source, expected) in [
        ("import a::C\nimport a::(C)", "RedundantImport 2:12"),
        ("import a::*\nimport a::(m)", "RedundantImport 2:12"),
        ("import a\nimport a", "RedundantImport 2:8"),
        ("import std::loop::(while)", "RedundantImport 1:20"),
        ("import main::D\nclass D {}", "RedundantImport 1:14"),
        ("import a::C\nimport b::C\nC.new", "ImportClash 2:11"),
        ("import a::*\nimport b::C\nC.new", "ImportClash 2:11"),
        ("import a::C\nimport b::*\nC.new", "ImportClash 2:11"),
        ("import a::(C as Map)\nMap.new", "ImportClash 1:17"),
        // What failed to load clashes with nothing.
        ("import std::nowhere::Map\nMap.anything", "UnknownModule 1:8"),
    ] {
        check(&format!("{source}\n{both}"), &[expected]);
    }
    check(&format!("import a::(m)\nimport a::*\nm\n{both}"), &[]);
}

#[test]
fn definitions() {
    check("class A {}\nclass A {}", &["DuplicateConstant 2:7"]);
    check("def f {}\ndef f {}", &["DuplicateMethod 2:5"]);
    check("class A { def f {} }\nimpl A { def f {} }", &["DuplicateMethod 2:14"]);
    check("class A { def f {} static def f {} }", &[]);
    check("let Self = 1", &["ReservedName 1:5"]);
    check("def f { let X = 1 }", &["ConstantOutsideModule 1:13"]);
    check("let A = B\nlet B = A", &["UsedBeforeDefinition 1:9"]);
    check("let A = f\ndef f -> Integer { A }", &[]);
    check("trait T {}\nclass A {}\nimpl T for A {}\nimpl T for A {}", &["DuplicateImplementation 4:6"]);
    check("trait T: U {}\ntrait U: T {}", &["CyclicTrait 1:7"]);
    check("def f(a: Integer, a: Integer) {}", &["DuplicateArgument 1:19"]);
    check("def f(a) {}", &["UntypedArgument 1:7"]);
    check("def f(a = 1, b = Array.new(a)) -> Integer { b[0] }", &[]);
    check("class A {}\ndef f(a: A!(Integer)) {}", &["WrongTypeArgumentCount 2:10"]);
    check("def f(a: Map!(Object, Integer)) {}", &["TypeMismatch 1:10"]);
    check("def f!(T: Integer)(a: T) {}", &["BoundNotTrait 1:11"]);
    check("class A!(T) { def m when X: Object {} }", &["UnknownTypeParameter 1:26"]);
}

#[test]
fn names() {
    check("let a = 1", &["UnusedLocal 1:5"]);
    check("let mut a = 1\na = 2", &["UnusedLocal 1:9"]);
    check("let a = 1\na = a", &["ImmutableLocal 2:1"]);
    check("a = 1", &["UnknownLocalAssignment 1:1"]);
    check("let _a = 1\nlet _a = 2", &["DuplicateLocal 2:5"]);
    check("def f(a: Integer) { let a = 1 a }", &["DuplicateLocal 1:25"]);
    check("let a = 1\na(2)\na", &["UnknownMessage 2:1"]);
    check("Unknown", &["UnknownConstant 1:1"]);
    check("::unknown", &["UnknownConstant 1:1"]);
    check("Integer as Object", &[]);
    check("def f!(T)(a: T) -> Any { T }", &["TypeUsedAsValue 1:26"]);
    check("let LIMIT = 10\ndef f(a: LIMIT) {}", &["NotAType 2:10"]);
    check("ThisModule.f\nself.f\ndef f {}", &[]);
    check("_INKOC.integer_add(1, 2)", &["UnknownConstant 1:1"]);
}

#[test]
fn attributes() {
    check("class A { @a: Integer def m -> Integer { @b } }", &["UnknownAttribute 1:42"]);
    check("class A { @a: Integer def m { @b = 1 } }", &["UnknownAttributeAssignment 1:31"]);
    check("class A { @a: Integer static def m { @a } }", &["AttributeWithoutObject 1:38"]);
    check("class A { @a: Integer def m { fn { @a } } }", &["AttributeWithoutObject 1:36"]);
    check("class A { @a: Integer def m { @a += 1 } }", &[]);
    check("class A { @a: Integer def m { @a = 'x' } }", &["TypeMismatch 1:36"]);
    check("class A!(T) { @a: Array!(T) }\nlet a = A { @a = Array.new(1) }\na", &[]);
}

#[test]
fn generics() {
    check("def same!(T)(a: T, b: T) {}\nsame(10, 'a')", &["TypeMismatch 2:10"]);
    check("import std::conversion::ToString\ndef same!(T)(a: T, b: T) {}\nsame!(ToString)(10, 'a')", &[]);
    check("def f!(T)(a: T) {}\nf!(Integer, String)(1)", &["TooManyMethodTypeArguments 2:1"]);
    check("class A!(T) { @a: T def m { @a = 10 } }", &["TypeMismatch 1:34"]);
    check("class A {}\nArray.new(A {}).contains?(A {})", &["BoundNotMet 2:17"]);
    check("class A!(T) { @a: Array!(T) def m(v: T) when T: Object { @a.each do (x) { x.truthy? } } }", &[]);
    check("let m = Map.new\nm['a'] = 1\nm['b'] = 'c'", &["TypeMismatch 3:10"]);
    check("def f -> ?Integer { Option.none }", &[]);
    check("let a = Array.new\nlet _n: Array!(Integer) = a\na.push('x')", &["TypeMismatch 3:8"]);
    check("let a = Array.new\na.push(a)", &[]);
    // A closure that only leaves doesn't fix the type.
    check("def f -> Integer { True.if(true: { return 1 }, false: { 2 }) }", &[]);
    check("def f -> Integer { True.if(true: { return 1 }, false: { return 2 }) }", &[]);
    check("def f(a: Array!(Integer)) -> Boolean { a == a }", &[]);
    check("Range.new(1, 2).cover?(3).false?\n(1..2).cover?('x')", &["TypeMismatch 2:15"]);
}

/// Blocks run for their effect may differ in their values; then there is no common value either.
#[test]
fn blocks_for_effect() {
    let source =
        "let mut a = 1\nlet mut b = 'x'\nTrue.if(true: { a = 2 }, false: { b = 'y' })\na + b.bytesize";
    check(source, &[]);
    let used =
        "let mut a = 1\nlet mut b = 'x'\nTrue.if(true: { a = 2 }, false: { b = 'y' }).foo\na + b.bytesize";
    check(used, &["UnknownMessage 3:46 the type `Any`"]);
}

#[test]
fn selves() {
    check("class A { def m -> Self { self } def n -> Self { A {} } def o -> Self { Self {} } }", &[]);
    check("class A { def m -> Self { 10 } }", &["ReturnTypeMismatch 1:27"]);
    check(
        "class A!(T) { @a: T static def new(a: T) -> Self { Self { @a = a } } def a -> T { @a } }\n\
           A.new(1).a + 1\nA.new('x').a + 1",
        &["TypeMismatch 3:16"],
    );
    check("trait T { def m -> Self { self } }\nclass A { def a {} }\nimpl T for A {}\nA {}.m.a", &[]);
    check("class A { def m -> ?Self { Option.some(self) } def n {} }\nA {}.m.get.n", &[]);
}

#[test]
fn throws_in_closures() {
    check("def f { let b = { local throw 1 }\ntry! b.call }", &[]);
    check("def f { let b = { local throw 1 }\nb.call }", &["MissingTry 2:3"]);
    check("def f !! Integer { { throw 1 }.call }", &[]);
    check("{ throw 1 }.call", &["ThrowOutsideMethod 1:3"]);
    check("fn { throw 1 }.call", &["MissingTry 1:16"]);
    check("def f -> Integer { try { throw 'x' } else (e) { e.bytesize } }", &[]);
    check(
        "import std::failing::(fail)\nlet _x: Integer = try fail else 1\ntry fail else 'x'",
        &["TypeMismatch 3:15"],
    );
    check("import std::failing::(fail)\ndef f -> Integer { try fail }", &["ThrowUndeclared 2:24"]);
    check("import std::failing::(fail)\ndef f -> Integer { try fail else return 1 }", &[]);
    check("import std::failing::(fail)\ntry fail", &["ThrowAtModuleLevel 2:5"]);
    check("import std::failing::(fail)\ntry { fail + fail } else (e) { e.to_string\n1 }", &[]);
    check("import std::failing::(fail)\n{ fail }.call", &["MissingTry 2:3"]);
    check("def f(a: Array!(Integer)) { a.iter.each do (x) { x + 1 } }", &[]);
    check("def f(a: Array!(Integer)) { try a.iter.each do (x) { x + 1 } }", &[]);
    check("def f !! Never {}", &[]);
}

#[test]
fn yields() {
    check("def g => Integer { { yield 1 }.call }", &[]);
    check("def g => Integer { fn { yield 1 }\nyield 2 }", &["YieldOutsideMethod 1:25"]);
    check("def g { yield 1 }", &["YieldUndeclared 1:9"]);
    check("def g => Integer { yield 'x' }", &["TypeMismatch 1:26"]);
    check("def g => Integer { yield 1 }\nlet _x: ?Integer = g.next", &[]);
    check("def g !! String => Integer { yield 1\nthrow 'x' }\ng.next", &["MissingTry 3:3"]);
}

#[test]
fn matching() {
    check("match(let x = 1 as Any) { as Integer -> { x + 1 } as String -> { x.bytesize } }", &[]);
    check("match(1) { as Unknown -> {} }", &["UnknownConstant 1:15"]);
    check("match { as Integer -> {} }", &["TypePatternWithoutInput 1:12"]);
    check("def f!(T)(x: T) { match(x) { as T -> {} } }", &["NotAClass 1:33"]);
    check("match(1) { Nil -> {} }", &["NotAPattern 1:12"]);
    check("def f(x: Integer) -> String { match(x) { 1..5 -> { 'a' } else -> { 'b' } } }", &[]);
    check("def f(x: Integer) -> String { match(x) { 1 -> { 'a' } else -> { 2 } } }", &["ReturnTypeMismatch"]);
    check("def f(x: Integer) -> String { match(x) { 1 -> { return 'a' } else -> { 'b' } } }", &[]);
}

#[test]
fn lambdas() {
    check("import std::process\nlet x = 1\nx\nprocess.spawn { x }", &["UnknownMessage 4:17"]);
    check("import std::process\nprocess.spawn { f }\ndef f {}", &[]);
    check(
        "import std::process::(self, Process)\nlet p = process.spawn {\n\
           (process.receive as Process).send('x') }\np.send(process.current)",
        &[],
    );
    check("let f: fn = { 1 }", &["UnusedLocal 1:5", "TypeMismatch 1:13"]);
    check("def f(b: do) { b.call }\nf fn { 1 }", &[]);
    check("let b = fn (a: Integer) -> Integer { return 'x' }\nb", &["ReturnTypeMismatch 1:45"]);
}

#[test]
fn modules_as_objects() {
    check("import std::stdio::stdout::(write_string as write)\nlet _n: Integer = write('x')", &[]);
    check("def f {}\nimpl ThisModule { def f {} }", &["DuplicateMethod 2:23"]);
    check("import std::stdio::stdout\nstdout.print('x')\nstdout.print\nstdout.write_string('y')", &[]);
    check(
        "import std::stdio::stdout\nimport std::io::Write\n\
           def f(w: Write) { w.print_all('x') }\nf(stdout)\nstdout.print_all('z')",
        &[],
    );
    check("import std::stdio::stdout\nlet _o: Object = stdout", &[]);
    check("import std::process\nlet _o: Object = process", &["TypeMismatch 2:18"]);
    check("import std::stdio::stdout\nstdout.stdout_write_string('x')", &["ReceiverForExternal 2:8"]);
}

#[test]
fn externals() {
    check("import std::x\n### std::x\nextern def nothing", &["UnknownExternal std/x.inko:1:12"]);
    check("import std::x\n### std::x\nextern def poll(a: Any)", &["UnknownExternal std/x.inko:1:12"]);
    check("import std::x\n### std::x\n_INKOC.nothing", &["UnknownIntrinsic std/x.inko:1:8"]);
}

#[test]
fn targets() {
    let (checked, _) =
        run("import std::stdio::stdout\ndef f(a: Integer) -> Integer { a + 1 }\nstdout.print(f(1))");
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let program = &checked.program;
    let main = *program.order.last().expect("there is a main module");
    let body = &program.bodies[program.modules[main].body];
    assert_eq!(body.owner, BodyOwner::Module);
    let ExprKind::Sequence(list) = &body.code.kind else { panic!("{:?}", body.code) };
    let ExprKind::Call(print) = &list[0].kind else { panic!("{:?}", list[0]) };
    assert!(print.receiver.is_none());
    assert!(matches!(print.target, Target::Method { class: None, .. }));
    let ExprKind::Call(call) = &print.args[0].1.kind else { panic!("{:?}", print.args) };
    let Target::Method { method, class: None } = call.target else { panic!("{:?}", call.target) };
    let id = program.methods[method].body.expect("it has a body");
    let ExprKind::Call(add) = &program.bodies[id].code.kind else { panic!("{:?}", program.bodies[id]) };
    let integer = program.built_in[&inko_abi::class::INTEGER];
    assert!(matches!(add.target, Target::Method { class: Some(class), .. } if class == integer));
}

/// The parser allows trees 1,000 nodes high, and the checker recurses on them. Chains may be longer.
#[test]
fn deep_nesting() {
    let chain = format!("let mut x = 1\nx = x{}", " + x".repeat(50_000));
    let messages = format!("class A {{ def b -> A {{ self }} }}\nA {{}}{}", ".b".repeat(50_000));
    let casts = format!("1{}", " as Integer".repeat(990));
    let calls = format!("def f(a: Integer) -> Integer {{ a }}\n{}1{}", "f(".repeat(60), ")".repeat(60));
    let closures = format!("{}1{}", "{ ".repeat(60), " }".repeat(60));
    let tries = format!("def f {{ {}1{} }}", "try { ".repeat(30), " } else { 1 }".repeat(30));
    let types = format!("def f(a: {}Integer{}) {{}}", "Array!(".repeat(60), ")".repeat(60));
    for source in [chain, messages, casts, calls, closures, tries, types] {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&source).0);
        let checked = thread.expect("threads can be made").join().expect("no panic");
        assert!(checked.diagnostics.iter().all(|one| !one.is_error()), "{:#?}", checked.diagnostics);
    }
}

/// What the crate's documentation asks of its callers.
const STACK: usize = 2 << 20;
