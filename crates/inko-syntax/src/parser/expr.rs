//! Expressions: casts around binary operators around chains of sends.

use super::cursor::{Failure, Parser, Result};
use crate::ast::{Arg, Expr, ExprKind, Message};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;

impl Parser<'_, '_, '_> {
    /// `binary { 'as' type }`
    pub(super) fn expression(&mut self) -> Result<Expr> {
        self.nested(|parser| {
            let outer = std::mem::replace(&mut parser.state().height, 0);
            let expr = parser.casts();
            let state = parser.state();
            state.height = outer.max(state.height + 1);
            expr
        })
    }

    fn casts(&mut self) -> Result<Expr> {
        let start = self.token();
        let mut expr = self.binary()?;
        let mut cast = false;
        while self.accept(TokenKind::As).is_some() {
            let ty = self.ty()?;
            self.grow()?;
            cast = true;
            expr = Expr { kind: ExprKind::Cast(Box::new(expr), ty), span: self.covering(start) };
        }
        let next = self.token();
        let index = next.kind == TokenKind::BracketOpen && next.same_line();
        if cast && (next.kind.is_binary_operator() || next.kind == TokenKind::Dot || index) {
            let expected = Expected::Words("the end of the cast");
            return Err(self.fail(expected, |found, span| SyntaxError::CastContinued { found, span }));
        }
        if next.kind == TokenKind::Assign || next.kind.is_compound_assignment() {
            if matches!(expr.kind, ExprKind::Error) {
                return Err(Failure::Reported);
            }
            let (target, span) = (expr.span, self.span(next));
            return Err(self.report(SyntaxError::InvalidAssignment { operator: next.kind, target, span }));
        }
        Ok(expr)
    }

    /// Operators of one precedence, left-associative.
    fn binary(&mut self) -> Result<Expr> {
        let start = self.token();
        let mut left = self.chain()?;
        let mut links = false;
        while self.kind().is_binary_operator() {
            links = true;
            let operator = self.bump();
            let name = self.name(operator);
            let args = vec![Arg { name: None, value: self.chain()? }];
            let message = Message { receiver: left, name, type_args: Vec::new(), args };
            left = Expr { kind: ExprKind::Send(Box::new(message)), span: self.covering(start) };
        }
        if links {
            self.grow()?;
        }
        Ok(left)
    }

    /// `primary { '.' send | index }`
    fn chain(&mut self) -> Result<Expr> {
        let start = self.token();
        let outer = std::mem::replace(&mut self.state().height, 0);
        let mut expr = self.primary()?;
        let mut links = false;
        loop {
            let next = self.token();
            expr = match next.kind {
                TokenKind::Dot => self.send(start, expr)?,
                TokenKind::BracketOpen if next.same_line() => self.index(start, expr)?,
                _ => break,
            };
            links = true;
        }
        if links {
            self.grow()?;
        }
        let state = self.state();
        state.height = outer.max(state.height);
        Ok(expr)
    }
}
