//! Sends and their arguments, the part of the grammar that looks at the layout.

use super::cursor::{Parser, Result};
use super::recover::List;
use crate::Name;
use crate::ast::{Arg, Expr, ExprKind, Ident, Message};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};

impl Parser<'_, '_, '_> {
    /// `.name(args)` or `.name = value` after a receiver that began at `start`.
    pub(super) fn send(&mut self, start: Token, receiver: Expr) -> Result<Expr> {
        self.expect(TokenKind::Dot)?;
        let (mut name, token) = self.message_name()?;
        if token.kind.is_message_word() && self.accept(TokenKind::Assign).is_some() {
            name.name = Name::from(format!("{}=", name.name));
            let value = self.expression()?;
            return Ok(self.message(start, receiver, name, vec![value]));
        }
        if token.kind == TokenKind::BracketOpen && self.accept(TokenKind::Assign).is_some() {
            name = Ident { name: Name::new_static("[]="), span: self.covering(token) };
        }
        self.no_compound_assignment()?;
        let type_args = self.type_args()?;
        let args = self.arguments()?.unwrap_or_default();
        let kind = ExprKind::Send(Box::new(Message { receiver, name, type_args, args }));
        Ok(Expr { kind, span: self.covering(start) })
    }

    /// `[args]` or `[args] = value` after a receiver that began at `start`.
    pub(super) fn index(&mut self, start: Token, receiver: Expr) -> Result<Expr> {
        let opened = self.expect(TokenKind::BracketOpen)?;
        if self.is(TokenKind::BracketClose) {
            return Err(self
                .fail(Expected::Words("a value"), |found, span| SyntaxError::ExpectedValue { found, span }));
        }
        let mut args = List::new(opened).parse(self, Self::expression)?;
        let mut name = Ident { name: Name::new_static("[]"), span: self.covering(opened) };
        self.no_compound_assignment()?;
        if self.accept(TokenKind::Assign).is_some() {
            name.name = Name::new_static("[]=");
            args.push(self.expression()?);
        }
        Ok(self.message(start, receiver, name, args))
    }

    /// A send of positional arguments.
    fn message(&mut self, start: Token, receiver: Expr, name: Ident, values: Vec<Expr>) -> Expr {
        let args = values.into_iter().map(|value| Arg { name: None, value }).collect();
        let kind = ExprKind::Send(Box::new(Message { receiver, name, type_args: Vec::new(), args }));
        Expr { kind, span: self.covering(start) }
    }

    fn no_compound_assignment(&mut self) -> Result<()> {
        let next = self.token();
        if !next.kind.is_compound_assignment() {
            return Ok(());
        }
        let span = self.span(next);
        Err(self.report(SyntaxError::InvalidCompoundAssignment { operator: next.kind, span }))
    }

    /// An identifier with whatever belongs to it: an assignment or arguments.
    pub(super) fn identifier(&mut self) -> Result<Expr> {
        let start = self.bump();
        let name = self.name(start);
        let next = self.kind();
        let kind = if next == TokenKind::Assign {
            self.bump();
            ExprKind::Assign(name, Box::new(self.expression()?))
        } else if next.is_compound_assignment() {
            let operator = self.compound_operator();
            ExprKind::CompoundAssign(name, operator, Box::new(self.expression()?))
        } else {
            let type_args = self.type_args()?;
            let args = self.arguments()?;
            ExprKind::Identifier { name, type_args, args }
        };
        Ok(Expr { kind, span: self.covering(start) })
    }

    /// Consumes a compound assignment; its operator comes without the `=`.
    pub(super) fn compound_operator(&mut self) -> Ident {
        let token = self.bump();
        let mut operator = self.name(token);
        operator.name = Name::new(operator.name.trim_end_matches('='));
        operator
    }

    /// The arguments after a name, if there are any: in parentheses on the same line, or after a blank.
    fn arguments(&mut self) -> Result<Option<Vec<Arg>>> {
        let next = self.token();
        if next.kind == TokenKind::ParenOpen && next.same_line() {
            self.bump();
            let mut args = List::call(next).parse(self, Self::argument)?;
            let trailing = self.token();
            if trailing.same_line() && trailing.kind.starts_block() {
                args.push(Arg { name: None, value: self.block()? });
            }
            Ok(Some(args))
        } else if next.starts_argument() {
            self.arguments_without_parentheses().map(Some)
        } else {
            Ok(None)
        }
    }

    /// `arg, arg`. A block literal is an argument by itself: what follows it applies to the call.
    ///
    /// After a block inside another list, such as `f(a.map { x }, b)`, the comma belongs to that list.
    fn arguments_without_parentheses(&mut self) -> Result<Vec<Arg>> {
        let mut args = Vec::new();
        loop {
            let name = self.keyword()?;
            let is_block = self.kind().starts_block();
            let value = if is_block { self.block()? } else { self.expression()? };
            args.push(Arg { name, value });
            if (is_block && self.state().in_list) || self.accept(TokenKind::Comma).is_none() {
                return Ok(args);
            }
        }
    }

    fn argument(&mut self) -> Result<Arg> {
        let name = self.keyword()?;
        Ok(Arg { name, value: self.expression()? })
    }

    /// `name:` before an argument, if there is one.
    fn keyword(&mut self) -> Result<Option<Ident>> {
        if self.token_ahead(1).kind != TokenKind::Colon {
            return Ok(None);
        }
        if !self.is(TokenKind::Identifier) {
            let failure = self.unexpected(Expected::Words("the name of an argument"));
            return Err(failure);
        }
        let token = self.bump();
        self.bump();
        Ok(Some(self.name(token)))
    }
}
