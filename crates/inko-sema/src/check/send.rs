//! Messages: what they mean with a receiver and without one (§3.5, §4.10 of the reference).

use super::args::{Arg, Callee};
use super::unknown::foreign;
use super::{Checker, intrinsic};
use crate::errors::{MessageHint, Problem};
use crate::lookup::{Found, Via};
use crate::suggest;
use crate::transform::Subst;
use crate::tree::{Call, Expr, ExprKind, MethodId, Owner, Target};
use crate::types::{ModuleId, Type, TypeId};
use crate::world::{Symbol, View};
use inko_syntax::{Name, Span, ast};

impl Checker<'_, '_> {
    /// `name`, `name(args)`
    pub(super) fn identifier(
        &mut self,
        name: &ast::Ident,
        type_args: &[ast::Type],
        args: Option<&[ast::Arg]>,
    ) -> Expr {
        if args.is_none()
            && type_args.is_empty()
            && let Some(local) = self.read_local(name)
        {
            return local;
        }
        let list: Vec<Arg<'_>> = args.unwrap_or_default().iter().map(Arg::from).collect();
        let own = self.self_type();
        if let Some(found) = self.world.find_method(own, &name.name) {
            let receiver = Expr { kind: ExprKind::SelfRef, ty: own, span: name.span };
            return self.call(found, Some(receiver), name, type_args, list);
        }
        if let Some(found) = self.own_module_method(&name.name) {
            return self.call(found, None, name, type_args, list);
        }
        match self.world.lookup(self.module, &name.name, name.span) {
            Some(Symbol::Method(module, _)) => return self.imported(module, name, type_args, list),
            Some(Symbol::Module(module)) if args.is_none() => return self.module_expr(module, name.span),
            Some(Symbol::Poison) => {
                self.unchecked_args(list);
                return self.failed(name.span);
            }
            _ => {}
        }
        // What follows a keyword of another language is nothing like arguments.
        if foreign(&name.name) == MessageHint::None {
            self.unchecked_args(list);
        } else {
            self.silently(list);
        }
        self.unknown_identifier(own, name, args);
        self.failed(name.span)
    }

    fn unknown_identifier(&mut self, own: TypeId, name: &ast::Ident, args: Option<&[ast::Arg]>) {
        if let Some(args) = args
            && let Some(Expr { kind: ExprKind::Local(local), .. }) = self.read_local(name)
        {
            let negative = matches!(args, [arg] if is_negative(&arg.value));
            let hint = if negative { MessageHint::Subtract } else { MessageHint::CallLocal };
            let outer = Some(self.locals().all[local].span);
            self.report(
                name.span,
                Problem::UnknownIdentifier { ty: own, name: name.name.clone(), hint, outer },
            );
            return;
        }
        let mut names = self.world.message_names(own);
        names.extend(self.world.scopes[self.module].methods.keys().cloned());
        let lower = |name: &&Name| name.chars().next().is_some_and(char::is_lowercase);
        names.extend(self.world.scopes[self.module].globals.keys().filter(lower).cloned());
        let local = if args.is_some() { None } else { self.similar_local(&name.name) };
        let similar = local.or_else(|| suggest::closest(&name.name, names.iter()));
        let outer = self.unreachable_local(&name.name);
        let hint = match (outer, foreign(&name.name)) {
            (Some(_), _) => MessageHint::Captures,
            (None, MessageHint::None) => MessageHint::similar(similar),
            (None, foreign) => foreign,
        };
        self.report(name.span, Problem::UnknownIdentifier { ty: own, name: name.name.clone(), hint, outer });
    }

    /// A method or external function of the module that the code stands in.
    pub(super) fn own_module_method(&mut self, name: &Name) -> Option<Found> {
        if let Some(&method) = self.world.scopes[self.module].externs.get(name) {
            return Some(Found { method, via: Via::Extern, subst: Subst::default() });
        }
        self.world.in_module(self.module, name)
    }

    /// A call of an imported method.
    pub(super) fn imported(
        &mut self,
        module: ModuleId,
        name: &ast::Ident,
        type_args: &[ast::Type],
        args: Vec<Arg<'_>>,
    ) -> Expr {
        // The import may have given the method another name.
        let method = match self.world.lookup(self.module, &name.name, name.span) {
            Some(Symbol::Method(_, method)) => method,
            _ => return self.failed(name.span),
        };
        let (via, self_type) = match self.world.program.methods[method].owner {
            Owner::Class(class) => (Via::Class(class), Some(self.world.module_type(module))),
            _ => (Via::Module(module), None),
        };
        let found = Found { method, via, subst: Subst { self_type, params: Vec::new() } };
        self.call(found, None, name, type_args, args)
    }

    /// `receiver.name(args)` and operators: a chain of them, from left to right.
    pub(super) fn sends(&mut self, expr: &ast::Expr) -> Expr {
        let (start, links) = expr.links();
        let is_intrinsic = matches!(
            &start.kind,
            ast::ExprKind::Constant(constant) if constant.name == intrinsic::RECEIVER
        ) && self.world.is_library(self.module);
        let mut receiver = if is_intrinsic { None } else { Some(self.expr(start)) };
        for (link, span) in links {
            let args: Vec<Arg<'_>> = link.args.iter().map(Arg::from).collect();
            receiver = Some(match receiver {
                Some(receiver) => self.send_to(receiver, &link.name, &link.type_args, args, span),
                None => self.intrinsic(&link.name, args, span),
            });
        }
        receiver.unwrap_or_else(|| self.failed(expr.span))
    }

    /// An operator with an operand that has yet to be checked, for compound assignments.
    pub(super) fn operator(
        &mut self,
        receiver: Expr,
        op: &ast::Ident,
        value: &ast::Expr,
        span: Span,
    ) -> Expr {
        self.send_to(receiver, op, &[], vec![Arg::positional(value)], span)
    }

    /// A message to a receiver that was checked.
    pub(super) fn send_to(
        &mut self,
        receiver: Expr,
        name: &ast::Ident,
        type_args: &[ast::Type],
        args: Vec<Arg<'_>>,
        span: Span,
    ) -> Expr {
        if self.world.is_error(receiver.ty) {
            self.unchecked_args(args);
            return self.failed(span);
        }
        if self.world.view(receiver.ty) == View::Block && name.name == "call" {
            return self.call_block(receiver, name, args);
        }
        if let Some(found) = self.world.find_method(receiver.ty, &name.name) {
            return self.call(found, Some(receiver), name, type_args, args);
        }
        self.unchecked_args(args);
        self.unknown_message(receiver.ty, name);
        self.failed(span)
    }

    fn unknown_message(&mut self, ty: TypeId, name: &ast::Ident) {
        let is_open = matches!(self.world.view(ty), View::Hole(_));
        let ty = self.world.settled(ty);
        if self.is_broken(ty) {
            return;
        }
        if let View::Module(module) = self.world.view(ty)
            && let Some(&method) = self.world.scopes[module].externs.get(&name.name)
        {
            let related = self.world.program.methods[method].name_span;
            self.report(name.span, Problem::ReceiverForExternal { name: name.name.clone(), related });
            return;
        }
        let hint = if is_open { MessageHint::Open } else { self.message_hint(ty, &name.name) };
        self.report(name.span, Problem::UnknownMessage { ty, name: name.name.clone(), hint });
    }

    /// Whether a type may lack messages because of a mistake in its definition.
    fn is_broken(&mut self, ty: TypeId) -> bool {
        let bounds = match self.world.view(ty) {
            View::Class(class) => return self.world.broken.contains_key(&class),
            View::Trait(id) => return self.world.broken_traits.contains_key(&id),
            View::Hole(hole) => self.world.hole_bounds(hole).0,
            _ => self.world.bounds_of(ty),
        };
        bounds.into_iter().any(|bound| self.world.is_error(bound) || self.is_broken(bound))
    }

    /// Calls a method that was found.
    pub(super) fn call(
        &mut self,
        found: Found,
        receiver: Option<Expr>,
        name: &ast::Ident,
        type_args: &[ast::Type],
        args: Vec<Arg<'_>>,
    ) -> Expr {
        let Found { method, via, mut subst } = found;
        self.check_bounds(method, via, &subst, receiver.as_ref().map(|one| one.ty), name);
        let type_params = self.world.program.methods[method].type_params.clone();
        self.world.instantiate(&type_params, &mut subst);
        self.explicit_type_args(method, &subst, type_args, name);
        let outer = std::mem::take(&mut self.mixed);
        let args = self.arguments(Callee::Method(method), &subst, args, name);
        let mixed = std::mem::replace(&mut self.mixed, outer);
        let (throws, generic) = self.throws_of(method, &subst);
        let target_method = &self.world.program.methods[method];
        let (returns, yields) = (target_method.returns, target_method.yields);
        let (ty, throws) = match yields {
            Some(yields) => {
                let element = self.world.substitute(yields, &subst);
                let error = throws.unwrap_or(self.world.core.never);
                let generator = self.world.core.generator;
                (self.world.class_type(generator, vec![element, error]), None)
            }
            None => {
                let related = self.world.program.methods[method].name_span;
                self.send_throws(throws, generic, &name.name, name.span, Some(related));
                let ty = self.world.substitute(returns, &subst);
                (if mixed { self.world.core.any } else { self.world.settled(ty) }, throws)
            }
        };
        self.make_call(method, via, receiver, args, throws, ty, name.span)
    }

    /// The tree of a call. Receivers that the target doesn't take are still evaluated.
    #[expect(clippy::too_many_arguments, reason = "the parts of a call")]
    fn make_call(
        &mut self,
        method: MethodId,
        via: Via,
        receiver: Option<Expr>,
        args: Vec<(u32, Expr)>,
        throws: Option<TypeId>,
        ty: TypeId,
        span: Span,
    ) -> Expr {
        let (target, takes_receiver) = match via {
            Via::Class(class) => (Target::Method { method, class: Some(class) }, true),
            Via::Trait => (Target::Dynamic(method), true),
            Via::Static(_) | Via::Module(_) | Via::Extern => (Target::Method { method, class: None }, false),
        };
        let mut before = None;
        let receiver = match (receiver, takes_receiver) {
            (Some(receiver), true) => Some(receiver),
            // Methods of `impl ... for ThisModule`, called by name.
            (None, true) => Some(self.module_receiver(method, span)),
            (Some(receiver), false) => {
                if has_effects(&receiver.kind) {
                    before = Some(receiver);
                }
                None
            }
            (None, false) => None,
        };
        let call = Call { target, receiver, args, throws };
        let call = Expr { kind: ExprKind::Call(Box::new(call)), ty, span };
        match before {
            Some(before) => Expr { kind: ExprKind::Sequence(vec![before, call]), ty, span },
            None => call,
        }
    }

    fn module_receiver(&mut self, method: MethodId, span: Span) -> Expr {
        let module = self.world.program.methods[method].module;
        // A default method stands in its trait's module; then the caller's own module is meant.
        let own = match self.world.program.methods[method].owner {
            Owner::Class(class) => self.world.module_of_class(class).unwrap_or(module),
            _ => self.module,
        };
        self.module_expr(own, span)
    }

    /// What a method throws when called with these type arguments, and whether it would with others.
    fn throws_of(&mut self, method: MethodId, subst: &Subst) -> (Option<TypeId>, bool) {
        let Some(declared) = self.world.program.methods[method].throws else { return (None, false) };
        let ty = self.world.substitute(declared, subst);
        let ty = self.world.settled(ty);
        if self.world.is_never(ty) { (None, true) } else { (Some(ty), true) }
    }

    /// Checks the `when` clause of a method against the receiver's type arguments (T16).
    fn check_bounds(
        &mut self,
        method: MethodId,
        via: Via,
        subst: &Subst,
        receiver: Option<TypeId>,
        name: &ast::Ident,
    ) {
        let info = &self.world.program.methods[method];
        // Bounds on a required method count for its implementations only.
        if info.bounds.is_empty() || (via == Via::Trait && info.body.is_none()) {
            return;
        }
        for (param, bounds) in info.bounds.clone() {
            let param_type = self.world.intern(Type::Param(param));
            let arg = self.world.substitute(param_type, subst);
            if let Some(bound) = self.world.fits_bounds(arg, &bounds, subst) {
                let ty = receiver.unwrap_or(self.instance);
                let related = self.world.program.methods[method].name_span;
                let problem = Problem::BoundNotMet { ty, name: name.name.clone(), arg, bound, related };
                self.report(name.span, problem);
            }
        }
    }

    /// `name!(A, B)`: assigns type arguments from left to right.
    fn explicit_type_args(
        &mut self,
        method: MethodId,
        subst: &Subst,
        type_args: &[ast::Type],
        name: &ast::Ident,
    ) {
        if type_args.is_empty() {
            return;
        }
        let params = self.world.program.methods[method].type_params.clone();
        if type_args.len() > params.len() {
            let (want, have) = (params.len(), type_args.len());
            let problem = Problem::MethodTypeArgumentCount { name: name.name.clone(), want, have };
            self.report(name.span, problem);
        }
        for (param, written) in params.into_iter().zip(type_args) {
            let ty = self.written_type(written);
            let param_type = self.world.intern(Type::Param(param));
            let hole = self.world.substitute(param_type, subst);
            if !self.world.fits(ty, hole) {
                let bounds = self.world.bounds_of(param_type);
                let bound = bounds.first().copied().unwrap_or(self.world.core.error);
                self.report(written.span, Problem::Mismatch { want: bound, have: ty, because: None });
            }
        }
    }
}

/// Whether evaluating a receiver that isn't passed on may do something.
fn has_effects(kind: &ExprKind) -> bool {
    !matches!(
        kind,
        ExprKind::SelfRef
            | ExprKind::Local(_)
            | ExprKind::Constant(_)
            | ExprKind::Module(_)
            | ExprKind::ClassObject(_)
            | ExprKind::TraitObject(_)
            | ExprKind::Error
    )
}

/// Whether an expression is a literal of a negative number.
fn is_negative(value: &ast::Expr) -> bool {
    match &value.kind {
        ast::ExprKind::Integer(digits) => digits.starts_with('-'),
        ast::ExprKind::Float(number) => number.is_sign_negative(),
        _ => false,
    }
}
