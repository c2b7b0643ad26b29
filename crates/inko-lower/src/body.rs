//! Frames: the functions that a body becomes, how they begin, where variables live and how they end.
//!
//! *Invariant:* a frame's home token and captures are defined in a block that dominates all others but
//! the entry; variables are slots, since their definitions need not dominate later rounds of a method
//! that calls itself in the last position.

use super::emit::Val;
use super::facts::{Capture, FrameFacts, Level};
use super::frame::{Cx, Frame, Place, Tail, This};
use super::items::Lowering;
use super::layout::{self, Convention, Shape};
use super::names;
use indexmap::{IndexMap, IndexSet};
use inko_ir::ir::*;
use inko_sema::tree::{self, BodyId, BodyParam, Call, Expr, ExprKind, MethodId, Owner, TryHandler};
use inko_sema::types::{ClassId, ModuleId, TypeId};
use inko_syntax::{Name, Span};

impl<'l, 'p> Cx<'l, 'p> {
    /// Lowers a method for receivers of `class`.
    pub(crate) fn method(
        lowering: &'l mut Lowering<'p>,
        id: MethodId,
        class: Option<ClassId>,
        function: FunctionId,
    ) {
        let program = lowering.program;
        let method = &program.methods[id];
        let body = method.body.unwrap_or_else(|| unreachable!("only methods with a body are instantiated"));
        let convention = layout::convention(program, id, class);
        let self_class = layout::self_class(program, id, class);
        let this = match (method.owner, self_class) {
            (Owner::Module(module), _) => This::Module(module),
            (_, Some(class)) if method.is_static => This::Class(class),
            _ => This::Receiver,
        };
        let mut cx = Cx::new(lowering, body, self_class, this);
        if method.yields.is_some() {
            cx.generator(&convention, function);
        } else {
            cx.plain_method(id, &convention, function);
        }
    }

    /// Lowers a lambda.
    pub(crate) fn lambda(lowering: &'l mut Lowering<'p>, body: BodyId, function: FunctionId) {
        let this = This::Module(lowering.program.bodies[body].module);
        let mut cx = Cx::new(lowering, body, None, this);
        // Callers verify what a block returns anyway: they may know it at another type.
        cx.enter(Level::BODY, function, Shape::Erased);
        cx.begin(&[]);
        let params = cx.closure_params(cx.body.params.len());
        cx.bind_params(&cx.body.params, params);
        cx.finish_body();
    }

    /// Lowers the statements of a module.
    pub(crate) fn module(lowering: &'l mut Lowering<'p>, module: ModuleId, function: FunctionId) {
        let body = lowering.program.modules[module].body;
        let mut cx = Cx::new(lowering, body, None, This::Module(module));
        cx.enter(Level::BODY, function, Shape::NIL);
        cx.begin(&[]);
        cx.discard(&cx.body.code);
        let nil = cx.emit().nil();
        cx.return_from_frame(nil);
        cx.leave_frame();
    }

    fn plain_method(&mut self, id: MethodId, convention: &Convention, function: FunctionId) {
        self.enter(Level::BODY, function, convention.returns);
        let mut params = Vec::new();
        if let Some(shape) = convention.receiver {
            let receiver = self.emit().param(0);
            self.frame().this = Some(self.emit().trust(receiver, shape));
        }
        let first = usize::from(convention.receiver.is_some());
        for (index, param) in convention.params.iter().enumerate() {
            let value = self.emit().param(first + index);
            // What is left out has no shape; the fact may only be used once that is excluded.
            params.push(if param.optional {
                Val { value, shape: param.shape }
            } else {
                self.emit().trust(value, param.shape)
            });
        }
        let defers = self.facts.frame(Level::BODY).defers;
        if let Some(call) = self.find_tail_call(id, convention.throws)
            && !defers
        {
            params = self.begin_loop(call, convention, &params);
        }
        self.begin(&[]);
        self.bind_params(&self.body.params, params);
        self.finish_body();
    }

    /// Makes the rest of the method a loop whose rounds begin with the arguments in slots.
    fn begin_loop(&mut self, call: *const Call, convention: &Convention, params: &[Val]) -> Vec<Val> {
        let emit = self.emit();
        let head = emit.new_block();
        let slots: Vec<_> =
            params.iter().map(|param| emit.function.add_local(emit.ty(param.value))).collect();
        for (&slot, param) in slots.iter().zip(params) {
            emit.effect(Op::SetLocal(slot, param.value));
        }
        emit.jump(head, &[]);
        emit.switch(head);
        let again = slots.iter().zip(&convention.params).map(|(&slot, param)| {
            let known =
                if param.optional || param.ty() != Ty::Word { Known::Nothing } else { param.shape.known() };
            Val { value: emit.value(Op::GetLocal(slot), param.ty(), known), shape: param.shape }
        });
        let again = again.collect();
        self.tail = Some(Tail { call, head, slots });
        again
    }

    /// The call in the last position of the body, if it is one of the method itself.
    fn find_tail_call(&self, id: MethodId, throws: bool) -> Option<*const Call> {
        let mut expr = &self.body.code;
        loop {
            match &expr.kind {
                ExprKind::Sequence(list) => expr = list.last()?,
                ExprKind::Try(tree) if throws && matches!(tree.handler, TryHandler::Rethrow { .. }) => {
                    expr = &tree.operand;
                }
                ExprKind::Call(call) => {
                    let (method, _) = self.resolve(call)?;
                    let same_receiver = match &call.receiver {
                        Some(receiver) => matches!(receiver.kind, ExprKind::SelfRef),
                        None => true,
                    };
                    return (method == id && same_receiver).then_some(&raw const **call);
                }
                _ => return None,
            }
        }
    }

    /// The arguments of a function in closure convention, of which nothing is known.
    pub(crate) fn closure_params(&mut self, count: usize) -> Vec<Val> {
        (1..=count).map(|index| Val::erased(self.emit().param(index))).collect()
    }

    /// Lowers the code of the body in its frame, and leaves it.
    pub(crate) fn finish_body(&mut self) {
        let code = &self.body.code;
        let result = if self.body.ignore_return {
            self.discard(code);
            self.emit().nil()
        } else {
            let (returns, ty) = (self.frame().returns, self.emit().function.signature.returns);
            Val { value: self.operand(code, returns, ty), shape: returns }
        };
        self.return_from_frame(result);
        self.leave_frame();
    }

    /// Enters a new frame.
    pub(crate) fn enter(&mut self, level: Level, id: FunctionId, returns: Shape) {
        let emit = self.lowering.emitter(id);
        self.frames.push(Frame {
            level,
            emit,
            id,
            places: IndexMap::new(),
            this: None,
            homes: IndexMap::new(),
            exits: Vec::new(),
            dispatch: None,
            handlers: Vec::new(),
            deferred: None,
            returns,
            scope: IndexSet::new(),
            owners: IndexSet::new(),
        });
    }

    /// Begins the code proper: takes captures out of the closure, makes the home token.
    pub(crate) fn begin(&mut self, captures: &[Capture]) {
        for (index, &capture) in captures.iter().enumerate() {
            let closure = self.emit().param(0);
            let word = self.emit().word(Op::GetCapture(closure, index as u32));
            self.bind_capture(capture, word);
        }
        let level = self.frame().level;
        let FrameFacts { home, defers, .. } = *self.facts.frame(level);
        if defers {
            self.begin_deferring();
        }
        if home {
            self.make_home();
        }
    }

    fn bind_capture(&mut self, capture: Capture, word: Value) {
        match capture {
            Capture::This => {
                let shape =
                    self.class.map_or(Shape::Erased, |class| layout::class_shape(self.program, class));
                let val = self.captured(word, shape);
                self.frame().this = Some(val);
            }
            Capture::Local(local) if self.facts.is_celled(local) => {
                self.frame().places.insert(local, Place::Cell(word));
                self.enter_scope(local);
            }
            Capture::Local(local) => {
                let shape = self.shape(self.body.locals[local].ty);
                let val = self.captured(word, shape);
                self.frame().places.insert(local, Place::Captured(val));
                self.enter_scope(local);
            }
            Capture::Home(level) => {
                self.frame().homes.insert(level, word);
            }
        }
    }

    /// A captured word whose shape is trusted, in the shape's own representation.
    pub(crate) fn captured(&mut self, word: Value, shape: Shape) -> Val {
        let val = self.emit().trust(word, shape);
        self.emit().coerce(val, shape, || unreachable!("trusted values are not verified"))
    }

    /// Binds arguments to the variables of a body or closure, and evaluates the defaults of those that
    /// were left out, in order.
    pub(crate) fn bind_params(&mut self, params: &'p [BodyParam], given: Vec<Val>) {
        for (param, given) in params.iter().zip(given) {
            let ty = self.body.locals[param.local].ty;
            let shape = self.shape(ty);
            let val = match &param.default {
                Some(default) => self.with_default(given, default, ty, shape),
                None => self.coerce(given, shape, ty),
            };
            self.define(param.local, val);
        }
    }

    fn with_default(&mut self, given: Val, default: &'p Expr, ty: TypeId, shape: Shape) -> Val {
        let emit = self.emit();
        let (left_out, present) = (emit.new_block(), emit.new_block());
        let (merge, merged) = emit.merge_block(shape.or_erased());
        let test = emit.value(Op::IsUndefined(given.value), Ty::Bool, Known::Nothing);
        emit.branch(test, Edge::to(left_out), Edge::to(present));
        emit.switch(left_out);
        let val = self.expr_to(default, shape);
        self.emit().jump(merge, &[val.value]);
        self.emit().switch(present);
        let val = self.coerce(given, shape, ty);
        self.emit().jump(merge, &[val.value]);
        self.emit().switch(merge);
        merged
    }

    /// Makes a new variable.
    pub(crate) fn define(&mut self, local: tree::LocalId, val: Val) {
        let shape = self.shape(self.body.locals[local].ty).or_erased();
        let place = self.place(local);
        let emit = self.emit();
        match place {
            Place::CellSlot(slot) => {
                let word = emit.boxed(val);
                let cell = emit.word(Op::NewCell(word));
                emit.effect(Op::SetLocal(slot, cell));
            }
            Place::Slot(slot) => {
                let value = emit.coerce_to(val, shape, shape.ty(), || unreachable!("coerced by the caller"));
                emit.effect(Op::SetLocal(slot, value));
            }
            Place::Cell(_) | Place::Captured(_) => unreachable!("a closure does not define outer variables"),
        }
        self.enter_scope(local);
    }

    /// Assigns a variable.
    pub(crate) fn assign(&mut self, local: tree::LocalId, val: Val) {
        self.keep_old(local);
        let place = self.place(local);
        let emit = self.emit();
        match place {
            Place::Slot(_) => self.define(local, val),
            Place::CellSlot(slot) => {
                let word = emit.boxed(val);
                let cell = emit.word(Op::GetLocal(slot));
                emit.effect(Op::SetCell(cell, word));
            }
            Place::Cell(cell) => {
                let word = emit.boxed(val);
                emit.effect(Op::SetCell(cell, word));
            }
            Place::Captured(_) => unreachable!("assigned variables are captured as cells"),
        }
    }

    /// Reads a variable.
    pub(crate) fn read(&mut self, local: tree::LocalId) -> Val {
        let shape = self.shape(self.body.locals[local].ty).or_erased();
        let place = self.place(local);
        let emit = self.emit();
        match place {
            Place::Slot(slot) => emit.typed(Op::GetLocal(slot), shape),
            Place::CellSlot(slot) => {
                let cell = emit.word(Op::GetLocal(slot));
                emit.in_type(Op::GetCell(cell), shape, Ty::Word)
            }
            Place::Cell(cell) => emit.in_type(Op::GetCell(cell), shape, Ty::Word),
            Place::Captured(val) => val,
        }
    }

    /// Where a variable lives in this frame.
    pub(crate) fn place(&mut self, local: tree::LocalId) -> Place {
        if let Some(&place) = self.frame().places.get(&local) {
            return place;
        }
        let celled = self.facts.is_celled(local);
        let ty = if celled { Ty::Word } else { self.shape(self.body.locals[local].ty).ty() };
        let slot = self.emit().function.add_local(ty);
        let place = if celled { Place::CellSlot(slot) } else { Place::Slot(slot) };
        self.frame().places.insert(local, place);
        place
    }

    /// A value of the wanted shape in the shape's representation; failures name the type.
    pub(crate) fn coerce(&mut self, val: Val, want: Shape, ty: TypeId) -> Val {
        let name = self.namer(want, ty);
        self.emit().coerce(val, want, name)
    }

    /// What a failed check for `want` says: `ty`, if it says more than the shape.
    pub(crate) fn namer(&self, want: Shape, ty: TypeId) -> impl FnOnce() -> Name + use<'p> {
        let (program, class) = (self.program, self.class);
        move || {
            if layout::shape(program, ty, class) == want {
                names::type_name(program, ty, class)
            } else {
                names::shape_name(program, want)
            }
        }
    }

    /// Runs `f` with instructions positioned at a span.
    pub(crate) fn at<R>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> R) -> R {
        let name = self.frame().emit.function.name.clone();
        let position = self.lowering.position(&name, span);
        let before = std::mem::replace(&mut self.emit().position, position);
        let result = f(self);
        self.emit().position = before;
        result
    }
}
