//! The parser: tokens to syntax tree, driven by chumsky's input and error machinery.
//!
//! Imports and trait bounds are chumsky combinators. Everything whose grammar looks at the layout or needs its
//! own recovery (bodies, sends, lists) is a production by hand: a function over chumsky's [`InputRef`].
//! No production ever backtracks, two tokens of lookahead are enough, so parsing is linear.
//!
//! How errors work: a production that can't go on reports once and returns [`Failure`]. Lists and bodies
//! are the two places that catch failures: a list goes on at its next comma, a body at the next line of
//! its own depth (see `recover.rs`). A second error at the same token is never reported.
//!
//! *Invariant:* every loop either consumes a token or ends.
//! *Invariant:* the height of the tree is at most [`MAX_HEIGHT`], and the recursion at most [`MAX_DEPTH`],
//! so that no stage after this one runs out of stack on the tree's account.

mod block;
mod control;
mod cursor;
mod expr;
mod import;
mod item;
mod method;
mod primary;
mod recover;
mod send;
mod types;

use crate::ast::Module;
use crate::error::SyntaxError;
use crate::lexer::{Lexed, lex};
use crate::token::{Token, TokenKind};
use crate::{FileId, Span};
use chumsky::error::LabelError;
use chumsky::input::InputRef;
use chumsky::inspector::SimpleState;
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

/// How deeply productions may recurse. The deepest real code nests about 30 levels; 200 levels fit into
/// a stack of 2 MiB even in an unoptimised build.
pub const MAX_DEPTH: u32 = 200;

/// How many nodes may lie between the root of an expression and its deepest leaf, a chain such as `a.b.c` or
/// `1 + 2 + 3` being one of them. Casts of casts nest without recursion of the parser, and freeing or walking them recurses.
pub const MAX_HEIGHT: u32 = 1000;

/// After so many errors the rest of the file is not looked at.
const MAX_ERRORS: usize = 200;

/// What parsing a file gives: always a tree, and the errors that were met.
#[derive(Clone, PartialEq, Debug)]
pub struct Parsed {
    /// The tree, with `Error` nodes where something could not be parsed.
    pub module: Module,
    /// The errors in source order. A program with any must be rejected.
    pub errors: Vec<SyntaxError>,
    /// Things that are valid but hardly meant, in source order.
    pub warnings: Vec<SyntaxError>,
}

/// Parses a file.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let Lexed { tokens, comments, errors, unterminated } = lex(file, text);
    let mut state = SimpleState(State {
        file,
        text,
        tokens: &tokens,
        errors,
        ignore_end: unterminated,
        last_error: None,
        aborted: false,
        depth: 0,
        height: 0,
        in_list: false,
    });
    let items = custom(item::module).parse_with_state(&tokens[..], &mut state).into_output();
    let mut errors = state.0.errors;
    errors.sort_by_key(|error| error.span().start);
    let (mut warnings, errors): (Vec<_>, Vec<_>) = errors.into_iter().partition(SyntaxError::is_warning);
    // An error says all that a warning at the same place could add.
    warnings.retain(|warning| {
        let start = |error: &SyntaxError| error.span().start;
        errors.binary_search_by_key(&start(warning), start).is_err()
    });
    let span = Span::new(file, 0, text.len() as u32);
    let module = Module { items: items.unwrap_or_default(), comments, span };
    Parsed { module, errors, warnings }
}

/// What the productions share.
struct State<'src> {
    file: FileId,
    text: &'src str,
    tokens: &'src [Token],
    errors: Vec<SyntaxError>,
    /// The last token is where an unterminated literal left off; errors there only follow from it.
    ignore_end: bool,
    /// Where the last error was, as an offset: one error a token is enough.
    last_error: Option<u32>,
    /// Set once parsing was given up; nothing is reported after that.
    aborted: bool,
    depth: u32,
    /// The height of the highest tree since whoever is interested reset it.
    height: u32,
    /// Whether a comma after the current expression belongs to an enclosing list.
    in_list: bool,
}

/// Why a production gave up.
#[derive(Debug, Clone, Copy)]
enum Failure {
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
type Tokens<'src> = &'src [Token];

/// What chumsky carries along: our errors and our state.
type Extra<'src> = extra::Full<Failure, SimpleState<State<'src>>, ()>;

/// What every production reads from.
type Input<'src, 'parse> = InputRef<'src, 'parse, Tokens<'src>, Extra<'src>>;

/// What every production returns.
type Result<T> = std::result::Result<T, Failure>;

/// A combinator that matches one token of that kind.
fn token<'src>(kind: TokenKind) -> impl Parser<'src, Tokens<'src>, Token, Extra<'src>> + Copy {
    any().filter(move |token: &Token| token.kind == kind)
}
