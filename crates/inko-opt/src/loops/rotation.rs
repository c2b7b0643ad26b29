//! `rotation`: a loop that decides at its start whether to go on decides at its end, and once before it (*loop inversion*,
//! Muchnick, "Advanced Compiler Design and Implementation", 1997, section 18.5). A round then takes one jump instead of
//! two.
//!
//! The block that decides, the *header*, must have nothing but pure operations. A copy of it ends the *latch*, the block
//! that jumped back. What the header defines has two definitions then, so it becomes parameters of the *body*, the first
//! block inside, and of the *exit*, the first one after the loop.
//!
//! *Invariant:* no dominator changes: body and exit get a second predecessor, the latch, which the header dominates.
//! So one dominator tree serves all loops. What each one renames is looked up by dominance in the end.

use crate::loops::safepoint_polls;
use cranelift_entity::SecondaryMap;
use inko_ir::Map;
use inko_ir::graph::{Dominators, Graph};
use inko_ir::ir::*;
use inko_ir::visit::Effects;

/// Headers with more operations are not worth a copy.
const LARGEST_HEADER: usize = 6;

/// A loop that can be rotated.
struct Loop {
    header: BlockId,
    latch: BlockId,
    body: BlockId,
    exit: BlockId,
    /// What the header defines and other blocks use: in those that the body dominates, and the exit.
    in_body: Vec<Value>,
    in_exit: Vec<Value>,
}

/// The names of values in the blocks that a block dominates.
type Renames = SecondaryMap<Value, Vec<(BlockId, Value)>>;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    let back = safepoint_polls::retreating(function);
    if back.is_empty() {
        return false;
    }
    let graph = Graph::new(function);
    let dominators = graph.dominators();
    let users = users(function, &graph);
    let mut taken: SecondaryMap<BlockId, bool> = SecondaryMap::new();
    let mut renames = Renames::new();
    let mut any = false;
    for &(latch, header) in &back {
        if let Some(found) = find(function, &graph, &dominators, &users, latch, header)
            && ![found.header, found.latch, found.body, found.exit].iter().any(|&block| taken[block])
        {
            [found.header, found.latch, found.body, found.exit]
                .into_iter()
                .for_each(|block| taken[block] = true);
            rotate(function, &found, &mut renames);
            any = true;
        }
    }
    if any {
        rename(function, &graph, &dominators, &renames);
    }
    any
}

/// The blocks that use each value.
fn users(function: &Function, graph: &Graph) -> SecondaryMap<Value, Vec<BlockId>> {
    let mut users: SecondaryMap<Value, Vec<BlockId>> = SecondaryMap::new();
    for &id in &graph.order {
        let block = &function.blocks[id];
        let mut note = |value: Value| {
            if users[value].last() != Some(&id) {
                users[value].push(id);
            }
        };
        block.insts.iter().for_each(|inst| inst.op.each_operand(&mut note));
        block.terminator.each_operand(&mut note);
    }
    users
}

fn find(
    function: &Function,
    graph: &Graph,
    dominators: &Dominators,
    users: &SecondaryMap<Value, Vec<BlockId>>,
    latch: BlockId,
    header: BlockId,
) -> Option<Loop> {
    let block = &function.blocks[header];
    let Terminator::Branch { then, otherwise, .. } = &block.terminator else { return None };
    let jumps_back = matches!(&function.blocks[latch].terminator, Terminator::Jump(_));
    let is_pure = block.insts.iter().all(|inst| inst.op.effects() == Effects::Pure);
    if !jumps_back || !is_pure || block.insts.len() > LARGEST_HEADER || latch == header {
        return None;
    }
    let is_inside = |block: BlockId| dominators.dominates(block, latch);
    let (body, exit) = match (is_inside(then.block), is_inside(otherwise.block)) {
        (true, false) => (then.block, otherwise.block),
        (false, true) => (otherwise.block, then.block),
        _ => return None,
    };
    if graph.preds(body).len() != 1 || !dominators.dominates(header, latch) {
        return None;
    }
    let exit_is_own = graph.preds(exit).len() == 1;
    let (mut in_body, mut in_exit) = (Vec::new(), Vec::new());
    let results = block.insts.iter().flat_map(|inst| &inst.results);
    for &value in block.params.iter().chain(results) {
        let outside = users[value].iter().filter(|&&user| user != header);
        let (mut from_body, mut from_exit) = (false, false);
        for &user in outside {
            if dominators.dominates(body, user) {
                from_body = true;
            } else if exit_is_own && dominators.dominates(exit, user) {
                from_exit = true;
            } else {
                return None;
            }
        }
        if from_body {
            in_body.push(value);
        }
        if from_exit {
            in_exit.push(value);
        }
    }
    Some(Loop { header, latch, body, exit, in_body, in_exit })
}

fn rotate(function: &mut Function, found: &Loop, renames: &mut Renames) {
    let Loop { header, latch, body, exit, .. } = *found;
    let body_args = enter_with(function, header, body, &found.in_body, renames);
    let exit_args = enter_with(function, header, exit, &found.in_exit, renames);
    let Terminator::Jump(back) = function.blocks[latch].terminator.clone() else {
        unreachable!("the latch jumps back")
    };
    let Block { params, insts, terminator, position } = function.blocks[header].clone();
    let mut copies: Map<Value, Value> = params.into_iter().zip(back.args).collect();
    for mut inst in insts {
        inst.op.map_operands(|value| copies.get(&value).copied().unwrap_or(value));
        for result in &mut inst.results {
            let copy = function.values.push(function.values[*result]);
            copies.insert(*result, copy);
            *result = copy;
        }
        function.blocks[latch].insts.push(inst);
    }
    let mut again = terminator.clone();
    let pass = |terminator: &mut Terminator| {
        terminator.each_edge_mut(|edge| {
            let more = if edge.block == body { &body_args } else { &exit_args };
            edge.args.extend(more);
        });
    };
    pass(&mut again);
    again.map_operands(|value| copies.get(&value).copied().unwrap_or(value));
    function.terminate(latch, again, position);
    let mut first = terminator;
    pass(&mut first);
    function.blocks[header].terminator = first;
}

/// Gives a block its own names for values of the header: parameters, or copies of constants. Gives those that are
/// to be passed.
fn enter_with(
    function: &mut Function,
    header: BlockId,
    block: BlockId,
    values: &[Value],
    renames: &mut Renames,
) -> Vec<Value> {
    let mut passed = Vec::new();
    for &value in values {
        let constant = function.blocks[header].insts.iter().find(|inst| inst.results.contains(&value));
        let new = match constant {
            Some(inst) if matches!(inst.op, Op::Constant(_)) => {
                let mut copy = inst.clone();
                let new = function.values.push(function.values[value]);
                copy.results = vec![new];
                function.blocks[block].insts.insert(0, copy);
                new
            }
            _ => {
                let ValueData { ty, known } = function.values[value];
                passed.push(value);
                function.add_param(block, ty, known)
            }
        };
        renames[value].push((block, new));
    }
    passed
}

fn rename(function: &mut Function, graph: &Graph, dominators: &Dominators, renames: &Renames) {
    for &id in &graph.order {
        let name = |value: Value| {
            let new =
                renames.get(value).into_iter().flatten().find(|(root, _)| dominators.dominates(*root, id));
            new.map_or(value, |&(_, new)| new)
        };
        let block = &mut function.blocks[id];
        block.insts.iter_mut().for_each(|inst| inst.op.map_operands(name));
        block.terminator.map_operands(name);
    }
}
