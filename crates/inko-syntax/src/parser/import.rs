//! Imports, as combinators.

use super::cursor::{Extra, Failure, Parser, Result, Tokens, token};
use crate::ast::{Ident, Import, ImportSymbol, Selection};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};
use chumsky::{
    IterParser, Parser as _,
    primitive::{any, choice},
};

impl Parser<'_, '_, '_> {
    /// `import a::b::(C, d as e)`
    pub(super) fn import(&mut self) -> Result<Import> {
        let start = self.expect(TokenKind::Import)?;
        // The combinators would take the quotes for no token of theirs, and say so at the next one.
        if matches!(self.kind(), TokenKind::String | TokenKind::TemplateOpen) {
            return Err(self.invalid_import("the path of a module"));
        }
        match self.run(tail()) {
            Ok((path, selection)) => {
                let next = self.token();
                if next.same_line() && matches!(next.kind, TokenKind::As | TokenKind::DoubleColon) {
                    return Err(self.invalid_import("the end of the import"));
                }
                Ok(Import { path, selection, span: self.covering(start) })
            }
            Err(failure) => Err(self.import_failure(start, failure)),
        }
    }

    /// Goes to the token that the combinators stopped at, whichever branch they were in, and reports it.
    fn import_failure(&mut self, start: Token, failure: Failure) -> Failure {
        let Failure::At(found) = failure else { return failure };
        let tokens = self.state().tokens;
        let from = tokens.partition_point(|token| token.start <= start.start);
        let to = tokens.partition_point(|token| token.start < found.start);
        let inside = to.checked_sub(1).is_some_and(|before| before >= from);
        while self.token().start < found.start {
            self.bump();
        }
        let expected = match tokens.get(to.saturating_sub(1)).map(|token| token.kind) {
            _ if !inside => "the path of a module",
            Some(TokenKind::DoubleColon) => "a name, `*` or `(`",
            Some(TokenKind::As) => "an identifier or constant",
            Some(TokenKind::ParenOpen | TokenKind::Comma) => "an identifier, a constant or `self`",
            _ => "a comma or `)`",
        };
        self.invalid_import(expected)
    }

    fn invalid_import(&mut self, expected: &'static str) -> Failure {
        self.fail(Expected::Words(expected), |found, span| SyntaxError::InvalidImport {
            found,
            expected,
            span,
        })
    }
}

fn tail<'src>() -> impl chumsky::Parser<'src, Tokens<'src>, (Vec<Ident>, Selection), Extra<'src>> {
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
fn segment<'src>() -> impl chumsky::Parser<'src, Tokens<'src>, Ident, Extra<'src>> + Copy {
    let is_segment = |token: &Token| match token.kind {
        TokenKind::Identifier => true,
        TokenKind::SelfRef | TokenKind::TryBang => false,
        kind => kind.is_keyword() && token.same_line(),
    };
    any().filter(is_segment).map_with(ident)
}

fn symbols<'src>() -> impl chumsky::Parser<'src, Tokens<'src>, Vec<ImportSymbol>, Extra<'src>> {
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
fn named<'src>(kind: TokenKind) -> impl chumsky::Parser<'src, Tokens<'src>, Ident, Extra<'src>> + Copy {
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
