//! What a person sees for each syntax error: the source, then the diagnostics, in reviewed snapshots.
//! `INSTA_UPDATE=always` rewrites them.

use inko_diagnostics::{Code, Diagnostic, render_human, render_json};
use inko_syntax::{SourceMap, SyntaxError, parse};
use std::fmt::Write;

/// The source and everything that is reported about it.
fn report(source: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("main.inko", source);
    let parsed = parse(file, source);
    let mut out = format!("{source}\n\n");
    for error in parsed.errors.iter().chain(&parsed.warnings) {
        out.push_str(&render_human(&Diagnostic::from(error), &sources, false));
        out.push('\n');
    }
    out
}

/// One snapshot of several sources, each with exactly one error or warning of that code.
#[track_caller]
fn check(name: &str, cases: &[(Code, &str)]) {
    let mut out = String::new();
    for (code, source) in cases {
        let mut sources = SourceMap::default();
        let parsed = parse(sources.add("main.inko", *source), source);
        let codes: Vec<Code> =
            parsed.errors.iter().chain(&parsed.warnings).map(|error| Diagnostic::from(error).code).collect();
        assert_eq!(codes, [*code], "{source}\n{}", report(source));
        let _ = writeln!(out, "{}{}", report(source), "-".repeat(80));
    }
    insta::assert_snapshot!(name, out);
}

/// Where the errors of a source are, as `line:column`.
#[track_caller]
fn places(source: &str, expected: &[&str]) {
    let mut sources = SourceMap::default();
    let parsed = parse(sources.add("main.inko", source), source);
    let place = |error: &SyntaxError| {
        let at = sources.start(error.span());
        format!("{}:{}", at.line, at.column)
    };
    let places: Vec<String> = parsed.errors.iter().map(place).collect();
    assert_eq!(places, expected, "{}", report(source));
}

#[test]
fn lexical() {
    check(
        "lexical",
        &[
            (Code::UnterminatedString, "let a = 'abc\nlet b = 1\n"),
            (Code::UnterminatedString, "let a = 'one\nlet b = 'two'"),
            (Code::UnterminatedTemplate, "let a = `abc {b}\n"),
            (Code::UnterminatedTemplate, "let a = `abc {b\n"),
            (Code::MalformedNumber, "let a = 0b11"),
            (Code::MalformedNumber, "let a = 1e+"),
            (Code::MalformedNumber, "let a = 12ab"),
            (Code::UnknownCharacter, "let a = 1;\nlet b = 2"),
            (Code::UnknownCharacter, "let a = $"),
            (Code::UnknownCharacter, "let naïve = 1"),
            (Code::MalformedAttribute, "@ = 10"),
            (Code::NegativeLiteralAfterOperand, "let a = b -5"),
        ],
    );
}

#[test]
fn tokens() {
    check(
        "tokens",
        &[
            (Code::UnexpectedEnd, "let a ="),
            (Code::UnexpectedToken, "let a 10"),
            (Code::UnexpectedToken, "}"),
            (Code::ExpectedValue, "let a = *"),
            (Code::ExpectedValue, "let a = [1, 2]"),
            (Code::LoneBang, "let a = !b"),
            (Code::InvalidMessageName, "a.10"),
            (Code::InvalidMessageName, "a.def"),
            (Code::ExpectedArgumentName, "def m(mut a: A) {}"),
            (Code::ExpectedCommaOrCloser, "def m(a: A b: B) {}"),
            (Code::ExpectedComma, "f(1 2)"),
            (Code::ExpectedComma, "f(10-5)"),
            (Code::ExpectedClosingBracket, "let b = a[0\nlet c = 1"),
            (Code::ExpectedName, "let class = 1"),
            (Code::ExpectedType, "def m(a: integer) {}"),
            (Code::ExpectedThrowOrTry, "local return 1"),
        ],
    );
}

#[test]
fn structure() {
    check(
        "structure",
        &[
            (Code::InvalidImport, "import a::()"),
            (Code::InvalidImport, "import a::B::c"),
            (Code::InvalidImport, "import a::B as C"),
            (Code::InvalidImport, "import a::(B, 1)"),
            (Code::InvalidInBody, "class A {\n  let x = 1\n  def m {}\n}"),
            (Code::UnterminatedBlock, "def m {\n  1\n\ndef n {}\n"),
            (Code::UnterminatedBlock, "class A {\n  def m {\n    f {\n  }\n\n  def n {}\n}\n"),
            (Code::UnterminatedBlock, "def m {\n  1\n"),
            (Code::MisplacedDefinition, "def m {\n  def n {}\n  1\n}\n"),
            (Code::StaticNotAllowed, "trait A { static def m {} }"),
            (Code::CastContinued, "let a = b as Integer + 1"),
            (Code::TemplateExpectsOneExpression, "let a = `b {1 2} c`"),
            (Code::TryExpectsOneExpression, "try {\n  a\n  b\n}"),
            (Code::InvalidCompoundAssignment, "a.b += 1"),
            (Code::InvalidAssignment, "A = 1"),
            (Code::InvalidRestArgument, "def m(*a: A, b: B) {}"),
            (Code::InvalidRestArgument, "def m(*a: A = 1) {}"),
            (Code::ArmAfterElse, "match(a) { else -> {} 1 -> {} }"),
            (Code::ReturnWithoutBlank, "def m { return(10) }"),
            (Code::ConstantWithArguments, "let a = A(10)"),
        ],
    );
}

#[test]
fn nesting() {
    let source = format!("{}1", "f(".repeat(300));
    let mut sources = SourceMap::default();
    let parsed = parse(sources.add("main.inko", source.as_str()), &source);
    let codes: Vec<Code> = parsed.errors.iter().map(|error| Diagnostic::from(error).code).collect();
    assert_eq!(codes, [Code::NestedTooDeeply]);
}

#[test]
fn several_mistakes() {
    let source = "\
class A {
  @x: Integer

  def one {
    let a = (1 +)
    let b = f(1 2)
  }

  def two(a: , b: B) {
    a.each do (x) {
      x.1
    }
    b
  }

  def three -> Integer {
    match(@x) {
      1 => { 2 }
      else -> { 3 }
    }
  }

  def four { `{a} {1 2}` }
}
";
    insta::assert_snapshot!("several_mistakes", report(source));
}

#[test]
fn every_mistake_is_reported_once() {
    places("def a { 1 + }\ndef b { f(, 1) }\ndef c { x[ }\n", &["1:13", "2:11", "3:12"]);
    places("def a {\n  )\n}\ndef b {\n  f(1\n}\ndef c { 1 }\n", &["2:3", "6:1"]);
    places("def a {\n  f(\n    1\n    2\n  )\n  g(1 2)\n}\n", &["4:5", "6:7"]);
    places("def a {\n  f(1\n  g(2)\n  h(3 4)\n}\n", &["3:3", "4:7"]);
    places("class A {\n  @a\n  @b: \n  def m {}\n  10\n  def {}\n}\n", &["3:3", "4:3", "5:3", "6:7"]);
    places("import a::\nimport b::()\nimport c\nlet = 1\n", &["2:1", "2:12", "4:5"]);
    places("class A {\n  def m {\n    1\n}\n\nclass B {\n  def m { f(1 2) }\n}\n", &["6:1", "7:15"]);
    places("let a = (1\nlet b = (2\nlet c = 3\n", &["2:1", "3:1"]);
    places("match(a) {\n  1 -> 2\n  3 { 4 }\n  5 -> { 6 7 + }\n}\n", &["2:8", "3:5", "4:16"]);
    places("match(a) {\n  1 -> 2\n  else { 3 }\n}\n", &["2:8", "3:8"]);
    places("f(a: 1, 'b': 2, C: 3)\ng(1 +)\n", &["1:9", "1:17", "2:6"]);
    places("let a: = 1\nlet b: Array!(,) = 2\nlet c: Array!() = 3\n", &["1:8", "2:15", "3:15"]);
    places("def a !! -> {}\ndef b(x: A = ) {}\ndef c(1, d) {}\n", &["1:10", "1:13", "2:14", "3:7"]);
    places("A { @a 1, b = 2 }\n", &["1:8", "1:11"]);
    places("let a = { 1\nlet b = 2\n", &["3:1"]);
    places("a.b(1).c += 2\nd = 1\n1 = 2\n", &["1:10", "3:3"]);
    places("def m {\n  static def n { 1 }\n  x(1 2)\n}\n", &["2:3", "3:7"]);
    places("def m {\n  try { a } else (1) { b }\n  try { 1 + }\n  c\n}\n", &["2:19", "3:13"]);
}

#[test]
fn json() {
    let mut sources = SourceMap::default();
    let source = "let é = 'x'\n";
    let parsed = parse(sources.add("dir/main.inko", source), source);
    let lines: Vec<String> =
        parsed.errors.iter().map(|error| render_json(&Diagnostic::from(error), &sources)).collect();
    insta::assert_snapshot!("json", lines.join("\n"));
}

#[test]
fn odd_places_render() {
    use inko_syntax::Span;
    for text in ["", "\n", "é", "a\r\nb", "a\tb", "\u{2028}x", "a\r"] {
        let mut sources = SourceMap::default();
        let file = sources.add("main.inko", text);
        for start in 0..6 {
            for end in start..6 {
                let span = Span::new(file, start, end);
                let diagnostic = Diagnostic::new(Code::TypeMismatch, span, "message")
                    .label("label")
                    .related(Span::new(file, 0, end), "related")
                    .hint("hint");
                for color in [false, true] {
                    assert!(
                        render_human(&diagnostic, &sources, color).contains("message"),
                        "{text:?} {span:?}"
                    );
                }
                assert!(render_json(&diagnostic, &sources).contains("\"line\":"), "{text:?} {span:?}");
            }
        }
    }
}

/// Whatever the parser reports about a damaged program can be shown.
#[test]
fn damaged_programs_render() {
    let sample = include_str!("../../inko-syntax/tests/samples/everything.inko");
    let odd = sample.replace('\n', "\r\n").replace("  ", "\t").replace("value", "\u{2028}\u{1f600}");
    for text in [sample, &odd] {
        for cut in (0..text.len()).filter(|&at| text.is_char_boundary(at)).step_by(5) {
            for damaged in [&text[..cut], &text[cut..]] {
                let mut sources = SourceMap::default();
                let parsed = parse(sources.add("main.inko", damaged), damaged);
                for error in parsed.errors.iter().chain(&parsed.warnings).take(5) {
                    let diagnostic = Diagnostic::from(error);
                    assert!(render_human(&diagnostic, &sources, false).contains(&diagnostic.message));
                    assert!(render_json(&diagnostic, &sources).starts_with('{'));
                }
            }
        }
    }
}
