//! Types, type parameters and bounds.

use super::cursor::Cursor;
use super::recover::List;
use super::{Extra, Failure, Input, Result, Tokens, token};
use crate::Span;
use crate::ast::{Type, TypeKind, TypeParam};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;
use chumsky::prelude::*;

/// A type. An error is reported here and leaves [`TypeKind::Error`]; what can't be meant as a type isn't
/// consumed.
pub(super) fn ty(inp: &mut Input<'_, '_>) -> Result<Type> {
    inp.nested(|inp| match inp.kind() {
        TokenKind::Question => {
            let start = inp.bump();
            let inner = ty(inp)?;
            Ok(Type { kind: TypeKind::Optional(Box::new(inner)), span: inp.covering(start) })
        }
        TokenKind::DoubleQuestion => {
            let start = inp.bump();
            let inner = ty(inp)?;
            let outer = inp.covering(start);
            let span = Span::new(outer.file, outer.start + 1, outer.end);
            let middle = Type { kind: TypeKind::Optional(Box::new(inner)), span };
            Ok(Type { kind: TypeKind::Optional(Box::new(middle)), span: outer })
        }
        TokenKind::Constant => {
            let start = inp.token();
            let name = inp.constant()?;
            let args = type_args(inp)?;
            Ok(Type { kind: TypeKind::Named(name, args), span: inp.covering(start) })
        }
        TokenKind::Do | TokenKind::Fn => block_type(inp),
        _ => {
            inp.fail(Expected::Words("a type"), |found, span| SyntaxError::ExpectedType { found, span });
            let at = inp.token();
            let span = inp.span(at);
            if at.kind == TokenKind::Identifier && at.same_line() {
                // `integer` or `lambda (A)`: one mistake.
                inp.bump();
                type_args(inp)?;
                if inp.is(TokenKind::ParenOpen) && inp.token().same_line() {
                    let opened = inp.bump();
                    List::new(opened).parse(inp, element)?;
                }
                return Ok(Type { kind: TypeKind::Error, span });
            }
            Ok(Type { kind: TypeKind::Error, span: Span::new(span.file, span.start, span.start) })
        }
    })
}

fn block_type(inp: &mut Input<'_, '_>) -> Result<Type> {
    let start = inp.bump();
    let params = match inp.accept(TokenKind::ParenOpen) {
        Some(opened) => List::new(opened).parse(inp, element)?,
        None => Vec::new(),
    };
    let throws = clause(inp, TokenKind::Throws)?.map(Box::new);
    let returns = clause(inp, TokenKind::Arrow)?.map(Box::new);
    let is_lambda = start.kind == TokenKind::Fn;
    let kind = TypeKind::Block { is_lambda, params, throws, returns };
    Ok(Type { kind, span: inp.covering(start) })
}

/// A type in a list: here an error must fail, so that the list can skip to the next comma.
fn element(inp: &mut Input<'_, '_>) -> Result<Type> {
    let ty = ty(inp)?;
    if ty.kind == TypeKind::Error { Err(Failure::Reported) } else { Ok(ty) }
}

/// `!(A, B)`, or nothing.
pub(super) fn type_args(inp: &mut Input<'_, '_>) -> Result<Vec<Type>> {
    let Some(opened) = inp.accept(TokenKind::TypeArgsOpen) else { return Ok(Vec::new()) };
    not_empty(inp, Expected::Words("a type"))?;
    List::new(opened).parse(inp, element)
}

/// `!(A: X + Y, B)`, or nothing.
pub(super) fn type_params(inp: &mut Input<'_, '_>) -> Result<Vec<TypeParam>> {
    let Some(opened) = inp.accept(TokenKind::TypeArgsOpen) else { return Ok(Vec::new()) };
    not_empty(inp, Expected::Words("a type parameter"))?;
    List::new(opened).parse(inp, |inp| {
        let name = inp.constant()?;
        let bounds = if inp.accept(TokenKind::Colon).is_some() { trait_refs(inp)? } else { Vec::new() };
        Ok(TypeParam { name, bounds })
    })
}

/// `!()` is no list of types.
fn not_empty(inp: &mut Input<'_, '_>, expected: Expected) -> Result<()> {
    if inp.is(TokenKind::ParenClose) {
        return Err(inp.fail(expected, |found, span| SyntaxError::ExpectedType { found, span }));
    }
    Ok(())
}

/// A type after a token that announces it, such as `->`.
pub(super) fn clause(inp: &mut Input<'_, '_>, introducer: TokenKind) -> Result<Option<Type>> {
    match inp.accept(introducer) {
        Some(_) => ty(inp).map(Some),
        None => Ok(None),
    }
}

/// `A + B!(C)`
pub(super) fn trait_refs(inp: &mut Input<'_, '_>) -> Result<Vec<Type>> {
    inp.parse(refs())
}

fn refs<'src>() -> impl Parser<'src, Tokens<'src>, Vec<Type>, Extra<'src>> {
    custom(ty).separated_by(token(TokenKind::Add)).at_least(1).collect()
}

/// `when A: X, B: Y`, or nothing.
pub(super) fn bounds(inp: &mut Input<'_, '_>) -> Result<Vec<TypeParam>> {
    if inp.accept(TokenKind::When).is_none() {
        return Ok(Vec::new());
    }
    let mut params = Vec::new();
    loop {
        let name = inp.constant()?;
        inp.expect(TokenKind::Colon)?;
        params.push(TypeParam { name, bounds: trait_refs(inp)? });
        if inp.accept(TokenKind::Comma).is_none() || !inp.is(TokenKind::Constant) {
            return Ok(params);
        }
    }
}
