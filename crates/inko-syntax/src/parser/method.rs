//! Methods, external functions and arguments.

use super::cursor::{Parser, Result};
use super::recover::List;
use crate::Name;
use crate::ast::{Ident, Method, Param};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};

impl Parser<'_, '_, '_> {
    /// `def name ...` or `static def name ...`, with or without a body.
    pub(super) fn method(&mut self) -> Result<Method> {
        let start = self.token();
        let is_static = self.accept(TokenKind::Static).is_some();
        self.expect(TokenKind::Def)?;
        let name = self.method_name()?;
        let type_params = self.type_params()?;
        let params = self.params()?;
        let throws = self.clause(TokenKind::Throws)?;
        let returns = self.clause(TokenKind::Arrow)?;
        let yields = self.clause(TokenKind::DoubleArrow)?;
        let bounds = self.bounds()?;
        let body = if self.is(TokenKind::BraceOpen) { Some(self.body()?) } else { None };
        let span = self.covering(start);
        Ok(Method { name, is_static, type_params, params, throws, returns, yields, bounds, body, span })
    }

    /// `extern def name(a: A) !! E -> R`
    pub(super) fn external(&mut self) -> Result<Method> {
        let start = self.expect(TokenKind::Extern)?;
        self.expect(TokenKind::Def)?;
        let name = self.method_name()?;
        let params = self.params()?;
        let throws = self.clause(TokenKind::Throws)?;
        let returns = self.clause(TokenKind::Arrow)?;
        let next = self.token();
        let clause = matches!(next.kind, TokenKind::TypeArgsOpen | TokenKind::DoubleArrow | TokenKind::When);
        if clause || (next.kind == TokenKind::BraceOpen && next.same_line()) {
            return Err(self.unexpected(Expected::Words("the end of the external function")));
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
            span: self.covering(start),
        })
    }

    /// The name after `def`; a setter's ends in `=`.
    fn method_name(&mut self) -> Result<Ident> {
        let (mut name, _) = self.message_name()?;
        if let Some(assign) = self.accept(TokenKind::Assign) {
            let end = self.span(assign);
            name = Ident { name: Name::from(format!("{}=", name.name)), span: name.span.to(end) };
        }
        Ok(name)
    }

    /// A name, a keyword, an operator or `[]`, without a trailing `=`; with its first token.
    pub(super) fn message_name(&mut self) -> Result<(Ident, Token)> {
        let token = self.token();
        if token.kind.is_message_word() || token.kind.is_binary_operator() {
            self.bump();
            return Ok((self.name(token), token));
        }
        if token.kind == TokenKind::BracketOpen && self.token_ahead(1).kind == TokenKind::BracketClose {
            self.bump();
            self.bump();
            let name = Name::new_static("[]");
            return Ok((Ident { name, span: self.covering(token) }, token));
        }
        let expected = Expected::Words("the name of a message");
        Err(self.fail(expected, |found, span| SyntaxError::InvalidMessageName { found, span }))
    }

    /// `(a: A, b = 1, *rest: B)`, or nothing.
    pub(super) fn params(&mut self) -> Result<Vec<Param>> {
        let Some(opened) = self.accept(TokenKind::ParenOpen) else { return Ok(Vec::new()) };
        let params = List::new(opened).parse(self, Self::param)?;
        let misplaced = params.iter().rev().skip(1).find(|param| param.rest);
        if let Some(param) = misplaced {
            let span = param.name.span;
            self.report(SyntaxError::InvalidRestArgument { has_default: false, span });
        }
        Ok(params)
    }

    fn param(&mut self) -> Result<Param> {
        let rest = self.accept(TokenKind::Mul).is_some();
        if !self.is(TokenKind::Identifier) {
            let expected = Expected::Words("the name of an argument");
            return Err(self.fail(expected, |found, span| SyntaxError::ExpectedArgumentName { found, span }));
        }
        let token = self.bump();
        let name = self.name(token);
        let ty = if self.accept(TokenKind::Colon).is_some() { Some(self.ty()?) } else { None };
        let assign = self.accept(TokenKind::Assign);
        let default = if assign.is_some() { Some(self.expression()?) } else { None };
        if let (true, Some(assign)) = (rest, assign) {
            let span = self.span(assign);
            self.report(SyntaxError::InvalidRestArgument { has_default: true, span });
        }
        Ok(Param { name, rest, ty, default })
    }
}
