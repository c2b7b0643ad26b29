//! Adapters between the signature of a selector and that of an implementation.
//!
//! A trait's method is called with words where the trait's types are erased; an implementation may take
//! doubles or flags, narrow an argument's type, throw less, or return more. All targets of a selector have
//! exactly the selector's signature, so such implementations are entered through a thunk. What it
//! verifies is what the static check does not guarantee: narrowed arguments.

use super::emit::{Emitter, Val};
use super::items::Lowering;
use super::layout::{self, Convention, Param, Shape};
use super::names;
use inko_abi::entry::Entry;
use inko_ir::ir::*;
use inko_sema::tree::{MethodId, Program};
use inko_sema::types::ClassId;

/// The function to enter for receivers of `class` when the selector has the convention `wanted`.
pub(crate) fn target(
    lowering: &mut Lowering<'_>,
    wanted: &Convention,
    method: MethodId,
    class: ClassId,
) -> FunctionId {
    let direct = layout::convention(lowering.program, method, Some(class));
    let callee = lowering.method(method, Some(class), &direct);
    if fits(wanted, &direct) {
        return callee;
    }
    let symbol = format!("{} via thunk", lowering.out.functions[callee].symbol);
    let position = lowering.hidden_position(callee);
    let name = lowering.out.functions[callee].name.clone();
    let id = lowering.declare(name, symbol, wanted.signature(), position);
    let mut emit = lowering.emitter(id);
    forward(&mut emit, lowering.program, wanted, &direct, callee, class);
    lowering.define(id, emit);
    id
}

/// Whether the implementation can be entered directly.
fn fits(wanted: &Convention, direct: &Convention) -> bool {
    let param = |(wanted, direct): (&Param, &Param)| wanted.shape.fits(direct.shape);
    wanted.signature() == direct.signature()
        && wanted.params.iter().zip(&direct.params).all(param)
        && direct.returns.fits(wanted.returns)
}

fn forward(
    emit: &mut Emitter,
    program: &Program,
    wanted: &Convention,
    direct: &Convention,
    callee: FunctionId,
    class: ClassId,
) {
    let name = |param: &Param| match param.declared {
        Some(ty) => names::type_name(program, ty, Some(class)),
        None => names::shape_name(program, param.shape),
    };
    let shape = layout::class_shape(program, class);
    let receiver = emit.trust(emit.param(0), shape);
    let mut args = Vec::new();
    // The methods of a module know their receiver.
    if direct.receiver.is_some() {
        args.push(emit.coerce(receiver, shape, || unreachable!("the class of the receiver is known")).value);
    }
    for (index, (from, to)) in wanted.params.iter().zip(&direct.params).enumerate() {
        let given = Val { value: emit.param(index + 1), shape: from.shape };
        args.push(if from.optional {
            optional(emit, given, to, || name(to))
        } else {
            emit.coerce_to(given, to.shape, to.ty(), || name(to))
        });
    }
    let mut types = vec![direct.returns_ty()];
    types.extend(direct.throws.then_some(Ty::Bool));
    let op = Op::Call(Call { callee: Callee::Function(callee), args });
    let results = emit.function.values(emit.block, op, &types, emit.position);
    if let &[result, flag] = results.as_slice() {
        let (thrown, passed) = (emit.new_block(), emit.new_block());
        emit.branch(flag, Edge::to(thrown), Edge::to(passed));
        emit.switch(thrown);
        if wanted.throws {
            emit.end(Terminator::Throw(result));
        } else {
            emit.run(Entry::panic_uncaught, vec![result]);
        }
        emit.switch(passed);
    }
    if direct.returns == Shape::Never {
        emit.end(Terminator::Unreachable);
        return;
    }
    let result = Val { value: results[0], shape: direct.returns };
    // A trait's method without return type gives `Nil`, whatever an implementation gives.
    let result =
        if wanted.returns == Shape::NIL && direct.returns != Shape::NIL { emit.nil() } else { result };
    let expected = || names::shape_name(program, wanted.returns);
    let result = emit.coerce_to(result, wanted.returns, wanted.returns_ty(), expected);
    emit.end(Terminator::Return(result));
}

/// Passes on an argument that may have been left out.
fn optional(emit: &mut Emitter, given: Val, to: &Param, name: impl FnOnce() -> inko_syntax::Name) -> Value {
    if given.shape.fits(to.shape) || !to.optional {
        return emit.coerce_to(given, to.shape, to.ty(), name);
    }
    let check = emit.new_block();
    let (merge, merged) = emit.merge_block(Shape::Erased);
    let left_out = emit.value(Op::IsUndefined(given.value), Ty::Bool, Known::Nothing);
    emit.branch(left_out, Edge::with(merge, vec![given.value]), Edge::to(check));
    emit.switch(check);
    let word = emit.coerce_word(given, to.shape, name);
    emit.jump(merge, &[word]);
    emit.switch(merge);
    merged.value
}
