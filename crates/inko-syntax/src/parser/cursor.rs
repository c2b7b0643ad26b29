//! Small steps over the input that all productions are made of: peek, bump, expect, report.

use super::{Failure, Input, MAX_DEPTH, MAX_ERRORS, MAX_HEIGHT, Result};
use crate::ast::Ident;
use crate::error::{Expected, Found, SyntaxError};
use crate::lexer::shorten;
use crate::token::{Token, TokenKind};
use crate::{Name, Span};

/// The steps. An extension of chumsky's input, so that productions are plain functions over it.
pub(super) trait Cursor<'src> {
    /// The next token; at the end of the file, again and again, the end.
    fn token(&mut self) -> Token;
    /// The token `ahead` of the next one.
    fn token_ahead(&mut self, ahead: usize) -> Token;
    /// The position of the next token.
    fn position(&self) -> usize;
    /// Consumes the next token and returns it; the end of the file is never consumed.
    fn bump(&mut self) -> Token;
    /// The end of the token before the next one.
    fn previous_end(&mut self) -> u32;
    /// The text of a token.
    fn text(&mut self, token: Token) -> &'src str;
    /// The place of a token.
    fn span(&mut self, token: Token) -> Span;
    /// From the start of a token to the end of the last consumed one.
    fn covering(&mut self, start: Token) -> Span;

    /// The kind of the next token.
    fn kind(&mut self) -> TokenKind {
        self.token().kind
    }

    /// Whether the next token is of that kind.
    fn is(&mut self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// Consumes the next token if it is of that kind.
    fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        if self.is(kind) { Some(self.bump()) } else { None }
    }

    /// Consumes a token of that kind, or reports.
    fn expect(&mut self, kind: TokenKind) -> Result<Token> {
        if self.is(kind) { Ok(self.bump()) } else { Err(self.unexpected(Expected::Token(kind))) }
    }

    /// A name, with the `@` of attributes removed.
    fn name(&mut self, token: Token) -> Ident {
        let text = self.text(token);
        Ident { name: Name::new(text.strip_prefix('@').unwrap_or(text)), span: self.span(token) }
    }

    /// Consumes a constant, or reports.
    fn constant(&mut self) -> Result<Ident> {
        let token = self.expect(TokenKind::Constant)?;
        Ok(self.name(token))
    }

    /// What a message says about a token.
    fn found(&mut self, token: Token) -> Found {
        let text = self.text(token);
        Found { kind: token.kind, text: Name::new(shorten(text)) }
    }

    /// Reports that the next token is not what was expected.
    fn unexpected(&mut self, expected: Expected) -> Failure {
        self.fail(expected, |found, span| SyntaxError::UnexpectedToken { found, expected, span })
    }

    /// Reports an error about the next token; at the end of the file it becomes an unexpected end.
    fn fail(&mut self, expected: Expected, error: impl FnOnce(Found, Span) -> SyntaxError) -> Failure {
        let token = self.token();
        let (found, span) = (self.found(token), self.span(token));
        if token.kind == TokenKind::EndOfFile {
            self.report(SyntaxError::UnexpectedEnd { expected, span })
        } else if token.kind == TokenKind::Error {
            // The lexer has reported it.
            Failure::Reported
        } else {
            self.report(error(found, span))
        }
    }

    /// Adds an error, unless there was one at this place already.
    fn report(&mut self, error: SyntaxError) -> Failure;
    /// Adds a warning.
    fn warn(&mut self, warning: SyntaxError);
    /// Runs a production one level deeper, or gives up when that is too deep.
    fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Result<T>) -> Result<T>;
    /// Makes the current tree one node higher, or gives up when that is too high.
    fn grow(&mut self) -> Result<()>;
    /// Gives up on the rest of the file.
    fn abort(&mut self);
}

impl<'src> Cursor<'src> for Input<'src, '_> {
    #[inline]
    fn token(&mut self) -> Token {
        match self.peek() {
            Some(token) => token,
            None => self.token_ahead(0),
        }
    }

    fn token_ahead(&mut self, ahead: usize) -> Token {
        let at = self.position() + ahead;
        let tokens = self.state().tokens;
        // The lexer always ends with the end of the file.
        tokens[at.min(tokens.len() - 1)]
    }

    #[inline]
    fn position(&self) -> usize {
        *self.cursor().inner()
    }

    #[inline]
    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::EndOfFile {
            self.skip();
        }
        token
    }

    #[inline]
    fn previous_end(&mut self) -> u32 {
        let before = self.position().wrapping_sub(1);
        self.state().tokens.get(before).map_or(0, |token| token.end)
    }

    #[inline]
    fn text(&mut self, token: Token) -> &'src str {
        &self.state().text[token.start as usize..token.end as usize]
    }

    #[inline]
    fn span(&mut self, token: Token) -> Span {
        Span::new(self.state().file, token.start, token.end)
    }

    #[inline]
    fn covering(&mut self, start: Token) -> Span {
        let end = self.previous_end().max(start.start);
        Span::new(self.state().file, start.start, end)
    }

    fn report(&mut self, error: SyntaxError) -> Failure {
        let at = self.token();
        let state = self.state();
        let follows = state.last_error == Some(at.start)
            || (state.ignore_end && at.kind == TokenKind::EndOfFile)
            || state.aborted;
        if !follows {
            state.errors.push(error);
            state.last_error = Some(at.start);
            if state.errors.len() >= MAX_ERRORS {
                self.abort();
            }
        }
        Failure::Reported
    }

    fn warn(&mut self, warning: SyntaxError) {
        self.state().errors.push(warning);
    }

    #[inline]
    fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.state().depth >= MAX_DEPTH {
            let token = self.token();
            let span = self.span(token);
            self.report(SyntaxError::NestedTooDeeply { span });
            self.abort();
            return Err(Failure::Reported);
        }
        self.state().depth += 1;
        let result = production(self);
        self.state().depth -= 1;
        result
    }

    #[inline]
    fn grow(&mut self) -> Result<()> {
        self.state().height += 1;
        if self.state().height <= MAX_HEIGHT {
            return Ok(());
        }
        let token = self.token();
        let span = self.span(token);
        self.report(SyntaxError::NestedTooDeeply { span });
        self.abort();
        Err(Failure::Reported)
    }

    fn abort(&mut self) {
        self.state().aborted = true;
        while !self.is(TokenKind::EndOfFile) {
            self.bump();
        }
    }
}
