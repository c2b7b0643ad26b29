//! Imports, as combinators.

use super::cursor::Cursor;
use super::{Extra, Failure, Input, Result, Tokens, token};
use crate::ast::{Ident, Import, ImportSymbol, Selection};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};
use chumsky::prelude::*;

/// `import a::b::(C, d as e)`
pub(super) fn import(inp: &mut Input<'_, '_>) -> Result<Import> {
    let start = inp.expect(TokenKind::Import)?;
    // The combinators would take the quotes for no token of theirs, and say so at the next one.
    if matches!(inp.kind(), TokenKind::String | TokenKind::TemplateOpen) {
        return Err(invalid(inp, "the path of a module"));
    }
    match inp.parse(tail()) {
        Ok((path, selection)) => {
            let next = inp.token();
            if next.same_line() && matches!(next.kind, TokenKind::As | TokenKind::DoubleColon) {
                return Err(invalid(inp, "the end of the import"));
            }
            Ok(Import { path, selection, span: inp.covering(start) })
        }
        Err(failure) => Err(report(inp, start, failure)),
    }
}

/// Goes to the token that the combinators stopped at, whichever branch they were in, and reports it.
fn report(inp: &mut Input<'_, '_>, start: Token, failure: Failure) -> Failure {
    let Failure::At(found) = failure else { return failure };
    let tokens = inp.state().tokens;
    let from = tokens.partition_point(|token| token.start <= start.start);
    let to = tokens.partition_point(|token| token.start < found.start);
    let inside = to.checked_sub(1).is_some_and(|before| before >= from);
    while inp.token().start < found.start {
        inp.bump();
    }
    let expected = match tokens.get(to.saturating_sub(1)).map(|token| token.kind) {
        _ if !inside => "the path of a module",
        Some(TokenKind::DoubleColon) => "a name, `*` or `(`",
        Some(TokenKind::As) => "an identifier or constant",
        Some(TokenKind::ParenOpen | TokenKind::Comma) => "an identifier, a constant or `self`",
        _ => "a comma or `)`",
    };
    invalid(inp, expected)
}

fn invalid(inp: &mut Input<'_, '_>, expected: &'static str) -> Failure {
    inp.fail(Expected::Words(expected), |found, span| SyntaxError::InvalidImport { found, expected, span })
}

fn tail<'src>() -> impl Parser<'src, Tokens<'src>, (Vec<Ident>, Selection), Extra<'src>> {
    let separator = token(TokenKind::DoubleColon);
    let path = segment().then(separator.ignore_then(segment()).repeated().collect::<Vec<_>>());
    let selection = separator.ignore_then(choice((
        named(TokenKind::Constant).map(Selection::Constant),
        named(TokenKind::Mul).map(|star| Selection::All(star.span)),
        symbols().map(Selection::Symbols),
    )));
    let module = separator.not().to(Selection::Module);
    path.then(selection.or(module)).map(|((first, mut rest), selection)| {
        rest.insert(0, first);
        (rest, selection)
    })
}

/// A segment of a path: an identifier or any keyword but `self`. A keyword at the start of a line is none,
/// because there it is far more likely the start of a definition after an import that was left unfinished.
fn segment<'src>() -> impl Parser<'src, Tokens<'src>, Ident, Extra<'src>> + Copy {
    let is_segment = |token: &Token| match token.kind {
        TokenKind::Identifier => true,
        TokenKind::SelfRef | TokenKind::TryBang => false,
        kind => kind.is_keyword() && token.same_line(),
    };
    any().filter(is_segment).map_with(ident)
}

fn symbols<'src>() -> impl Parser<'src, Tokens<'src>, Vec<ImportSymbol>, Extra<'src>> {
    let name = || named(TokenKind::Identifier).or(named(TokenKind::Constant));
    let alias = token(TokenKind::As).ignore_then(name()).or_not();
    let symbol = name()
        .map(|name| (name, false))
        .or(named(TokenKind::SelfRef).map(|name| (name, true)))
        .then(alias)
        .map(|((name, is_self), alias)| ImportSymbol { name, is_self, alias });
    symbol
        .separated_by(token(TokenKind::Comma))
        .at_least(1)
        .allow_trailing()
        .collect()
        .delimited_by(token(TokenKind::ParenOpen), token(TokenKind::ParenClose))
}

/// A token of that kind as a name.
fn named<'src>(kind: TokenKind) -> impl Parser<'src, Tokens<'src>, Ident, Extra<'src>> + Copy {
    token(kind).map_with(ident)
}

fn ident<'src>(
    token: Token,
    extra: &mut chumsky::input::MapExtra<'src, '_, Tokens<'src>, Extra<'src>>,
) -> Ident {
    let state = extra.state();
    let name = crate::Name::new(&state.text[token.start as usize..token.end as usize]);
    Ident { name, span: crate::Span::new(state.file, token.start, token.end) }
}
