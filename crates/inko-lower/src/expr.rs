//! Expressions.
//!
//! The value of an expression carries what is known of it, which may be less than its static type says:
//! whoever needs more asks for a shape and gets a verified value. So elements that only move from one
//! generic place to another are not verified on the way.

use super::emit::Val;
use super::frame::{Cx, This};
use super::layout::{self, Shape};
use super::names;
use inko_abi::entry::Entry;
use inko_abi::word;
use inko_ir::ir::*;
use inko_sema::tree::{Expr, ExprKind};
use inko_sema::types::{ClassId, TraitId, Type, TypeId};

impl<'p> Cx<'_, 'p> {
    /// Lowers an expression; its value may be of a weaker shape than its type says.
    pub(crate) fn expr(&mut self, expr: &'p Expr) -> Val {
        self.at(expr.span, |cx| cx.kind(expr))
    }

    /// Lowers an expression to a value of a shape, in the shape's own representation.
    pub(crate) fn expr_to(&mut self, expr: &'p Expr, want: Shape) -> Val {
        self.at(expr.span, |cx| {
            let val = cx.kind(expr);
            cx.coerce(val, want, expr.ty)
        })
    }

    /// Lowers an expression to an operand of a shape in the given type.
    pub(crate) fn operand(&mut self, expr: &'p Expr, want: Shape, ty: Ty) -> Value {
        self.at(expr.span, |cx| {
            let val = cx.kind(expr);
            let name = cx.namer(want, expr.ty);
            cx.emit().coerce_to(val, want, ty, name)
        })
    }

    /// Lowers an expression to a word, unverified.
    pub(crate) fn word(&mut self, expr: &'p Expr) -> Value {
        self.operand(expr, Shape::Erased, Ty::Word)
    }

    /// Lowers an expression whose value nobody wants.
    pub(crate) fn discard(&mut self, expr: &'p Expr) {
        if let ExprKind::Sequence(list) = &expr.kind {
            list.iter().for_each(|expr| self.discard(expr));
        } else {
            self.expr(expr);
        }
    }

    fn kind(&mut self, expr: &'p Expr) -> Val {
        match &expr.kind {
            ExprKind::Nil => self.emit().nil(),
            ExprKind::Boolean(value) => self.emit().constant(Constant::Bool(*value), Shape::Boolean),
            ExprKind::Integer(text) => self.integer(text),
            ExprKind::Float(value) => self.emit().constant(Constant::Float(value.to_bits()), Shape::Float),
            ExprKind::String(text) => self.emit().constant(Constant::String(text.clone()), Shape::STRING),
            ExprKind::Concat(parts) => self.concat(parts),
            ExprKind::SelfRef => self.this(),
            ExprKind::Local(local) => self.read(*local),
            ExprKind::SetLocal { local, value, define } => {
                let shape = self.shape(self.body.locals[*local].ty);
                let val = self.expr_to(value, shape);
                if *define {
                    self.define(*local, val);
                } else {
                    self.assign(*local, val);
                }
                val
            }
            ExprKind::Attribute(index) => self.attribute(*index),
            ExprKind::SetAttribute(index, value) => self.set_attribute(*index, value),
            ExprKind::Constant(id) => {
                let shape = self.shape(self.program.constants[*id].ty);
                let global = self.lowering.global(*id);
                self.emit().in_type(Op::GetGlobal(global), shape, Ty::Word)
            }
            ExprKind::DefineConstant(id, value) => {
                let shape = self.shape(self.program.constants[*id].ty);
                let global = self.lowering.global(*id);
                let word = self.operand(value, shape, Ty::Word);
                let emit = self.emit();
                emit.effect(Op::SetGlobal(global, word));
                // Freezing moves the value; the old one must not be seen again.
                emit.in_type(Op::GetGlobal(global), shape, Ty::Word)
            }
            ExprKind::Module(id) => self.module_object(*id),
            ExprKind::ClassObject(id) => self.class_object(*id),
            ExprKind::TraitObject(id) => self.trait_object(*id),
            ExprKind::Construct(class, fields) => self.construct(*class, fields),
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Lambda(body) => self.lambda_literal(*body),
            ExprKind::Cast(value) => self.cast(value, expr.ty),
            ExprKind::Sequence(list) => {
                let Some((last, init)) = list.split_last() else { return self.emit().nil() };
                init.iter().for_each(|expr| self.discard(expr));
                self.expr(last)
            }
            ExprKind::Return(value) => {
                self.return_expr(value.as_deref());
                self.emit().never()
            }
            ExprKind::Yield(value) => {
                let val = self.expr(value);
                let word = self.emit().boxed(val);
                self.emit().run(Entry::generator_yield, vec![word]);
                val
            }
            ExprKind::Throw { local, value } => {
                let error = self.word(value);
                self.throw(error, *local);
                self.emit().never()
            }
            ExprKind::Try(tree) => self.try_expr(expr, tree),
            ExprKind::Match(tree) => self.match_expr(expr, tree),
            ExprKind::Error => unreachable!("programs with errors are not lowered"),
        }
    }

    fn integer(&mut self, text: &inko_syntax::Name) -> Val {
        let small = text.parse().ok().filter(|value| (word::MIN_SMALL..=word::MAX_SMALL).contains(value));
        let (constant, known) = match small {
            Some(value) => (Constant::Small(value), Known::Small),
            None => (Constant::Big(text.clone()), Known::Integer),
        };
        Val { value: self.emit().value(Op::Constant(constant), Ty::Word, known), shape: Shape::Integer }
    }

    fn concat(&mut self, parts: &'p [Expr]) -> Val {
        let words: Vec<_> = parts.iter().map(|part| self.expr_to(part, Shape::STRING).value).collect();
        let emit = self.emit();
        let result = match words.as_slice() {
            [] => return emit.constant(Constant::String("".into()), Shape::STRING),
            &[value] => return Val { value, shape: Shape::STRING },
            [_, _] => emit.entry(Entry::string_concat, words, Shape::STRING),
            _ => {
                let list = emit.typed(Op::NewArray(words), Shape::ARRAY).value;
                emit.entry(Entry::string_concat_array, vec![list], Shape::STRING)
            }
        };
        result.unwrap_or_else(|| unreachable!("concatenation gives a string"))
    }

    /// `self`.
    pub(crate) fn this(&mut self) -> Val {
        match self.this {
            This::Receiver => {
                self.frame().this.unwrap_or_else(|| unreachable!("facts know which closures use `self`"))
            }
            This::Module(module) => self.module_object(module),
            This::Class(class) => self.class_object(class),
        }
    }

    fn module_object(&mut self, id: inko_sema::types::ModuleId) -> Val {
        let class = self.program.modules[id].class;
        self.lowering.instantiate(class);
        let number = layout::number(self.program, class);
        self.emit().constant(Constant::Module(number), Shape::Class(number))
    }

    fn class_object(&mut self, class: ClassId) -> Val {
        let number = layout::number(self.program, class);
        let value = Op::Constant(Constant::ClassObject(number));
        Val::erased(self.emit().value(value, Ty::Word, Known::Class(inko_abi::class::CLASS_OBJECT)))
    }

    fn trait_object(&mut self, id: TraitId) -> Val {
        let Some(class) = self.program.trait_class else {
            unreachable!("without the class `Trait` there are no such values")
        };
        self.lowering.instantiate(class);
        let class = layout::number(self.program, class);
        self.emit().constant(Constant::Trait { class, number: id.as_u32() }, Shape::Class(class))
    }

    /// The class of `self`, which has attributes, and `self`.
    fn owner(&mut self) -> (ClassId, Value) {
        let class = self.class.unwrap_or_else(|| unreachable!("only classes have attributes"));
        (class, self.this().value)
    }

    fn attribute(&mut self, index: u32) -> Val {
        let (class, object) = self.owner();
        let ty = layout::field_ty(self.program, class, index as usize);
        let shape = layout::field_shape(self.program, class, index as usize);
        let class = layout::number(self.program, class);
        self.emit().in_type(Op::GetField { object, class, field: index }, shape, ty)
    }

    fn set_attribute(&mut self, index: u32, value: &'p Expr) -> Val {
        let (class, object) = self.owner();
        let ty = layout::field_ty(self.program, class, index as usize);
        let shape = layout::field_shape(self.program, class, index as usize);
        let class = layout::number(self.program, class);
        let val = self.expr_to(value, shape);
        let emit = self.emit();
        let value = if ty == Ty::Word { emit.boxed(val) } else { val.value };
        emit.effect(Op::SetField { object, class, field: index, value });
        val
    }

    fn construct(&mut self, class: ClassId, fields: &'p [(u32, Expr)]) -> Val {
        self.lowering.instantiate(class);
        let mut values = vec![None; self.program.classes[class].attributes.len()];
        for (index, value) in fields {
            let index = *index as usize;
            // In the constructor of a generic class attributes have the class's own parameters.
            let shape = layout::field_shape(self.program, class, index);
            let ty = layout::field_ty(self.program, class, index);
            values[index] = Some(self.operand(value, shape, ty));
        }
        let values: Vec<Value> = values.into_iter().flatten().collect();
        let number = layout::number(self.program, class);
        self.emit().typed(Op::New(number, values), Shape::Class(number))
    }

    /// A cast to `Never`, of which there is no value: it always fails.
    fn no_value(&mut self, val: Val, ty: TypeId) -> Val {
        let name = names::type_name(self.program, ty, self.class);
        let emit = self.emit();
        let word = emit.boxed(val);
        emit.word(Op::Verify(word, Check::Classes(Vec::new()), name));
        emit.stop(Terminator::Unreachable);
        emit.never()
    }

    fn cast(&mut self, value: &'p Expr, ty: TypeId) -> Val {
        let val = self.expr(value);
        let shape = self.shape(ty);
        if shape == Shape::Never && val.shape != Shape::Never {
            return self.no_value(val, ty);
        }
        if let Type::Class(class, _) = self.program.types.get(ty)
            && Some(*class) == self.program.module_class
            && value.ty != ty
            && !matches!(self.program.types.get(value.ty), Type::Module(_) | Type::Never)
        {
            let name = names::type_name(self.program, ty, self.class);
            let check = layout::any_module(self.program);
            let emit = self.emit();
            let word = emit.boxed(val);
            return Val::erased(emit.word(Op::Verify(word, check, name)));
        }
        let Type::Trait(id, _) = *self.program.types.get(ty) else { return self.coerce(val, shape, ty) };
        let known = match self.program.types.get(value.ty) {
            Type::Trait(from, _) => *from == id,
            Type::Class(class, _) => val.shape != Shape::Erased && self.lowering.implements(*class, id),
            _ => val.shape == Shape::Never,
        };
        if known {
            return val;
        }
        let name = names::type_name(self.program, ty, self.class);
        let emit = self.emit();
        let word = emit.boxed(val);
        let value = emit.word(Op::Verify(word, Check::Classes(Vec::new()), name));
        emit.trait_checks.push(super::emit::TraitCheck { value, id, modules: true });
        Val::erased(value)
    }
}
