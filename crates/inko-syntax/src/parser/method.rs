//! Methods, external functions and arguments.

use super::block::body;
use super::cursor::Cursor;
use super::expr::expression;
use super::recover::List;
use super::types::{bounds, clause, ty, type_params};
use super::{Input, Result};
use crate::Name;
use crate::ast::{Ident, Method, Param};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};

/// `def name ...` or `static def name ...`, with or without a body.
pub(super) fn method(inp: &mut Input<'_, '_>) -> Result<Method> {
    let start = inp.token();
    let is_static = inp.accept(TokenKind::Static).is_some();
    inp.expect(TokenKind::Def)?;
    let name = method_name(inp)?;
    let type_params = type_params(inp)?;
    let params = params(inp)?;
    let throws = clause(inp, TokenKind::Throws)?;
    let returns = clause(inp, TokenKind::Arrow)?;
    let yields = clause(inp, TokenKind::DoubleArrow)?;
    let bounds = bounds(inp)?;
    let body = if inp.is(TokenKind::BraceOpen) { Some(body(inp)?) } else { None };
    let span = inp.covering(start);
    Ok(Method { name, is_static, type_params, params, throws, returns, yields, bounds, body, span })
}

/// `extern def name(a: A) !! E -> R`
pub(super) fn external(inp: &mut Input<'_, '_>) -> Result<Method> {
    let start = inp.expect(TokenKind::Extern)?;
    inp.expect(TokenKind::Def)?;
    let name = method_name(inp)?;
    let params = params(inp)?;
    let throws = clause(inp, TokenKind::Throws)?;
    let returns = clause(inp, TokenKind::Arrow)?;
    let next = inp.token();
    let clause = matches!(next.kind, TokenKind::TypeArgsOpen | TokenKind::DoubleArrow | TokenKind::When);
    if clause || (next.kind == TokenKind::BraceOpen && next.same_line()) {
        return Err(inp.unexpected(Expected::Words("the end of the external function")));
    }
    Ok(Method {
        name,
        is_static: false,
        type_params: Vec::new(),
        params,
        throws,
        returns,
        yields: None,
        bounds: Vec::new(),
        body: None,
        span: inp.covering(start),
    })
}

/// The name after `def`; a setter's ends in `=`.
fn method_name(inp: &mut Input<'_, '_>) -> Result<Ident> {
    let (mut name, _) = message_name(inp)?;
    if let Some(assign) = inp.accept(TokenKind::Assign) {
        let end = inp.span(assign);
        name = Ident { name: Name::from(format!("{}=", name.name)), span: name.span.to(end) };
    }
    Ok(name)
}

/// A name, a keyword, an operator or `[]`, without a trailing `=`; with its first token.
pub(super) fn message_name(inp: &mut Input<'_, '_>) -> Result<(Ident, Token)> {
    let token = inp.token();
    if token.kind.is_message_word() || token.kind.is_binary_operator() {
        inp.bump();
        return Ok((inp.name(token), token));
    }
    if token.kind == TokenKind::BracketOpen && inp.token_ahead(1).kind == TokenKind::BracketClose {
        inp.bump();
        inp.bump();
        let name = Name::new_static("[]");
        return Ok((Ident { name, span: inp.covering(token) }, token));
    }
    let expected = Expected::Words("the name of a message");
    Err(inp.fail(expected, |found, span| SyntaxError::InvalidMessageName { found, span }))
}

/// `(a: A, b = 1, *rest: B)`, or nothing.
pub(super) fn params(inp: &mut Input<'_, '_>) -> Result<Vec<Param>> {
    let Some(opened) = inp.accept(TokenKind::ParenOpen) else { return Ok(Vec::new()) };
    let params = List::new(opened).parse(inp, param)?;
    let misplaced = params.iter().rev().skip(1).find(|param| param.rest);
    if let Some(param) = misplaced {
        let span = param.name.span;
        inp.report(SyntaxError::InvalidRestArgument { has_default: false, span });
    }
    Ok(params)
}

fn param(inp: &mut Input<'_, '_>) -> Result<Param> {
    let rest = inp.accept(TokenKind::Mul).is_some();
    if !inp.is(TokenKind::Identifier) {
        let expected = Expected::Words("the name of an argument");
        return Err(inp.fail(expected, |found, span| SyntaxError::ExpectedArgumentName { found, span }));
    }
    let token = inp.bump();
    let name = inp.name(token);
    let ty = if inp.accept(TokenKind::Colon).is_some() { Some(ty(inp)?) } else { None };
    let assign = inp.accept(TokenKind::Assign);
    let default = if assign.is_some() { Some(expression(inp)?) } else { None };
    if let (true, Some(assign)) = (rest, assign) {
        let span = inp.span(assign);
        inp.report(SyntaxError::InvalidRestArgument { has_default: true, span });
    }
    Ok(Param { name, rest, ty, default })
}
