//! Types, type parameters and bounds.

use super::cursor::{Extra, Failure, Parser, Result, Tokens, token};
use super::recover::List;
use crate::Span;
use crate::ast::{Type, TypeKind, TypeParam};
use crate::error::{Expected, SyntaxError};
use crate::token::TokenKind;
use chumsky::{IterParser, Parser as _, primitive::custom};

impl Parser<'_, '_, '_> {
    /// A type. An error is reported here and leaves [`TypeKind::Error`]; what can't be meant as a type isn't
    /// consumed.
    pub(super) fn ty(&mut self) -> Result<Type> {
        self.nested(Self::bare_type)
    }

    fn bare_type(&mut self) -> Result<Type> {
        match self.kind() {
            TokenKind::Question => {
                let start = self.bump();
                let inner = self.ty()?;
                Ok(Type { kind: TypeKind::Optional(Box::new(inner)), span: self.covering(start) })
            }
            TokenKind::DoubleQuestion => {
                let start = self.bump();
                let inner = self.ty()?;
                let outer = self.covering(start);
                let span = Span::new(outer.file, outer.start + 1, outer.end);
                let middle = Type { kind: TypeKind::Optional(Box::new(inner)), span };
                Ok(Type { kind: TypeKind::Optional(Box::new(middle)), span: outer })
            }
            TokenKind::Constant => {
                let start = self.token();
                let name = self.constant()?;
                let args = self.type_args()?;
                Ok(Type { kind: TypeKind::Named(name, args), span: self.covering(start) })
            }
            TokenKind::Do | TokenKind::Fn => self.block_type(),
            _ => {
                self.fail(Expected::Words("a type"), |found, span| SyntaxError::ExpectedType { found, span });
                let at = self.token();
                let span = self.span(at);
                if at.kind == TokenKind::Identifier && at.same_line() {
                    // `integer` or `lambda (A)`: one mistake.
                    self.bump();
                    self.type_args()?;
                    if self.is(TokenKind::ParenOpen) && self.token().same_line() {
                        let opened = self.bump();
                        List::new(opened).parse(self, Self::type_element)?;
                    }
                    return Ok(Type { kind: TypeKind::Error, span });
                }
                Ok(Type { kind: TypeKind::Error, span: Span::new(span.file, span.start, span.start) })
            }
        }
    }

    fn block_type(&mut self) -> Result<Type> {
        let start = self.bump();
        let params = match self.accept(TokenKind::ParenOpen) {
            Some(opened) => List::new(opened).parse(self, Self::type_element)?,
            None => Vec::new(),
        };
        let throws = self.clause(TokenKind::Throws)?.map(Box::new);
        let returns = self.clause(TokenKind::Arrow)?.map(Box::new);
        let is_lambda = start.kind == TokenKind::Fn;
        let kind = TypeKind::Block { is_lambda, params, throws, returns };
        Ok(Type { kind, span: self.covering(start) })
    }

    /// A type in a list: here an error must fail, so that the list can skip to the next comma.
    fn type_element(&mut self) -> Result<Type> {
        let ty = self.ty()?;
        if ty.kind == TypeKind::Error { Err(Failure::Reported) } else { Ok(ty) }
    }

    /// `!(A, B)`, or nothing.
    pub(super) fn type_args(&mut self) -> Result<Vec<Type>> {
        let Some(opened) = self.accept(TokenKind::TypeArgsOpen) else { return Ok(Vec::new()) };
        self.not_empty(Expected::Words("a type"))?;
        List::new(opened).parse(self, Self::type_element)
    }

    /// `!(A: X + Y, B)`, or nothing.
    pub(super) fn type_params(&mut self) -> Result<Vec<TypeParam>> {
        let Some(opened) = self.accept(TokenKind::TypeArgsOpen) else { return Ok(Vec::new()) };
        self.not_empty(Expected::Words("a type parameter"))?;
        List::new(opened).parse(self, Self::type_param)
    }

    fn type_param(&mut self) -> Result<TypeParam> {
        let name = self.constant()?;
        let bounds = if self.accept(TokenKind::Colon).is_some() { self.trait_refs()? } else { Vec::new() };
        Ok(TypeParam { name, bounds })
    }

    /// `!()` is no list of types.
    fn not_empty(&mut self, expected: Expected) -> Result<()> {
        if self.is(TokenKind::ParenClose) {
            return Err(self.fail(expected, |found, span| SyntaxError::ExpectedType { found, span }));
        }
        Ok(())
    }

    /// A type after a token that announces it, such as `->`.
    pub(super) fn clause(&mut self, introducer: TokenKind) -> Result<Option<Type>> {
        match self.accept(introducer) {
            Some(_) => self.ty().map(Some),
            None => Ok(None),
        }
    }

    /// `A + B!(C)`
    pub(super) fn trait_refs(&mut self) -> Result<Vec<Type>> {
        self.run(refs())
    }

    /// `when A: X, B: Y`, or nothing.
    pub(super) fn bounds(&mut self) -> Result<Vec<TypeParam>> {
        if self.accept(TokenKind::When).is_none() {
            return Ok(Vec::new());
        }
        let mut params = Vec::new();
        loop {
            let name = self.constant()?;
            self.expect(TokenKind::Colon)?;
            params.push(TypeParam { name, bounds: self.trait_refs()? });
            if self.accept(TokenKind::Comma).is_none() || !self.is(TokenKind::Constant) {
                return Ok(params);
            }
        }
    }
}

fn refs<'src>() -> impl chumsky::Parser<'src, Tokens<'src>, Vec<Type>, Extra<'src>> {
    custom(|input| Parser::new(input).ty()).separated_by(token(TokenKind::Add)).at_least(1).collect()
}
