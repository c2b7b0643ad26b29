//! Bodies, closures and lambdas.

use super::cursor::{Parser, Result};
use crate::ast::{Block, BlockForm, Body, Expr, ExprKind};
use crate::token::{Token, TokenKind};

impl Parser<'_, '_, '_> {
    /// `{ expressions }`. Errors inside are caught here, one statement at a time.
    pub(super) fn body(&mut self) -> Result<Body> {
        let opened = self.expect(TokenKind::BraceOpen)?;
        let outer = std::mem::replace(&mut self.state().in_list, false);
        let exprs = self.nested(|parser| parser.statements(opened));
        self.state().in_list = outer;
        Ok(Body { exprs: exprs?, span: self.covering(opened) })
    }

    fn statements(&mut self, opened: Token) -> Result<Vec<Expr>> {
        let mut exprs = Vec::new();
        loop {
            let from = self.position();
            let outcome = match self.kind() {
                TokenKind::BraceClose => {
                    self.bump();
                    return Ok(exprs);
                }
                TokenKind::EndOfFile | TokenKind::EmbedClose => {
                    self.unterminated(opened);
                    return Ok(exprs);
                }
                kind if kind.starts_definition() => {
                    if self.lacks_brace(opened) {
                        self.unterminated(opened);
                        return Ok(exprs);
                    }
                    self.misplaced()
                }
                _ => self.expression().map(|expr| exprs.push(expr)),
            };
            if outcome.is_err() {
                self.skip_statement(from);
                let stuck = self.position() == from;
                if stuck && !matches!(self.kind(), TokenKind::BraceClose | TokenKind::EmbedClose) {
                    self.bump();
                }
                let start = self.state().tokens[from];
                exprs.push(Expr { kind: ExprKind::Error, span: self.covering(start) });
            }
        }
    }

    /// A closure or lambda: `{ ... }`, `do (...) { ... }` or `fn (...) { ... }`.
    pub(super) fn block(&mut self) -> Result<Expr> {
        let outer = std::mem::replace(&mut self.state().height, 0);
        let start = self.token();
        let form = match start.kind {
            TokenKind::Do => BlockForm::Do,
            TokenKind::Fn => BlockForm::Fn,
            _ => BlockForm::Brace,
        };
        let block = if form == BlockForm::Brace {
            let (type_params, params) = (Vec::new(), Vec::new());
            Block { form, type_params, params, throws: None, returns: None, body: self.body()? }
        } else {
            self.bump();
            let type_params = self.type_params()?;
            let params = self.params()?;
            let throws = self.clause(TokenKind::Throws)?;
            let returns = self.clause(TokenKind::Arrow)?;
            Block { form, type_params, params, throws, returns, body: self.body()? }
        };
        self.grow()?;
        let state = self.state();
        state.height = outer.max(state.height);
        Ok(Expr { kind: ExprKind::Block(Box::new(block)), span: self.covering(start) })
    }
}
