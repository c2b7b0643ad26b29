//! Local variables: scopes, definitions, assignments and the warning about unused ones (§3.6).

use super::{Checker, FrameKind, TYPE_GIVEN};
use crate::errors::Problem;
use crate::map::Map;
use crate::suggest;
use crate::tree::{ClosureId, Expr, ExprKind, Local, LocalId};
use crate::types::TypeId;
use cranelift_entity::{EntityRef, PrimaryMap};
use inko_syntax::{Name, Span, ast};

/// How a local came to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An argument, a match binding or an error variable.
    Given,
    /// `let x`
    Let,
    /// `let mut x`
    LetMut,
}

struct Info {
    kind: Kind,
    read: bool,
    depth: u32,
}

/// The locals of one body.
pub(super) struct Locals {
    pub(super) all: PrimaryMap<LocalId, Local>,
    info: PrimaryMap<LocalId, Info>,
    visible: Map<Name, LocalId>,
    /// What the names meant before the definitions of the open scopes.
    shadowed: Vec<(Name, Option<LocalId>)>,
    /// The length of `shadowed` at the start of each open scope.
    scopes: Vec<usize>,
    /// The number of closures so far.
    pub(super) closures: u32,
    /// The type of `self`.
    pub(super) self_type: TypeId,
}

impl Locals {
    pub(super) fn new(self_type: TypeId) -> Self {
        Self {
            all: PrimaryMap::new(),
            info: PrimaryMap::new(),
            visible: Map::default(),
            shadowed: Vec::new(),
            scopes: Vec::new(),
            closures: 0,
            self_type,
        }
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(self.shadowed.len());
    }

    pub(super) fn close(&mut self) {
        let start = self.scopes.pop().unwrap_or(0);
        while self.shadowed.len() > start {
            match self.shadowed.pop() {
                Some((name, Some(before))) => self.visible.insert(name, before),
                Some((name, None)) => self.visible.remove(&name),
                None => None,
            };
        }
    }

    fn define(&mut self, local: Local, kind: Kind) -> LocalId {
        let name = local.name.clone();
        let id = self.all.push(local);
        self.info.push(Info { kind, read: false, depth: self.scopes.len() as u32 });
        let before = self.visible.insert(name.clone(), id);
        self.shadowed.push((name, before));
        id
    }

    fn in_this_scope(&self, name: &Name) -> Option<LocalId> {
        let id = *self.visible.get(name)?;
        (self.info[id].depth as usize == self.scopes.len()).then_some(id)
    }

    /// A new closure's number.
    pub(super) fn next_closure(&mut self) -> ClosureId {
        self.closures += 1;
        ClosureId::new(self.closures as usize - 1)
    }
}

impl Checker<'_, '_> {
    /// Defines a local in the current scope.
    pub(super) fn define(&mut self, name: &Name, span: Span, ty: TypeId, kind: Kind) -> LocalId {
        let closure = self.frames.last().and_then(|frame| match frame.kind {
            FrameKind::Closure => frame.closure,
            _ => None,
        });
        let local = Local { name: name.clone(), ty, assigned: false, closure, span };
        self.locals().define(local, kind)
    }

    /// Runs `inside` in a child scope.
    pub(super) fn scoped<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.locals().open();
        let result = inside(self);
        self.locals().close();
        result
    }

    /// Reads a local, if there is one of that name.
    pub(super) fn read_local(&mut self, name: &ast::Ident) -> Option<Expr> {
        let locals = self.locals();
        let id = *locals.visible.get(&name.name)?;
        locals.info[id].read = true;
        let ty = locals.all[id].ty;
        Some(Expr { kind: ExprKind::Local(id), ty, span: name.span })
    }

    /// A local by its number; for variables that the checker made itself.
    pub(super) fn local_expr(&mut self, id: LocalId, span: Span) -> Expr {
        let ty = self.locals().all[id].ty;
        Expr { kind: ExprKind::Local(id), ty, span }
    }

    /// The visible local whose name is most like an unknown one.
    pub(super) fn similar_local(&mut self, name: &Name) -> Option<Name> {
        suggest::closest(name, self.locals().visible.keys())
    }

    /// Where a local of that name is that can't be reached from here: outside of a lambda, or in the
    /// module's body. It counts as read, as that was the intention.
    pub(super) fn unreachable_local(&mut self, name: &Name) -> Option<Span> {
        for locals in self.bodies.iter_mut().rev().skip(1) {
            if let Some(&id) = locals.visible.get(name) {
                locals.info[id].read = true;
                return Some(locals.all[id].span);
            }
        }
        let span = self.world.module_locals.get(&(self.module, name.clone())).copied()?;
        self.world.withdraw_unused(span);
        Some(span)
    }

    /// `let`, of locals and of constants.
    pub(super) fn let_expr(&mut self, expr: &ast::Expr) -> Expr {
        let ast::ExprKind::Let { name, is_constant, mutable, ty: written, value } = &expr.kind else {
            return self.failed(expr.span);
        };
        let want = written.as_ref().map(|ty| self.written_type(ty));
        let place = value.span;
        let value = self.expr(value);
        if let Some(want) = want {
            let because = written.as_ref().map(|ty| (ty.span, TYPE_GIVEN));
            self.require(value.ty, want, place, because);
        }
        let ty = want.unwrap_or(value.ty);
        if *is_constant {
            return self.let_constant(name, *mutable, ty, value, expr.span);
        }
        if let Some(first) = self.locals().in_this_scope(&name.name) {
            let first = self.locals().all[first].span;
            self.report(name.span, Problem::DuplicateLocal { name: name.name.clone(), first });
        }
        let kind = if mutable.is_some() { Kind::LetMut } else { Kind::Let };
        let local = self.define(&name.name, name.span, ty, kind);
        let kind = ExprKind::SetLocal { local, value: Box::new(value), define: true };
        Expr { kind, ty, span: expr.span }
    }

    /// `name = value`
    pub(super) fn assign(&mut self, name: &ast::Ident, value: &ast::Expr, span: Span) -> Expr {
        let target = self.assignable(name);
        let place = value.span;
        let value = self.expr(value);
        match target {
            Some(local) => self.store(local, value, place, span),
            None => self.failed(span),
        }
    }

    /// `name op= value`, whose own value is `used` or dropped.
    pub(super) fn compound_assign(
        &mut self,
        name: &ast::Ident,
        op: &ast::Ident,
        value: &ast::Expr,
        span: Span,
        used: bool,
    ) -> Expr {
        let Some(local) = self.assignable(name) else {
            self.expr(value);
            return self.failed(span);
        };
        // `x += 1` as a statement doesn't make `x` read.
        self.locals().info[local].read |= used;
        let before = self.local_expr(local, name.span);
        let value = self.operator(before, op, value, span);
        self.store(local, value, span, span)
    }

    fn store(&mut self, local: LocalId, value: Expr, place: Span, span: Span) -> Expr {
        let Local { ty, span: first, .. } = self.locals().all[local];
        self.require(value.ty, ty, place, Some((first, "the variable is defined here")));
        let kind = ExprKind::SetLocal { local, value: Box::new(value), define: false };
        Expr { kind, ty, span }
    }

    /// The local that an assignment means, if it can be assigned.
    fn assignable(&mut self, name: &ast::Ident) -> Option<LocalId> {
        let Some(&id) = self.locals().visible.get(&name.name) else {
            let similar = self.similar_local(&name.name);
            self.report(name.span, Problem::UnknownLocal { name: name.name.clone(), similar });
            return None;
        };
        let locals = self.locals();
        let kind = locals.info[id].kind;
        locals.all[id].assigned = true;
        if kind != Kind::LetMut {
            let first = locals.all[id].span;
            let is_let = kind == Kind::Let;
            self.report(name.span, Problem::ImmutableLocal { name: name.name.clone(), first, is_let });
            // Its value still has to be checked, but against nothing.
            return None;
        }
        Some(id)
    }

    /// Keeps the places of a module's variables for messages about methods that can't see them.
    pub(super) fn note_module_locals(&mut self) {
        let module = self.module;
        let locals = self.locals();
        let places: Vec<_> =
            locals.visible.iter().map(|(name, &id)| (name.clone(), locals.all[id].span)).collect();
        self.world.module_locals.extend(places.into_iter().map(|(name, span)| ((module, name), span)));
    }

    /// Warns about locals that are never read, at the end of a body.
    pub(super) fn unused_locals(&mut self) {
        let mut unused = Vec::new();
        let locals = self.locals();
        for (id, info) in locals.info.iter() {
            let local = &locals.all[id];
            if info.kind != Kind::Given && !info.read && !local.name.starts_with('_') {
                unused.push((local.span, local.name.clone()));
            }
        }
        for (span, name) in unused {
            self.report(span, Problem::UnusedLocal { name });
        }
    }
}
