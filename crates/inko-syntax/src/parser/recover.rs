//! Where parsing goes on after an error, and lists, which recover by themselves.
//!
//! A body goes on at the next line of its own depth. What the depth is at the error is found by going
//! over the failed statement once more from its start, so nothing is spent on programs without errors.
//! Indentation decides what brackets can't: a line that is indented no deeper than the failed statement
//! ends it, however many brackets the statement left open.

use super::cursor::Cursor;
use super::{Failure, Input, Result};
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

/// Skips the rest of the statement that began at position `from` and could not be parsed.
pub(super) fn skip_statement(inp: &mut Input<'_, '_>, from: usize) {
    skip_lines(inp, from, continues);
}

/// Skips the rest of the arm of a `match` that began at position `from`; `else` begins another one.
pub(super) fn skip_arm(inp: &mut Input<'_, '_>, from: usize) {
    skip_lines(inp, from, |kind| kind != TokenKind::Else && continues(kind));
}

/// Skips to the next line of the same depth that doesn't start with a token that `continues` the last.
fn skip_lines(inp: &mut Input<'_, '_>, from: usize, continues: impl Fn(TokenKind) -> bool) {
    let (tokens, text) = (inp.state().tokens, inp.state().text);
    let indent = indentation(text, tokens[from].start);
    let mut brackets = Brackets::between(tokens, from, inp.position());
    loop {
        let token = inp.token();
        let kind = token.kind;
        if kind == TokenKind::EndOfFile {
            return;
        }
        let first = inp.position() == from;
        if token.newline && !first && !continues(kind) {
            let outdented = indentation(text, token.start) <= indent;
            if brackets.0.is_empty() || outdented {
                return;
            }
        }
        if !brackets.pass(kind) {
            return;
        }
        inp.bump();
    }
}

/// Whether a line that starts with this token continues the statement before it.
fn continues(kind: TokenKind) -> bool {
    use TokenKind::*;
    kind.is_binary_operator()
        || kind.is_closer()
        || matches!(kind, Dot | Comma | Else | Arrow | DoubleArrow | Throws | TemplateText | EmbedOpen)
}

/// Skips to the next comma or closer of the list that holds position `from`; false if there is none.
fn skip_element(inp: &mut Input<'_, '_>, from: usize, closer: TokenKind) -> bool {
    let (tokens, text) = (inp.state().tokens, inp.state().text);
    let indent = indentation(text, tokens[from].start);
    let mut brackets = Brackets::between(tokens, from, inp.position());
    loop {
        let token = inp.token();
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
        inp.bump();
    }
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
    pub(super) fn parse<'src, 'parse, T>(
        self,
        inp: &mut Input<'src, 'parse>,
        mut element: impl FnMut(&mut Input<'src, 'parse>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let closer = self.opened.kind.closer().unwrap_or(TokenKind::ParenClose);
        let outer = std::mem::replace(&mut inp.state().in_list, true);
        let result = self.elements(inp, closer, &mut element);
        inp.state().in_list = outer;
        result
    }

    fn elements<'src, 'parse, T>(
        self,
        inp: &mut Input<'src, 'parse>,
        closer: TokenKind,
        element: &mut impl FnMut(&mut Input<'src, 'parse>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut elements = Vec::new();
        while inp.accept(closer).is_none() {
            let from = inp.position();
            match element(inp) {
                Ok(value) => elements.push(value),
                Err(_) if skip_element(inp, from, closer) => {}
                Err(failure) => return Err(failure),
            }
            if inp.accept(TokenKind::Comma).is_some() || inp.is(closer) {
                continue;
            }
            self.missing_comma(inp, closer);
            if !inp.token().newline {
                // Going on as if the comma were there; an element that consumes nothing must not loop.
                if inp.kind().starts_value() && inp.position() > from {
                    continue;
                }
                if !skip_element(inp, from, closer) {
                    return Err(Failure::Reported);
                }
                inp.accept(TokenKind::Comma);
                continue;
            }
            let (text, next) = (inp.state().text, inp.token());
            let deeper = indentation(text, next.start) > indentation(text, self.opened.start);
            if !(deeper && next.kind.starts_value() && inp.position() > from) {
                // The closer is missing, most likely; what follows stands for itself.
                return Ok(elements);
            }
        }
        Ok(elements)
    }

    fn missing_comma(self, inp: &mut Input<'_, '_>, closer: TokenKind) {
        let opened: Span = inp.span(self.opened);
        let next = inp.token();
        let missing_comma = next.kind.starts_value() && next.same_line();
        let expected = match closer {
            TokenKind::BracketClose => Expected::Words("a comma or `]`"),
            TokenKind::BraceClose => Expected::Words("a comma or `}`"),
            _ => Expected::Words("a comma or `)`"),
        };
        inp.fail(expected, |found, span| match closer {
            _ if self.is_call && missing_comma => SyntaxError::ExpectedComma { found, span },
            TokenKind::BracketClose => SyntaxError::ExpectedClosingBracket { found, opened, span },
            _ => SyntaxError::ExpectedCommaOrCloser { found, closer, opened, span },
        });
    }
}
