//! Every production of the grammar with the smallest program that shows it, as source and dumped tree.

use inko_syntax::dump::dump;
use inko_syntax::{FileId, parse};

/// Parses without errors and compares the dumped tree.
#[track_caller]
fn check(source: &str, expected: &str) {
    let parsed = parse(FileId(0), source);
    assert_eq!(parsed.errors, [], "{source}");
    assert_eq!(dump(&parsed.module).trim_end().replace('\n', " ; "), expected, "{source}");
}

/// The source must be rejected.
#[track_caller]
fn reject(source: &str) {
    let parsed = parse(FileId(0), source);
    assert!(!parsed.errors.is_empty(), "accepted: {source}\n{}", dump(&parsed.module));
}

/// How many warnings a valid source gets.
#[track_caller]
fn warnings(source: &str) -> usize {
    let parsed = parse(FileId(0), source);
    assert_eq!(parsed.errors, [], "{source}");
    parsed.warnings.len()
}

#[test]
fn numbers() {
    check("10 -10 1_000 0xFF 0XfF 017", "10 ; -10 ; 1000 ; 255 ; 255 ; 17");
    check("1.5 1e3 1e-5 1_0.5_0 -2.5E+1", "1.5 ; 1000.0 ; 1e-5 ; 10.5 ; -25.0");
    check("10.times", "(send 10 times)");
    check("1..5", "(send 1 .. 5)");
    check("1...5", "(send 1 ... 5)");
    check("-10.absolute", "(send -10 absolute)");
    for malformed in ["1e", "1e+", "12ab", "1.2.3", "0b11", "0x", "1_000x"] {
        reject(malformed);
    }
}

#[test]
fn negative_literals() {
    check("a - 5", "(send a - 5)");
    check("a -5", "(call a -5)");
    check("a-5", "a ; -5");
    check("a\n-1", "a ; -1");
    check("a\n- 1", "(send a - 1)");
    reject("f(10-5)");
    reject("- 5");
    reject("+ 5");
    assert_eq!(warnings("a-5 b -5 10 -1"), 3);
    assert_eq!(warnings("a\n-5 f(-1, -2) return -5"), 0);
}

#[test]
fn names() {
    check("_\n_tmp\nempty?\n_Hidden MAX @name", "_ ; _tmp ; empty? ; _Hidden ; MAX ; @name");
    check("let\tx\t=\t1", "(let x 1)");
    check("class?", "class?");
    check("foo?.bar", "(send foo? bar)");
    reject("@");
    reject("Foo?");
    reject("save!");
    reject("foo$bar");
}

#[test]
fn strings() {
    check(r#"'a' "b""#, r#""a" ; "b""#);
    check(r"'\n\'\\'", r#""\\n'\\""#);
    check("'a\nb'", r#""a\nb""#);
    check(r"'a\'' 'b'", r#""a'" ; "b""#);
    check("'#'", r##""#""##);
    reject("'a");
    reject("\"a");
    reject("'a\\'");
}

#[test]
fn templates() {
    check("``", "(template)");
    check("`a {b} c`", r#"(template "a " b " c")"#);
    check("`{}`", "(template)");
    check(r"`\{a} }`", r#"(template "{a} }")"#);
    check("`{`{a}`}`", "(template (template a))");
    check("`{ { '}' }.call }`", r#"(template (send { "}" } call))"#);
    check("`a\\\n   b`", r#"(template "ab")"#);
    check("`{a}`.b", "(send (template a) b)");
    reject("`a");
    reject("`{a");
    reject("`{a`");
    reject("`{1 b}`");
    reject("`{a\nb}`");
}

#[test]
fn comments() {
    let parsed = parse(FileId(0), "# one\n#two\r\na #  three");
    let texts: Vec<&str> = parsed.module.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(texts, ["one", "two", " three"]);
}

#[test]
fn imports() {
    check("import std::pair", "(import std::pair)");
    check("import std::pair::Pair", "(import std::pair Pair)");
    check("import std::pair::(Pair, Triple as Three)", "(import std::pair Pair Triple=Three)");
    check("import std::pair::(self, Pair,)", "(import std::pair <self> Pair)");
    check("import a::(self as tuples)", "(import a <self>=tuples)");
    check("import a::(self as _)", "(import a <self>=_)");
    check("import a::(panic, current as now)", "(import a panic current=now)");
    check("import a::class::trait::try::*", "(import a::class::trait::try *)");
    check("import a::b\nclass A {}", "(import a::b) ; (class A)");
    for invalid in [
        "import",
        "import A",
        "import a::",
        "import a::B::c",
        "import a::()",
        "import a::B as C",
        "import a::self",
        "import a::(1)",
        "import a::(B as 1)",
        "import a::(B",
        "def f { import a }",
    ] {
        reject(invalid);
    }
}

#[test]
fn types() {
    let ty = |source: &str, expected: &str| {
        check(&format!("let x: {source} = 1"), &format!("(let x: {expected} 1)"));
    };
    ty("A", "A");
    ty("?A", "?A");
    ty("A!(B, ?C!(D),)", "A!(B, ?C!(D))");
    ty("??A", "??A");
    ty("? ?A", "??A");
    ty("do", "do()");
    ty("fn ()", "fn()");
    ty("do (A, ?B, do (C),) !! D -> ?E", "do(A, ?B, do(C)) !! D -> ?E");
    ty("do -> do -> A", "do() -> do() -> A");
    reject("let x: a = 1");
    reject("let x: A!() = 1");
    reject("let x: a::B = 1");
    reject("let x: do !(T) = 1");
}

#[test]
fn classes() {
    check("class A {}", "(class A)");
    check("class A!(K: Hash + Equal!(K), V,) {}", "(class A!(K: Hash + Equal!(K), V))");
    check(
        "class A { @x: ?B @y: C def m { @x } static def n {} }",
        "(class A @x: ?B @y: C (def m { @x }) (static def n { }))",
    );
    for invalid in [
        "class a {}",
        "class A",
        "class A { let x = 1 }",
        "class A { class B {} }",
        "class A { @x }",
        "class A { @x: B = 1 }",
        "def f { class A {} }",
        "class A!() {}",
    ] {
        reject(invalid);
    }
}

#[test]
fn traits() {
    check("trait A {}", "(trait A)");
    check("trait A!(T): B + C!(T) {}", "(trait A!(T): B + C!(T))");
    check("trait A { def a -> B def c { 1 } }", "(trait A (def a -> B) (def c { 1 }))");
    reject("trait A { static def a {} }");
    reject("trait A { 10 }");
    reject("trait A { @a: B }");
}

#[test]
fn implementations() {
    check("impl A for B { def m {} }", "(impl A for B (def m { }))");
    check("impl A!(B, C) for D {}", "(impl A!(B, C) for D)");
    check("impl A { static def m {} def n {} }", "(reopen A (static def m { }) (def n { }))");
    for invalid in
        ["impl A for B!(C) {}", "impl A!(B) {}", "impl A for B { static def m {} }", "impl A { 1 }"]
    {
        reject(invalid);
    }
}

#[test]
fn methods() {
    check("def m", "(def m)");
    check("def m { a }", "(def m { a })");
    check("def m!(T: A)(a: T) !! E -> R when T: B + C, U: D, { 1 }", {
        "(def m!(T: A) (a: T) !! E -> R when T: B + C, U: D { 1 })"
    });
    check("def m !! E => Y {}", "(def m !! E => Y { })");
    check("def m -> A => B {}", "(def m -> A => B { })");
    check("def m(a: A, b = 1, c: C = 2, *d: D,) {}", "(def m (a: A, b = 1, c: C = 2, *d: D) { })");
    check("def Foo\ndef foo?\ndef class", "(def Foo) ; (def foo?) ; (def class)");
    check("def width=(a: A)\ndef width = (a: A)", "(def width= (a: A)) ; (def width= (a: A))");
    check("def [](i: I)\ndef []=(i: I, v: V)", "(def [] (i: I)) ; (def []= (i: I, v: V))");
    for operator in "+ - * / % ** == != < <= > >= & | ^ << >> =~ .. ... && ||".split(' ') {
        check(&format!("def {operator}(a: A)"), &format!("(def {operator} (a: A))"));
    }
    check("extern def a", "(extern (def a))");
    check("extern def a(b: B) !! E -> R", "(extern (def a (b: B) !! E -> R))");
    for invalid in [
        "def def {}",
        "def static {}",
        "def local {}",
        "def extern {}",
        "def try! {}",
        "def save! {}",
        "def 1",
        "def m(mut x: A) {}",
        "def m(X: A) {}",
        "def m(class: A) {}",
        "def m(*a: A, b: B) {}",
        "def m(*a: A = 1) {}",
        "def m -> A !! B {}",
        "def m => A -> B {}",
        "static def m {}",
        "extern def a { 1 }",
        "extern def a!(T)",
        "def m { def n {} }",
        "{ def n {} }",
    ] {
        reject(invalid);
    }
}

#[test]
fn precedence() {
    check("1 + 2 * 3", "(send (send 1 + 2) * 3)");
    check("1 + (2 * 3)", "(send 1 + (group (send 2 * 3)))");
    check("a == b == c", "(send (send a == b) == c)");
    check("1 + x as Integer", "(as (send 1 + x) Integer)");
    check("a as B as ?C!(D)", "(as (as a B) ?C!(D))");
    check("1..n + 1", "(send (send 1 .. n) + 1)");
    check("2 + 3.to_string", "(send 2 + (send 3 to_string))");
    check("try load(x) as Doc", "(try (as (call load x) Doc))");
    check("throw code as Any", "(throw (as code Any))");
    check("a &&b", "(send a && b)");
    check("a\n  +\n  b\n  + c", "(send (send a + b) + c)");
    for invalid in ["x as A + 1", "x as A.b", "x as A\n.b", "x as A[0]", "()", "(1 b)", "a &&= b"] {
        reject(invalid);
    }
}

#[test]
fn calls() {
    check("foo", "foo");
    check("foo()", "(call foo)");
    check("foo(1, a: 2, 3,)", "(call foo 1 a: 2 3)");
    check("foo (1 + 2) * 3", "(send (call foo (send 1 + 2)) * 3)");
    check("foo\n(1)", "foo ; (group 1)");
    check("foo 1, 'x'", r#"(call foo 1 "x")"#);
    check("foo bar 1, 2", "(call foo (call bar 1 2))");
    check("foo a: 1, b: 2", "(call foo a: 1 b: 2)");
    check("foo(bar: 1)", "(call foo bar: 1)");
    check("wrap!(Integer)(10)", "(call wrap!(Integer) 10)");
    check("Array.new!(String)", "(send Array new!(String))");
    check("Array.new!(String)(a)", "(send Array new!(String) a)");
    check("foo ::X", "(call foo ::X)");
    check("foo local try x", "(call foo (local try x))");
    check("f(a) b", "(call f a) ; b");
    check("Foo(1)", "Foo ; (group 1)");
    check("Foo::Bar", "Foo ; ::Bar");
    check("::pair.Pair", "(send ::pair Pair)");
    for invalid in ["foo(1 2)", "foo('a': 1)", "foo(A: 1)", "foo(class: 1)", "foo(", "foo(1", "foo(,)"] {
        reject(invalid);
    }
}

#[test]
fn blocks_as_arguments() {
    check("foo{ 10 }", "foo ; { 10 }");
    check("foo { 10 }", "(call foo { 10 })");
    check("foo\n{ 10 }", "foo ; { 10 }");
    check("foo(1) { 2 }", "(call foo 1 { 2 })");
    check("foo(1){ 2 }", "(call foo 1 { 2 })");
    check("foo(1)\n{ 2 }", "(call foo 1) ; { 2 }");
    check("f(1) { a } { b }", "(call f 1 { a }) ; { b }");
    check("test(name: 'x') { body }", r#"(call test name: "x" { body })"#);
    check("while({ a }) { b }", "(call while { a } { b })");
    check("a.let do (x) { x }.else { b }", "(send (send a let (do (x) { x })) else { b })");
    check("compute { 1 } + 2", "(send (call compute { 1 }) + 2)");
    check("foo { 1 }, { 2 }", "(call foo { 1 } { 2 })");
    check("f(a.map { 1 }, b)", "(call f (send a map { 1 }) b)");
    check("A { @a = b { 1 }, @c = 2 }", "(new A @a (call b { 1 }) @c 2)");
    check("check Foo { @a = 1 }", "(call check (new Foo @a 1))");
    check("a.b { c }[0]", "(send (send a b { c }) [] 0)");
}

#[test]
fn sends() {
    check("a.b.c(1).d 2", "(send (send (send a b) c 1) d 2)");
    check("a\n  .b\n  .c", "(send (send a b) c)");
    check("a.let.else.class.as.import", "(send (send (send (send (send a let) else) class) as) import)");
    check("a.Foo", "(send a Foo)");
    check("a.+(1)", "(send a + 1)");
    check("a.[](1)", "(send a [] 1)");
    check("a.[]=(1, 2)", "(send a []= 1 2)");
    check("a.b = c.d + 1", "(send a b= (send (send c d) + 1))");
    check("a.b=1", "(send a b= 1)");
    check("a.b =\n 1", "(send a b= 1)");
    check("f(a.b = 1, 2)", "(call f (send a b= 1) 2)");
    check("a[0]", "(send a [] 0)");
    check("a[0, 1,]", "(send a [] 0 1)");
    check("a[0] = 1 + 2", "(send a []= 0 (send 1 + 2))");
    check("a\n  .b[0]", "(send (send a b) [] 0)");
    check("a.b(1)[2].c", "(send (send (send a b 1) [] 2) c)");
    for invalid in [
        "a\n[0]",
        "[0]",
        "a[]",
        "a[0",
        "a[0] += 1",
        "a.b += 1",
        "a.def",
        "a.static",
        "a.local",
        "a.extern",
        "a.try!",
        "a.1",
        "a.b = 1, 2",
        "a.",
    ] {
        reject(invalid);
    }
}

#[test]
fn constructors() {
    check("A {}", "(new A)");
    check("A{ @a = 1, @b = c + 2, }", "(new A @a 1 @b (send c + 2))");
    check("Self { @a = A { @b = 1 } }", "(new Self @a (new A @b 1))");
    check("A\n{ b }", "A ; { b }");
    check("A { @a = 1 }.b", "(send (new A @a 1) b)");
    reject("A { b }");
    reject("A { @a: 1 }");
    reject("A { @a = 1 @b = 2 }");
}

#[test]
fn closures() {
    check("{}", "{ }");
    check("{ a b }", "{ (call a b) }");
    check("{ let a = 1 a }", "{ (let a 1) a }");
    check("do (x: A, y = 2, *z) !! E -> B { x }", "(do (x: A, y = 2, *z) !! E -> B { x })");
    check("fn { 1 }.call", "(send (fn { 1 }) call)");
    check("do !(T)(v: T) -> T { v }", "(do!(T) (v: T) -> T { v })");
    check("do\n(x) { x }", "(do (x) { x })");
    reject("{ 1");
    reject("do => A {}");
    reject("do (x)");
}

#[test]
fn variables() {
    check("let a = 1", "(let a 1)");
    check("let mut a: A = 1", "(let mut a: A 1)");
    check("let A = 1", "(let A 1)");
    check("let mut A = 1", "(let mut A 1)");
    check("let a = b\n.c", "(let a (send b c))");
    check("a = b = 1", "(= a (= b 1))");
    check("a + b = 1", "(send a + (= b 1))");
    check("@a = 1", "(= @a 1)");
    for operator in "+ - * / % ** ^ & | << >>".split(' ') {
        check(&format!("x {operator}= a + b"), &format!("({operator}= x (send a + b))"));
        check(&format!("@x {operator}= 1"), &format!("({operator}= @x 1)"));
    }
    for invalid in
        ["let a", "let a: A", "let 1 = 2", "let @a = 1", "let class = 1", "A = 1", "1 = 2", "a(1) = 1"]
    {
        reject(invalid);
    }
}

#[test]
fn leaving() {
    check("return", "(return)");
    check("return 1 + 2", "(return (send 1 + 2))");
    check("return\n1", "(return) ; 1");
    check("return { 1 }", "(return { 1 })");
    check("return ::X", "(return ::X)");
    check("return(1)", "(return) ; (group 1)");
    check("yield 1", "(yield 1)");
    check("yield\n1", "(yield) ; 1");
    check("throw\n1", "(throw 1)");
    check("local throw 1", "(local throw 1)");
    check("local try a", "(local try a)");
    assert_eq!(warnings("return(1)"), 1);
    reject("local return 1");
    reject("local try! a");
    reject("throw");
}

#[test]
fn tries() {
    check("try a.b + c", "(try (send (send a b) + c))");
    check("try { a }", "(try a)");
    check("try { a }.b", "(send (try a) b)");
    check("try { a } + 1", "(send (try a) + 1)");
    check("try a else 0", "(try a else { 0 })");
    check("try a\nelse b", "(try a else { b })");
    check("try { a } else (e) { b(e) c }", "(try a else (e) { (call b e) c })");
    check("try a else (e) e", "(try a else (e) { e })");
    check("try { a } else { b }.c", "(send (try a else { b }) c)");
    check("try! { a }", "(try! a)");
    check("try! a.b", "(try! (send a b))");
    check("x += try a(1) else 1", "(+= x (try (call a 1) else { 1 }))");
    check("try try a else b else c", "(try (try a else { b }) else { c })");
    for invalid in
        ["try { a b\nc }", "try {}", "try a else (10)", "try ! a", "try", "try! a else b", "try { a"]
    {
        reject(invalid);
    }
}

#[test]
fn matches() {
    check("match(a) { 1, 2 -> { b } }", "(match a [1, 2 -> { b }])");
    check("match (a) {}", "(match a)");
    check(
        "match(let v = a) { as B when v > 1 -> { v } as C -> {} else -> { 0 } }",
        "(match v = a [as B when (send v > 1) -> { v }] [as C -> { }] else -> { 0 })",
    );
    check("match { a? -> { b } c when d -> {} else -> {} }", {
        "(match [a? -> { b }] [c when d -> { }] else -> { })"
    });
    check("match(a) { 4..9 -> {} }.b", "(send (match a [(send 4 .. 9) -> { }]) b)");
    check("match { foo { 1 } -> {} }", "(match [(call foo { 1 }) -> { }])");
    for invalid in [
        "match(a) { 1 -> 2 }",
        "match(a) { 1, -> {} }",
        "match(a) { else -> {} 1 -> {} }",
        "match(a) { as A!(B) -> {} }",
        "match a { 1 -> {} }",
        "match(let mut v = a) {}",
        "match() {}",
        "match(a) { 1 -> {}",
    ] {
        reject(invalid);
    }
}

#[test]
fn spans_are_exact() {
    let source = "a.b(1)\n  .c + 2 ";
    let parsed = parse(FileId(0), source);
    let inko_syntax::ast::Item::Expr(expr) = &parsed.module.items[0] else { panic!("no expression") };
    let text = |span: inko_syntax::Span| &source[span.start as usize..span.end as usize];
    assert_eq!(text(expr.span), "a.b(1)\n  .c + 2");
    let inko_syntax::ast::ExprKind::Send(send) = &expr.kind else { panic!("no send") };
    let inko_syntax::ast::Message { receiver, name, args, .. } = &**send;
    assert_eq!((text(receiver.span), text(name.span), text(args[0].value.span)), ("a.b(1)\n  .c", "+", "2"));
}
