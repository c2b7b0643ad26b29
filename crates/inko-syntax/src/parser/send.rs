//! Sends and their arguments, the part of the grammar that looks at the layout.

use super::block::block;
use super::cursor::Cursor;
use super::expr::expression;
use super::method::message_name;
use super::recover::List;
use super::types::type_args;
use super::{Input, Result};
use crate::Name;
use crate::ast::{Arg, Expr, ExprKind, Ident, Message};
use crate::error::{Expected, SyntaxError};
use crate::token::{Token, TokenKind};

/// `.name(args)` or `.name = value` after a receiver that began at `start`.
pub(super) fn send(inp: &mut Input<'_, '_>, start: Token, receiver: Expr) -> Result<Expr> {
    inp.expect(TokenKind::Dot)?;
    let (mut name, token) = message_name(inp)?;
    if token.kind.is_message_word() && inp.accept(TokenKind::Assign).is_some() {
        name.name = Name::from(format!("{}=", name.name));
        let value = expression(inp)?;
        return Ok(message(inp, start, receiver, name, vec![value]));
    }
    if token.kind == TokenKind::BracketOpen && inp.accept(TokenKind::Assign).is_some() {
        name = Ident { name: Name::new_static("[]="), span: inp.covering(token) };
    }
    no_compound_assignment(inp)?;
    let type_args = type_args(inp)?;
    let args = arguments(inp)?.unwrap_or_default();
    let kind = ExprKind::Send(Box::new(Message { receiver, name, type_args, args }));
    Ok(Expr { kind, span: inp.covering(start) })
}

/// `[args]` or `[args] = value` after a receiver that began at `start`.
pub(super) fn index(inp: &mut Input<'_, '_>, start: Token, receiver: Expr) -> Result<Expr> {
    let opened = inp.expect(TokenKind::BracketOpen)?;
    if inp.is(TokenKind::BracketClose) {
        return Err(
            inp.fail(Expected::Words("a value"), |found, span| SyntaxError::ExpectedValue { found, span })
        );
    }
    let mut args = List::new(opened).parse(inp, expression)?;
    let mut name = Ident { name: Name::new_static("[]"), span: inp.covering(opened) };
    no_compound_assignment(inp)?;
    if inp.accept(TokenKind::Assign).is_some() {
        name.name = Name::new_static("[]=");
        args.push(expression(inp)?);
    }
    Ok(message(inp, start, receiver, name, args))
}

/// A send of positional arguments.
fn message(inp: &mut Input<'_, '_>, start: Token, receiver: Expr, name: Ident, values: Vec<Expr>) -> Expr {
    let args = values.into_iter().map(|value| Arg { name: None, value }).collect();
    let kind = ExprKind::Send(Box::new(Message { receiver, name, type_args: Vec::new(), args }));
    Expr { kind, span: inp.covering(start) }
}

fn no_compound_assignment(inp: &mut Input<'_, '_>) -> Result<()> {
    let next = inp.token();
    if !next.kind.is_compound_assignment() {
        return Ok(());
    }
    let span = inp.span(next);
    Err(inp.report(SyntaxError::InvalidCompoundAssignment { operator: next.kind, span }))
}

/// An identifier with whatever belongs to it: an assignment or arguments.
pub(super) fn identifier(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let start = inp.bump();
    let name = inp.name(start);
    let next = inp.kind();
    let kind = if next == TokenKind::Assign {
        inp.bump();
        ExprKind::Assign(name, Box::new(expression(inp)?))
    } else if next.is_compound_assignment() {
        let operator = compound_operator(inp);
        ExprKind::CompoundAssign(name, operator, Box::new(expression(inp)?))
    } else {
        let type_args = type_args(inp)?;
        let args = arguments(inp)?;
        ExprKind::Identifier { name, type_args, args }
    };
    Ok(Expr { kind, span: inp.covering(start) })
}

/// Consumes a compound assignment; its operator comes without the `=`.
pub(super) fn compound_operator(inp: &mut Input<'_, '_>) -> Ident {
    let token = inp.bump();
    let mut operator = inp.name(token);
    operator.name = Name::new(operator.name.trim_end_matches('='));
    operator
}

/// The arguments after a name, if there are any: in parentheses on the same line, or after a blank.
fn arguments(inp: &mut Input<'_, '_>) -> Result<Option<Vec<Arg>>> {
    let next = inp.token();
    if next.kind == TokenKind::ParenOpen && next.same_line() {
        inp.bump();
        let mut args = List::call(next).parse(inp, argument)?;
        let trailing = inp.token();
        if trailing.same_line() && trailing.kind.starts_block() {
            args.push(Arg { name: None, value: block(inp)? });
        }
        Ok(Some(args))
    } else if next.starts_argument() {
        arguments_without_parentheses(inp).map(Some)
    } else {
        Ok(None)
    }
}

/// `arg, arg`. A block literal is an argument by itself: what follows it applies to the call.
///
/// After a block inside another list, such as `f(a.map { x }, b)`, the comma belongs to that list.
fn arguments_without_parentheses(inp: &mut Input<'_, '_>) -> Result<Vec<Arg>> {
    let mut args = Vec::new();
    loop {
        let name = keyword(inp)?;
        let is_block = inp.kind().starts_block();
        let value = if is_block { block(inp)? } else { expression(inp)? };
        args.push(Arg { name, value });
        if (is_block && inp.state().in_list) || inp.accept(TokenKind::Comma).is_none() {
            return Ok(args);
        }
    }
}

fn argument(inp: &mut Input<'_, '_>) -> Result<Arg> {
    let name = keyword(inp)?;
    Ok(Arg { name, value: expression(inp)? })
}

/// `name:` before an argument, if there is one.
fn keyword(inp: &mut Input<'_, '_>) -> Result<Option<Ident>> {
    if inp.token_ahead(1).kind != TokenKind::Colon {
        return Ok(None);
    }
    if !inp.is(TokenKind::Identifier) {
        let failure = inp.unexpected(Expected::Words("the name of an argument"));
        return Err(failure);
    }
    let token = inp.bump();
    inp.bump();
    Ok(Some(inp.name(token)))
}
