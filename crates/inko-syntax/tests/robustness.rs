//! Parsing is total: damaged programs and absurd ones give errors, never a panic or a stack overflow.
//! The test harness runs each test on a thread with 2 MiB of stack, which is what parsing promises to do
//! with.

use inko_syntax::{FileId, Parsed, SyntaxError, dump::dump, parse};

const SAMPLES: [&str; 5] = [
    include_str!("samples/nbody.inko"),
    include_str!("samples/timeouts.inko"),
    include_str!("samples/throw.inko"),
    include_str!("samples/dispatch.inko"),
    include_str!("samples/everything.inko"),
];

/// Parses, and checks what must hold for every text.
fn total(source: &str) -> Parsed {
    let parsed = parse(FileId(0), source);
    for error in parsed.errors.iter().chain(&parsed.warnings) {
        let span = error.span();
        assert!(span.start <= span.end && span.end as usize <= source.len(), "{error:?}\n{source}");
        let range = span.start as usize..span.end as usize;
        assert!(source.get(range).is_some(), "span inside a character: {error:?}\n{source}");
    }
    parsed
}

#[test]
fn samples_are_valid() {
    for sample in SAMPLES {
        assert_eq!(total(sample).errors, []);
    }
}

#[test]
fn truncated_programs() {
    for sample in SAMPLES {
        for end in (0..sample.len()).filter(|&end| sample.is_char_boundary(end)) {
            total(&sample[..end]);
        }
    }
}

#[test]
fn programs_without_their_start() {
    for sample in SAMPLES {
        for start in (0..sample.len()).filter(|&start| sample.is_char_boundary(start)) {
            total(&sample[start..]);
        }
    }
}

#[test]
fn programs_with_one_wrong_byte() {
    for sample in SAMPLES {
        let bytes = sample.as_bytes();
        for (index, wrong) in b"{}()`'\"\\!\n-=,.#\0 1aA@:".iter().cycle().take(bytes.len() * 2).enumerate() {
            // Each place gets two of the bytes, and 22 has no divisor in common with most lengths.
            let mut damaged = bytes.to_vec();
            damaged[index % bytes.len()] = *wrong;
            total(&String::from_utf8_lossy(&damaged));
        }
    }
}

#[test]
fn programs_without_one_line() {
    for sample in SAMPLES {
        let lines: Vec<&str> = sample.lines().collect();
        for without in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, l)| *l).collect();
            total(&rest.join("\n"));
        }
    }
}

#[test]
fn soups_of_tokens() {
    let words: Vec<&str> = "class A { def m ( a : B = 1 ) -> ?C !! !( , } else try match when as do fn let mut \
                            return yield throw local :: . [ ] ' ` impl for trait import static extern @x + += \
                            == -1 5 x \n \n self => ! ; ..."
        .split(' ')
        .collect();
    // A linear congruential generator (Knuth, TAOCP 3.3.4) is random enough and needs no dependency.
    let mut seed: u64 = 1;
    for _ in 0..4000 {
        let mut source = String::new();
        for _ in 0..60 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            source.push_str(words[(seed >> 33) as usize % words.len()]);
            source.push_str(if seed >> 62 == 0 { "" } else { " " });
        }
        total(&source);
    }
}

#[test]
fn absurd_nesting_is_an_error() {
    for (open, close) in [
        ("(", ")"),
        ("{", "}"),
        ("f(", ")"),
        ("f { ", "}"),
        ("f 1, ", ""),
        ("f ", ""),
        ("a[", "]"),
        ("`{", "}`"),
        ("A { @a = ", "}"),
        ("do (a = ", ") {}"),
        ("match(", ") {}"),
        ("match { a -> {", "} }"),
        ("match { ", " -> {} }"),
        ("try ", ""),
        ("try { ", "}"),
        ("try a else ", ""),
        ("try! ", ""),
        ("return ", ""),
        ("throw ", ""),
        ("local throw ", ""),
        ("let a = ", ""),
        ("a = ", ""),
        ("a.b = ", ""),
        ("a + (", ")"),
        ("a(1).b { ", "}"),
        ("def m { ", "}"),
        ("class A { def m { ", "} }"),
    ] {
        let source = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let parsed = total(&source);
        let deep = |error: &SyntaxError| matches!(error, SyntaxError::NestedTooDeeply { .. });
        assert!(parsed.errors.iter().any(deep), "{open}: {:?}", parsed.errors.first());
    }
}

#[test]
fn absurd_types_are_errors() {
    for (open, close) in [("?", ""), ("A!(", ")"), ("do (", ")"), ("do -> ", ""), ("fn !! ", ""), ("??", "")]
    {
        for place in ["let a: ", "def m(a: ", "class A!(T: ", "x as "] {
            let source = format!("{place}{}A{}", open.repeat(100_000), close.repeat(100_000));
            assert!(!total(&source).errors.is_empty());
        }
    }
}

#[test]
fn chains_of_casts_end() {
    let parsed = total(&format!("a{}", " as A".repeat(100_000)));
    assert_eq!(parsed.errors.len(), 1);
}

#[test]
fn chains_may_be_long() {
    for link in [".b", " + 1", "[0]", ".b(1)", ".b { 1 }", "\n.b(c: 1)", ".b!(T)", " + a.b"] {
        let parsed = total(&format!("a{}", link.repeat(100_000)));
        assert_eq!(parsed.errors, [], "{link}");
        assert!(dump(&parsed.module).len() > 100_000);
        // Where they end too early, too.
        let parsed = total(&format!("a{} + }}\nb", link.repeat(100_000)));
        assert!(!parsed.errors.is_empty(), "{link}");
    }
}

#[test]
fn long_chains_in_deep_ones() {
    let mut source = String::from("a");
    for _ in 0..150 {
        source = format!("({source}){}", ".b".repeat(2000));
    }
    assert_eq!(total(&source).errors, []);
}

#[test]
fn what_is_deep_but_allowed_can_be_walked() {
    let nested = format!("{}1{}", "f({ ".repeat(60), " })".repeat(60));
    let parsed = total(&nested);
    assert_eq!(parsed.errors, []);
    assert!(!dump(&parsed.module).is_empty());
    let chain = format!("a{}", " + 1".repeat(900));
    assert_eq!(total(&chain).errors, []);
}

#[test]
fn absurd_amounts_are_fine() {
    assert_eq!(total(&"f(1, 'a')\n".repeat(50_000)).errors, []);
    assert_eq!(total(&format!("f({})", "1, ".repeat(100_000))).errors, []);
    assert_eq!(total(&format!("`{}`", "{a} b ".repeat(50_000))).errors, []);
    // Errors by the thousand stop after a few hundred, and don't take quadratic time.
    for mistake in
        ["f(1 2) ", "f(\n", ") ", "} ", "def ", "{ 1 + } ", "; ", "a[", "x as A + 1\n", "import 1 ", "@ "]
    {
        let parsed = total(&mistake.repeat(50_000));
        assert!(!parsed.errors.is_empty(), "{mistake}");
    }
}
