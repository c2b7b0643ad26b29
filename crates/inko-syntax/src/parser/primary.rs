//! Primaries: literals, names, groups, constructors and variables.

use super::block::block;
use super::control;
use super::cursor::Cursor;
use super::expr::expression;
use super::recover::List;
use super::send::{compound_operator, identifier};
use super::types::ty;
use super::{Input, Result};
use crate::ast::{Expr, ExprKind, Ident, TemplatePart};
use crate::error::{Expected, SyntaxError};
use crate::literal::{self, Quote};
use crate::token::{Token, TokenKind};

/// The start of an expression, before any send.
pub(super) fn primary(inp: &mut Input<'_, '_>) -> Result<Expr> {
    let start = inp.token();
    let kind = match start.kind {
        TokenKind::Identifier => return identifier(inp),
        TokenKind::BraceOpen | TokenKind::Do | TokenKind::Fn => return block(inp),
        TokenKind::Integer => {
            inp.bump();
            ExprKind::Integer(literal::integer(inp.text(start)))
        }
        TokenKind::Float => {
            inp.bump();
            ExprKind::Float(literal::float(inp.text(start)))
        }
        TokenKind::String => string(inp),
        TokenKind::TemplateOpen => template(inp)?,
        TokenKind::SelfRef => {
            inp.bump();
            ExprKind::SelfRef
        }
        TokenKind::Attribute => attribute(inp)?,
        TokenKind::Constant => constant(inp)?,
        TokenKind::DoubleColon => global(inp)?,
        TokenKind::ParenOpen => group(inp)?,
        TokenKind::Let => let_expr(inp)?,
        TokenKind::Return | TokenKind::Yield => control::return_or_yield(inp)?,
        TokenKind::Throw => control::throw(inp, false)?,
        TokenKind::Try => control::try_expr(inp, false)?,
        TokenKind::TryBang => control::try_panic(inp)?,
        TokenKind::Local => control::local(inp)?,
        TokenKind::Match => control::match_expr(inp)?,
        TokenKind::Error => {
            inp.bump();
            ExprKind::Error
        }
        TokenKind::Bang => {
            let (span, operand) = (inp.span(start), inp.token_ahead(1));
            let is_apart = operand.same_line() && operand.start > start.end;
            return Err(inp.report(SyntaxError::LoneBang { is_apart, span }));
        }
        kind if kind.starts_definition() => {
            let span = inp.span(start);
            return Err(inp.report(SyntaxError::MisplacedDefinition { keyword: kind, span }));
        }
        _ => {
            let expected = Expected::Words("a value");
            return Err(inp.fail(expected, |found, span| SyntaxError::ExpectedValue { found, span }));
        }
    };
    Ok(Expr { kind, span: inp.covering(start) })
}

fn string(inp: &mut Input<'_, '_>) -> ExprKind {
    let token = inp.bump();
    let text = inp.text(token);
    let quote = if text.starts_with('\'') { Quote::Single } else { Quote::Double };
    // Both quotes are one byte long, and the lexer only makes tokens of strings that have both.
    ExprKind::String(literal::unescape(&text[1..text.len() - 1], quote))
}

/// `` `text {expression} text` ``
fn template(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    let mut parts = Vec::new();
    loop {
        let token = inp.token();
        match token.kind {
            TokenKind::TemplateText => {
                inp.bump();
                let text = literal::unescape(inp.text(token), Quote::Template);
                parts.push(TemplatePart::Text(text, inp.span(token)));
            }
            TokenKind::EmbedOpen => {
                inp.bump();
                if let Some(expr) = embedded(inp) {
                    parts.push(TemplatePart::Expr(expr));
                }
            }
            TokenKind::TemplateClose => {
                inp.bump();
                return Ok(ExprKind::Template(parts));
            }
            // The lexer reported that the template never ends.
            _ => return Err(inp.unexpected(Expected::Token(TokenKind::TemplateClose))),
        }
    }
}

/// At most one expression up to the closing brace; an error in it goes no further than the brace.
fn embedded(inp: &mut Input<'_, '_>) -> Option<Expr> {
    let outer = std::mem::replace(&mut inp.state().in_list, false);
    let expr = if inp.is(TokenKind::EmbedClose) { None } else { expression(inp).ok() };
    inp.state().in_list = outer;
    if expr.is_some() && !inp.is(TokenKind::EmbedClose) {
        let next = inp.token();
        let span = inp.span(next);
        if next.kind.starts_value() {
            inp.report(SyntaxError::TemplateExpectsOneExpression { span });
        } else {
            inp.unexpected(Expected::Token(TokenKind::EmbedClose));
        }
    }
    let mut open = 0;
    loop {
        match inp.kind() {
            TokenKind::EmbedOpen => open += 1,
            TokenKind::EmbedClose if open == 0 => {
                inp.bump();
                return expr;
            }
            TokenKind::EmbedClose => open -= 1,
            TokenKind::EndOfFile => return expr,
            _ => {}
        }
        inp.bump();
    }
}

/// `@name`, `@name = value` or `@name += value`
fn attribute(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    let token = inp.bump();
    let name = inp.name(token);
    let next = inp.kind();
    Ok(if next == TokenKind::Assign {
        inp.bump();
        ExprKind::AssignAttribute(name, Box::new(expression(inp)?))
    } else if next.is_compound_assignment() {
        let operator = compound_operator(inp);
        ExprKind::CompoundAssignAttribute(name, operator, Box::new(expression(inp)?))
    } else {
        ExprKind::Attribute(name)
    })
}

/// `Name` or `Name { @a = x, ... }`
fn constant(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    let name = inp.constant()?;
    let next = inp.token();
    if next.kind == TokenKind::BraceOpen && next.same_line() {
        let opened = inp.bump();
        return Ok(ExprKind::Construct(name, List::new(opened).parse(inp, initialiser)?));
    }
    if next.kind == TokenKind::ParenOpen && next.same_line() && next.start == inp.previous_end() {
        inp.warn(SyntaxError::ConstantWithArguments { name: name.name.clone(), span: name.span });
    }
    Ok(ExprKind::Constant(name))
}

fn initialiser(inp: &mut Input<'_, '_>) -> Result<(Ident, Expr)> {
    let token = inp.expect(TokenKind::Attribute)?;
    let name = inp.name(token);
    inp.expect(TokenKind::Assign)?;
    Ok((name, expression(inp)?))
}

/// An identifier or a constant after `let` or `::`.
fn any_name(inp: &mut Input<'_, '_>, after: TokenKind) -> Result<(Ident, Token)> {
    let token = inp.token();
    if matches!(token.kind, TokenKind::Identifier | TokenKind::Constant) {
        inp.bump();
        return Ok((inp.name(token), token));
    }
    let expected = Expected::Words("an identifier or constant");
    Err(inp.fail(expected, |found, span| SyntaxError::ExpectedName { found, after, span }))
}

fn global(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    let (name, _) = any_name(inp, TokenKind::DoubleColon)?;
    Ok(ExprKind::Global(name))
}

/// `( expression )`
fn group(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    let outer = std::mem::replace(&mut inp.state().in_list, false);
    let expr = expression(inp);
    inp.state().in_list = outer;
    let expr = expr?;
    inp.expect(TokenKind::ParenClose)?;
    Ok(ExprKind::Group(Box::new(expr)))
}

/// `let [mut] name [: type] = value`
fn let_expr(inp: &mut Input<'_, '_>) -> Result<ExprKind> {
    inp.bump();
    let mutable = inp.accept(TokenKind::Mut).map(|token| inp.span(token));
    let (name, token) = any_name(inp, TokenKind::Let)?;
    let ty = if inp.accept(TokenKind::Colon).is_some() { Some(ty(inp)?) } else { None };
    inp.expect(TokenKind::Assign)?;
    let value = Box::new(expression(inp)?);
    let is_constant = token.kind == TokenKind::Constant;
    Ok(ExprKind::Let { name, is_constant, mutable, ty, value })
}
