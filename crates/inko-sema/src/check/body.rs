//! Module bodies, method bodies, arguments and their defaults.

use super::local::{Kind, Locals};
use super::{Checker, Frame, FrameKind, TYPE_GIVEN, Written};
use crate::errors::Problem;
use crate::transform::Subst;
use crate::tree::{BodyParam, ConstantId, Expr, ExprKind, MethodId, Owner};
use crate::types::{ModuleId, ParamId, Type, TypeId};
use crate::world::{Job, World, flag};
use inko_syntax::ast::{self, Item};
use inko_syntax::{Name, Span};

/// Checks all bodies of the program.
pub(crate) fn check_bodies(world: &mut World<'_>) {
    for module in world.program.order.clone() {
        module_body(world, module);
    }
    for job in std::mem::take(&mut world.jobs) {
        method_body(world, &job);
    }
}

fn module_body(world: &mut World<'_>, module: ModuleId) {
    let self_type = world.module_type(module);
    let nil = world.core.nil;
    let id = world.program.modules[module].body;
    let source = world.sources[module];
    let mut checker = Checker::new(world, module, self_type, self_type, Vec::new());
    checker.frames.push(Frame::new(FrameKind::Module, None));
    let mut list = Vec::new();
    for item in &source.items {
        if let Item::Expr(expr) = item {
            list.push(checker.statement(expr));
        }
    }
    let ty = list.last().map_or(nil, |last| last.ty);
    let code = Expr { kind: ExprKind::Sequence(list), ty, span: source.span };
    checker.unused_locals();
    checker.note_module_locals();
    let body = &mut checker.world.program.bodies[id];
    (body.returns, body.ignore_return, body.span) = (nil, true, source.span);
    checker.finish(id, code, Vec::new());
    close_constants(world, module);
    world.holes.clear();
}

/// The constants of a module keep no holes.
fn close_constants(world: &mut World<'_>, module: ModuleId) {
    let source = world.sources[module];
    for item in &source.items {
        if let Item::Expr(ast::Expr { kind: ast::ExprKind::Let { name, is_constant: true, .. }, .. }) = item
            && let Some(&crate::world::Symbol::Constant(id)) = world.scopes[module].members.get(&name.name)
        {
            let ty = world.program.constants[id].ty;
            world.program.constants[id].ty = world.closed(ty);
        }
    }
}

/// The types that a method's body sees: of `self`, and of what `Self` names.
fn self_types(world: &mut World<'_>, id: MethodId) -> (TypeId, TypeId) {
    let (owner, is_static) = (world.program.methods[id].owner, world.program.methods[id].is_static);
    let own = world.owner_type(owner);
    let instance = world.rigid(own);
    match owner {
        Owner::Class(class) if is_static => (world.intern(Type::ClassObject(class)), instance),
        _ => (instance, instance),
    }
}

fn method_body(world: &mut World<'_>, job: &Job<'_>) {
    let (self_type, instance) = self_types(world, job.method);
    let params = world.params_in_scope(job.method);
    world.extra_bounds = world.when_bounds(job.method);
    let method = &world.program.methods[job.method];
    let (module, throws, returns, yields) = (method.module, method.throws, method.returns, method.yields);
    let ignore_return = method.ignore_return;
    let is_generator = yields.is_some();
    let late = Subst { self_type: Some(instance), params: Vec::new() };
    let inside = |world: &mut World<'_>, ty: TypeId| {
        let ty = world.substitute(ty, &late);
        world.rigid(ty)
    };
    let throws = throws.map(|ty| inside(world, ty));
    let returns = inside(world, returns);
    let yields = yields.map(|ty| inside(world, ty));

    let mut checker = Checker::new(world, module, self_type, instance, params);
    let mut frame = Frame::new(FrameKind::Method, throws);
    frame.returns = Some(returns);
    frame.yields = yields;
    frame.written = Written::of_method(job.source);
    checker.frames.push(frame);
    let body_params = checker.method_params(job.method, &job.source.params);
    let Some((source, id)) = job.body else {
        // The defaults of a required method only say which arguments may be left out.
        checker.finish_lambdas();
        world.extra_bounds.clear();
        world.holes.clear();
        return;
    };
    let code = checker.sequence(&source.exprs, source.span);
    if !ignore_return && !is_generator && !checker.world.fits(code.ty, returns) {
        let (span, have) = (checker.last_place(&source.exprs, job.source.name.span), code.ty);
        let related = job.source.returns.as_ref().map(|ty| ty.span);
        checker.report(span, Problem::ReturnMismatch { want: returns, have, related });
    }
    checker.end_of_throws(job.source.throws.as_ref().map(|ty| ty.span));
    if let (Some(ty), Some(written)) = (yields, &job.source.yields)
        && !checker.frames[0].yielded
    {
        checker.report(written.span, Problem::NeverYields { ty });
    }
    checker.unused_locals();
    let body = &mut checker.world.program.bodies[id];
    (body.throws, body.returns, body.ignore_return) = (throws, returns, ignore_return || is_generator);
    checker.finish(id, code, body_params);
    world.extra_bounds.clear();
    world.holes.clear();
}

/// The type of the default of an argument without annotation; `None` if it can't be told without
/// checking other bodies first. What the default leaves open is as the first of the `wanted` types has it which it fits.
pub(crate) fn default_type(
    world: &mut World<'_>,
    id: MethodId,
    source: &ast::Method,
    index: usize,
    wanted: &[TypeId],
) -> Option<TypeId> {
    let default = source.params.get(index)?.default.as_ref()?;
    let (self_type, instance) = self_types(world, id);
    let params = world.params_in_scope(id);
    let module = world.program.methods[id].module;
    world.silent += 1;
    let mut checker = Checker::new(world, module, self_type, instance, params);
    checker.frames.push(Frame::new(FrameKind::Method, None));
    checker.method_params(id, &source.params[..index]);
    let ty = checker.expr(default).ty;
    for &wanted in wanted {
        let wanted = world.rigid(wanted);
        if world.flags(ty) & flag::HOLE != 0 && world.fits(ty, wanted) {
            break;
        }
    }
    let ty = world.closed(ty);
    let ids: Vec<ParamId> = world.params_in_scope(id).into_iter().map(|(_, param)| param).collect();
    let ty = world.loose(ty, &ids);
    world.silent -= 1;
    world.holes.clear();
    (!world.is_error(ty)).then_some(ty)
}

/// The type of a constant before the body of its module is checked, for the defaults of arguments. `None`
/// outside of such a trial, where a use of the constant is too early, and if it can't be told from the
/// initialiser alone.
pub(super) fn early_constant(world: &mut World<'_>, id: ConstantId) -> Option<TypeId> {
    if world.silent == 0 {
        return None;
    }
    if let Some(&known) = world.early_constants.get(&id) {
        return known;
    }
    // An initialiser that leads back to its constant gives no type.
    world.early_constants.insert(id, None);
    let (module, place) = (world.program.constants[id].module, world.program.constants[id].span);
    let value = world.sources[module].items.iter().find_map(|item| match item {
        Item::Expr(ast::Expr { kind: ast::ExprKind::Let { name, value, ty, .. }, .. })
            if name.span == place =>
        {
            Some((value, ty))
        }
        _ => None,
    })?;
    let self_type = world.module_type(module);
    let mut checker = Checker::new(world, module, self_type, self_type, Vec::new());
    checker.frames.push(Frame::new(FrameKind::Module, None));
    let ty = match value {
        (_, Some(written)) => checker.written_type(written),
        (value, None) => checker.expr(value).ty,
    };
    let ty = world.closed(ty);
    let known = (!world.is_error(ty)).then_some(ty);
    world.early_constants.insert(id, known);
    known
}

impl<'w, 'a> Checker<'w, 'a> {
    pub(super) fn new(
        world: &'w mut World<'a>,
        module: ModuleId,
        self_type: TypeId,
        instance: TypeId,
        params: Vec<(Name, ParamId)>,
    ) -> Self {
        let bodies = vec![Locals::new(self_type)];
        let (frames, tries, lambdas) = (Vec::new(), Vec::new(), Vec::new());
        Self { world, module, params, instance, bodies, frames, tries, lambdas, mixed: false }
    }

    /// Defines the arguments of a method and checks their defaults, which may use earlier arguments.
    fn method_params(&mut self, id: MethodId, source: &[ast::Param]) -> Vec<BodyParam> {
        let mut list = Vec::with_capacity(source.len());
        for (index, param) in source.iter().enumerate() {
            let ty = self.world.program.methods[id].params.get(index).map(|param| param.ty);
            let ty = ty.unwrap_or(self.world.core.error);
            let ty = self.world.rigid(ty);
            let default = param.default.as_ref().map(|default| {
                let value = self.expr(default);
                if param.ty.is_none() && self.world.is_error(ty) && !self.world.is_error(value.ty) {
                    let name = param.name.name.clone();
                    self.report(param.name.span, Problem::UntypedArgument { name });
                }
                let because = param.ty.as_ref().map(|ty| (ty.span, TYPE_GIVEN));
                self.require(value.ty, ty, default.span, because);
                value
            });
            let local = self.define(&param.name.name, param.name.span, ty, Kind::Given);
            list.push(BodyParam { local, default, rest: param.rest });
        }
        list
    }

    /// Several expressions; the last one's value counts.
    pub(super) fn sequence(&mut self, exprs: &[ast::Expr], span: Span) -> Expr {
        if let [only] = exprs {
            return self.expr(only);
        }
        let mut list = Vec::with_capacity(exprs.len());
        if let Some((last, others)) = exprs.split_last() {
            list.extend(others.iter().map(|expr| self.statement(expr)));
            list.push(self.expr(last));
        }
        let ty = list.last().map_or(self.world.core.nil, |last| last.ty);
        Expr { kind: ExprKind::Sequence(list), ty, span }
    }

    /// An expression whose value is dropped.
    fn statement(&mut self, expr: &ast::Expr) -> Expr {
        match &expr.kind {
            ast::ExprKind::CompoundAssign(name, op, value) => {
                self.compound_assign(name, op, value, expr.span, false)
            }
            _ => self.expr(expr),
        }
    }

    /// Where a body's value comes from, for messages.
    pub(super) fn last_place(&self, exprs: &[ast::Expr], otherwise: Span) -> Span {
        exprs.last().map_or(otherwise, |last| last.span)
    }
}
