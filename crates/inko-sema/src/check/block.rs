//! Closures and lambdas (§4.8 of the reference).

use super::local::{Kind, Locals};
use super::{Checker, Frame, FrameKind, TYPE_GIVEN, Written};
use crate::declare::{duplicates, param_bounds, type_params};
use crate::errors::Problem;
use crate::resolve::TypeScope;
use crate::tree::{Body, BodyOwner, BodyParam, Closure, Expr, ExprKind};
use crate::types::{BlockKind, BlockType, ParamId, Type, TypeId};
use crate::world::flag;
use cranelift_entity::PrimaryMap;
use inko_syntax::{Span, ast};

/// What the checks of a literal's parts found out.
struct Parts {
    params: Vec<BodyParam>,
    types: Vec<TypeId>,
    code: Expr,
    returns: TypeId,
    throws: Option<TypeId>,
}

impl Checker<'_, '_> {
    /// A block literal, with the type of the parameter it is passed to, if any.
    pub(super) fn block_literal(&mut self, block: &ast::Block, want: Option<TypeId>, span: Span) -> Expr {
        let want = want.and_then(|want| self.world.block(want).cloned());
        let wants_lambda = want.as_ref().is_some_and(|want| want.kind == BlockKind::Lambda);
        let is_lambda = match block.form {
            ast::BlockForm::Fn => true,
            ast::BlockForm::Brace => wants_lambda,
            ast::BlockForm::Do => false,
        };
        let own_params = self.open_type_params(block);
        let params = if is_lambda {
            let module = self.world.module_type(self.module);
            self.bodies.push(Locals::new(module));
            let parts = self.block_parts(block, want.as_ref(), Frame::new(FrameKind::Lambda, None));
            self.unused_locals();
            self.lambda(block, parts, span)
        } else {
            let mut frame = Frame::new(FrameKind::Closure, None);
            frame.closure = Some(self.locals().next_closure());
            let closure = frame.closure;
            let parts = self.scoped(|checker| checker.block_parts(block, want.as_ref(), frame));
            self.closure(block, parts, closure, span)
        };
        let count = self.params.len() - own_params.len();
        self.params.truncate(count);
        let mut expr = params;
        expr.ty = self.world.loose(expr.ty, &own_params);
        expr
    }

    /// Makes the literal's type parameters known; they are plain outside of it and rigid inside.
    fn open_type_params(&mut self, block: &ast::Block) -> Vec<ParamId> {
        if block.type_params.is_empty() {
            return Vec::new();
        }
        let ids = type_params(self.world, &block.type_params);
        self.params.extend(block.type_params.iter().zip(&ids).map(|(one, &id)| (one.name.name.clone(), id)));
        let scope = TypeScope {
            module: self.module,
            params: &self.params,
            self_type: Some(self.instance),
            method: None,
        };
        param_bounds(self.world, &scope, &ids, &block.type_params);
        ids
    }

    fn block_parts(&mut self, block: &ast::Block, want: Option<&BlockType>, mut frame: Frame) -> Parts {
        duplicates(self.world, &block.params);
        let throws = block.throws.as_ref().map(|ty| self.written_type(ty));
        let returns = block.returns.as_ref().map(|ty| self.written_type(ty));
        // What the literal throws must fit what is expected, which is better said where it is thrown.
        let expected = want.and_then(|want| want.throws);
        let expected = expected.filter(|&ty| self.world.flags(ty) & (flag::HOLE | flag::PARAM) == 0);
        frame.throws.ty = throws.or(expected);
        frame.throws.written = throws.is_some();
        frame.written = Written::of_block(block);
        frame.returns = returns.filter(|_| frame.kind == FrameKind::Lambda);
        self.frames.push(frame);
        // A literal with another number of arguments is reported as a whole, by whoever compares it.
        let count_differs = want.is_some_and(|want| want.params.len() != block.params.len());
        let mut params = Vec::with_capacity(block.params.len());
        let mut types = Vec::with_capacity(block.params.len());
        for (index, param) in block.params.iter().enumerate() {
            let expected = want.and_then(|want| want.params.get(index).copied());
            let (body_param, ty) = self.block_param(param, expected, count_differs);
            params.push(body_param);
            types.push(ty);
        }
        let code = self.sequence(&block.body.exprs, block.body.span);
        let place = self.last_place(&block.body.exprs, block.body.span);
        if let Some(want) = returns
            && !self.world.fits(code.ty, want)
        {
            let related = block.returns.as_ref().map(|ty| ty.span);
            self.report(place, Problem::ReturnMismatch { want, have: code.ty, related });
        }
        let mut returns = returns.unwrap_or(code.ty);
        self.end_of_throws(block.throws.as_ref().map(|ty| ty.span));
        let frame = self.frames.pop();
        let throws = frame.as_ref().and_then(|frame| {
            let throws = frame.throws;
            throws.ty.filter(|_| throws.written || throws.threw)
        });
        for (ty, place) in frame.map(|frame| frame.returned).unwrap_or_default() {
            // A lambda that only leaves by `return` gives what it returns.
            if self.world.is_never(returns) {
                returns = ty;
            } else if !self.world.fits(ty, returns) {
                self.report(place, Problem::ReturnMismatch { want: returns, have: ty, related: None });
            }
        }
        Parts { params, types, code, returns, throws }
    }

    fn block_param(
        &mut self,
        param: &ast::Param,
        expected: Option<TypeId>,
        count_differs: bool,
    ) -> (BodyParam, TypeId) {
        let place = param.default.as_ref().map_or(param.name.span, |default| default.span);
        let default = param.default.as_ref().map(|default| self.expr(default));
        let ty = match (&param.ty, &default) {
            (Some(written), _) => {
                let ty = self.written_type(written);
                if param.rest { self.world.array_type(ty) } else { ty }
            }
            (None, Some(default)) => {
                // The expected type fixes what the default leaves open, such as the values of `Array.new`.
                if let Some(expected) = expected.filter(|_| self.world.flags(default.ty) & flag::HOLE != 0) {
                    self.world.fits(default.ty, expected);
                }
                default.ty
            }
            (None, None) => match expected {
                Some(expected) => expected,
                None => {
                    if !count_differs {
                        let name = param.name.name.clone();
                        self.report(param.name.span, Problem::Uninferable { name });
                    }
                    self.world.core.error
                }
            },
        };
        if let (Some(default), Some(_)) = (&default, &param.ty) {
            let because = param.ty.as_ref().map(|ty| (ty.span, TYPE_GIVEN));
            self.require(default.ty, ty, place, because);
        }
        let local = self.define(&param.name.name, param.name.span, ty, Kind::Given);
        (BodyParam { local, default, rest: param.rest }, ty)
    }

    /// The type of a literal.
    fn block_type(&mut self, block: &ast::Block, kind: BlockKind, parts: &Parts) -> TypeId {
        let any_optional = block.params.iter().any(|param| param.default.is_some());
        let flags = block.params.iter().map(|param| param.default.is_some());
        self.world.intern(Type::Block(BlockType {
            kind,
            params: parts.types.clone(),
            names: block.params.iter().map(|param| param.name.name.clone()).collect(),
            optional: if any_optional { flags.collect() } else { Vec::new() },
            rest: block.params.last().is_some_and(|param| param.rest),
            throws: parts.throws,
            returns: parts.returns,
            ignore_return: false,
        }))
    }

    fn closure(
        &mut self,
        block: &ast::Block,
        parts: Parts,
        id: Option<crate::tree::ClosureId>,
        span: Span,
    ) -> Expr {
        let ty = self.block_type(block, BlockKind::Closure, &parts);
        let Parts { params, code, returns, throws, .. } = parts;
        let Some(id) = id else { return self.failed(span) };
        let closure = Closure { id, params, throws, returns, code };
        Expr { kind: ExprKind::Closure(Box::new(closure)), ty, span }
    }

    fn lambda(&mut self, block: &ast::Block, parts: Parts, span: Span) -> Expr {
        let ty = self.block_type(block, BlockKind::Lambda, &parts);
        let error = self.world.core.error;
        if self.world.silent > 0 {
            // Only the type is wanted: the literal is checked again, and gets its body then.
            self.bodies.pop();
            return Expr { kind: ExprKind::Error, ty, span };
        }
        let id = self.world.program.bodies.push(Body {
            owner: BodyOwner::Lambda { explicit: block.form == ast::BlockForm::Fn },
            module: self.module,
            self_type: error,
            locals: PrimaryMap::new(),
            params: Vec::new(),
            throws: parts.throws,
            returns: parts.returns,
            ignore_return: false,
            code: Expr { kind: ExprKind::Error, ty: error, span },
            closures: 0,
            span,
        });
        self.store_body(id, parts.code, parts.params);
        self.lambdas.push(id);
        Expr { kind: ExprKind::Lambda(id), ty, span }
    }
}
