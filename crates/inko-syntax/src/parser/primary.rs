//! Primaries: literals, names, groups, constructors and variables.

use super::cursor::{Parser, Result};
use super::recover::List;
use crate::ast::{Expr, ExprKind, Ident, TemplatePart};
use crate::error::{Expected, SyntaxError};
use crate::literal::{self, Quote};
use crate::token::{Token, TokenKind};

impl Parser<'_, '_, '_> {
    /// The start of an expression, before any send.
    pub(super) fn primary(&mut self) -> Result<Expr> {
        let start = self.token();
        let kind = match start.kind {
            TokenKind::Identifier => return self.identifier(),
            TokenKind::BraceOpen | TokenKind::Do | TokenKind::Fn => return self.block(),
            TokenKind::Integer => {
                self.bump();
                ExprKind::Integer(literal::integer(self.text(start)))
            }
            TokenKind::Float => {
                self.bump();
                ExprKind::Float(literal::float(self.text(start)))
            }
            TokenKind::String => self.string(),
            TokenKind::TemplateOpen => self.template()?,
            TokenKind::SelfRef => {
                self.bump();
                ExprKind::SelfRef
            }
            TokenKind::Attribute => self.attribute_expr()?,
            TokenKind::Constant => self.constant_expr()?,
            TokenKind::DoubleColon => self.global()?,
            TokenKind::ParenOpen => self.group()?,
            TokenKind::Let => self.let_expr()?,
            TokenKind::Return | TokenKind::Yield => self.return_or_yield()?,
            TokenKind::Throw => self.throw(false)?,
            TokenKind::Try => self.try_expr(false)?,
            TokenKind::TryBang => self.try_panic()?,
            TokenKind::Local => self.local()?,
            TokenKind::Match => self.match_expr()?,
            TokenKind::Error => {
                self.bump();
                ExprKind::Error
            }
            TokenKind::Bang => {
                let (span, operand) = (self.span(start), self.token_ahead(1));
                let is_apart = operand.same_line() && operand.start > start.end;
                return Err(self.report(SyntaxError::LoneBang { is_apart, span }));
            }
            kind if kind.starts_definition() => {
                let span = self.span(start);
                return Err(self.report(SyntaxError::MisplacedDefinition { keyword: kind, span }));
            }
            _ => {
                let expected = Expected::Words("a value");
                return Err(self.fail(expected, |found, span| SyntaxError::ExpectedValue { found, span }));
            }
        };
        Ok(Expr { kind, span: self.covering(start) })
    }

    fn string(&mut self) -> ExprKind {
        let token = self.bump();
        let text = self.text(token);
        let quote = if text.starts_with('\'') { Quote::Single } else { Quote::Double };
        // Both quotes are one byte long, and the lexer only makes tokens of strings that have both.
        ExprKind::String(literal::unescape(&text[1..text.len() - 1], quote))
    }

    /// `` `text {expression} text` ``
    fn template(&mut self) -> Result<ExprKind> {
        self.bump();
        let mut parts = Vec::new();
        loop {
            let token = self.token();
            match token.kind {
                TokenKind::TemplateText => {
                    self.bump();
                    let text = literal::unescape(self.text(token), Quote::Template);
                    parts.push(TemplatePart::Text(text, self.span(token)));
                }
                TokenKind::EmbedOpen => {
                    self.bump();
                    if let Some(expr) = self.embedded() {
                        parts.push(TemplatePart::Expr(expr));
                    }
                }
                TokenKind::TemplateClose => {
                    self.bump();
                    return Ok(ExprKind::Template(parts));
                }
                // The lexer reported that the template never ends.
                _ => return Err(self.unexpected(Expected::Token(TokenKind::TemplateClose))),
            }
        }
    }

    /// At most one expression up to the closing brace; an error in it goes no further than the brace.
    fn embedded(&mut self) -> Option<Expr> {
        let outer = std::mem::replace(&mut self.state().in_list, false);
        let expr = if self.is(TokenKind::EmbedClose) { None } else { self.expression().ok() };
        self.state().in_list = outer;
        if expr.is_some() && !self.is(TokenKind::EmbedClose) {
            let next = self.token();
            let span = self.span(next);
            if next.kind.starts_value() {
                self.report(SyntaxError::TemplateExpectsOneExpression { span });
            } else {
                self.unexpected(Expected::Token(TokenKind::EmbedClose));
            }
        }
        let mut open = 0;
        loop {
            match self.kind() {
                TokenKind::EmbedOpen => open += 1,
                TokenKind::EmbedClose if open == 0 => {
                    self.bump();
                    return expr;
                }
                TokenKind::EmbedClose => open -= 1,
                TokenKind::EndOfFile => return expr,
                _ => {}
            }
            self.bump();
        }
    }

    /// `@name`, `@name = value` or `@name += value`
    fn attribute_expr(&mut self) -> Result<ExprKind> {
        let token = self.bump();
        let name = self.name(token);
        let next = self.kind();
        Ok(if next == TokenKind::Assign {
            self.bump();
            ExprKind::AssignAttribute(name, Box::new(self.expression()?))
        } else if next.is_compound_assignment() {
            let operator = self.compound_operator();
            ExprKind::CompoundAssignAttribute(name, operator, Box::new(self.expression()?))
        } else {
            ExprKind::Attribute(name)
        })
    }

    /// `Name` or `Name { @a = x, ... }`
    fn constant_expr(&mut self) -> Result<ExprKind> {
        let name = self.constant()?;
        let next = self.token();
        if next.kind == TokenKind::BraceOpen && next.same_line() {
            let opened = self.bump();
            return Ok(ExprKind::Construct(name, List::new(opened).parse(self, Self::initialiser)?));
        }
        if next.kind == TokenKind::ParenOpen && next.same_line() && next.start == self.previous_end() {
            self.warn(SyntaxError::ConstantWithArguments { name: name.name.clone(), span: name.span });
        }
        Ok(ExprKind::Constant(name))
    }

    fn initialiser(&mut self) -> Result<(Ident, Expr)> {
        let token = self.expect(TokenKind::Attribute)?;
        let name = self.name(token);
        self.expect(TokenKind::Assign)?;
        Ok((name, self.expression()?))
    }

    /// An identifier or a constant after `let` or `::`.
    fn any_name(&mut self, after: TokenKind) -> Result<(Ident, Token)> {
        let token = self.token();
        if matches!(token.kind, TokenKind::Identifier | TokenKind::Constant) {
            self.bump();
            return Ok((self.name(token), token));
        }
        let expected = Expected::Words("an identifier or constant");
        Err(self.fail(expected, |found, span| SyntaxError::ExpectedName { found, after, span }))
    }

    fn global(&mut self) -> Result<ExprKind> {
        self.bump();
        let (name, _) = self.any_name(TokenKind::DoubleColon)?;
        Ok(ExprKind::Global(name))
    }

    /// `( expression )`
    fn group(&mut self) -> Result<ExprKind> {
        self.bump();
        let outer = std::mem::replace(&mut self.state().in_list, false);
        let expr = self.expression();
        self.state().in_list = outer;
        let expr = expr?;
        self.expect(TokenKind::ParenClose)?;
        Ok(ExprKind::Group(Box::new(expr)))
    }

    /// `let [mut] name [: type] = value`
    fn let_expr(&mut self) -> Result<ExprKind> {
        self.bump();
        let mutable = self.accept(TokenKind::Mut).map(|token| self.span(token));
        let (name, token) = self.any_name(TokenKind::Let)?;
        let ty = if self.accept(TokenKind::Colon).is_some() { Some(self.ty()?) } else { None };
        self.expect(TokenKind::Assign)?;
        let value = Box::new(self.expression()?);
        let is_constant = token.kind == TokenKind::Constant;
        Ok(ExprKind::Let { name, is_constant, mutable, ty, value })
    }
}
