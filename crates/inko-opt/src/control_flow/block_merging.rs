//! `block-merging`: merges blocks, skips empty ones, and drops parameters that always have the same argument.
//!
//! *Invariant:* a parameter that says more than its argument (see [`Known`]) stays: it is how a fact that
//! holds from here on is written down.

use crate::control_flow::unreachable_blocks;
use crate::edit::{self, Renames, use_counts};
use crate::values::dead_code_elimination::fixed_params;
use cranelift_entity::SecondaryMap;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    if function.blocks.len() == 1 {
        // Most functions are this small.
        unreachable_blocks::cut_after_never(function);
        return false;
    }
    let mut graph = unreachable_blocks::empty_unreachable(function);
    let mut changed = false;
    // Each step makes room for the others; three rounds leave next to nothing.
    for _ in 0..3 {
        let mut round = false;
        if equal_branches(function) {
            graph = Graph::new(function);
            round = true;
        }
        round |= trivial_params(function, &graph);
        if skip_empty(function) {
            graph = unreachable_blocks::empty_unreachable(function);
            round = true;
        }
        if merge(function, &graph) {
            graph = Graph::new(function);
            round = true;
        }
        changed |= round;
        if !round {
            break;
        }
    }
    changed
}

/// A branch to the same place on both sides is a jump.
fn equal_branches(function: &mut Function) -> bool {
    let mut changed = false;
    for block in function.blocks.values_mut() {
        if let Terminator::Branch { then, otherwise, .. } = &block.terminator
            && then == otherwise
        {
            block.terminator = Terminator::Jump(then.clone());
            changed = true;
        }
    }
    changed
}

/// Replaces parameters that have one argument, apart from themselves.
fn trivial_params(function: &mut Function, graph: &Graph) -> bool {
    if graph.order[1..].iter().all(|&id| function.blocks[id].params.is_empty()) {
        return false;
    }
    let fixed = fixed_params(function);
    let mut renames = Renames::default();
    let mut gone: SecondaryMap<BlockId, Vec<usize>> = SecondaryMap::new();
    let mut any = false;
    loop {
        let mut changed = false;
        for &id in &graph.order {
            let count = function.blocks[id].params.len();
            for index in fixed[id].min(count)..count {
                let param = function.blocks[id].params[index];
                if renames.contains(param) {
                    continue;
                }
                if let Some(only) = only_argument(function, graph, &renames, id, index, param) {
                    renames.insert(param, only);
                    gone[id].push(index);
                    changed = true;
                }
            }
        }
        any |= changed;
        if !changed {
            break;
        }
    }
    if !any {
        return false;
    }
    gone.values_mut().for_each(|indexes| indexes.sort_unstable());
    edit::remove_params(function, &gone);
    renames.apply(function);
    true
}

fn only_argument(
    function: &Function,
    graph: &Graph,
    renames: &Renames,
    block: BlockId,
    index: usize,
    param: Value,
) -> Option<Value> {
    let mut only = None;
    let mut several = false;
    for &pred in graph.preds(block) {
        function.blocks[pred].terminator.each_edge(|edge| {
            if edge.block == block {
                let results = function.blocks[block].params.len() - edge.args.len();
                let arg = renames.resolve(edge.args[index - results]);
                if arg != param {
                    several |= only.is_some_and(|other| other != arg);
                    only = Some(arg);
                }
            }
        });
    }
    let only = only.filter(|_| !several)?;
    function.values[only].known.implies(function.values[param].known).then_some(only)
}

/// Lets edges to an empty block that only jumps lead to where it jumps.
fn skip_empty(function: &mut Function) -> bool {
    let leads_on = |block: &Block| block.insts.is_empty() && matches!(block.terminator, Terminator::Jump(_));
    if !function.blocks.values().any(leads_on) {
        return false;
    }
    let counts = use_counts(function);
    let mut changed = false;
    for id in function.blocks.keys().collect::<Vec<_>>() {
        let mut terminator = std::mem::replace(&mut function.blocks[id].terminator, Terminator::Unreachable);
        let invoke = matches!(terminator, Terminator::Invoke { .. });
        terminator.each_edge_mut(|edge| {
            // Bounded, because empty blocks may form a loop.
            for _ in 0..8 {
                let via = &function.blocks[edge.block];
                let Terminator::Jump(next) = &via.terminator else { break };
                if !via.insts.is_empty() || next.block == edge.block || edge.block == id || invoke {
                    break;
                }
                // The parameters are used by the jump alone.
                let here = |param: &Value| next.args.iter().filter(|arg| *arg == param).count() as u32;
                if !via.params.iter().all(|param| counts[*param] == here(param)) {
                    break;
                }
                let facts = |value: Value| function.values[value].known;
                let pairs = || via.params.iter().zip(&edge.args);
                if !pairs().all(|(&param, &arg)| facts(arg).implies(facts(param))) {
                    break;
                }
                let args = next
                    .args
                    .iter()
                    .map(|&arg| pairs().find(|pair| *pair.0 == arg).map_or(arg, |pair| *pair.1));
                *edge = Edge::with(next.block, args.collect());
                changed = true;
            }
        });
        function.blocks[id].terminator = terminator;
    }
    changed
}

/// Appends a block to its only predecessor if that leads nowhere else.
fn merge(function: &mut Function, graph: &Graph) -> bool {
    let only = |edge: &Edge| graph.preds(edge.block).len() == 1;
    let may_merge =
        |&id: &BlockId| matches!(&function.blocks[id].terminator, Terminator::Jump(edge) if only(edge));
    if !graph.order.iter().any(may_merge) {
        return false;
    }
    let fixed = fixed_params(function);
    let mut renames = Renames::default();
    let mut changed = false;
    for &id in &graph.order {
        while let Terminator::Jump(edge) = &function.blocks[id].terminator {
            let next = edge.block;
            if graph.preds(next).len() != 1 || next == id || fixed[next] == usize::MAX {
                break;
            }
            let params = &function.blocks[next].params;
            let facts = |value: Value| function.values[renames.resolve(value)].known;
            if !params.iter().zip(&edge.args).all(|(&p, &arg)| facts(arg).implies(function.values[p].known)) {
                break;
            }
            for (&param, &arg) in params.iter().zip(&edge.args) {
                renames.insert(param, renames.resolve(arg));
            }
            let block = &mut function.blocks[next];
            block.params.clear();
            let insts = std::mem::take(&mut block.insts);
            let terminator = std::mem::replace(&mut block.terminator, Terminator::Unreachable);
            let position = block.position;
            let block = &mut function.blocks[id];
            block.insts.extend(insts);
            block.terminator = terminator;
            block.position = position;
            changed = true;
        }
    }
    renames.apply(function);
    changed
}
