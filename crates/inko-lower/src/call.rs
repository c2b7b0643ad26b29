//! Sends: which function they call, and how arguments and results travel.

use super::emit::{Val, kind_ty};
use super::facts::is_defer_forwarder;
use super::frame::{Cx, This};
use super::layout::{self, Convention, Param, Shape};
use inko_abi::class;
use inko_abi::entry::{Effect, Entry, Kind, Returns};
use inko_ir::ir::*;
use inko_sema::tree::{self, Expr, ExprKind, MethodId, Target};
use inko_sema::types::{ClassId, Type};

/// The receiver of a send, and its value if the send before has given it.
#[derive(Clone, Copy)]
struct Receiver<'p> {
    expr: &'p Expr,
    val: Option<Val>,
}

impl<'p> Cx<'_, 'p> {
    /// A chain of sends of any kind, from the first to the last.
    pub(crate) fn call(&mut self, expr: &'p Expr, call: &'p tree::Call) -> Val {
        let mut before = None;
        for (expr, call) in call.chain(expr) {
            let val = self.at(expr.span, |cx| {
                let receiver = call.receiver.as_ref().map(|expr| Receiver { expr, val: before });
                cx.link(expr, call, receiver)
            });
            before = Some(val);
        }
        before.unwrap_or_else(|| unreachable!("a chain has a link"))
    }

    /// One send.
    fn link(&mut self, expr: &'p Expr, call: &'p tree::Call, receiver: Option<Receiver<'p>>) -> Val {
        match call.target {
            Target::Intrinsic(intrinsic) => self.intrinsic(intrinsic, expr, call),
            Target::Block => self.call_block(call, receiver),
            Target::Method { .. } | Target::Dynamic(_) => match self.resolve(call) {
                Some((method, class)) => self.call_method(method, class, call, receiver),
                None => self.call_selector(call, receiver),
            },
        }
    }

    /// The receiver as a value of a shape, lowered unless it was.
    fn receiver(&mut self, receiver: Receiver<'p>, want: Shape) -> Val {
        let Receiver { expr, val } = receiver;
        match val {
            Some(val) => self.at(expr.span, |cx| cx.coerce(val, want, expr.ty)),
            None => self.expr_to(expr, want),
        }
    }

    /// The method that a send surely calls, with the class of its receiver. A send to `self` in a
    /// default method is one: the method is compiled for each class that uses it.
    pub(crate) fn resolve(&self, call: &tree::Call) -> Option<(MethodId, Option<ClassId>)> {
        match call.target {
            Target::Method { method, class } => Some((method, class)),
            Target::Dynamic(method) => {
                let receiver = call.receiver.as_ref()?;
                let class = self.class.filter(|_| matches!(self.this, This::Receiver))?;
                if !matches!(receiver.kind, ExprKind::SelfRef) {
                    return None;
                }
                let target = self.program.find_method(class, &self.program.methods[method].name)?;
                Some((target, Some(class)))
            }
            Target::Block | Target::Intrinsic(_) => None,
        }
    }

    fn call_method(
        &mut self,
        method: MethodId,
        class: Option<ClassId>,
        call: &'p tree::Call,
        receiver: Option<Receiver<'p>>,
    ) -> Val {
        if let Some(entry) = self.program.methods[method].external {
            return self.call_external(method, entry, call);
        }
        if is_defer_forwarder(self.program, method) {
            for (_, block) in &call.args {
                let block = self.operand(block, Shape::Block { arity: 0, lambda: false }, Ty::Word);
                self.defer(block);
            }
            return self.emit().nil();
        }
        let convention = layout::convention(self.program, method, class);
        if self.tail.as_ref().is_some_and(|tail| std::ptr::eq(tail.call, call)) {
            return self.call_again(&convention, call);
        }
        let mut args = Vec::new();
        match (receiver, convention.receiver) {
            (Some(receiver), Some(shape)) => args.push(self.receiver(receiver, shape).value),
            (Some(Receiver { expr, val: None }), None) => self.discard(expr),
            (Some(_), None) => {}
            (None, Some(_)) => args.push(self.this().value),
            (None, None) => {}
        }
        args.extend(self.args(&convention.params, &call.args));
        let function = self.lowering.method(method, class, &convention);
        let result = self.finish_call(Callee::Function(function), args, &convention);
        match call.target {
            // The trait promised `Nil`, and callers rely on that.
            Target::Dynamic(declared) if self.program.methods[declared].ignore_return => self.emit().nil(),
            _ => result,
        }
    }

    fn finish_call(&mut self, callee: Callee, args: Vec<Value>, convention: &Convention) -> Val {
        let result =
            self.invoke(callee, args, convention.returns, convention.returns_ty(), convention.throws);
        if convention.returns == Shape::Never {
            self.keep_scope();
            self.emit().stop(Terminator::Unreachable);
            return self.emit().never();
        }
        result
    }

    /// The call of the method itself in its last position: the next round of its loop.
    fn call_again(&mut self, convention: &Convention, call: &'p tree::Call) -> Val {
        let values = self.args(&convention.params, &call.args);
        self.leave();
        let tail = self.tail.clone().unwrap_or_else(|| unreachable!("the caller has found it"));
        let emit = self.emit();
        for (&slot, value) in tail.slots.iter().zip(values) {
            emit.effect(Op::SetLocal(slot, value));
        }
        emit.effect(Op::Poll);
        emit.jump(tail.head, &[]);
        let dead = emit.new_block();
        emit.switch(dead);
        emit.never()
    }

    /// A send to a receiver of unknown class.
    fn call_selector(&mut self, call: &'p tree::Call, receiver: Option<Receiver<'p>>) -> Val {
        let Target::Dynamic(method) = call.target else { unreachable!("other targets are resolved") };
        let convention = layout::convention(self.program, method, None);
        let selector = self.lowering.selector(method);
        let receiver = match receiver {
            Some(Receiver { expr, val: None }) => self.word(expr),
            Some(Receiver { expr, val: Some(val) }) => self.at(expr.span, |cx| cx.emit().boxed(val)),
            None => {
                let this = self.this();
                self.emit().boxed(this)
            }
        };
        let mut args = vec![receiver];
        args.extend(self.args(&convention.params, &call.args));
        if self.program.methods[method].yields.is_some() {
            self.lowering.instantiate_built_in(class::GENERATOR);
        }
        self.finish_call(Callee::Selector(selector), args, &convention)
    }

    /// `call` of a block.
    fn call_block(&mut self, call: &'p tree::Call, receiver: Option<Receiver<'p>>) -> Val {
        let Some(receiver) = receiver else { unreachable!("blocks are called as receivers") };
        let Type::Block(ty) = self.program.types.get(receiver.expr.ty) else {
            unreachable!("only blocks are called by `call`")
        };
        let shape = self.shape(receiver.expr.ty);
        let mut args = vec![self.receiver(receiver, shape).value];
        let last = ty.params.len().wrapping_sub(1);
        let param = |index: usize| Param {
            shape: Shape::Erased,
            declared: None,
            optional: ty.optional.get(index).copied().unwrap_or(false),
            rest: ty.rest && index == last,
        };
        let params: Vec<Param> = (0..ty.params.len()).map(param).collect();
        args.extend(self.args(&params, &call.args));
        self.invoke(Callee::Closure, args, Shape::Erased, Ty::Word, true)
    }

    /// Evaluates arguments in written order; gives them in the order of the parameters.
    fn args(&mut self, params: &[Param], args: &'p [(u32, Expr)]) -> Vec<Value> {
        let mut values = vec![None; params.len()];
        let mut rest = Vec::new();
        for (index, arg) in args {
            let param = &params[*index as usize];
            if param.rest {
                rest.push(self.word(arg));
            } else {
                values[*index as usize] = Some(self.operand(arg, param.shape, param.ty()));
            }
        }
        let mut missing = |cx: &mut Self, param: &Param| {
            if param.rest {
                cx.emit().typed(Op::NewArray(std::mem::take(&mut rest)), Shape::ARRAY).value
            } else {
                cx.emit().undefined()
            }
        };
        let all = values.into_iter().zip(params);
        all.map(|(value, param)| value.unwrap_or_else(|| missing(self, param))).collect()
    }

    /// A function of the runtime.
    fn call_external(&mut self, method: MethodId, entry: Entry, call: &'p tree::Call) -> Val {
        let program = self.program;
        let row = entry.signature();
        self.lowering.reflects |= entry.reflects();
        let convention = layout::convention(program, method, None);
        let mut args = vec![None; row.params.len()];
        for (index, arg) in &call.args {
            let index = *index as usize;
            args[index] = Some(self.external_arg(row.params[index], convention.params[index].shape, arg));
        }
        let args: Vec<Value> = args.into_iter().flatten().collect();
        let returns = program.methods[method].returns;
        self.lowering.instantiate_type(returns);
        let shape = self.shape(returns);
        let result = match row.returns {
            Returns::Throws => self.invoke(Callee::Entry(entry), args, shape.or_erased(), Ty::Word, true),
            Returns::Nothing => {
                self.emit().run(entry, args);
                if row.effect == Effect::Never { self.emit().never() } else { self.emit().nil() }
            }
            Returns::Value(kind) => {
                let shape = kind_shape(kind).unwrap_or(shape.or_erased());
                let result = self.emit().entry(entry, args, shape);
                result.unwrap_or_else(|| unreachable!("the row gives a value"))
            }
        };
        if shape == Shape::Never && row.effect != Effect::Never {
            self.keep_scope();
            self.emit().stop(Terminator::Unreachable);
            return self.emit().never();
        }
        result
    }

    fn external_arg(&mut self, kind: Kind, declared: Shape, arg: &'p Expr) -> Value {
        if kind == Kind::Raw {
            let ExprKind::Integer(text) = &arg.kind else {
                unreachable!("std passes raw integers to the runtime as literals only")
            };
            return self.emit().raw(text.parse().unwrap_or_default());
        }
        self.operand(arg, kind_shape(kind).unwrap_or(declared), kind_ty(kind))
    }
}

/// The shape that a row's kind implies.
fn kind_shape(kind: Kind) -> Option<Shape> {
    match kind {
        Kind::Float => Some(Shape::Float),
        Kind::Bool => Some(Shape::Boolean),
        Kind::Word | Kind::Raw => None,
    }
}
