//! Bodies, closures and lambdas.

use super::cursor::Cursor;
use super::expr::expression;
use super::item::{lacks_brace, misplaced, unterminated};
use super::method::params;
use super::recover::skip_statement;
use super::types::{clause, type_params};
use super::{Input, Result};
use crate::ast::{Block, BlockForm, Body, Expr, ExprKind};
use crate::token::{Token, TokenKind};

/// `{ expressions }`. Errors inside are caught here, one statement at a time.
pub(super) fn body(inp: &mut Input<'_, '_>) -> Result<Body> {
    let opened = inp.expect(TokenKind::BraceOpen)?;
    let outer = std::mem::replace(&mut inp.state().in_list, false);
    let exprs = inp.nested(|inp| statements(inp, opened));
    inp.state().in_list = outer;
    Ok(Body { exprs: exprs?, span: inp.covering(opened) })
}

fn statements(inp: &mut Input<'_, '_>, opened: Token) -> Result<Vec<Expr>> {
    let mut exprs = Vec::new();
    loop {
        let from = inp.position();
        let outcome = match inp.kind() {
            TokenKind::BraceClose => {
                inp.bump();
                return Ok(exprs);
            }
            TokenKind::EndOfFile | TokenKind::EmbedClose => {
                unterminated(inp, opened);
                return Ok(exprs);
            }
            kind if kind.starts_definition() => {
                if lacks_brace(inp, opened) {
                    unterminated(inp, opened);
                    return Ok(exprs);
                }
                misplaced(inp)
            }
            _ => expression(inp).map(|expr| exprs.push(expr)),
        };
        if outcome.is_err() {
            skip_statement(inp, from);
            let stuck = inp.position() == from;
            if stuck && !matches!(inp.kind(), TokenKind::BraceClose | TokenKind::EmbedClose) {
                inp.bump();
            }
            let start = inp.state().tokens[from];
            exprs.push(Expr { kind: ExprKind::Error, span: inp.covering(start) });
        }
    }
}

/// A closure or lambda: `{ ... }`, `do (...) { ... }` or `fn (...) { ... }`.
pub(super) fn block(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let outer = std::mem::replace(&mut inp.state().height, 0);
    let start = inp.token();
    let form = match start.kind {
        TokenKind::Do => BlockForm::Do,
        TokenKind::Fn => BlockForm::Fn,
        _ => BlockForm::Brace,
    };
    let block = if form == BlockForm::Brace {
        let (type_params, params) = (Vec::new(), Vec::new());
        Block { form, type_params, params, throws: None, returns: None, body: body(inp)? }
    } else {
        inp.bump();
        let type_params = type_params(inp)?;
        let params = params(inp)?;
        let throws = clause(inp, TokenKind::Throws)?;
        let returns = clause(inp, TokenKind::Arrow)?;
        Block { form, type_params, params, throws, returns, body: body(inp)? }
    };
    inp.grow()?;
    let state = inp.state();
    state.height = outer.max(state.height);
    Ok(Expr { kind: ExprKind::Block(Box::new(block)), span: inp.covering(start) })
}
