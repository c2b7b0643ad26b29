//! `polls`: makes every loop preemptible.
//!
//! Every cycle contains at least one retreating edge of a depth-first walk, so a poll on each of those is a poll
//! on every cycle. It stands before the jump back, or, where the edge shares its source with other
//! edges or its target with other retreating edges, at the start of the target.
//!
//! *Invariant:* no loop goes without, short ones neither: how often a loop runs is not known here, and
//! a process that never polls stops its worker's collection and preemption for good.

use crate::graph::successors;
use crate::ir::*;
use cranelift_entity::SecondaryMap;

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
    for target in targets {
        let only = if let [source] = sources[target][..] { Some(source) } else { None };
        match only {
            Some(source) if matches!(function.blocks[source].terminator, Terminator::Jump(_)) => {
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

/// The edges of a depth-first walk that lead to a block still being walked from.
pub(crate) fn retreating(function: &Function) -> Vec<(BlockId, BlockId)> {
    let mut edges = Vec::new();
    let mut marks = SecondaryMap::with_default(Mark::New);
    let mut stack = vec![(function.entry, successors(function, function.entry), 0)];
    marks[function.entry] = Mark::Active;
    while let Some((block, next, at)) = stack.last_mut() {
        if let Some(&successor) = next.get(*at) {
            *at += 1;
            match marks[successor] {
                Mark::New => {
                    marks[successor] = Mark::Active;
                    stack.push((successor, successors(function, successor), 0));
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
