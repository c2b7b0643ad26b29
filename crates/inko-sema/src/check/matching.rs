//! `match` (§4.14 of the reference).

use super::Checker;
use super::args::Arg;
use super::local::Kind;
use crate::errors::Problem;
use crate::tree::{Arm, Expr, ExprKind, LocalId, Match, Test};
use crate::types::{Type, TypeId};
use crate::world::{Symbol, View};
use inko_syntax::{Name, Span, ast};

impl Checker<'_, '_> {
    pub(super) fn match_expr(&mut self, source: &ast::Match, span: Span) -> Expr {
        // The binding belongs to a scope around all arms; each arm has a scope of its own.
        self.scoped(|checker| {
            let input = source.input.as_ref().map(|input| checker.match_input(source, input));
            let variable = input.as_ref().map(|(local, _)| *local);
            let mut arms = Vec::with_capacity(source.arms.len());
            for arm in &source.arms {
                let arm = checker.scoped(|checker| checker.match_arm(source, arm, variable));
                arms.push(arm);
            }
            let otherwise = source
                .otherwise
                .as_ref()
                .map(|body| checker.scoped(|checker| checker.sequence(&body.exprs, body.span)));
            let ty = checker.match_type(&arms, otherwise.as_ref());
            let kind = ExprKind::Match(Box::new(Match { input, arms, otherwise }));
            Expr { kind, ty, span }
        })
    }

    fn match_input(&mut self, source: &ast::Match, input: &ast::Expr) -> (LocalId, Expr) {
        let value = self.expr(input);
        let (name, span) = match &source.binding {
            Some(binding) => (binding.name.clone(), binding.span),
            // No program can name it.
            None => (Name::from("match input"), input.span),
        };
        (self.define(&name, span, value.ty, Kind::Given), value)
    }

    fn match_arm(&mut self, source: &ast::Match, arm: &ast::MatchArm, input: Option<LocalId>) -> Arm {
        let mut tests = Vec::new();
        let mut narrowed = None;
        match &arm.pattern {
            ast::Pattern::Type(name) => {
                if let Some((test, ty)) = self.type_pattern(name, input) {
                    tests.push(test);
                    narrowed = source
                        .binding
                        .as_ref()
                        .map(|binding| self.define(&binding.name, binding.span, ty, Kind::Given));
                }
            }
            ast::Pattern::Exprs(list) => {
                for pattern in list {
                    tests.push(Test::Condition(self.expr_pattern(pattern, input)));
                }
            }
        }
        let guard = arm.guard.as_ref().map(|guard| self.condition(guard));
        let body = self.sequence(&arm.body.exprs, arm.body.span);
        Arm { tests, narrowed, guard, body }
    }

    /// `as C`: the test and the type that the binding has after it.
    fn type_pattern(&mut self, name: &ast::Ident, input: Option<LocalId>) -> Option<(Test, TypeId)> {
        if input.is_none() {
            self.report(name.span, Problem::TypePatternWithoutInput);
            return None;
        }
        let symbol = if name.name == "Nil" {
            Some(Symbol::Class(self.world.core.nil_class))
        } else if self.params.iter().any(|(param, _)| *param == name.name) {
            None
        } else {
            self.world.lookup(self.module, &name.name, name.span)
        };
        let fresh = |checker: &mut Self, params: Vec<crate::types::ParamId>| {
            let mut subst = crate::transform::Subst::default();
            checker.world.instantiate(&params, &mut subst);
            subst.params.iter().map(|(_, ty)| *ty).collect::<Vec<_>>()
        };
        match symbol {
            Some(Symbol::Class(class)) => {
                let args = fresh(self, self.world.program.classes[class].type_params.clone());
                Some((Test::Class(class), self.world.class_type(class, args)))
            }
            Some(Symbol::Trait(id)) => {
                let args = fresh(self, self.world.program.traits[id].type_params.clone());
                Some((Test::Trait(id), self.world.intern(Type::Trait(id, args))))
            }
            Some(Symbol::Poison | Symbol::Ambiguous) => {
                Some((Test::Condition(self.failed(name.span)), self.world.core.error))
            }
            Some(_) => {
                self.report(name.span, Problem::NotAType { name: name.name.clone(), related: None });
                None
            }
            None => {
                let is_param = self.params.iter().any(|(param, _)| *param == name.name);
                let problem = if is_param || matches!(name.name.as_str(), "Self" | "Any" | "Never") {
                    Problem::ErasedPattern { name: name.name.clone() }
                } else {
                    self.world.unknown_constant(self.module, &name.name)
                };
                self.report(name.span, problem);
                None
            }
        }
    }

    /// A pattern that is an expression: a condition, or something that matches the input.
    fn expr_pattern(&mut self, pattern: &ast::Expr, input: Option<LocalId>) -> Expr {
        let Some(input) = input else { return self.condition(pattern) };
        let value = self.expr(pattern);
        let span = pattern.span;
        let input = self.local_expr(input, span);
        if self.world.is_error(value.ty) || self.world.is_error(input.ty) {
            return self.failed(span);
        }
        if self.world.view(input.ty) == View::Any {
            self.report(span, Problem::PatternOnAny);
            return self.failed(span);
        }
        let operator = ast::Ident { name: "=~".into(), span };
        let found = self.world.find_method(value.ty, &operator.name);
        let Some(found) = found else {
            self.report(span, Problem::NotAPattern { ty: value.ty });
            return self.failed(span);
        };
        let wanted = self.world.program.methods[found.method].params.first().map(|param| param.ty);
        if let Some(wanted) = wanted {
            let mut subst = found.subst.clone();
            let params = self.world.program.methods[found.method].type_params.clone();
            self.world.instantiate(&params, &mut subst);
            let wanted = self.world.substitute(wanted, &subst);
            if !self.world.fits(input.ty, wanted) {
                self.report(span, Problem::PatternMismatch { pattern: value.ty, input: input.ty });
                return self.failed(span);
            }
        }
        self.call(found, Some(value), &operator, &[], vec![Arg::ready(input)])
    }

    /// A guard, or a pattern without input: a Boolean.
    fn condition(&mut self, condition: &ast::Expr) -> Expr {
        let value = self.expr(condition);
        let boolean = self.world.core.boolean;
        if !self.world.fits(value.ty, boolean) {
            self.report(condition.span, Problem::ConditionNotBoolean { ty: value.ty });
        }
        value
    }

    /// The first arm's type if all others fit it, else `Any`; arms that never end don't count.
    fn match_type(&mut self, arms: &[Arm], otherwise: Option<&Expr>) -> TypeId {
        let nil = self.world.core.nil;
        let last = otherwise.map_or(nil, |otherwise| otherwise.ty);
        let types: Vec<TypeId> = arms.iter().map(|arm| arm.body.ty).chain([last]).collect();
        let first = types.iter().copied().find(|&ty| !self.world.is_never(ty));
        let Some(first) = first else { return self.world.core.never };
        let all = types.into_iter().all(|ty| self.world.fits(ty, first));
        if all { first } else { self.world.core.any }
    }
}
