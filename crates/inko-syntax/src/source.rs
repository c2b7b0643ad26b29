//! The source map: which text every span points into.
//!
//! *Invariant:* spans are byte offsets into one file; lines and columns are computed from them only
//! when something is shown to a person. Columns count characters, as the language reference says.

use std::sync::Arc;

/// A source file known to a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one source file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The file that both offsets point into.
    pub file: FileId,
    /// The offset of the first byte.
    pub start: u32,
    /// The offset one past the last byte; at least `start`.
    pub end: u32,
}

impl Span {
    /// Makes a span; `end` must not be smaller than `start`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { file, start, end }
    }

    /// The smallest span that covers both; both must be of the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A position for people: both parts start at 1, columns count Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// One file: its path as shown to people, its text and where its lines begin.
#[derive(Debug, Clone)]
pub struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The path as it was given; shown in diagnostics and stack traces.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    /// The line and column of the byte at `offset`.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.line_starts[line as usize - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |text| text.chars().count()) as u32 + 1;
        LineColumn { line, column }
    }
}

/// All files of one compilation.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and returns its id. Texts of 4 GiB or more are the caller's to refuse. A byte-order mark
    /// at the start isn't part of the text, so that it takes no column.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let (path, text) = (path.into(), text.into());
        let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), Arc::from);
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile { path, line_starts: line_starts(&text), text });
        id
    }

    /// The file of an id that this map handed out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The ids of all files, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// Where a span begins.
    pub fn start(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.start)
    }

    /// The text that a span covers.
    pub fn snippet(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }
}

/// LF, CR and CR LF each end one line.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (index, &byte) in bytes.iter().enumerate() {
        let crlf = byte == b'\r' && bytes.get(index + 1) == Some(&b'\n');
        if byte == b'\n' || (byte == b'\r' && !crlf) {
            starts.push(index as u32 + 1);
        }
    }
    starts
}
