//! What all productions are methods of, and the small steps over the input that they are made of: peek, bump, expect,
//! report. This file knows no production.

use crate::ast::Ident;
use crate::error::{Expected, Found, SyntaxError};
use crate::lexer::shorten;
use crate::token::{Token, TokenKind};
use crate::{FileId, Name, Span};
use chumsky::Parser as _;
use chumsky::error::LabelError;
use chumsky::extra;
use chumsky::input::InputRef;
use chumsky::inspector::SimpleState;
use chumsky::primitive::any;
use chumsky::span::SimpleSpan;
use chumsky::util::MaybeRef;

/// How deeply productions may recurse. The deepest real code nests about 30 levels; 200 levels fit into
/// a stack of 2 MiB even in an unoptimised build.
pub const MAX_DEPTH: u32 = 200;

/// How many nodes may lie between the root of an expression and its deepest leaf, a chain such as `a.b.c` or
/// `1 + 2 + 3` being one of them. Casts of casts nest without recursion of the parser, and freeing or walking them recurses.
pub const MAX_HEIGHT: u32 = 1000;

/// After so many errors the rest of the file is not looked at.
const MAX_ERRORS: usize = 200;

/// What the productions share.
pub(super) struct State<'src> {
    pub(super) file: FileId,
    pub(super) text: &'src str,
    pub(super) tokens: &'src [Token],
    pub(super) errors: Vec<SyntaxError>,
    /// The last token is where an unterminated literal left off; errors there only follow from it.
    pub(super) ignore_end: bool,
    /// Where the last error was, as an offset: one error a token is enough.
    pub(super) last_error: Option<u32>,
    /// Set once parsing was given up; nothing is reported after that.
    pub(super) aborted: bool,
    pub(super) depth: u32,
    /// The height of the highest tree since whoever is interested reset it.
    pub(super) height: u32,
    /// Whether a comma after the current expression belongs to an enclosing list.
    pub(super) in_list: bool,
}

/// Why a production gave up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failure {
    /// The error was reported already.
    Reported,
    /// A combinator met this token; whoever ran it reports.
    At(Token),
}

impl<'src, L> LabelError<'src, Tokens<'src>, L> for Failure {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        found: Option<MaybeRef<'src, Token>>,
        _: SimpleSpan<usize>,
    ) -> Self {
        found.map_or(Failure::Reported, |token| Failure::At(*token))
    }
}

impl<'src> chumsky::error::Error<'src, Tokens<'src>> for Failure {}

/// The input: a slice of tokens.
pub(super) type Tokens<'src> = &'src [Token];

/// What chumsky carries along: our errors and our state.
pub(super) type Extra<'src> = extra::Full<Failure, SimpleState<State<'src>>, ()>;

/// What chumsky hands to those who read by hand.
type Input<'src, 'parse> = InputRef<'src, 'parse, Tokens<'src>, Extra<'src>>;

/// What every production returns.
pub(super) type Result<T> = std::result::Result<T, Failure>;

/// A combinator that matches one token of that kind.
pub(super) fn token<'src>(
    kind: TokenKind,
) -> impl chumsky::Parser<'src, Tokens<'src>, Token, Extra<'src>> + Copy {
    any().filter(move |token: &Token| token.kind == kind)
}

/// The parser at some place of the input. The productions are its methods, in the other files; they call each other
/// as the grammar does, whichever file they are in.
pub(super) struct Parser<'i, 'src: 'parse, 'parse> {
    input: &'i mut Input<'src, 'parse>,
}

impl<'i, 'src: 'parse, 'parse> Parser<'i, 'src, 'parse> {
    /// A parser over what chumsky hands out.
    pub(super) fn new(input: &'i mut Input<'src, 'parse>) -> Self {
        Self { input }
    }

    /// What the productions share.
    #[inline]
    pub(super) fn state(&mut self) -> &mut State<'src> {
        self.input.state()
    }

    /// Runs a combinator from here on.
    pub(super) fn run<T>(
        &mut self,
        parser: impl chumsky::Parser<'src, Tokens<'src>, T, Extra<'src>>,
    ) -> Result<T> {
        self.input.parse(parser)
    }

    /// Uses up the end of the file too, as chumsky wants it.
    pub(super) fn end(&mut self) {
        self.input.skip();
    }

    /// The next token; at the end of the file, again and again, the end.
    #[inline]
    pub(super) fn token(&mut self) -> Token {
        match self.input.peek() {
            Some(token) => token,
            None => self.token_ahead(0),
        }
    }

    /// The token `ahead` of the next one.
    pub(super) fn token_ahead(&mut self, ahead: usize) -> Token {
        let at = self.position() + ahead;
        let tokens = self.state().tokens;
        // The lexer always ends with the end of the file.
        tokens[at.min(tokens.len() - 1)]
    }

    /// The position of the next token.
    #[inline]
    pub(super) fn position(&self) -> usize {
        *self.input.cursor().inner()
    }

    /// Consumes the next token and returns it; the end of the file is never consumed.
    #[inline]
    pub(super) fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::EndOfFile {
            self.input.skip();
        }
        token
    }

    /// The end of the token before the next one.
    #[inline]
    pub(super) fn previous_end(&mut self) -> u32 {
        let before = self.position().wrapping_sub(1);
        self.state().tokens.get(before).map_or(0, |token| token.end)
    }

    /// The text of a token.
    #[inline]
    pub(super) fn text(&mut self, token: Token) -> &'src str {
        &self.state().text[token.start as usize..token.end as usize]
    }

    /// The place of a token.
    #[inline]
    pub(super) fn span(&mut self, token: Token) -> Span {
        Span::new(self.state().file, token.start, token.end)
    }

    /// From the start of a token to the end of the last consumed one.
    #[inline]
    pub(super) fn covering(&mut self, start: Token) -> Span {
        let end = self.previous_end().max(start.start);
        Span::new(self.state().file, start.start, end)
    }

    /// The kind of the next token.
    pub(super) fn kind(&mut self) -> TokenKind {
        self.token().kind
    }

    /// Whether the next token is of that kind.
    pub(super) fn is(&mut self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// Consumes the next token if it is of that kind.
    pub(super) fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        if self.is(kind) { Some(self.bump()) } else { None }
    }

    /// Consumes a token of that kind, or reports.
    pub(super) fn expect(&mut self, kind: TokenKind) -> Result<Token> {
        if self.is(kind) { Ok(self.bump()) } else { Err(self.unexpected(Expected::Token(kind))) }
    }

    /// A name, with the `@` of attributes removed.
    pub(super) fn name(&mut self, token: Token) -> Ident {
        let text = self.text(token);
        Ident { name: Name::new(text.strip_prefix('@').unwrap_or(text)), span: self.span(token) }
    }

    /// Consumes a constant, or reports.
    pub(super) fn constant(&mut self) -> Result<Ident> {
        let token = self.expect(TokenKind::Constant)?;
        Ok(self.name(token))
    }

    /// What a message says about a token.
    pub(super) fn found(&mut self, token: Token) -> Found {
        let text = self.text(token);
        Found { kind: token.kind, text: Name::new(shorten(text)) }
    }

    /// Reports that the next token is not what was expected.
    pub(super) fn unexpected(&mut self, expected: Expected) -> Failure {
        self.fail(expected, |found, span| SyntaxError::UnexpectedToken { found, expected, span })
    }

    /// Reports an error about the next token; at the end of the file it becomes an unexpected end.
    pub(super) fn fail(
        &mut self,
        expected: Expected,
        error: impl FnOnce(Found, Span) -> SyntaxError,
    ) -> Failure {
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
    pub(super) fn report(&mut self, error: SyntaxError) -> Failure {
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

    /// Adds a warning.
    pub(super) fn warn(&mut self, warning: SyntaxError) {
        self.state().errors.push(warning);
    }

    /// Runs a production one level deeper, or gives up when that is too deep.
    #[inline]
    pub(super) fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
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

    /// Makes the current tree one node higher, or gives up when that is too high.
    #[inline]
    pub(super) fn grow(&mut self) -> Result<()> {
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

    /// Gives up on the rest of the file.
    pub(super) fn abort(&mut self) {
        self.state().aborted = true;
        while !self.is(TokenKind::EndOfFile) {
            self.bump();
        }
    }
}
