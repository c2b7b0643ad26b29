//! Files and definitions: classes, traits, implementations.

use super::cursor::Cursor;
use super::recover::{indentation, skip_statement};
use super::types::{trait_refs, ty, type_args, type_params};
use super::{Input, Result, expr, import, method};
use crate::ast::*;
use crate::error::{BodyKind, Expected, SyntaxError};
use crate::token::{Token, TokenKind};

/// A whole file. Never fails: an item that does is skipped.
pub(super) fn module(inp: &mut Input<'_, '_>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    while !inp.is(TokenKind::EndOfFile) {
        let from = inp.position();
        match item(inp) {
            Ok(item) => items.push(item),
            Err(_) => {
                skip_statement(inp, from);
                // A `}` or `)` that closes nothing would be met again and again.
                if inp.position() == from {
                    inp.bump();
                }
            }
        }
    }
    // Chumsky wants its input used up, the end of the file included.
    inp.skip();
    Ok(items)
}

fn item(inp: &mut Input<'_, '_>) -> Result<Item> {
    inp.state().height = 0;
    match inp.kind() {
        TokenKind::Import => import::import(inp).map(Item::Import),
        TokenKind::Class => class(inp).map(Item::Class),
        TokenKind::Trait => trait_def(inp).map(Item::Trait),
        TokenKind::Impl => implementation(inp),
        TokenKind::Def => method::method(inp).map(Item::Method),
        TokenKind::Extern => method::external(inp).map(Item::Extern),
        TokenKind::Static => {
            static_not_allowed(inp);
            method::method(inp).map(Item::Method)
        }
        kind if kind.is_closer() => {
            let expected = Expected::Words("a definition or an expression");
            Err(inp.unexpected(expected))
        }
        _ => expr::expression(inp).map(Item::Expr),
    }
}

/// A definition or import where none may stand: reported, parsed all the same, and dropped.
pub(super) fn misplaced(inp: &mut Input<'_, '_>) -> Result<()> {
    let token = inp.token();
    let span = inp.span(token);
    inp.report(SyntaxError::MisplacedDefinition { keyword: token.kind, span });
    inp.nested(item).map(|_| ())
}

fn static_not_allowed(inp: &mut Input<'_, '_>) {
    let token = inp.token();
    let span = inp.span(token);
    inp.report(SyntaxError::StaticNotAllowed { span });
}

/// Whether the next token, the first of its line, shows that the body opened by `opened` lacks its brace:
/// a definition that is indented no deeper than what the body belongs to.
pub(super) fn lacks_brace(inp: &mut Input<'_, '_>, opened: Token) -> bool {
    let (token, text) = (inp.token(), inp.state().text);
    token.newline
        && token.kind.starts_definition()
        && indentation(text, token.start) <= indentation(text, opened.start)
}

/// Reports a body without its closing brace.
pub(super) fn unterminated(inp: &mut Input<'_, '_>, opened: Token) {
    let (at, opened) = (inp.token(), inp.span(opened));
    let span = inp.span(at);
    inp.report(SyntaxError::UnterminatedBlock { opened, span });
}

fn class(inp: &mut Input<'_, '_>) -> Result<Class> {
    let start = inp.expect(TokenKind::Class)?;
    let name = inp.constant()?;
    let type_params = type_params(inp)?;
    let mut attributes = Vec::new();
    let mut methods = Vec::new();
    body(inp, BodyKind::Class, &mut methods, Some(&mut attributes))?;
    Ok(Class { name, type_params, attributes, methods, span: inp.covering(start) })
}

fn trait_def(inp: &mut Input<'_, '_>) -> Result<Trait> {
    let start = inp.expect(TokenKind::Trait)?;
    let name = inp.constant()?;
    let type_params = type_params(inp)?;
    let required = if inp.accept(TokenKind::Colon).is_some() { trait_refs(inp)? } else { Vec::new() };
    let mut methods = Vec::new();
    body(inp, BodyKind::Trait, &mut methods, None)?;
    Ok(Trait { name, type_params, required, methods, span: inp.covering(start) })
}

/// `impl Trait!(A) for Class { ... }` or `impl Class { ... }`
fn implementation(inp: &mut Input<'_, '_>) -> Result<Item> {
    let start = inp.expect(TokenKind::Impl)?;
    let name = inp.constant()?;
    let type_args = type_args(inp)?;
    let mut methods = Vec::new();
    if !type_args.is_empty() || inp.is(TokenKind::For) {
        inp.expect(TokenKind::For)?;
        let class = inp.constant()?;
        body(inp, BodyKind::Impl, &mut methods, None)?;
        let span = inp.covering(start);
        return Ok(Item::Impl(Impl { trait_name: name, type_args, class, methods, span }));
    }
    if !inp.is(TokenKind::BraceOpen) {
        return Err(inp.unexpected(Expected::Words("`for` or `{`")));
    }
    body(inp, BodyKind::Reopen, &mut methods, None)?;
    Ok(Item::Reopen(Reopen { class: name, methods, span: inp.covering(start) }))
}

/// The braces of a class, trait or implementation with what is between.
fn body(
    inp: &mut Input<'_, '_>,
    kind: BodyKind,
    methods: &mut Vec<Method>,
    mut attributes: Option<&mut Vec<AttributeDef>>,
) -> Result<()> {
    let opened = inp.expect(TokenKind::BraceOpen)?;
    loop {
        let from = inp.position();
        let outcome = match inp.kind() {
            TokenKind::BraceClose => {
                inp.bump();
                return Ok(());
            }
            TokenKind::EndOfFile => {
                unterminated(inp, opened);
                return Ok(());
            }
            TokenKind::Def => method::method(inp).map(|method| methods.push(method)),
            TokenKind::Static => {
                if matches!(kind, BodyKind::Trait | BodyKind::Impl) {
                    static_not_allowed(inp);
                }
                method::method(inp).map(|method| methods.push(method))
            }
            TokenKind::Attribute if attributes.is_some() => {
                attribute(inp).map(|attribute| attributes.as_mut().map_or((), |list| list.push(attribute)))
            }
            _ if lacks_brace(inp, opened) => {
                unterminated(inp, opened);
                return Ok(());
            }
            _ => {
                let expected = Expected::Token(TokenKind::BraceClose);
                Err(inp.fail(expected, |found, span| SyntaxError::InvalidInBody { found, body: kind, span }))
            }
        };
        if outcome.is_err() {
            skip_statement(inp, from);
            // Something that closes nothing of ours.
            if inp.position() == from && !inp.is(TokenKind::BraceClose) {
                inp.bump();
            }
        }
    }
}

fn attribute(inp: &mut Input<'_, '_>) -> Result<AttributeDef> {
    let token = inp.bump();
    let name = inp.name(token);
    inp.expect(TokenKind::Colon)?;
    Ok(AttributeDef { name, ty: ty(inp)? })
}
