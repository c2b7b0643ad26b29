//! The parser: tokens to syntax tree, driven by chumsky's input and error machinery.
//!
//! Imports and trait bounds are chumsky combinators. Everything whose grammar looks at the layout or needs its
//! own recovery (bodies, sends, lists) is a production by hand: a method of [`Parser`], which reads from chumsky's input.
//! A file has the productions of one part of the grammar, and knows no other file of productions.
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

pub use cursor::{MAX_DEPTH, MAX_HEIGHT};

use crate::ast::Module;
use crate::error::SyntaxError;
use crate::lexer::{Lexed, lex};
use crate::{FileId, Span};
use chumsky::Parser as _;
use chumsky::inspector::SimpleState;
use chumsky::primitive::custom;
use cursor::{Parser, State};

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
    let items =
        custom(|input| Parser::new(input).module()).parse_with_state(&tokens[..], &mut state).into_output();
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
