//! Deferred blocks: a frame that registers some has a slot with an array of them, made at the first, and
//! runs them last-first on every way out. A helper function, shared by the program, runs them: it takes
//! each block off the array before it calls it, so that a non-local exit that arrives meanwhile finds the
//! rest there.

use super::frame::Cx;
use super::layout::Shape;
use inko_abi::entry::Entry;
use inko_ir::ir::*;

impl Cx<'_, '_> {
    /// Prepares the current frame for deferred blocks.
    pub(crate) fn begin_deferring(&mut self) {
        let emit = self.emit();
        let slot = emit.function.add_local(Ty::Word);
        let nil = emit.nil().value;
        emit.effect(Op::SetLocal(slot, nil));
        emit.function.never_inline = true;
        self.frame().deferred = Some(slot);
    }

    /// Registers a block with the current frame.
    pub(crate) fn defer(&mut self, block: Value) {
        let slot = self.frame().deferred.unwrap_or_else(|| unreachable!("facts know of deferred blocks"));
        let emit = self.emit();
        let (first, another, after) = (emit.new_block(), emit.new_block(), emit.new_block());
        let list = emit.word(Op::GetLocal(slot));
        let none = emit.value(Op::Test(list, Check::Nil), Ty::Bool, Known::Nothing);
        emit.branch(none, Edge::to(first), Edge::to(another));
        emit.switch(first);
        let list_made = emit.typed(Op::NewArray(vec![block]), Shape::ARRAY).value;
        emit.effect(Op::SetLocal(slot, list_made));
        emit.jump(after, &[]);
        emit.switch(another);
        let list = trusted_array(emit, list);
        emit.effect(Op::ArrayPush(list, block));
        emit.jump(after, &[]);
        emit.switch(after);
    }

    /// Runs the deferred blocks of the current frame.
    pub(crate) fn run_deferred(&mut self) {
        let Some(slot) = self.frame().deferred else { return };
        let runner = self.runner();
        let emit = self.emit();
        let (some, after) = (emit.new_block(), emit.new_block());
        let list = emit.word(Op::GetLocal(slot));
        let none = emit.value(Op::Test(list, Check::Nil), Ty::Bool, Known::Nothing);
        emit.branch(none, Edge::to(after), Edge::to(some));
        emit.switch(some);
        let list = trusted_array(emit, list);
        self.invoke(Callee::Function(runner), vec![list], Shape::NIL, Ty::Word, false);
        self.emit().jump(after, &[]);
        self.emit().switch(after);
    }

    /// The function that runs the blocks in an array, last first.
    fn runner(&mut self) -> FunctionId {
        if let Some(id) = self.lowering.deferred_runner {
            return id;
        }
        let function = self.frame().id;
        let position = self.lowering.hidden_position(function);
        let signature = Signature { params: vec![Ty::Word], returns: Ty::Word, throws: false };
        let id = self.lowering.declare("".into(), "run deferred blocks".to_owned(), signature, position);
        self.lowering.deferred_runner = Some(id);
        let mut emit = self.lowering.emitter(id);
        let list = emit.trust(emit.param(0), Shape::ARRAY).value;
        let (head, body, done) = (emit.new_block(), emit.new_block(), emit.new_block());
        let (thrown, again) = (emit.new_block(), emit.new_block());
        emit.jump(head, &[]);
        emit.switch(head);
        let length = emit.value(Op::ArrayLength(list), Ty::Word, Known::Small);
        let zero = emit.value(Op::Constant(Constant::Small(0)), Ty::Word, Known::Small);
        let empty = emit.value(Op::IntegerCompare(Compare::Equal, length, zero), Ty::Bool, Known::Nothing);
        emit.branch(empty, Edge::to(done), Edge::to(body));
        emit.switch(body);
        let shape = Shape::Block { arity: 0, lambda: false };
        if let Some(block) = emit.entry(Entry::array_pop, vec![list], shape) {
            let op = Op::Call(Call { callee: Callee::Closure, args: vec![block.value] });
            let results = emit.function.values(emit.block, op, &[Ty::Word, Ty::Bool], emit.position);
            emit.branch(results[1], Edge::to(thrown), Edge::to(again));
            emit.switch(thrown);
            emit.run(Entry::panic_uncaught, vec![results[0]]);
        }
        emit.switch(again);
        emit.effect(Op::Poll);
        emit.jump(head, &[]);
        emit.switch(done);
        let nil = emit.nil().value;
        emit.end(Terminator::Return(nil));
        self.lowering.define(id, emit);
        id
    }
}

/// The array in the slot, once it is known not to be `Nil`.
fn trusted_array(emit: &mut super::emit::Emitter, list: Value) -> Value {
    let block = emit.new_block();
    let array = emit.function.add_param(block, Ty::Word, Shape::ARRAY.known());
    emit.jump(block, &[list]);
    emit.switch(block);
    array
}
