//! What must hold for every input, beside not panicking: spans point into their text, at the borders of
//! characters, and every diagnostic can be shown.

use inko_diagnostics::{Diagnostic, render_human, render_json};
use inko_syntax::ast::Module;
use inko_syntax::{SourceMap, Span};
use std::fmt::Write;

/// Shows diagnostics both ways and looks at their spans.
pub fn diagnostics(all: &[Diagnostic], sources: &SourceMap) {
    for diagnostic in all {
        span(diagnostic.primary.span, sources);
        for label in &diagnostic.related {
            span(label.span, sources);
        }
        assert!(!render_human(diagnostic, sources, false).is_empty(), "nothing shown for {diagnostic:?}");
        assert!(!render_json(diagnostic, sources).is_empty(), "nothing shown for {diagnostic:?}");
    }
}

/// Panics if a span does not cut its text between characters.
fn span(span: Span, sources: &SourceMap) {
    let text = sources.file(span.file).text();
    let range = span.start as usize..span.end as usize;
    assert!(text.get(range).is_some(), "{span:?} in a text of {} bytes", text.len());
}

/// Looks at every span of a tree. The debug format shows all of them, and can't forget a kind of node as
/// a walk over the tree by hand could.
pub fn tree(module: &Module, sources: &SourceMap) {
    const START: &str = "Span { file: FileId(";
    let file = module.span.file;
    if sources.file(file).text().contains(START) {
        return; // A string of the program may look like a span.
    }
    let mut shown = String::new();
    write!(shown, "{module:?}").expect("writing to a string can't fail");
    let mut rest = shown.as_str();
    while let Some(found) = rest.find(START) {
        rest = &rest[found + START.len()..];
        let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let mut next = || numbers.next().and_then(|digits| digits.parse().ok()).expect("a span has numbers");
        assert_eq!(next(), file.0, "a span of another file");
        span(Span { file, start: next(), end: next() }, sources);
    }
}
