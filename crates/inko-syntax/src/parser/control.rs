//! `return`, `yield`, `throw`, `try` and `match`.

use super::block::body;
use super::cursor::Cursor;
use super::expr::expression;
use super::item::unterminated;
use super::recover::skip_arm;
use super::{Input, Result};
use crate::ast::{Body, Expr, ExprKind, Handler, Match, MatchArm, Pattern};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;

/// `return [value]` or `yield [value]`; the value must be on the same line, after a blank.
pub(super) fn return_or_yield(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    let keyword = inp.bump();
    let next = inp.token();
    let value = if next.starts_argument() { Some(Box::new(expression(inp)?)) } else { None };
    if next.kind == TokenKind::ParenOpen && next.same_line() && !next.gap {
        let span = inp.span(next);
        inp.warn(SyntaxError::ReturnWithoutBlank { keyword: keyword.kind, span });
    }
    Ok(if keyword.kind == TokenKind::Return { ExprKind::Return(value) } else { ExprKind::Yield(value) })
}

/// `throw value`
pub(super) fn throw(inp: &mut Input<'_, '_>, local: bool) -> Result<ExprKind> {
    inp.bump();
    Ok(ExprKind::Throw { local, value: Box::new(expression(inp)?) })
}

/// `local throw value` or `local try value`
pub(super) fn local(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    match inp.kind() {
        TokenKind::Throw => throw(inp, true),
        TokenKind::Try => try_expr(inp, true),
        _ => {
            let expected = Expected::Words("`throw` or `try`");
            Err(inp.fail(expected, |found, span| SyntaxError::ExpectedThrowOrTry { found, span }))
        }
    }
}

/// `try operand [else [(error)] body]`
pub(super) fn try_expr(inp: &mut Input<'_, '_>, local: bool) -> Result<ExprKind> {
    inp.bump();
    let operand = Box::new(operand(inp)?);
    let handler = if inp.accept(TokenKind::Else).is_some() { Some(Box::new(handler(inp)?)) } else { None };
    Ok(ExprKind::Try { local, operand, handler })
}

/// `try! operand`
pub(super) fn try_panic(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    Ok(ExprKind::TryPanic(Box::new(operand(inp)?)))
}

/// An expression, or one expression in braces; the braces only delimit.
fn operand(inp: &mut Input<'_, '_>) -> Result<Expr> {
    if !inp.is(TokenKind::BraceOpen) {
        return expression(inp);
    }
    let opened = inp.bump();
    let outer = std::mem::replace(&mut inp.state().in_list, false);
    let expr = expression(inp);
    inp.state().in_list = outer;
    let expr = expr?;
    if inp.is(TokenKind::EndOfFile) {
        unterminated(inp, opened);
    } else if inp.kind().starts_value() {
        let next = inp.token();
        let span = inp.span(next);
        inp.report(SyntaxError::TryExpectsOneExpression { span });
        while inp.kind().starts_value() {
            expression(inp)?;
        }
    }
    inp.expect(TokenKind::BraceClose)?;
    Ok(expr)
}

fn handler(inp: &mut Input<'_, '_>) -> Result<Handler> {
    let variable = match inp.accept(TokenKind::ParenOpen) {
        Some(_) => {
            let token = inp.expect(TokenKind::Identifier)?;
            inp.expect(TokenKind::ParenClose)?;
            Some(inp.name(token))
        }
        None => None,
    };
    let body = if inp.is(TokenKind::BraceOpen) {
        body(inp)?
    } else {
        let expr = expression(inp)?;
        Body { span: expr.span, exprs: vec![expr] }
    };
    Ok(Handler { variable, body })
}

/// `match [([let name =] input)] { arms }`
pub(super) fn match_expr(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    let outer = std::mem::replace(&mut inp.state().in_list, false);
    let parts = match_parts(inp);
    inp.state().in_list = outer;
    Ok(ExprKind::Match(Box::new(parts?)))
}

fn match_parts(inp: &mut Input<'_, '_>) -> Result<Match> {
    let mut binding = None;
    let mut input = None;
    if inp.accept(TokenKind::ParenOpen).is_some() {
        if inp.accept(TokenKind::Let).is_some() {
            let token = inp.expect(TokenKind::Identifier)?;
            binding = Some(inp.name(token));
            inp.expect(TokenKind::Assign)?;
        }
        input = Some(expression(inp)?);
        inp.expect(TokenKind::ParenClose)?;
    }
    let opened = inp.expect(TokenKind::BraceOpen)?;
    let mut arms = Vec::new();
    let mut otherwise: Option<Body> = None;
    loop {
        let from = inp.position();
        let token = inp.token();
        let outcome = match token.kind {
            TokenKind::BraceClose => {
                inp.bump();
                break;
            }
            TokenKind::EndOfFile | TokenKind::EmbedClose => {
                unterminated(inp, opened);
                break;
            }
            _ => {
                if otherwise.is_some() {
                    let span = inp.span(token);
                    inp.report(SyntaxError::ArmAfterElse { span });
                }
                if token.kind == TokenKind::Else {
                    otherwise_arm(inp).map(|body| otherwise = Some(body))
                } else {
                    inp.nested(arm).map(|arm| arms.push(arm))
                }
            }
        };
        if let Err(failure) = outcome {
            skip_arm(inp, from);
            let stuck = inp.position() == from;
            if stuck && !matches!(inp.kind(), TokenKind::BraceClose | TokenKind::EmbedClose) {
                return Err(failure);
            }
        }
    }
    Ok(Match { binding, input, arms, otherwise })
}

fn otherwise_arm(inp: &mut Input<'_, '_>) -> Result<Body> {
    inp.bump();
    inp.expect(TokenKind::Arrow)?;
    body(inp)
}

/// `as Type [when guard] -> { ... }` or `a, b [when guard] -> { ... }`
fn arm(inp: &mut Input<'_, '_>) -> Result<MatchArm> {
    let start = inp.token();
    let pattern = if inp.accept(TokenKind::As).is_some() {
        Pattern::Type(inp.constant()?)
    } else {
        let outer = std::mem::replace(&mut inp.state().in_list, true);
        let exprs = patterns(inp);
        inp.state().in_list = outer;
        Pattern::Exprs(exprs?)
    };
    let guard = if inp.accept(TokenKind::When).is_some() { Some(expression(inp)?) } else { None };
    inp.expect(TokenKind::Arrow)?;
    let body = body(inp)?;
    Ok(MatchArm { pattern, guard, body, span: inp.covering(start) })
}

fn patterns(inp: &mut Input<'_, '_>) -> Result<Vec<Expr>> {
    let mut exprs = vec![expression(inp)?];
    while inp.accept(TokenKind::Comma).is_some() {
        exprs.push(expression(inp)?);
    }
    Ok(exprs)
}
