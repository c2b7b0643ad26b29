//! `dead-code-elimination`: drops computations and block parameters that nothing needs.
//!
//! Optimistic: what is needed is found from the instructions with effects and the terminators, so that
//! variables of a loop that only feed themselves go too.

use crate::control_flow::unreachable_blocks;
use crate::edit::{self, Origin, origins};
use cranelift_entity::SecondaryMap;
use inko_abi::class;
use inko_ir::ir::*;
use inko_ir::visit::Effects;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    let graph = unreachable_blocks::empty_unreachable(function);
    let origins = origins(function);
    let mut live = SecondaryMap::with_default(false);
    live.resize(function.values.len());
    let mut work = Vec::new();
    let fixed = fixed_params(function);
    for (id, block) in function.blocks.iter() {
        for &param in &block.params[..fixed[id].min(block.params.len())] {
            work.push(param);
        }
        for inst in &block.insts {
            if needed(function, &origins, &inst.op) {
                inst.op.each_operand(|value| work.push(value));
            }
        }
        match &block.terminator {
            Terminator::Branch { condition, .. } => work.push(*condition),
            Terminator::Invoke { call, .. } => work.extend(&call.args),
            Terminator::Jump(_) => {}
            other => other.each_operand(|value| work.push(value)),
        }
    }
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut live[value], true) {
            continue;
        }
        match origins[value] {
            Origin::Param(block, index) => {
                for &pred in graph.preds(block) {
                    function.blocks[pred].terminator.each_edge(|edge| {
                        if edge.block == block {
                            let results = function.blocks[block].params.len() - edge.args.len();
                            if let Some(arg) = (index as usize).checked_sub(results) {
                                work.push(edge.args[arg]);
                            }
                        }
                    });
                }
            }
            Origin::Inst(block, index) => {
                function.blocks[block].insts[index as usize].op.each_operand(|value| work.push(value));
            }
            Origin::None => {}
        }
    }
    sweep(function, &origins, &live)
}

/// How many of the first parameters of each block have to stay: those of the entry and of exit blocks,
/// and the results of invokes.
pub(crate) fn fixed_params(function: &Function) -> SecondaryMap<BlockId, usize> {
    let mut fixed = SecondaryMap::with_default(0);
    fixed[function.entry] = usize::MAX;
    for block in function.blocks.values() {
        if let Terminator::Invoke { normal, .. } = &block.terminator {
            let results = function.blocks[normal.block].params.len() - normal.args.len();
            fixed[normal.block] = fixed[normal.block].max(results);
        }
        for inst in &block.insts {
            if let Op::NewHome(exits) = &inst.op {
                exits.iter().for_each(|&exit| fixed[exit] = usize::MAX);
            }
        }
    }
    fixed
}

fn needed(function: &Function, origins: &SecondaryMap<Value, Origin>, op: &Op) -> bool {
    match op {
        // The landing pad stays at its place; the others go with the last use.
        Op::Integer(IntegerOp::Div | IntegerOp::Mod, _, b) => {
            let Origin::Inst(block, index) = origins[*b] else { return true };
            let divisor = &function.blocks[block].insts[index as usize].op;
            !matches!(divisor, Op::Constant(Constant::Small(number)) if *number != 0)
        }
        Op::KeepAlive(value) => may_own(function, origins, *value),
        _ => op.effects() == Effects::Any,
    }
}

/// Whether a word may refer to an object that has to be kept alive for what it owns or leads to.
pub(crate) fn may_own(function: &Function, origins: &SecondaryMap<Value, Origin>, value: Value) -> bool {
    if let Origin::Inst(block, index) = origins[value]
        && let Op::Constant(_) | Op::GetGlobal(_) | Op::BoxFloat(_) | Op::BoxBool(_) =
            function.blocks[block].insts[index as usize].op
    {
        return false;
    }
    let plain = |number| {
        matches!(number, class::FLOAT | class::STRING | class::BOOLEAN | class::NIL | class::BYTE_ARRAY)
    };
    match function.values[value].known {
        Known::Small | Known::Integer => false,
        Known::Class(number) => !plain(number),
        Known::Nothing => true,
    }
}

fn sweep(
    function: &mut Function,
    origins: &SecondaryMap<Value, Origin>,
    live: &SecondaryMap<Value, bool>,
) -> bool {
    // `origins` says where instructions are now, so all blocks are judged before the first one changes.
    let mut gone = Vec::new();
    let (mut any_gone, mut any_dead) = (false, false);
    for block in function.blocks.values() {
        for inst in &block.insts {
            let unused = inst.results.iter().all(|&result| !live[result]);
            gone.push(unused && !needed(function, origins, &inst.op));
            any_gone |= gone.last() == Some(&true);
        }
        any_dead |= block.params.iter().any(|&param| !live[param]);
    }
    if any_gone {
        let mut gone = gone.into_iter();
        for block in function.blocks.values_mut() {
            block.insts.retain(|_| gone.next() != Some(true));
        }
    }
    if !any_dead {
        return any_gone;
    }
    let mut dead: SecondaryMap<BlockId, Vec<usize>> = SecondaryMap::new();
    for (id, block) in &function.blocks {
        dead[id] = (0..block.params.len()).filter(|&index| !live[block.params[index]]).collect();
    }
    edit::remove_params(function, &dead);
    true
}
