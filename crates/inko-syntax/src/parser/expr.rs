//! Expressions: casts around binary operators around chains of sends.

use super::cursor::Cursor;
use super::primary::primary;
use super::send::{index, send};
use super::types::ty;
use super::{Failure, Input, Result};
use crate::ast::{Arg, Expr, ExprKind, Message};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;

/// `binary { 'as' type }`
pub(super) fn expression(inp: &mut Input<'_, '_>) -> Result<Expr> {
    inp.nested(|inp| {
        let outer = std::mem::replace(&mut inp.state().height, 0);
        let expr = casts(inp);
        let state = inp.state();
        state.height = outer.max(state.height + 1);
        expr
    })
}

fn casts(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let start = inp.token();
    let mut expr = binary(inp)?;
    let mut cast = false;
    while inp.accept(TokenKind::As).is_some() {
        let ty = ty(inp)?;
        inp.grow()?;
        cast = true;
        expr = Expr { kind: ExprKind::Cast(Box::new(expr), ty), span: inp.covering(start) };
    }
    let next = inp.token();
    let index = next.kind == TokenKind::BracketOpen && next.same_line();
    if cast && (next.kind.is_binary_operator() || next.kind == TokenKind::Dot || index) {
        let expected = Expected::Words("the end of the cast");
        return Err(inp.fail(expected, |found, span| SyntaxError::CastContinued { found, span }));
    }
    if next.kind == TokenKind::Assign || next.kind.is_compound_assignment() {
        if matches!(expr.kind, ExprKind::Error) {
            return Err(Failure::Reported);
        }
        let (target, span) = (expr.span, inp.span(next));
        return Err(inp.report(SyntaxError::InvalidAssignment { operator: next.kind, target, span }));
    }
    Ok(expr)
}

/// Operators of one precedence, left-associative.
fn binary(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let start = inp.token();
    let mut left = chain(inp)?;
    let mut links = false;
    while inp.kind().is_binary_operator() {
        links = true;
        let operator = inp.bump();
        let name = inp.name(operator);
        let args = vec![Arg { name: None, value: chain(inp)? }];
        let message = Message { receiver: left, name, type_args: Vec::new(), args };
        left = Expr { kind: ExprKind::Send(Box::new(message)), span: inp.covering(start) };
    }
    if links {
        inp.grow()?;
    }
    Ok(left)
}

/// `primary { '.' send | index }`
fn chain(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let start = inp.token();
    let outer = std::mem::replace(&mut inp.state().height, 0);
    let mut expr = primary(inp)?;
    let mut links = false;
    loop {
        let next = inp.token();
        expr = match next.kind {
            TokenKind::Dot => send(inp, start, expr)?,
            TokenKind::BracketOpen if next.same_line() => index(inp, start, expr)?,
            _ => break,
        };
        links = true;
    }
    if links {
        inp.grow()?;
    }
    let state = inp.state();
    state.height = outer.max(state.height);
    Ok(expr)
}
