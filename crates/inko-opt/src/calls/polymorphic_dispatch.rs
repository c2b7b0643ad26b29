//! `polymorphic-dispatch`: a trait call with a few small targets becomes a choice between direct calls.
//!
//! The world is closed, so all targets are known; a chain of class tests costs less than an indirect call, and the
//! targets can be inlined (Hölzle and Ungar, "Optimizing dynamically-dispatched calls with run-time type feedback", 1994,
//! without the feedback). What is none of the classes, because of a wrong cast, is found out by a check.

use crate::calls::inlining::SMALL;
use crate::context::Context;
use crate::edit::split;
use crate::values::constant_folding::checked;
use inko_abi::class::{ARRAY, BYTE_ARRAY, FIRST_USER, STRING};
use inko_ir::ir::*;

/// Tests beyond these cost more than the table.
const MOST: usize = 4;

/// Runs the pass.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let mut sites = Vec::new();
    for (id, block) in function.blocks.iter() {
        for (index, inst) in block.insts.iter().enumerate() {
            if let Op::Call(call) = &inst.op
                && let Callee::Selector(selector) = call.callee
                && function.values[call.args[0]].known.class().is_none()
                && wanted(context, selector)
            {
                sites.push((id, index, selector));
            }
        }
    }
    // The last first: splitting moves what follows a call to another block.
    for &(block, index, selector) in sites.iter().rev() {
        expand(function, context, block, index, selector);
    }
    !sites.is_empty()
}

fn wanted(context: &mut Context<'_>, selector: SelectorId) -> bool {
    let targets = &context.selector(selector).targets;
    let tested = |class: &u32| *class >= FIRST_USER || matches!(*class, STRING | ARRAY | BYTE_ARRAY);
    if !(2..=MOST).contains(&targets.len()) || !targets.keys().all(tested) {
        return false;
    }
    targets.values().for_each(|&target| context.devirtualized(selector, target));
    let small = |id: &FunctionId| {
        let summary = context.summary(*id);
        let code = context.code(*id).filter(|code| !code.never_inline);
        *id != context.this && code.is_some() && !summary.recursive && summary.size <= SMALL
    };
    let size = || targets.values().map(|&id| context.summary(id).size + 2).sum::<u32>();
    let fits = targets.values().all(small) && size() <= context.budget;
    if fits {
        context.budget -= size();
    }
    fits
}

/// Puts a chain of tests with direct calls in place of a dynamic call. What is not of one of the other classes has to
/// be of the last.
fn expand(
    function: &mut Function,
    context: &Context<'_>,
    block: BlockId,
    index: usize,
    selector: SelectorId,
) {
    let after = split(function, block, index + 1);
    let dynamic = function.blocks[block].insts.pop().expect("the call is there");
    let position = dynamic.position;
    let Op::Call(call) = dynamic.op else { unreachable!("the place of a call") };
    let Selector { name, targets, .. } = context.selector(selector);
    let mut at = block;
    for (index, (&class, &target)) in targets.iter().enumerate() {
        let check = Check::Class(class);
        let mut hit = at;
        if index + 1 < targets.len() {
            hit = function.add_block(position);
            let next = function.add_block(position);
            let condition = function.values.push(ValueData { ty: Ty::Bool, known: Known::Nothing });
            let test = Op::Test(call.args[0], check.clone());
            function.blocks[at].insts.push(Inst { op: test, results: vec![condition], position });
            let (then, otherwise) = (Edge::to(hit), Edge::to(next));
            function.terminate(at, Terminator::Branch { condition, then, otherwise }, position);
            at = next;
        }
        let receiver = function.values.push(ValueData { ty: Ty::Word, known: checked(&check) });
        let verify = Op::Verify(call.args[0], check, name.clone());
        function.blocks[hit].insts.push(Inst { op: verify, results: vec![receiver], position });
        let mut direct = Call { callee: Callee::Function(target), args: call.args.clone() };
        direct.args[0] = receiver;
        let results: Vec<Value> =
            dynamic.results.iter().map(|&value| function.values.push(function.values[value])).collect();
        function.blocks[hit].insts.push(Inst { op: Op::Call(direct), results: results.clone(), position });
        function.terminate(hit, Terminator::Jump(Edge::with(after, results)), position);
    }
    function.blocks[after].params = dynamic.results;
}
