//! Files and definitions: classes, traits, implementations.

use super::cursor::{Parser, Result};
use super::recover::indentation;
use crate::ast::*;
use crate::error::{BodyKind, Expected, SyntaxError};
use crate::token::{Token, TokenKind};

impl Parser<'_, '_, '_> {
    /// A whole file. Never fails: an item that does is skipped.
    pub(super) fn module(&mut self) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        while !self.is(TokenKind::EndOfFile) {
            let from = self.position();
            match self.item() {
                Ok(item) => items.push(item),
                Err(_) => {
                    self.skip_statement(from);
                    // A `}` or `)` that closes nothing would be met again and again.
                    if self.position() == from {
                        self.bump();
                    }
                }
            }
        }
        self.end();
        Ok(items)
    }

    fn item(&mut self) -> Result<Item> {
        self.state().height = 0;
        match self.kind() {
            TokenKind::Import => self.import().map(Item::Import),
            TokenKind::Class => self.class().map(Item::Class),
            TokenKind::Trait => self.trait_def().map(Item::Trait),
            TokenKind::Impl => self.implementation(),
            TokenKind::Def => self.method().map(Item::Method),
            TokenKind::Extern => self.external().map(Item::Extern),
            TokenKind::Static => {
                self.static_not_allowed();
                self.method().map(Item::Method)
            }
            kind if kind.is_closer() => {
                let expected = Expected::Words("a definition or an expression");
                Err(self.unexpected(expected))
            }
            _ => self.expression().map(Item::Expr),
        }
    }

    /// A definition or import where none may stand: reported, parsed all the same, and dropped.
    pub(super) fn misplaced(&mut self) -> Result<()> {
        let token = self.token();
        let span = self.span(token);
        self.report(SyntaxError::MisplacedDefinition { keyword: token.kind, span });
        self.nested(Self::item).map(|_| ())
    }

    fn static_not_allowed(&mut self) {
        let token = self.token();
        let span = self.span(token);
        self.report(SyntaxError::StaticNotAllowed { span });
    }

    /// Whether the next token, the first of its line, shows that the body opened by `opened` lacks its brace:
    /// a definition that is indented no deeper than what the body belongs to.
    pub(super) fn lacks_brace(&mut self, opened: Token) -> bool {
        let (token, text) = (self.token(), self.state().text);
        token.newline
            && token.kind.starts_definition()
            && indentation(text, token.start) <= indentation(text, opened.start)
    }

    /// Reports a body without its closing brace.
    pub(super) fn unterminated(&mut self, opened: Token) {
        let (at, opened) = (self.token(), self.span(opened));
        let span = self.span(at);
        self.report(SyntaxError::UnterminatedBlock { opened, span });
    }

    fn class(&mut self) -> Result<Class> {
        let start = self.expect(TokenKind::Class)?;
        let name = self.constant()?;
        let type_params = self.type_params()?;
        let mut attributes = Vec::new();
        let mut methods = Vec::new();
        self.definition_body(BodyKind::Class, &mut methods, Some(&mut attributes))?;
        Ok(Class { name, type_params, attributes, methods, span: self.covering(start) })
    }

    fn trait_def(&mut self) -> Result<Trait> {
        let start = self.expect(TokenKind::Trait)?;
        let name = self.constant()?;
        let type_params = self.type_params()?;
        let required = if self.accept(TokenKind::Colon).is_some() { self.trait_refs()? } else { Vec::new() };
        let mut methods = Vec::new();
        self.definition_body(BodyKind::Trait, &mut methods, None)?;
        Ok(Trait { name, type_params, required, methods, span: self.covering(start) })
    }

    /// `impl Trait!(A) for Class { ... }` or `impl Class { ... }`
    fn implementation(&mut self) -> Result<Item> {
        let start = self.expect(TokenKind::Impl)?;
        let name = self.constant()?;
        let type_args = self.type_args()?;
        let mut methods = Vec::new();
        if !type_args.is_empty() || self.is(TokenKind::For) {
            self.expect(TokenKind::For)?;
            let class = self.constant()?;
            self.definition_body(BodyKind::Impl, &mut methods, None)?;
            let span = self.covering(start);
            return Ok(Item::Impl(Impl { trait_name: name, type_args, class, methods, span }));
        }
        if !self.is(TokenKind::BraceOpen) {
            return Err(self.unexpected(Expected::Words("`for` or `{`")));
        }
        self.definition_body(BodyKind::Reopen, &mut methods, None)?;
        Ok(Item::Reopen(Reopen { class: name, methods, span: self.covering(start) }))
    }

    /// The braces of a class, trait or implementation with what is between.
    fn definition_body(
        &mut self,
        kind: BodyKind,
        methods: &mut Vec<Method>,
        mut attributes: Option<&mut Vec<AttributeDef>>,
    ) -> Result<()> {
        let opened = self.expect(TokenKind::BraceOpen)?;
        loop {
            let from = self.position();
            let outcome = match self.kind() {
                TokenKind::BraceClose => {
                    self.bump();
                    return Ok(());
                }
                TokenKind::EndOfFile => {
                    self.unterminated(opened);
                    return Ok(());
                }
                TokenKind::Def => self.method().map(|method| methods.push(method)),
                TokenKind::Static => {
                    if matches!(kind, BodyKind::Trait | BodyKind::Impl) {
                        self.static_not_allowed();
                    }
                    self.method().map(|method| methods.push(method))
                }
                TokenKind::Attribute if attributes.is_some() => self
                    .attribute_def()
                    .map(|attribute| attributes.as_mut().map_or((), |list| list.push(attribute))),
                _ if self.lacks_brace(opened) => {
                    self.unterminated(opened);
                    return Ok(());
                }
                _ => {
                    let expected = Expected::Token(TokenKind::BraceClose);
                    Err(self.fail(expected, |found, span| SyntaxError::InvalidInBody {
                        found,
                        body: kind,
                        span,
                    }))
                }
            };
            if outcome.is_err() {
                self.skip_statement(from);
                // Something that closes nothing of ours.
                if self.position() == from && !self.is(TokenKind::BraceClose) {
                    self.bump();
                }
            }
        }
    }

    fn attribute_def(&mut self) -> Result<AttributeDef> {
        let token = self.bump();
        let name = self.name(token);
        self.expect(TokenKind::Colon)?;
        Ok(AttributeDef { name, ty: self.ty()? })
    }
}
