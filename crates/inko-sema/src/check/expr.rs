//! Expressions: which of the neighbouring files checks which kind, and the kinds that need no file.

use super::Checker;
use super::body::early_constant;
use crate::errors::Problem;
use crate::tree::{Expr, ExprKind};
use crate::types::{ModuleId, TypeId};
use crate::world::{ConstantState, Origin, Symbol, View};
use inko_syntax::{Name, Span, ast};

impl Checker<'_, '_> {
    /// Checks an expression.
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Integer(digits) => {
                let ty = self.world.core.integer;
                Expr { kind: ExprKind::Integer(digits.clone()), ty, span }
            }
            ast::ExprKind::Float(value) => {
                Expr { kind: ExprKind::Float(*value), ty: self.world.core.float, span }
            }
            ast::ExprKind::String(text) => {
                Expr { kind: ExprKind::String(text.clone()), ty: self.world.core.string, span }
            }
            ast::ExprKind::Template(parts) => self.template(parts, span),
            ast::ExprKind::SelfRef => Expr { kind: ExprKind::SelfRef, ty: self.self_type(), span },
            ast::ExprKind::Attribute(name) => self.attribute(name),
            ast::ExprKind::Constant(name) => self.constant(name),
            ast::ExprKind::Global(name) => self.global(name, span),
            ast::ExprKind::Identifier { name, type_args, args } => {
                self.identifier(name, type_args, args.as_deref())
            }
            ast::ExprKind::Send(_) => self.sends(expr),
            ast::ExprKind::Assign(name, value) => self.assign(name, value, span),
            ast::ExprKind::AssignAttribute(name, value) => {
                let checked = self.expr(value);
                self.set_attribute(name, checked, value.span, span)
            }
            ast::ExprKind::CompoundAssign(name, op, value) => {
                self.compound_assign(name, op, value, span, true)
            }
            ast::ExprKind::CompoundAssignAttribute(name, op, value) => {
                let before = self.attribute(name);
                let result = self.operator(before, op, value, span);
                self.set_attribute(name, result, span, span)
            }
            ast::ExprKind::Let { .. } => self.let_expr(expr),
            ast::ExprKind::Construct(name, values) => self.construct(name, values, span),
            ast::ExprKind::Block(block) => self.block_literal(block, None, span),
            ast::ExprKind::Cast(value, ty) => self.cast(value, ty, span),
            ast::ExprKind::Group(inner) => self.expr(inner),
            ast::ExprKind::Return(value) => self.return_expr(value.as_deref(), span),
            ast::ExprKind::Yield(value) => self.yield_expr(value.as_deref(), span),
            ast::ExprKind::Throw { local, value } => self.throw(*local, value, span),
            ast::ExprKind::Try { local, operand, handler } => {
                self.try_expr(*local, operand, handler.as_deref(), span)
            }
            ast::ExprKind::TryPanic(operand) => self.try_panic(operand, span),
            ast::ExprKind::Match(inner) => self.match_expr(inner, span),
            ast::ExprKind::Error => self.failed(span),
        }
    }

    /// A template string: members are turned into strings, unless they are strings already.
    fn template(&mut self, parts: &[ast::TemplatePart], span: Span) -> Expr {
        let string = self.world.core.string;
        let mut list = Vec::with_capacity(parts.len());
        for part in parts {
            list.push(match part {
                ast::TemplatePart::Text(text, span) => {
                    Expr { kind: ExprKind::String(text.clone()), ty: string, span: *span }
                }
                ast::TemplatePart::Expr(expr) => {
                    let value = self.expr(expr);
                    self.embedded(value, expr.span)
                }
            });
        }
        Expr { kind: ExprKind::Concat(list), ty: string, span }
    }

    fn embedded(&mut self, value: Expr, span: Span) -> Expr {
        let string = self.world.core.string;
        if self.world.is_error(value.ty) || self.world.view(value.ty) == self.world.view(string) {
            return value;
        }
        let to_string = Name::from("to_string");
        let convertible = match self.world.core.to_string {
            Some(id) => {
                let want = self.world.trait_self(id);
                self.world.fits(value.ty, want)
            }
            None => self.world.find_method(value.ty, &to_string).is_some(),
        };
        if !convertible {
            self.report(span, Problem::NotEmbeddable { ty: value.ty });
            return self.failed(span);
        }
        self.send_to(value, &ast::Ident { name: to_string, span }, &[], Vec::new(), span)
    }

    /// A constant as a value.
    fn constant(&mut self, name: &ast::Ident) -> Expr {
        let span = name.span;
        let boolean = self.world.core.boolean;
        match name.name.as_str() {
            "True" => return Expr { kind: ExprKind::Boolean(true), ty: boolean, span },
            "False" => return Expr { kind: ExprKind::Boolean(false), ty: boolean, span },
            "Nil" => return self.nil(span),
            "ThisModule" => return self.module_expr(self.module, span),
            _ => {}
        }
        let is_param = self.params.iter().any(|(param, _)| *param == name.name);
        if is_param || matches!(name.name.as_str(), "Any" | "Never" | "Self") {
            self.report(span, Problem::TypeAsValue { name: name.name.clone() });
            return self.failed(span);
        }
        match self.world.lookup(self.module, &name.name, name.span) {
            Some(symbol) => self.symbol_value(symbol, &name.name, span),
            None => {
                let problem = self.world.unknown_constant(self.module, &name.name);
                self.report(span, problem);
                self.failed(span)
            }
        }
    }

    /// The value of a global or of a definition of the module.
    fn symbol_value(&mut self, symbol: Symbol, name: &Name, span: Span) -> Expr {
        match symbol {
            Symbol::Class(class) => {
                let ty = self.world.intern(crate::types::Type::ClassObject(class));
                Expr { kind: ExprKind::ClassObject(class), ty, span }
            }
            Symbol::Trait(id) => match self.world.program.trait_class {
                Some(class) => {
                    let ty = self.world.class_type(class, Vec::new());
                    Expr { kind: ExprKind::TraitObject(id), ty, span }
                }
                None => self.failed(span),
            },
            Symbol::Constant(id) => {
                let ready = self.world.constant_states[id] == ConstantState::Ready;
                let early = if ready { None } else { early_constant(self.world, id) };
                if !ready && early.is_none() {
                    let first = self.world.program.constants[id].span;
                    self.report(span, Problem::UsedBeforeDefinition { name: name.clone(), first });
                    return self.failed(span);
                }
                let ty = early.unwrap_or(self.world.program.constants[id].ty);
                Expr { kind: ExprKind::Constant(id), ty, span }
            }
            Symbol::Module(module) => self.module_expr(module, span),
            Symbol::Method(module, _) => {
                let name = ast::Ident { name: name.clone(), span };
                self.imported(module, &name, &[], Vec::new())
            }
            Symbol::Poison | Symbol::Ambiguous => self.failed(span),
        }
    }

    /// A module object.
    pub(super) fn module_expr(&mut self, module: ModuleId, span: Span) -> Expr {
        let ty = self.world.module_type(module);
        Expr { kind: ExprKind::Module(module), ty, span }
    }

    /// `::name`
    fn global(&mut self, name: &ast::Ident, span: Span) -> Expr {
        if name.name.chars().next().is_some_and(char::is_uppercase) {
            return self.constant(name);
        }
        if let Some(found) = self.own_module_method(&name.name) {
            return self.call(found, None, name, &[], Vec::new());
        }
        match self.world.lookup(self.module, &name.name, name.span) {
            Some(symbol) => self.symbol_value(symbol, &name.name, span),
            None => {
                let problem = self.world.unknown_constant(self.module, &name.name);
                self.report(span, problem);
                self.failed(span)
            }
        }
    }

    /// The `let` of a constant, once its value was checked.
    pub(super) fn let_constant(
        &mut self,
        name: &ast::Ident,
        mutable: Option<Span>,
        ty: TypeId,
        value: Expr,
        span: Span,
    ) -> Expr {
        if let Some(mutable) = mutable {
            self.report(mutable, Problem::MutableConstant);
        }
        let symbol = self.world.scopes[self.module].members.get(&name.name).copied();
        let defined = match symbol {
            Some(Symbol::Constant(id)) if self.world.program.constants[id].span == name.span => Some(id),
            _ => None,
        };
        // A constant that isn't known by now stands inside a method or block, or was rejected already.
        let Some(id) = defined else {
            if !self.is_module_constant(name.span) {
                self.report(name.span, Problem::ConstantInBody { name: name.name.clone() });
                // Its uses aren't mistakes of their own.
                let globals = &mut self.world.scopes[self.module].globals;
                globals.entry(name.name.clone()).or_insert((Symbol::Poison, Origin::Import(name.span)));
            }
            return self.failed(span);
        };
        self.world.constant_ready(id, ty);
        Expr { kind: ExprKind::DefineConstant(id, Box::new(value)), ty, span }
    }

    /// Whether a constant was declared with the module, even if its name was taken or reserved.
    fn is_module_constant(&self, span: Span) -> bool {
        self.world.sources[self.module].items.iter().any(|item| match item {
            ast::Item::Expr(expr) => match &expr.kind {
                ast::ExprKind::Let { name, .. } => name.span == span,
                _ => false,
            },
            _ => false,
        })
    }

    /// `value as T`
    fn cast(&mut self, value: &ast::Expr, ty: &ast::Type, span: Span) -> Expr {
        let value = self.expr(value);
        let ty = self.written_type(ty);
        if self.world.view(value.ty) != View::Error && !self.world.casts(value.ty, ty) {
            self.report(span, Problem::InvalidCast { from: value.ty, to: ty });
        }
        Expr { kind: ExprKind::Cast(Box::new(value)), ty, span }
    }
}
