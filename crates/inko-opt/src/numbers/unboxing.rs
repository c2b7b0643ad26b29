//! `unboxing`: block parameters that always hold boxed floats or booleans become raw ones.
//!
//! What a closure changed was a cell, and a cell holds words: after the loop that the closure was for has
//! been inlined, its variables are boxed in every round only to be unboxed in the next. A parameter that is known
//! to be a float, and is unboxed somewhere, takes the double instead; whoever needs the word boxes it there.

use crate::edit::Renames;
use crate::values::dead_code_elimination::fixed_params;
use cranelift_entity::SecondaryMap;
use inko_abi::class;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// An operation on one value.
type Conversion = fn(Value) -> Op;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    if function.blocks.len() == 1 {
        return false;
    }
    let fixed = fixed_params(function);
    let graph = Graph::new(function);
    let wanted = wanted(function);
    let mut renames = Renames::default();
    let mut changed = false;
    for &id in &graph.order {
        let count = function.blocks[id].params.len();
        for index in fixed[id].min(count)..count {
            let param = function.blocks[id].params[index];
            let (ty, unbox, boxed): (Ty, Conversion, Conversion) = match function.values[param].known {
                Known::Class(class::FLOAT) => (Ty::Float, Op::UnboxFloat, Op::BoxFloat),
                Known::Class(class::BOOLEAN) => (Ty::Bool, Op::UnboxBool, Op::BoxBool),
                _ => continue,
            };
            if !wanted[param] || !holds_before(function, &graph, id, index) {
                continue;
            }
            changed = true;
            unbox_arguments(function, &graph, id, index, (ty, unbox));
            let raw = function.values.push(ValueData { ty, known: Known::Nothing });
            let word = function.values.push(function.values[param]);
            renames.insert(param, word);
            let block = &mut function.blocks[id];
            block.params[index] = raw;
            let position = block.insts.first().map_or(block.position, |inst| inst.position);
            block.insts.insert(0, Inst { op: boxed(raw), results: vec![word], position });
        }
    }
    renames.apply(function);
    changed
}

/// Which words are unboxed: directly, or by way of other parameters.
fn wanted(function: &Function) -> SecondaryMap<Value, bool> {
    let mut wanted = SecondaryMap::with_default(false);
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::UnboxFloat(value) | Op::UnboxBool(value) = inst.op {
            wanted[value] = true;
        }
    }
    loop {
        let mut changed = false;
        for block in function.blocks.values() {
            block.terminator.each_edge(|edge| {
                let params = &function.blocks[edge.block].params;
                let params = &params[params.len() - edge.args.len()..];
                for (&param, &arg) in params.iter().zip(&edge.args) {
                    if wanted[param] && !wanted[arg] {
                        wanted[arg] = true;
                        changed = true;
                    }
                }
            });
        }
        if !changed {
            return wanted;
        }
    }
}

/// Whether all arguments for a parameter have its fact before the terminators that pass them. A branch may
/// pass a word of which only the branch itself tells what it is.
fn holds_before(function: &Function, graph: &Graph, block: BlockId, index: usize) -> bool {
    let params = &function.blocks[block].params;
    let known = function.values[params[index]].known;
    let mut holds = true;
    for &pred in graph.preds(block) {
        let terminator = &function.blocks[pred].terminator;
        terminator.each_edge(|edge| {
            if edge.block == block && !matches!(terminator, Terminator::Jump(_)) {
                let arg = edge.args[index - (params.len() - edge.args.len())];
                holds &= function.values[arg].known == known;
            }
        });
    }
    holds
}

fn unbox_arguments(
    function: &mut Function,
    graph: &Graph,
    block: BlockId,
    index: usize,
    (ty, unbox): (Ty, Conversion),
) {
    let count = function.blocks[block].params.len();
    let mut preds = graph.preds(block).to_vec();
    preds.dedup();
    for pred in preds {
        let Function { blocks, values, .. } = &mut *function;
        let Block { insts, terminator, position, .. } = &mut blocks[pred];
        terminator.each_edge_mut(|edge| {
            if edge.block == block {
                let results = count - edge.args.len();
                let arg = &mut edge.args[index - results];
                let raw = values.push(ValueData { ty, known: Known::Nothing });
                insts.push(Inst { op: unbox(*arg), results: vec![raw], position: *position });
                *arg = raw;
            }
        });
    }
}
