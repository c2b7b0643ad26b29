//! Cuts text into pieces that a mutation may move around: words, numbers, strings, operators, comments.
//! Coarser and more lenient than the lexer of the compiler, and independent of it.
//!
//! *Invariant:* the pieces put together again are the text.

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Blanks and line breaks.
    Blank,
    /// A keyword or an identifier.
    Word,
    /// A name that begins with a capital letter.
    Constant,
    /// An attribute.
    Attribute,
    /// A number.
    Number,
    /// A quoted string; a template string is cut at its braces.
    Text,
    /// A comment up to the end of the line.
    Comment,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// Operators and everything else.
    Other,
}

/// A piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

/// Operators of more than one character, longest first.
const OPERATORS: &[&str] = &[
    "...", "**=", "<<=", ">>=", "::", "->", "=>", "!!", "!(", "==", "!=", "<=", ">=", "=~", "..", "<<", ">>",
    "**", "&&", "||", "??", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=",
];

/// Cuts a text.
pub fn cut(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = piece(rest, first);
        pieces.push(Piece { kind, text: rest[..length].into() });
        rest = &rest[length..];
    }
    pieces
}

/// The kind and length of the piece that a text begins with.
fn piece(rest: &str, first: char) -> (Kind, usize) {
    let run = |wanted: &dyn Fn(char) -> bool| rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match first {
        c if c.is_ascii_whitespace() => (Kind::Blank, run(&|c| c.is_ascii_whitespace())),
        'a'..='z' | '_' => {
            let length = run(&word);
            (Kind::Word, length + usize::from(rest[length..].starts_with('?')))
        }
        'A'..='Z' => (Kind::Constant, run(&word)),
        '0'..='9' => (Kind::Number, run(&word)),
        '@' => (Kind::Attribute, 1 + rest[1..].find(|c| !word(c)).unwrap_or(rest.len() - 1)),
        '#' => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
        '\'' | '"' => (Kind::Text, quoted(rest, first)),
        '{' | '(' | '[' => (Kind::Open, 1),
        '}' | ')' | ']' => (Kind::Close, 1),
        _ => {
            let operator = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
            let kind = if rest.starts_with("!(") { Kind::Open } else { Kind::Other };
            (kind, operator.map_or(first.len_utf8(), |operator| operator.len()))
        }
    }
}

/// The length of a quoted string; that of the quote if it never ends.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return index + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    1
}

/// The end of the group that the opening bracket at `open` begins, one past its closing bracket.
pub fn group(pieces: &[Piece], open: usize) -> usize {
    let mut depth = 0;
    for (index, piece) in pieces.iter().enumerate().skip(open) {
        match piece.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return index + 1;
        }
    }
    pieces.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_text_again() {
        let text = "def é!(T)(a: ?T) -> Map { `x{a.b? ** 1_0}` 'a\\'b' \"open # comment\n@c <<= -5.0e3 }";
        let pieces = cut(text);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        assert!(pieces.iter().any(|piece| piece.text == "b?"));
        assert!(pieces.iter().any(|piece| piece.text == "'a\\'b'"));
    }

    #[test]
    fn groups_nest() {
        let pieces = cut("f(a, [b], { c }) d");
        assert_eq!(group(&pieces, 1), pieces.len() - 2);
        assert_eq!(group(&pieces, 0), 1);
    }
}
