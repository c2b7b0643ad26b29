//! `safepoint-polls`: makes every loop preemptible.
//!
//! Every cycle contains at least one retreating edge of a depth-first walk, so a poll on each of those is a poll
//! on every cycle. It stands before the jump back, or, where the edge shares its source with other
//! edges or its target with other retreating edges, at the start of the target.
//!
//! A loop without calls or inner loops polls in every [`STRIP`]th round only, which it counts in a variable of its own
//! (*strip mining*, as of counted loops in HotSpot): its rounds are so short that the poll would be a part of their cost
//! that shows, and a strip of them is still short.
//!
//! *Invariant:* no loop goes without, short ones neither: how often a loop runs is not known here, and
//! a process that never polls stops its worker's collection and preemption for good.

use crate::edit;
use cranelift_entity::SecondaryMap;
use inko_ir::graph::{Graph, successors};
use inko_ir::ir::*;

/// How many rounds a loop without calls may run between two polls. A round takes less than a microsecond, and a process
/// may run for milliseconds before it should stop.
const STRIP: i64 = 1000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Active,
    Done,
}

/// Drops all polls: while code is still being moved they are in the way, and soon in the wrong places.
pub(crate) fn strip(function: &mut Function) {
    for block in function.blocks.values_mut() {
        block.insts.retain(|inst| !matches!(inst.op, Op::Poll));
    }
}

/// Runs the pass.
pub fn run(function: &mut Function) {
    strip(function);
    let mut sources: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
    let mut targets = Vec::new();
    for (source, target) in retreating(function) {
        if sources[target].is_empty() {
            targets.push(target);
        }
        sources[target].push(source);
    }
    let graph = Graph::new(function);
    for &target in &targets {
        let only = if let [source] = sources[target][..] { Some(source) } else { None };
        match only {
            Some(source) if matches!(function.blocks[source].terminator, Terminator::Jump(_)) => {
                if is_short(function, &graph, &targets, source, target) {
                    mine(function, &graph, source, target);
                    continue;
                }
                let block = &mut function.blocks[source];
                let position = block.position;
                block.insts.push(Inst { op: Op::Poll, results: Vec::new(), position });
            }
            _ => {
                let block = &mut function.blocks[target];
                let position = block.insts.first().map_or(block.position, |inst| inst.position);
                let at = usize::from(matches!(block.insts.first(), Some(Inst { op: Op::LandingPad, .. })));
                block.insts.insert(at, Inst { op: Op::Poll, results: Vec::new(), position });
            }
        }
    }
}

/// Whether the loop from `target` to `source` and back makes no calls and has no loops inside.
fn is_short(
    function: &Function,
    graph: &Graph,
    targets: &[BlockId],
    source: BlockId,
    target: BlockId,
) -> bool {
    if target == function.entry {
        return false;
    }
    let mut inside = vec![target];
    let mut todo = vec![source];
    while let Some(id) = todo.pop() {
        if inside.contains(&id) {
            continue;
        }
        // Another way into the loop, a loop inside, or so much that a poll doesn't show.
        if id == function.entry || targets.contains(&id) || inside.len() > 32 {
            return false;
        }
        inside.push(id);
        todo.extend(graph.preds(id));
    }
    let calls = |inst: &Inst| matches!(inst.op, Op::Call(_));
    inside.iter().all(|&id| {
        let block = &function.blocks[id];
        !block.insts.iter().any(calls) && !matches!(block.terminator, Terminator::Invoke { .. })
    })
}

/// Makes a loop count its rounds down to the next poll.
fn mine(function: &mut Function, graph: &Graph, source: BlockId, target: BlockId) {
    let position = function.blocks[source].position;
    let left = function.add_param(target, Ty::Word, Known::Small);
    let mut preds: Vec<BlockId> =
        graph.preds(target).iter().copied().filter(|&pred| pred != source).collect();
    preds.dedup();
    for pred in preds {
        let strip = push(function, pred, Constant::Small(STRIP));
        function.blocks[pred].terminator.each_edge_mut(|edge| {
            if edge.block == target {
                edge.args.push(strip);
            }
        });
    }
    let one = push(function, source, Constant::Small(1));
    let zero = push(function, source, Constant::Small(0));
    let fewer = function.values.push(ValueData { ty: Ty::Word, known: Known::Small });
    let goes_on = function.values.push(ValueData { ty: Ty::Bool, known: Known::Nothing });
    let poll = function.add_block(position);
    let latch = function.add_block(position);
    let Terminator::Jump(edge) = function.blocks[source].terminator.clone() else {
        unreachable!("the caller has looked")
    };
    // The latch takes all that the next round gets, so that it is computed before the rounds are counted: the steps of
    // variables last, when their old values aren't needed any more and the new ones can take their registers.
    let is_step = |&at: &usize| steps(function, source, edge.args[at]);
    let (last, mut order): (Vec<usize>, Vec<usize>) = (0..edge.args.len()).partition(is_step);
    order.extend(last);
    let mut next = edge.args.clone();
    for &at in &order {
        let ValueData { ty, known } = function.values[edge.args[at]];
        next[at] = function.add_param(latch, ty, known);
    }
    next.push(function.add_param(latch, Ty::Word, Known::Small));
    let with = |count: Value| {
        let args = order.iter().map(|&at| edge.args[at]).chain([count]);
        Edge::with(latch, args.collect())
    };
    let block = &mut function.blocks[source];
    let subtraction = Op::Integer(IntegerOp::Sub, left, one);
    let comparison = Op::IntegerCompare(Compare::Greater, fewer, zero);
    block.insts.push(Inst { op: subtraction, results: vec![fewer], position });
    block.insts.push(Inst { op: comparison, results: vec![goes_on], position });
    let (then, otherwise) = (with(fewer), Edge::to(poll));
    function.terminate(source, Terminator::Branch { condition: goes_on, then, otherwise }, position);
    function.blocks[poll].insts.push(Inst { op: Op::Poll, results: Vec::new(), position });
    let strip = push(function, poll, Constant::Small(STRIP));
    function.terminate(poll, Terminator::Jump(with(strip)), position);
    function.terminate(latch, Terminator::Jump(Edge::with(target, next)), position);
}

/// Whether a value is a sum or a difference that a block makes.
fn steps(function: &Function, block: BlockId, value: Value) -> bool {
    let mut insts = function.blocks[block].insts.iter();
    let made = insts.find(|inst| inst.results == [value]);
    matches!(made.map(|inst| &inst.op), Some(Op::Integer(IntegerOp::Add | IntegerOp::Sub, ..)))
}

/// Appends a constant to a block.
fn push(function: &mut Function, block: BlockId, constant: Constant) -> Value {
    let position = function.blocks[block].position;
    let (value, inst) = edit::constant(function, constant, position);
    function.blocks[block].insts.push(inst);
    value
}

/// The edges of a depth-first walk that lead to a block still being walked from.
pub(crate) fn retreating(function: &Function) -> Vec<(BlockId, BlockId)> {
    let mut edges = Vec::new();
    let mut marks = SecondaryMap::with_default(Mark::New);
    let mut stack = vec![(function.entry, successors(function, function.entry))];
    marks[function.entry] = Mark::Active;
    while let Some((block, next)) = stack.last_mut() {
        if let Some(successor) = next.next() {
            match marks[successor] {
                Mark::New => {
                    marks[successor] = Mark::Active;
                    stack.push((successor, successors(function, successor)));
                }
                Mark::Active => edges.push((*block, successor)),
                Mark::Done => {}
            }
        } else {
            marks[*block] = Mark::Done;
            stack.pop();
        }
    }
    edges
}
