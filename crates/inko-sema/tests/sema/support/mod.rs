//! The one helper of these tests: source in, diagnostics out, with everything in memory.

use inko_diagnostics::Diagnostic;
use inko_sema::{Checked, Loaded, Loader, ParsedModule};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, SourceMap, parse};
use std::collections::HashMap;

/// A standard library just large enough for the language's own rules.
pub(crate) const STD: &str = include_str!("mini_std.inko");

/// Modules by name, parsed when they are asked for.
pub(crate) struct Sources {
    texts: HashMap<String, String>,
    pub(crate) map: SourceMap,
    /// Whether modules with syntax errors are used as they are.
    pub(crate) tolerant: bool,
}

impl Sources {
    /// The miniature library, and further modules: each begins with a line `### name`.
    pub(crate) fn new(more: &str) -> Self {
        let mut texts = HashMap::new();
        for part in [STD, more].iter().flat_map(|text| text.split("### ").skip(1)) {
            let (name, text) = part.split_once('\n').expect("a module has a name and a text");
            texts.insert(name.trim().to_string(), text.to_string());
        }
        Self { texts, map: SourceMap::default(), tolerant: false }
    }

    fn parse(&mut self, name: &str, text: &str) -> (FileId, Module) {
        let file = self.map.add(format!("{}.inko", name.replace("::", "/")), text);
        let parsed = parse(file, text);
        assert!(
            self.tolerant || parsed.errors.is_empty(),
            "syntax errors in {name}: {:#?}\n{text}",
            parsed.errors
        );
        (file, parsed.module)
    }
}

impl Loader for Sources {
    fn load(&mut self, name: &str) -> Loaded {
        match self.texts.get(name).cloned() {
            Some(text) => {
                let (file, module) = self.parse(name, &text);
                Loaded::Module(file, module)
            }
            None => Loaded::Missing,
        }
    }
}

/// Checks a main module; modules after it begin with lines `### name`.
pub(crate) fn run(source: &str) -> (Checked, Sources) {
    let (main, more) = match source.find("### ") {
        Some(at) => source.split_at(at),
        None => (source, ""),
    };
    let mut sources = Sources::new(more);
    let (file, module) = sources.parse("main", main);
    let checked = inko_sema::check(&mut sources, ParsedModule { name: "main".into(), file, module });
    (checked, sources)
}

/// One line a diagnostic: code, place, message. The file is named unless it is the main module's.
fn show(diagnostic: &Diagnostic, map: &SourceMap) -> String {
    let span = diagnostic.primary.span;
    let place = map.start(span);
    let path = map.file(span.file).path();
    let file = if &**path == "main.inko" { String::new() } else { format!("{path}:") };
    format!("{:?} {file}{}:{} {}", diagnostic.code, place.line, place.column, diagnostic.message)
}

/// Checks that a program has exactly these diagnostics, given by the beginnings of their lines.
#[track_caller]
pub(crate) fn check(source: &str, expected: &[&str]) {
    let (checked, sources) = run(source);
    let found: Vec<String> = checked.diagnostics.iter().map(|one| show(one, &sources.map)).collect();
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(same, "\n{source}\n\nexpected: {expected:#?}\nfound: {found:#?}");
}

/// All diagnostics, one a line.
pub(crate) fn show_all(diagnostics: &[Diagnostic], map: &SourceMap) -> String {
    diagnostics.iter().map(|one| show(one, map) + "\n").collect()
}
