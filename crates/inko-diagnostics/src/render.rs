//! The two ways a diagnostic is shown: as a picture for people and as a line of JSON for tools.
//!
//! *Invariant:* rendering is total. Spans that lie outside their text or inside a character are moved to
//! the nearest place that exists.

use crate::{Diagnostic, Label, Severity};
use ariadne::{CharSet, Color, Config, IndexType, Report, ReportKind, Source};
use inko_syntax::{FileId, SourceMap, Span};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// A picture of the source with the diagnostic drawn into it, several lines that end in a line break.
pub fn render_human(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let (kind, ink) = match diagnostic.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    let config = Config::default()
        .with_color(color)
        .with_index_type(IndexType::Byte)
        .with_char_set(CharSet::Unicode)
        .with_compact(false);
    let primary = &diagnostic.primary;
    let mut report = Report::build(kind, place(primary.span, sources))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    let first = std::iter::once((primary, ink));
    let related = diagnostic.related.iter().map(|label| (label, Color::Blue));
    let mut labels: Vec<_> = first.chain(related).collect();
    // Ariadne draws labels into one picture only if their lines ascend.
    labels.sort_by_key(|(label, _)| (label.span.file != primary.span.file, label.span.file, label.span.end));
    for (label, color) in labels {
        report = report.with_label(drawn(label, sources).with_color(color));
    }
    if let Some(hint) = &diagnostic.hint {
        report = report.with_help(hint);
    }
    let mut output = Vec::new();
    // Writing to a vector can't fail, and neither does the cache below.
    let written = report.finish().write(Cache { sources, known: HashMap::new() }, &mut output);
    if written.is_err() {
        output.clear();
    }
    let text = String::from_utf8_lossy(&output);
    // Blank lines of the picture end in blanks; those would only get in the way of whoever copies it.
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What ariadne identifies a span's file by.
type Place = (FileId, Range<usize>);

fn drawn(label: &Label, sources: &SourceMap) -> ariadne::Label<Place> {
    // Without a text nothing would be underlined.
    let text = if label.text.is_empty() { "here" } else { &label.text };
    ariadne::Label::new(place(label.span, sources)).with_message(text)
}

/// The span as ariadne wants it: inside the text, at character boundaries, and never empty except at the
/// end of the text.
fn place(span: Span, sources: &SourceMap) -> Place {
    let text = sources.file(span.file).text();
    let start = floor(text, span.start as usize);
    let end = floor(text, span.end as usize).max(start);
    let next = text[start..].chars().next().map_or(0, char::len_utf8);
    (span.file, start..end.max(start + if end == start { next } else { 0 }))
}

/// The nearest character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Gives ariadne the texts of the files that a diagnostic mentions.
struct Cache<'a> {
    sources: &'a SourceMap,
    known: HashMap<FileId, Source<Cow<'a, str>>>,
}

impl<'a> ariadne::Cache<FileId> for Cache<'a> {
    type Storage = Cow<'a, str>;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<Cow<'a, str>>, impl std::fmt::Debug> {
        let text: &'a str = self.sources.file(*id).text();
        Ok::<_, std::convert::Infallible>(
            self.known.entry(*id).or_insert_with(|| Source::from(with_our_lines(text))),
        )
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        Some(self.sources.file(*id).path().to_string())
    }
}

/// The text with what ends a line for ariadne but not in this language, replaced by something as long.
fn with_our_lines(text: &str) -> Cow<'_, str> {
    let foreign = ['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    if !text.contains(foreign) {
        return Cow::Borrowed(text);
    }
    let replaced = text.chars().map(|character| match character {
        '\u{b}' | '\u{c}' => ' ',
        '\u{85}' => '\u{a0}',
        '\u{2028}' | '\u{2029}' => '\u{2424}',
        other => other,
    });
    Cow::Owned(replaced.collect())
}

/// One object on one line, without a line break.
pub fn render_json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let position = JsonPlace::new(diagnostic.primary.span, sources);
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.related);
    let labels = labels.filter(|label| !label.text.is_empty());
    let object = JsonDiagnostic {
        level: diagnostic.severity.word(),
        code: diagnostic.code.to_string(),
        message: &diagnostic.message,
        position,
        labels: labels
            .map(|label| JsonLabel { text: &label.text, position: JsonPlace::new(label.span, sources) })
            .collect(),
        hint: diagnostic.hint.as_deref(),
    };
    // Strings and numbers always serialise.
    serde_json::to_string(&object).unwrap_or_default()
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    level: &'a str,
    code: String,
    message: &'a str,
    #[serde(flatten)]
    position: JsonPlace<'a>,
    labels: Vec<JsonLabel<'a>>,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    text: &'a str,
    #[serde(flatten)]
    position: JsonPlace<'a>,
}

/// Lines and columns from 1; the end is the place after the last character.
#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl<'a> JsonPlace<'a> {
    fn new(span: Span, sources: &'a SourceMap) -> Self {
        let file = sources.file(span.file);
        let start = floor(file.text(), span.start as usize) as u32;
        let end = floor(file.text(), span.end as usize) as u32;
        let (start, end) = (file.line_column(start), file.line_column(end.max(start)));
        JsonPlace {
            file: file.path(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}
