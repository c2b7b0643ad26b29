//! Where parsing goes on after an error, and lists, which recover by themselves.
//!
//! A body goes on at the next line of its own depth. What the depth is at the error is found by going
//! over the failed statement once more from its start, so nothing is spent on programs without errors.
//! Indentation decides what brackets can't: a line that is indented no deeper than the failed statement
//! ends it, however many brackets the statement left open.

use super::cursor::{Failure, Parser, Result};
use crate::Span;
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};

/// The number of blanks at the start of the line that holds the byte at `offset`.
pub(super) fn indentation(text: &str, offset: u32) -> usize {
    let bytes = text.as_bytes();
    let before = &bytes[..offset as usize];
    let line = before.iter().rposition(|&byte| byte == b'\n' || byte == b'\r').map_or(0, |at| at + 1);
    bytes[line..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count()
}

/// The brackets that are open at some token.
#[derive(Default)]
struct Brackets(Vec<TokenKind>);

impl Brackets {
    /// Takes a token into account; false if it closes something that was opened before the first token.
    fn pass(&mut self, kind: TokenKind) -> bool {
        if let Some(closer) = kind.closer() {
            self.0.push(closer);
        } else if kind.is_closer() {
            match self.0.iter().rposition(|&open| open == kind) {
                Some(at) => self.0.truncate(at),
                None => return !matches!(kind, TokenKind::BraceClose | TokenKind::EmbedClose),
            }
        }
        true
    }

    /// The brackets that were opened between two positions.
    fn between(tokens: &[Token], from: usize, to: usize) -> Brackets {
        let mut brackets = Brackets::default();
        for token in &tokens[from..to] {
            brackets.pass(token.kind);
        }
        brackets
    }
}

impl Parser<'_, '_, '_> {
    /// Skips the rest of the statement that began at position `from` and could not be parsed.
    pub(super) fn skip_statement(&mut self, from: usize) {
        self.skip_lines(from, continues);
    }

    /// Skips the rest of the arm of a `match` that began at position `from`; `else` begins another one.
    pub(super) fn skip_arm(&mut self, from: usize) {
        self.skip_lines(from, |kind| kind != TokenKind::Else && continues(kind));
    }

    /// Skips to the next line of the same depth that doesn't start with a token that `continues` the last.
    fn skip_lines(&mut self, from: usize, continues: impl Fn(TokenKind) -> bool) {
        let (tokens, text) = (self.state().tokens, self.state().text);
        let indent = indentation(text, tokens[from].start);
        let mut brackets = Brackets::between(tokens, from, self.position());
        loop {
            let token = self.token();
            let kind = token.kind;
            if kind == TokenKind::EndOfFile {
                return;
            }
            let first = self.position() == from;
            if token.newline && !first && !continues(kind) {
                let outdented = indentation(text, token.start) <= indent;
                if brackets.0.is_empty() || outdented {
                    return;
                }
            }
            if !brackets.pass(kind) {
                return;
            }
            self.bump();
        }
    }

    /// Skips to the next comma or closer of the list that holds position `from`; false if there is none.
    fn skip_element(&mut self, from: usize, closer: TokenKind) -> bool {
        let (tokens, text) = (self.state().tokens, self.state().text);
        let indent = indentation(text, tokens[from].start);
        let mut brackets = Brackets::between(tokens, from, self.position());
        loop {
            let token = self.token();
            let kind = token.kind;
            if kind == TokenKind::EndOfFile {
                return false;
            }
            if brackets.0.is_empty() && (kind == TokenKind::Comma || kind == closer) {
                return true;
            }
            let outdented = token.newline && indentation(text, token.start) < indent && !continues(kind);
            let definition = token.newline && kind.starts_definition();
            let foreign = brackets.0.is_empty() && kind.is_closer();
            if outdented || definition || foreign || !brackets.pass(kind) {
                return false;
            }
            self.bump();
        }
    }
}

/// Whether a line that starts with this token continues the statement before it.
fn continues(kind: TokenKind) -> bool {
    use TokenKind::*;
    kind.is_binary_operator()
        || kind.is_closer()
        || matches!(kind, Dot | Comma | Else | Arrow | DoubleArrow | Throws | TemplateText | EmbedOpen)
}

/// How a list looks and what is said when it is malformed.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The token that opened it.
    pub(super) opened: Token,
    /// Whether it holds the arguments of a call.
    pub(super) is_call: bool,
}

impl List {
    /// A list that begins with a token.
    pub(super) fn new(opened: Token) -> Self {
        List { opened, is_call: false }
    }

    /// The arguments of a call.
    pub(super) fn call(opened: Token) -> Self {
        List { opened, is_call: true }
    }

    /// The elements after the opening token, up to and with the closing one. A comma may follow the last.
    pub(super) fn parse<'i, 'src: 'parse, 'parse, T>(
        self,
        parser: &mut Parser<'i, 'src, 'parse>,
        mut element: impl FnMut(&mut Parser<'i, 'src, 'parse>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let closer = self.opened.kind.closer().unwrap_or(TokenKind::ParenClose);
        let outer = std::mem::replace(&mut parser.state().in_list, true);
        let result = self.elements(parser, closer, &mut element);
        parser.state().in_list = outer;
        result
    }

    fn elements<'i, 'src: 'parse, 'parse, T>(
        self,
        parser: &mut Parser<'i, 'src, 'parse>,
        closer: TokenKind,
        element: &mut impl FnMut(&mut Parser<'i, 'src, 'parse>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut elements = Vec::new();
        while parser.accept(closer).is_none() {
            let from = parser.position();
            match element(parser) {
                Ok(value) => elements.push(value),
                Err(_) if parser.skip_element(from, closer) => {}
                Err(failure) => return Err(failure),
            }
            if parser.accept(TokenKind::Comma).is_some() || parser.is(closer) {
                continue;
            }
            self.missing_comma(parser, closer);
            if !parser.token().newline {
                // Going on as if the comma were there; an element that consumes nothing must not loop.
                if parser.kind().starts_value() && parser.position() > from {
                    continue;
                }
                if !parser.skip_element(from, closer) {
                    return Err(Failure::Reported);
                }
                parser.accept(TokenKind::Comma);
                continue;
            }
            let (text, next) = (parser.state().text, parser.token());
            let deeper = indentation(text, next.start) > indentation(text, self.opened.start);
            if !(deeper && next.kind.starts_value() && parser.position() > from) {
                // The closer is missing, most likely; what follows stands for itself.
                return Ok(elements);
            }
        }
        Ok(elements)
    }

    fn missing_comma(self, parser: &mut Parser<'_, '_, '_>, closer: TokenKind) {
        let opened: Span = parser.span(self.opened);
        let next = parser.token();
        let missing_comma = next.kind.starts_value() && next.same_line();
        let expected = match closer {
            TokenKind::BracketClose => Expected::Words("a comma or `]`"),
            TokenKind::BraceClose => Expected::Words("a comma or `}`"),
            _ => Expected::Words("a comma or `)`"),
        };
        parser.fail(expected, |found, span| match closer {
            _ if self.is_call && missing_comma => SyntaxError::ExpectedComma { found, span },
            TokenKind::BracketClose => SyntaxError::ExpectedClosingBracket { found, opened, span },
            _ => SyntaxError::ExpectedCommaOrCloser { found, closer, opened, span },
        });
    }
}
