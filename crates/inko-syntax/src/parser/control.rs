//! `return`, `yield`, `throw`, `try` and `match`.

use super::cursor::{Parser, Result};
use crate::ast::{Body, Expr, ExprKind, Handler, Match, MatchArm, Pattern};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;

impl Parser<'_, '_, '_> {
    /// `return [value]` or `yield [value]`; the value must be on the same line, after a blank.
    pub(super) fn return_or_yield(&mut self) -> Result<ExprKind> {
        let keyword = self.bump();
        let next = self.token();
        let value = if next.starts_argument() { Some(Box::new(self.expression()?)) } else { None };
        if next.kind == TokenKind::ParenOpen && next.same_line() && !next.gap {
            let span = self.span(next);
            self.warn(SyntaxError::ReturnWithoutBlank { keyword: keyword.kind, span });
        }
        Ok(if keyword.kind == TokenKind::Return { ExprKind::Return(value) } else { ExprKind::Yield(value) })
    }

    /// `throw value`
    pub(super) fn throw(&mut self, local: bool) -> Result<ExprKind> {
        self.bump();
        Ok(ExprKind::Throw { local, value: Box::new(self.expression()?) })
    }

    /// `local throw value` or `local try value`
    pub(super) fn local(&mut self) -> Result<ExprKind> {
        self.bump();
        match self.kind() {
            TokenKind::Throw => self.throw(true),
            TokenKind::Try => self.try_expr(true),
            _ => {
                let expected = Expected::Words("`throw` or `try`");
                Err(self.fail(expected, |found, span| SyntaxError::ExpectedThrowOrTry { found, span }))
            }
        }
    }

    /// `try operand [else [(error)] body]`
    pub(super) fn try_expr(&mut self, local: bool) -> Result<ExprKind> {
        self.bump();
        let operand = Box::new(self.operand()?);
        let handler =
            if self.accept(TokenKind::Else).is_some() { Some(Box::new(self.handler()?)) } else { None };
        Ok(ExprKind::Try { local, operand, handler })
    }

    /// `try! operand`
    pub(super) fn try_panic(&mut self) -> Result<ExprKind> {
        self.bump();
        Ok(ExprKind::TryPanic(Box::new(self.operand()?)))
    }

    /// An expression, or one expression in braces; the braces only delimit.
    fn operand(&mut self) -> Result<Expr> {
        if !self.is(TokenKind::BraceOpen) {
            return self.expression();
        }
        let opened = self.bump();
        let outer = std::mem::replace(&mut self.state().in_list, false);
        let expr = self.expression();
        self.state().in_list = outer;
        let expr = expr?;
        if self.is(TokenKind::EndOfFile) {
            self.unterminated(opened);
        } else if self.kind().starts_value() {
            let next = self.token();
            let span = self.span(next);
            self.report(SyntaxError::TryExpectsOneExpression { span });
            while self.kind().starts_value() {
                self.expression()?;
            }
        }
        self.expect(TokenKind::BraceClose)?;
        Ok(expr)
    }

    fn handler(&mut self) -> Result<Handler> {
        let variable = match self.accept(TokenKind::ParenOpen) {
            Some(_) => {
                let token = self.expect(TokenKind::Identifier)?;
                self.expect(TokenKind::ParenClose)?;
                Some(self.name(token))
            }
            None => None,
        };
        let body = if self.is(TokenKind::BraceOpen) {
            self.body()?
        } else {
            let expr = self.expression()?;
            Body { span: expr.span, exprs: vec![expr] }
        };
        Ok(Handler { variable, body })
    }

    /// `match [([let name =] input)] { arms }`
    pub(super) fn match_expr(&mut self) -> Result<ExprKind> {
        self.bump();
        let outer = std::mem::replace(&mut self.state().in_list, false);
        let parts = self.match_parts();
        self.state().in_list = outer;
        Ok(ExprKind::Match(Box::new(parts?)))
    }

    fn match_parts(&mut self) -> Result<Match> {
        let mut binding = None;
        let mut input = None;
        if self.accept(TokenKind::ParenOpen).is_some() {
            if self.accept(TokenKind::Let).is_some() {
                let token = self.expect(TokenKind::Identifier)?;
                binding = Some(self.name(token));
                self.expect(TokenKind::Assign)?;
            }
            input = Some(self.expression()?);
            self.expect(TokenKind::ParenClose)?;
        }
        let opened = self.expect(TokenKind::BraceOpen)?;
        let mut arms = Vec::new();
        let mut otherwise: Option<Body> = None;
        loop {
            let from = self.position();
            let token = self.token();
            let outcome = match token.kind {
                TokenKind::BraceClose => {
                    self.bump();
                    break;
                }
                TokenKind::EndOfFile | TokenKind::EmbedClose => {
                    self.unterminated(opened);
                    break;
                }
                _ => {
                    if otherwise.is_some() {
                        let span = self.span(token);
                        self.report(SyntaxError::ArmAfterElse { span });
                    }
                    if token.kind == TokenKind::Else {
                        self.otherwise_arm().map(|body| otherwise = Some(body))
                    } else {
                        self.nested(Self::arm).map(|arm| arms.push(arm))
                    }
                }
            };
            if let Err(failure) = outcome {
                self.skip_arm(from);
                let stuck = self.position() == from;
                if stuck && !matches!(self.kind(), TokenKind::BraceClose | TokenKind::EmbedClose) {
                    return Err(failure);
                }
            }
        }
        Ok(Match { binding, input, arms, otherwise })
    }

    fn otherwise_arm(&mut self) -> Result<Body> {
        self.bump();
        self.expect(TokenKind::Arrow)?;
        self.body()
    }

    /// `as Type [when guard] -> { ... }` or `a, b [when guard] -> { ... }`
    fn arm(&mut self) -> Result<MatchArm> {
        let start = self.token();
        let pattern = if self.accept(TokenKind::As).is_some() {
            Pattern::Type(self.constant()?)
        } else {
            let outer = std::mem::replace(&mut self.state().in_list, true);
            let exprs = self.patterns();
            self.state().in_list = outer;
            Pattern::Exprs(exprs?)
        };
        let guard = if self.accept(TokenKind::When).is_some() { Some(self.expression()?) } else { None };
        self.expect(TokenKind::Arrow)?;
        let body = self.body()?;
        Ok(MatchArm { pattern, guard, body, span: self.covering(start) })
    }

    fn patterns(&mut self) -> Result<Vec<Expr>> {
        let mut exprs = vec![self.expression()?];
        while self.accept(TokenKind::Comma).is_some() {
            exprs.push(self.expression()?);
        }
        Ok(exprs)
    }
}
