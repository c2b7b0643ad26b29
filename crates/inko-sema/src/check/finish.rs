//! The end of a body: all holes are known now or never, so the tree gets its final types.

use super::Checker;
use crate::tree::{BodyId, BodyParam, Call, Closure, Expr, ExprKind, Match, Test, Try, TryHandler};
use crate::types::TypeId;
use crate::world::{World, flag};
use cranelift_entity::PrimaryMap;

impl Checker<'_, '_> {
    /// Stores a finished body and closes the types in it and in its lambdas.
    pub(super) fn finish(mut self, id: BodyId, code: Expr, params: Vec<BodyParam>) {
        self.store_body(id, code, params);
        self.lambdas.push(id);
        self.finish_lambdas();
    }

    /// Closes the types in the bodies that are left when there is none around them.
    pub(super) fn finish_lambdas(self) {
        for id in self.lambdas {
            close_body(self.world, id);
        }
    }

    /// Stores a body whose types may still contain holes, with the current locals.
    pub(super) fn store_body(&mut self, id: BodyId, code: Expr, params: Vec<BodyParam>) {
        let Some(locals) = self.bodies.pop() else { return };
        let body = &mut self.world.program.bodies[id];
        body.self_type = locals.self_type;
        body.locals = locals.all;
        body.closures = locals.closures;
        body.code = code;
        body.params = params;
    }
}

fn close_body(world: &mut World<'_>, id: BodyId) {
    let body = &mut world.program.bodies[id];
    let mut locals = std::mem::replace(&mut body.locals, PrimaryMap::new());
    let mut params = std::mem::take(&mut body.params);
    let (mut throws, mut returns) = (body.throws, body.returns);
    let (ty, span) = (body.returns, body.span);
    let mut code = std::mem::replace(&mut body.code, Expr { kind: ExprKind::Error, ty, span });
    for local in locals.values_mut() {
        close(world, &mut local.ty);
    }
    close_params(world, &mut params);
    close_throws(world, &mut throws);
    close(world, &mut returns);
    close_expr(world, &mut code);
    let body = &mut world.program.bodies[id];
    (body.locals, body.params, body.throws) = (locals, params, throws);
    (body.returns, body.code) = (returns, code);
}

fn close(world: &mut World<'_>, ty: &mut TypeId) {
    if world.flags(*ty) & flag::HOLE != 0 {
        *ty = world.closed(*ty);
    }
}

/// A throw type that turned out to be `Never` is none.
fn close_throws(world: &mut World<'_>, throws: &mut Option<TypeId>) {
    if let Some(ty) = throws {
        close(world, ty);
    }
    *throws = throws.filter(|&ty| !world.is_never(ty));
}

fn close_params(world: &mut World<'_>, params: &mut [BodyParam]) {
    for param in params {
        if let Some(default) = &mut param.default {
            close_expr(world, default);
        }
    }
}

fn close_expr(world: &mut World<'_>, expr: &mut Expr) {
    close(world, &mut expr.ty);
    match &mut expr.kind {
        ExprKind::Concat(list) | ExprKind::Sequence(list) => {
            for one in list {
                close_expr(world, one);
            }
        }
        ExprKind::SetLocal { value, .. }
        | ExprKind::SetAttribute(_, value)
        | ExprKind::DefineConstant(_, value)
        | ExprKind::Cast(value)
        | ExprKind::Return(Some(value))
        | ExprKind::Yield(value)
        | ExprKind::Throw { value, .. } => close_expr(world, value),
        ExprKind::Construct(_, list) => {
            for (_, one) in list {
                close_expr(world, one);
            }
        }
        ExprKind::Call(call) => close_call(world, call),
        ExprKind::Closure(closure) => close_closure(world, closure),
        ExprKind::Try(inner) => close_try(world, inner),
        ExprKind::Match(inner) => close_match(world, inner),
        ExprKind::Nil
        | ExprKind::Boolean(_)
        | ExprKind::Integer(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::SelfRef
        | ExprKind::Local(_)
        | ExprKind::Attribute(_)
        | ExprKind::Constant(_)
        | ExprKind::Module(_)
        | ExprKind::ClassObject(_)
        | ExprKind::TraitObject(_)
        | ExprKind::Lambda(_)
        | ExprKind::Return(None)
        | ExprKind::Error => {}
    }
}

/// A call, and the calls that its receiver consists of.
fn close_call(world: &mut World<'_>, mut call: &mut Call) {
    loop {
        for (_, arg) in &mut call.args {
            close_expr(world, arg);
        }
        close_throws(world, &mut call.throws);
        call = match &mut call.receiver {
            Some(Expr { kind: ExprKind::Call(next), ty, .. }) => {
                close(world, ty);
                next
            }
            Some(receiver) => return close_expr(world, receiver),
            None => return,
        }
    }
}

fn close_closure(world: &mut World<'_>, closure: &mut Closure) {
    close_params(world, &mut closure.params);
    close_throws(world, &mut closure.throws);
    close(world, &mut closure.returns);
    close_expr(world, &mut closure.code);
}

fn close_try(world: &mut World<'_>, inner: &mut Try) {
    close_expr(world, &mut inner.operand);
    match &mut inner.handler {
        TryHandler::Rethrow { .. } => {}
        TryHandler::Else { value, .. } => close_expr(world, value),
        TryHandler::Panic { message, .. } => close_expr(world, message),
    }
}

fn close_match(world: &mut World<'_>, inner: &mut Match) {
    if let Some((_, input)) = &mut inner.input {
        close_expr(world, input);
    }
    for arm in &mut inner.arms {
        for test in &mut arm.tests {
            if let Test::Condition(condition) = test {
                close_expr(world, condition);
            }
        }
        if let Some(guard) = &mut arm.guard {
            close_expr(world, guard);
        }
        close_expr(world, &mut arm.body);
    }
    if let Some(otherwise) = &mut inner.otherwise {
        close_expr(world, otherwise);
    }
}
