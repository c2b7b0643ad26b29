//! Ways out: calls with their flags and unwind edges, `return`, `throw`, `try`, non-local exits.
//!
//! A home token stands for an activation of a frame. Closures that leave to the frame have captured the
//! token; every call that might run one is an invoke, whose landing pad asks whose token arrives: our own
//! is a jump to one of the exits, another one continues after our deferred blocks have run.
//!
//! Each invoke has a landing pad of its own, with one predecessor, so that the values of variables are
//! those at the call; they meet in the frame's one dispatch block.

use super::emit::Val;
use super::facts::Level;
use super::frame::{Cx, Exit, ExitKind, Handler};
use super::layout::Shape;
use inko_abi::entry::Entry;
use inko_ir::ir::*;
use inko_sema::tree::{Expr, Try, TryHandler};

impl<'p> Cx<'_, 'p> {
    /// Makes the home token of the current frame. Its exits are filled in when the frame is left.
    pub(crate) fn make_home(&mut self) {
        let frame = self.frame();
        let home = frame.emit.word(Op::NewHome(Vec::new()));
        let level = frame.level;
        frame.homes.insert(level, home);
    }

    /// The token of the current frame, if it has one.
    fn own_home(&mut self) -> Option<Value> {
        let frame = self.frame();
        frame.homes.get(&frame.level).copied()
    }

    /// Calls something, and leaves for the handler if it throws. Gives the result.
    pub(crate) fn invoke(
        &mut self,
        callee: Callee,
        args: Vec<Value>,
        shape: Shape,
        ty: Ty,
        throws: bool,
    ) -> Val {
        let may_unwind = !matches!(callee, Callee::Entry(entry) if entry != Entry::generator_resume);
        let unwinds = may_unwind && (self.own_home().is_some() || self.frame().deferred.is_some());
        // A thrown word is not of the result's shape: facts hold from the test of the flag on.
        let known = if throws || ty != Ty::Word { Known::Nothing } else { shape.known() };
        let call = Call { callee, args };
        let (value, flag) = if unwinds {
            let unwind = self.landing_pad();
            let emit = self.emit();
            let normal = emit.new_block();
            let value = emit.function.add_param(normal, ty, known);
            let flag = throws.then(|| emit.function.add_param(normal, Ty::Bool, Known::Nothing));
            emit.end(Terminator::Invoke { call, normal: Edge::to(normal), unwind });
            emit.switch(normal);
            (value, flag)
        } else {
            let emit = self.emit();
            let types: &[Ty] = if throws { &[ty, Ty::Bool] } else { &[ty] };
            let results = emit.function.values(emit.block, Op::Call(call), types, emit.position);
            emit.function.values[results[0]].known = known;
            (results[0], results.get(1).copied())
        };
        let Some(flag) = flag else { return Val { value, shape } };
        let passed = if shape.known() == Known::Nothing {
            (self.emit().new_block(), value)
        } else {
            let block = self.emit().new_block();
            (block, self.emit().function.add_param(block, Ty::Word, shape.known()))
        };
        let args = if passed.1 == value { Vec::new() } else { vec![value] };
        let thrown = match self.frame().handlers.last() {
            Some(handler) => Edge::with(handler.block, vec![value]),
            None => Edge::to(self.uncaught(value)),
        };
        let emit = self.emit();
        emit.branch(flag, thrown, Edge::with(passed.0, args));
        emit.switch(passed.0);
        Val { value: passed.1, shape }
    }

    /// A block that panics because of an error that nobody catches.
    fn uncaught(&mut self, error: Value) -> BlockId {
        let emit = self.emit();
        let before = emit.block;
        let block = emit.new_block();
        emit.switch(block);
        emit.run(Entry::panic_uncaught, vec![error]);
        emit.switch(before);
        block
    }

    /// The unwind block of an invoke.
    fn landing_pad(&mut self) -> BlockId {
        let dispatch = match self.frame().dispatch {
            Some(block) => block,
            None => {
                let emit = self.emit();
                let block = emit.new_block();
                for ty in [Ty::Word, Ty::Word, Ty::Raw] {
                    emit.function.add_param(block, ty, Known::Nothing);
                }
                self.frame().dispatch = Some(block);
                block
            }
        };
        let emit = self.emit();
        let before = emit.block;
        let pad = emit.new_block();
        emit.switch(pad);
        let arrived =
            emit.function.values(pad, Op::LandingPad, &[Ty::Word, Ty::Word, Ty::Raw], emit.position);
        emit.jump(dispatch, &arrived);
        emit.switch(before);
        pad
    }

    /// Does what every way out of the frame does last: its token ends, then its deferred blocks run.
    pub(crate) fn leave(&mut self) {
        if let Some(home) = self.own_home() {
            self.emit().effect(Op::EndHome(home));
        }
        self.run_deferred();
    }

    /// Returns from the current frame; goes on in dead code.
    pub(crate) fn return_from_frame(&mut self, val: Val) {
        let returns = self.frame().returns;
        let ty = self.emit().function.signature.returns;
        let program = self.program;
        let value = self.emit().coerce_to(val, returns, ty, || super::names::shape_name(program, returns));
        self.leave();
        self.keep_scope();
        self.emit().stop(Terminator::Return(value));
    }

    /// Throws out of the current frame; goes on in dead code.
    fn throw_from_frame(&mut self, error: Value) {
        if self.emit().function.signature.throws {
            self.leave();
            self.keep_scope();
            self.emit().stop(Terminator::Throw(error));
        } else {
            self.emit().run(Entry::panic_uncaught, vec![error]);
        }
    }

    /// `return`.
    pub(crate) fn return_expr(&mut self, value: Option<&'p Expr>) {
        let body = &self.frames[0];
        let returns = body.returns;
        // A non-local exit carries a word.
        let ty = if self.frames.len() == 1 { body.emit.function.signature.returns } else { Ty::Word };
        let val = match value {
            Some(value) => Val { value: self.operand(value, returns, ty), shape: returns },
            None => self.emit().nil(),
        };
        if self.frames.len() == 1 {
            self.return_from_frame(val);
        } else {
            let word = self.emit().boxed(val);
            let exit = self.frames[0].exit(ExitKind::Return, None);
            self.exit(Level::BODY, word, exit);
        }
    }

    /// Leaves the current frame and those between for an exit of an outer one; goes on in dead code.
    fn exit(&mut self, level: Level, value: Value, exit: u32) {
        self.leave();
        let home = *self.frame().homes.get(&level).unwrap_or_else(|| unreachable!("facts capture the home"));
        self.emit().stop(Terminator::Exit { home, value, exit });
    }

    /// Throws a word from the current place; goes on in dead code.
    pub(crate) fn throw(&mut self, error: Value, local: bool) {
        if let Some(handler) = self.frame().handlers.last() {
            let block = handler.block;
            self.emit().jump(block, &[error]);
            let dead = self.emit().new_block();
            self.emit().switch(dead);
            return;
        }
        let current = self.frames.len() - 1;
        if local || current == 0 {
            self.throw_from_frame(error);
            return;
        }
        for frame in self.frames[..current].iter_mut().rev() {
            if let Some(handler) = frame.handlers.iter().rev().find(|handler| !handler.transparent) {
                let (level, block) = (frame.level, handler.block);
                let exit = frame.exit(ExitKind::Handler, Some(block));
                self.exit(level, error, exit);
                return;
            }
        }
        let exit = self.frames[0].exit(ExitKind::Throw, None);
        self.exit(Level::BODY, error, exit);
    }

    /// `try`.
    pub(crate) fn try_expr(&mut self, expr: &'p Expr, tree: &'p Try) -> Val {
        let (block, error) = self.emit().merge_block(Shape::Erased);
        let transparent = matches!(tree.handler, TryHandler::Rethrow { local: false });
        self.frame().handlers.push(Handler { block, transparent });
        match &tree.handler {
            TryHandler::Rethrow { local } => {
                let result = self.expr(&tree.operand);
                self.in_handler(block, |cx| cx.throw(error.value, *local));
                result
            }
            TryHandler::Panic { variable, message } => {
                let result = self.expr(&tree.operand);
                self.in_handler(block, |cx| {
                    cx.bind_error(*variable, error);
                    let message = cx.expr_to(message, Shape::STRING);
                    cx.emit().run(Entry::panic, vec![message.value]);
                });
                result
            }
            TryHandler::Else { variable, value } => {
                let shape = self.shape(expr.ty).or_erased();
                let (merge, merged) = self.emit().merge_block(shape);
                let result = self.expr_to(&tree.operand, shape);
                self.in_handler(block, |cx| {
                    let start = cx.frame().scope.len();
                    if let Some(variable) = *variable {
                        cx.bind_error(variable, error);
                    }
                    let result = cx.expr_to(value, shape);
                    cx.end_scope(start);
                    cx.emit().jump(merge, &[result.value]);
                });
                self.emit().jump(merge, &[result.value]);
                self.emit().switch(merge);
                merged
            }
        }
    }

    /// Ends the innermost operand and lowers its handler; then goes on where it was.
    fn in_handler(&mut self, block: BlockId, lower: impl FnOnce(&mut Self)) {
        self.frame().handlers.pop();
        let (after, start) = (self.emit().block, self.frame().scope.len());
        self.emit().switch(block);
        lower(self);
        self.frame().scope.truncate(start);
        self.emit().switch(after);
    }

    fn bind_error(&mut self, variable: inko_sema::tree::LocalId, error: Val) {
        let ty = self.body.locals[variable].ty;
        let shape = self.shape(ty);
        let val = self.coerce(error, shape, ty);
        self.define(variable, val);
    }

    /// Leaves the current frame for good: fills in exits and dispatch, and defines the function.
    pub(crate) fn leave_frame(&mut self) {
        let position = self.frame().emit.function.position;
        self.emit().position = position;
        if let Some(home) = self.own_home() {
            // An exit may leave from the scope of any of them once the closure that it comes from is inlined.
            self.frame().scope = std::mem::take(&mut self.frame().owners);
            self.fill_exits();
            let exits: Vec<BlockId> = self.frame().exits.iter().map(|exit| exit.block).collect();
            let blocks = self.emit().function.blocks.values_mut().flat_map(|block| &mut block.insts);
            for inst in blocks.filter(|inst| inst.results.first() == Some(&home)) {
                inst.op = Op::NewHome(exits.clone());
            }
        }
        if let Some(block) = self.frame().dispatch {
            self.fill_dispatch(block);
        }
        if let Some(frame) = self.frames.pop() {
            self.lowering.define(frame.id, frame.emit);
        }
    }

    fn fill_exits(&mut self) {
        for Exit { kind, block } in self.frame().exits.clone() {
            self.emit().switch(block);
            let value = self.emit().function.blocks[block].params[0];
            match kind {
                // Whoever exits this way has converted the value to what the body returns.
                ExitKind::Return => {
                    let shape = self.frame().returns;
                    let val = self.emit().trust(value, shape);
                    self.return_from_frame(val);
                }
                ExitKind::Throw => self.throw_from_frame(value),
                ExitKind::Handler => {}
            }
        }
    }

    fn fill_dispatch(&mut self, block: BlockId) {
        let params = self.emit().function.blocks[block].params.clone();
        let [arrived, value, exit] = params[..] else {
            unreachable!("dispatch blocks have three parameters")
        };
        self.emit().switch(block);
        if let Some(home) = self.own_home() {
            let exits = self.frame().exits.clone();
            let emit = self.emit();
            let (own, foreign) = (emit.new_block(), emit.new_block());
            let same = emit.value(Op::Same(arrived, home), Ty::Bool, Known::Nothing);
            emit.branch(same, Edge::to(own), Edge::to(foreign));
            emit.switch(own);
            for (number, &Exit { block: target, .. }) in exits.iter().enumerate() {
                let next = emit.new_block();
                let wanted = emit.raw(number as i64);
                let test = emit.value(Op::RawEquals(exit, wanted), Ty::Bool, Known::Nothing);
                emit.branch(test, Edge::with(target, vec![value]), Edge::to(next));
                emit.switch(next);
            }
            emit.end(Terminator::Unreachable);
            emit.switch(foreign);
        }
        self.leave();
        self.emit().run(Entry::unwind, vec![arrived, value, exit]);
    }
}
