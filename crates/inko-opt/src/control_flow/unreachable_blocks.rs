//! `unreachable-blocks`: drops what cannot be reached and numbers blocks and values afresh.
//!
//! Afterwards all blocks can be reached (but for exit blocks that only a home token names, which are
//! emptied), they stand in reverse postorder, no instruction follows a call that never returns, and nothing
//! jumps to the entry block, so that passes may add parameters to any block that is jumped to.

use crate::loops::safepoint_polls;
use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{PrimaryMap, SecondaryMap};
use inko_abi::entry::Effect;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// Runs the pass.
pub fn run(function: &mut Function) {
    safepoint_polls::strip(function);
    cut_after_never(function);
    let mut graph = Graph::new(function);
    if !graph.preds(function.entry).is_empty() {
        guard_entry(function);
        graph = Graph::new(function);
    }
    renumber(function, &graph);
}

/// Whether a call of this operation never comes back.
pub(crate) fn never_returns(op: &Op) -> bool {
    matches!(op, Op::Call(Call { callee: Callee::Entry(entry), .. }) if entry.signature().effect == Effect::Never)
}

/// Ends blocks after calls that do not return.
pub(crate) fn cut_after_never(function: &mut Function) {
    for block in function.blocks.values_mut() {
        if let Some(at) = block.insts.iter().position(|inst| never_returns(&inst.op)) {
            block.insts.truncate(at + 1);
            block.terminator = Terminator::Unreachable;
        }
    }
}

/// Gives the function a new entry block that nothing jumps to.
fn guard_entry(function: &mut Function) {
    let old = function.entry;
    let entry = function.add_block(function.blocks[old].position);
    for param in function.blocks[old].params.clone() {
        let ValueData { ty, known } = function.values[param];
        function.add_param(entry, ty, known);
    }
    let args = function.blocks[entry].params.clone();
    let position = function.blocks[entry].position;
    function.terminate(entry, Terminator::Jump(Edge::with(old, args)), position);
    function.entry = entry;
}

/// Rebuilds the tables of blocks and values with those that are left.
fn renumber(function: &mut Function, graph: &Graph) {
    let mut order = graph.order.clone();
    for &id in &graph.order {
        for inst in &function.blocks[id].insts {
            if let Op::NewHome(exits) = &inst.op {
                order.extend(exits.iter().filter(|exit| !graph.is_reachable(**exit)));
            }
        }
    }
    let mut blocks: SecondaryMap<BlockId, PackedOption<BlockId>> = SecondaryMap::new();
    let mut kept: PrimaryMap<BlockId, Block> = PrimaryMap::new();
    for &id in &order {
        if blocks[id].is_none() {
            if !graph.is_reachable(id) {
                function.blocks[id].insts.clear();
                function.blocks[id].terminator = Terminator::Unreachable;
            }
            blocks[id] = kept.push(take(&mut function.blocks[id])).into();
        }
    }
    let mut values: SecondaryMap<Value, PackedOption<Value>> = SecondaryMap::new();
    let mut kept_values = PrimaryMap::new();
    for block in kept.values_mut() {
        let Block { params, insts, .. } = block;
        for value in params.iter_mut().chain(insts.iter_mut().flat_map(|inst| &mut inst.results)) {
            let new: Value = kept_values.push(function.values[*value]);
            values[*value] = new.into();
            *value = new;
        }
    }
    let value = |old: Value| values[old].expect("operands are defined in reachable blocks");
    let target = |old: BlockId| blocks[old].expect("successors of reachable blocks are reachable");
    for block in kept.values_mut() {
        for inst in &mut block.insts {
            inst.op.map_operands(value);
            if let Op::NewHome(exits) = &mut inst.op {
                exits.iter_mut().for_each(|exit| *exit = target(*exit));
            }
        }
        block.terminator.map_operands(value);
        block.terminator.map_successors(target);
    }
    function.entry = target(function.entry);
    function.blocks = kept;
    function.values = kept_values;
}

fn take(block: &mut Block) -> Block {
    Block {
        params: std::mem::take(&mut block.params),
        insts: std::mem::take(&mut block.insts),
        terminator: std::mem::replace(&mut block.terminator, Terminator::Unreachable),
        position: block.position,
    }
}

/// Empties the blocks that cannot be reached, without renumbering: their uses and edges are gone. Gives the graph of those that
/// can.
pub(crate) fn empty_unreachable(function: &mut Function) -> Graph {
    cut_after_never(function);
    let graph = Graph::new(function);
    if graph.order.len() < function.blocks.len() {
        for (id, block) in function.blocks.iter_mut() {
            if !graph.is_reachable(id) {
                block.insts.clear();
                block.terminator = Terminator::Unreachable;
            }
        }
    }
    graph
}
