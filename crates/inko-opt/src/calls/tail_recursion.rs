//! `tail-recursion`: a call of the function itself whose result is its result becomes a jump.
//!
//! Lowering does this for calls written in the last place of a method; here are those that only turn up in that
//! place after inlining. A function that makes home tokens is left alone: exits to this activation may arrive
//! during the call, so it has to stay active. Cells are made where they are made in the code, so each round has
//! its own. So has each its own variables: what was to be kept alive after the call, up to the end of their scope,
//! is not any more.

use crate::calls::nonlocal_exits::makes_home;
use crate::control_flow::unreachable_blocks;
use inko_ir::ir::*;

/// After a tail call, scopes end in at most so many blocks: one for each level of calls that were inlined around it.
const LONGEST_WAY: usize = 32;

/// Runs the pass.
pub(crate) fn run(function: &mut Function, this: FunctionId) -> bool {
    let calls: Vec<BlockId> = function.blocks.keys().filter(|&id| is_tail_call(function, id, this)).collect();
    if calls.is_empty() || makes_home(function) {
        return false;
    }
    let header = guard(function);
    for id in calls {
        // The entry's code has moved to the header.
        let id = if id == function.entry { header } else { id };
        let insts = &mut function.blocks[id].insts;
        insts.truncate(insts.iter().rposition(is_work).map_or(0, |last| last + 1));
        let Some(Inst { op: Op::Call(call), .. }) = insts.pop() else {
            unreachable!("the block ends in a call")
        };
        function.blocks[id].terminator = Terminator::Jump(Edge::with(header, call.args));
    }
    // Blocks that only came after the calls use their results.
    unreachable_blocks::empty_unreachable(function);
    true
}

/// Makes the entry a block that only jumps to the old one, which can then be jumped to.
fn guard(function: &mut Function) -> BlockId {
    let entry = function.entry;
    let header = crate::edit::split(function, entry, 0);
    let position = function.blocks[entry].position;
    let old = std::mem::take(&mut function.blocks[entry].params);
    for &param in &old {
        let ValueData { ty, known } = function.values[param];
        function.add_param(entry, ty, known);
    }
    function.blocks[header].params = old;
    let args = function.blocks[entry].params.clone();
    function.terminate(entry, Terminator::Jump(Edge::with(header, args)), position);
    header
}

fn is_tail_call(function: &Function, id: BlockId, this: FunctionId) -> bool {
    let block = &function.blocks[id];
    let Some(Inst { op: Op::Call(Call { callee: Callee::Function(callee), .. }), results, .. }) =
        block.insts.iter().rfind(|inst| is_work(inst))
    else {
        return false;
    };
    if *callee != this {
        return false;
    }
    match (&block.terminator, &results[..]) {
        (Terminator::Return(value), [result]) => value == result,
        (Terminator::Jump(edge), [result]) => gives_back(function, edge, *result, false),
        (Terminator::Branch { condition, then, otherwise }, [result, flag]) => {
            condition == flag
                && gives_back(function, then, *result, true)
                && gives_back(function, otherwise, *result, false)
        }
        _ => false,
    }
}

/// Whether an edge leads to a block that just returns or throws `result`, perhaps by way of others in which scopes end.
fn gives_back(function: &Function, edge: &Edge, result: Value, thrown: bool) -> bool {
    let (mut edge, mut result) = (edge, result);
    // Bounded, because such blocks may form a loop.
    for _ in 0..LONGEST_WAY {
        let block = &function.blocks[edge.block];
        let is_result = |value: Value| {
            let argument = block.params.iter().zip(&edge.args).find(|pair| *pair.0 == value);
            argument.map_or(value, |pair| *pair.1) == result
        };
        if block.insts.iter().any(is_work) {
            return false;
        }
        match &block.terminator {
            Terminator::Return(value) => return !thrown && is_result(*value),
            Terminator::Throw(value) => return thrown && is_result(*value),
            Terminator::Jump(next) if !block.insts.is_empty() => {
                if let Some(&renamed) = next.args.iter().find(|arg| is_result(**arg)) {
                    result = renamed;
                }
                edge = next;
            }
            _ => return false,
        }
    }
    false
}

/// Whether an instruction is one that is executed.
fn is_work(inst: &Inst) -> bool {
    !matches!(inst.op, Op::KeepAlive(_))
}
