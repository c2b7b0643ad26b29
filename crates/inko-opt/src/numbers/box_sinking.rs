//! `box-sinking`: a float is boxed where the box is needed, not where the float is known.
//!
//! A variable of a loop that has become a raw float is needed as a word only where something outside of the loop
//! keeps it; boxed at the loop's start it would be allocated in each round. The box moves to the nearest block that
//! dominates all its uses, unless that is in a loop that the box was not in.

use cranelift_entity::SecondaryMap;
use inko_ir::Map;
use inko_ir::graph::{Dominators, Graph};
use inko_ir::ir::*;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    let boxes: Vec<(BlockId, Value)> = function
        .blocks
        .iter()
        .flat_map(|(id, block)| block.insts.iter().map(move |inst| (id, inst)))
        .filter(|(_, inst)| matches!(inst.op, Op::BoxFloat(_)))
        .map(|(id, inst)| (id, inst.results[0]))
        .collect();
    if boxes.is_empty() {
        return false;
    }
    let graph = Graph::new(function);
    let dominators = graph.dominators();
    let homes = homes(function, &graph, &dominators, &boxes);
    let mut changed = false;
    for (from, value) in boxes {
        let Some(&to) = homes.get(&value) else { continue };
        if to == from || enters_loop(&graph, from, to) {
            continue;
        }
        let insts = &mut function.blocks[from].insts;
        let at =
            insts.iter().position(|inst| inst.results.first() == Some(&value)).expect("it was found there");
        let inst = insts.remove(at);
        let target = &mut function.blocks[to].insts;
        let uses = |inst: &Inst| {
            let mut found = false;
            inst.op.each_operand(|operand| found |= operand == value);
            found
        };
        let at = target.iter().position(uses).unwrap_or(target.len());
        target.insert(at, inst);
        changed = true;
    }
    changed
}

/// For each box that is used the nearest block that dominates all uses.
fn homes(
    function: &Function,
    graph: &Graph,
    dominators: &Dominators,
    boxes: &[(BlockId, Value)],
) -> Map<Value, BlockId> {
    let mut wanted = SecondaryMap::with_default(false);
    boxes.iter().for_each(|&(_, value)| wanted[value] = true);
    let mut homes: Map<Value, BlockId> = Map::default();
    for &id in &graph.order {
        let mut visit = |value: Value| {
            if wanted[value] {
                let home = homes.entry(value).or_insert(id);
                while !dominators.dominates(*home, id) {
                    *home = dominators.parent(*home).expect("the entry dominates every block");
                }
            }
        };
        let block = &function.blocks[id];
        block.insts.iter().for_each(|inst| inst.op.each_operand(&mut visit));
        block.terminator.each_operand(&mut visit);
    }
    homes
}

/// Whether `to` can be reached again without passing `from`, which dominates it.
fn enters_loop(graph: &Graph, from: BlockId, to: BlockId) -> bool {
    let mut seen: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
    let mut work: Vec<BlockId> = graph.preds(to).to_vec();
    while let Some(block) = work.pop() {
        if block == to {
            return true;
        }
        if block != from && !std::mem::replace(&mut seen[block], true) {
            work.extend(graph.preds(block));
        }
    }
    false
}
