//! From written names to what they stand for: constants, and types in signatures and bodies (§3.5 of the
//! reference).

use crate::errors::Problem;
use crate::suggest;
use crate::transform::Subst;
use crate::tree::MethodId;
use crate::types::{BlockKind, BlockType, ModuleId, ParamId, Type, TypeId};
use crate::world::{Origin, PendingBounds, Symbol, View, World};
use inko_syntax::ast::{self, TypeKind};
use inko_syntax::{Name, Span};

/// What a written type may refer to.
pub(crate) struct TypeScope<'s> {
    pub(crate) module: ModuleId,
    /// Type parameters; later ones shadow earlier ones.
    pub(crate) params: &'s [(Name, ParamId)],
    /// The type of the enclosing class or trait, for `Self`.
    pub(crate) self_type: Option<TypeId>,
    /// The method whose signature it is, whose `when` clause counts when arguments are checked.
    pub(crate) method: Option<MethodId>,
}

/// When `Self` becomes a type (§4.5).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelfUse {
    /// At each call: return and yield types.
    Late,
    /// Where it is written: all other places.
    Early,
}

/// The constants that are values of their own, not definitions.
pub(crate) fn is_literal_constant(name: &str) -> bool {
    matches!(name, "True" | "False" | "Nil")
}

impl World<'_> {
    /// What a constant or a method name means where it is used in a module: the module's own definition or an import.
    /// A name that several imports bring is reported, and poisoned.
    pub(crate) fn lookup(&mut self, module: ModuleId, name: &Name, span: Span) -> Option<Symbol> {
        let scope = &self.scopes[module];
        let member = scope.members.get(name).copied();
        match (member, scope.globals.get(name).copied()) {
            (None, Some((Symbol::Ambiguous, Origin::Several(first, second)))) => {
                self.report(span, Problem::AmbiguousName { name: name.clone(), first, second });
                if self.silent == 0 {
                    self.scopes[module].globals.insert(name.clone(), (Symbol::Poison, Origin::All(first)));
                }
                Some(Symbol::Poison)
            }
            (member, global) => member.or(global.map(|(symbol, _)| symbol)),
        }
    }

    /// The constant that is most likely meant by an unknown one.
    pub(crate) fn unknown_constant(&self, module: ModuleId, name: &Name) -> Problem {
        let scope = &self.scopes[module];
        let upper = |name: &&Name| name.chars().next().is_some_and(|first| !first.is_lowercase());
        let names = scope.members.keys().chain(scope.globals.keys()).filter(upper);
        let similar = suggest::closest(name, names);
        let defines = |id: &ModuleId| {
            matches!(
                self.scopes[*id].members.get(name),
                Some(Symbol::Class(_) | Symbol::Trait(_) | Symbol::Constant(_))
            )
        };
        let found = self.scopes.keys().find(defines).map(|id| self.module_name(id));
        Problem::UnknownConstant { name: name.clone(), similar, module: found }
    }

    /// Turns a written type into a type in the form that signatures have.
    pub(crate) fn resolve_type(&mut self, scope: &TypeScope<'_>, ty: &ast::Type, own: SelfUse) -> TypeId {
        match &ty.kind {
            TypeKind::Error => self.core.error,
            TypeKind::Optional(inner) => {
                let inner = self.resolve_type(scope, inner, own);
                self.option_type(inner)
            }
            TypeKind::Block { is_lambda, params, throws, returns } => {
                let params = params.iter().map(|param| self.resolve_type(scope, param, own)).collect();
                let throws = throws.as_ref().map(|throws| self.resolve_type(scope, throws, own));
                let throws = throws.filter(|&throws| throws != self.core.never);
                let result = returns.as_ref().map(|returns| self.resolve_type(scope, returns, own));
                self.intern(Type::Block(BlockType {
                    kind: if *is_lambda { BlockKind::Lambda } else { BlockKind::Closure },
                    params,
                    names: Vec::new(),
                    optional: Vec::new(),
                    rest: false,
                    throws,
                    returns: result.unwrap_or(self.core.any),
                    ignore_return: result.is_none(),
                }))
            }
            TypeKind::Named(name, args) => self.resolve_named(scope, name, args, ty.span, own),
        }
    }

    fn resolve_named(
        &mut self,
        scope: &TypeScope<'_>,
        name: &ast::Ident,
        args: &[ast::Type],
        span: Span,
        own: SelfUse,
    ) -> TypeId {
        let simple = match name.name.as_str() {
            "Any" => Some(self.core.any),
            "Never" => Some(self.core.never),
            "Self" => Some(match own {
                SelfUse::Late => self.core.self_type,
                SelfUse::Early => scope.self_type.unwrap_or(self.core.error),
            }),
            "Nil" => Some(self.core.nil),
            "True" | "False" => Some(self.core.boolean),
            _ => scope
                .params
                .iter()
                .rev()
                .find(|(one, _)| *one == name.name)
                .map(|(_, param)| self.intern(Type::Param(*param))),
        };
        if let Some(simple) = simple {
            self.check_type_arg_count(0, args, simple, span);
            return simple;
        }
        self.resolve_global(scope, name, args, span, own)
    }

    /// A written type whose name is a definition or an import, never a type parameter.
    pub(crate) fn resolve_global(
        &mut self,
        scope: &TypeScope<'_>,
        name: &ast::Ident,
        args: &[ast::Type],
        span: Span,
        own: SelfUse,
    ) -> TypeId {
        let args_types: Vec<TypeId> = args.iter().map(|arg| self.resolve_type(scope, arg, own)).collect();
        match self.lookup(scope.module, &name.name, name.span) {
            Some(Symbol::Class(class)) => {
                let count = self.program.classes[class].type_params.len();
                let bare = self.class_self(class);
                if !self.check_type_arg_count(count, args, bare, span) {
                    return self.core.error;
                }
                let ty = self.class_type(class, args_types);
                if self.note_bounds(ty, span, scope) { ty } else { self.core.error }
            }
            Some(Symbol::Trait(id)) => {
                let count = self.program.traits[id].type_params.len();
                let bare = self.trait_self(id);
                if !self.check_type_arg_count(count, args, bare, span) {
                    return self.core.error;
                }
                let ty = self.intern(Type::Trait(id, args_types));
                if self.note_bounds(ty, span, scope) { ty } else { self.core.error }
            }
            Some(Symbol::Poison | Symbol::Ambiguous) => self.core.error,
            Some(Symbol::Constant(constant)) => {
                let related = self.program.constants[constant].span;
                self.report(name.span, Problem::NotAType { name: name.name.clone(), related: Some(related) });
                self.core.error
            }
            Some(Symbol::Method(..) | Symbol::Module(_)) => {
                self.report(name.span, Problem::NotAType { name: name.name.clone(), related: None });
                self.core.error
            }
            None => {
                let problem = self.unknown_constant(scope.module, &name.name);
                self.report(name.span, problem);
                self.core.error
            }
        }
    }

    /// Checks the number of type arguments (T12).
    fn check_type_arg_count(&mut self, want: usize, args: &[ast::Type], bare: TypeId, span: Span) -> bool {
        if args.len() == want {
            return true;
        }
        self.report(span, Problem::TypeArgumentCount { ty: bare, want, have: args.len() });
        false
    }

    /// Compares the arguments of a written type with the bounds of its parameters, at once or as soon as
    /// all implementations are known. The result is no if that was reported.
    fn note_bounds(&mut self, ty: TypeId, span: Span, scope: &TypeScope<'_>) -> bool {
        let params = self.params_of(ty);
        if params.is_empty() {
            return true;
        }
        match &mut self.pending_bounds {
            // What is only tried is checked again later.
            Some(_) if self.silent > 0 => true,
            Some(pending) => {
                let (method, self_type) = (scope.method, scope.self_type);
                pending.push(PendingBounds { ty, span, method, self_type });
                true
            }
            None => {
                let bounded = params.iter().any(|&param| !self.program.params[param].bounds.is_empty());
                !bounded || self.check_type_bounds(ty, span, None)
            }
        }
    }

    fn params_of(&self, ty: TypeId) -> Vec<ParamId> {
        match self.view(ty) {
            View::Class(class) => self.program.classes[class].type_params.clone(),
            View::Trait(id) => self.program.traits[id].type_params.clone(),
            _ => Vec::new(),
        }
    }

    /// Reports type arguments that don't fit the bounds of their parameters.
    pub(crate) fn check_type_bounds(&mut self, ty: TypeId, span: Span, own: Option<TypeId>) -> bool {
        // A late `Self` will be at least the type that encloses it.
        let ty = self.substitute(ty, &Subst { self_type: own, params: Vec::new() });
        let ty = self.rigid(ty);
        let params = self.params_of(ty);
        let args = self.args(ty).to_vec();
        let subst = Subst::new(&params, &args);
        let mut fits = true;
        for (param, arg) in params.into_iter().zip(args) {
            let bounds = self.program.params[param].bounds.clone();
            if let Some(bound) = self.fits_bounds(arg, &bounds, &subst) {
                self.report(span, Problem::Mismatch { want: bound, have: arg, because: None });
                fits = false;
            }
        }
        fits
    }

    /// Resolves the bounds of a type parameter; each must be a trait (T15). One that isn't is the error type, so that
    /// nothing is said about what the parameter would answer to.
    pub(crate) fn resolve_bounds(&mut self, scope: &TypeScope<'_>, bounds: &[ast::Type]) -> Vec<TypeId> {
        let mut types = Vec::with_capacity(bounds.len());
        for bound in bounds {
            let ty = self.resolve_type(scope, bound, SelfUse::Early);
            match self.view(ty) {
                View::Trait(_) | View::Error => types.push(ty),
                _ => {
                    self.report(bound.span, Problem::BoundNotATrait { ty });
                    types.push(self.core.error);
                }
            }
        }
        types
    }
}
