//! The control-flow graph of a function: order, predecessors and dominators.
//!
//! Dominators are computed by the iteration of Cooper, Harvey and Kennedy, *A Simple, Fast Dominance
//! Algorithm* (2001); frontiers as in section 4 of the same paper.

use crate::ir::*;
use cranelift_entity::SecondaryMap;

/// The reachable blocks in reverse postorder with their predecessors.
#[derive(Debug)]
pub struct Graph {
    /// The reachable blocks; a block comes before those it dominates.
    pub order: Vec<BlockId>,
    /// The position of a block in `order`; `None` for unreachable blocks.
    index: SecondaryMap<BlockId, Option<u32>>,
    /// The reachable predecessors of a block, in `order`; one that branches twice to it comes twice.
    pub preds: SecondaryMap<BlockId, Vec<BlockId>>,
}

impl Graph {
    /// The graph of a function.
    pub fn new(function: &Function) -> Self {
        let mut order = Vec::new();
        let mut seen: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
        seen.resize(function.blocks.len());
        // An explicit stack: generated functions are deep.
        let mut stack = vec![(function.entry, successors(function, function.entry), 0)];
        seen[function.entry] = true;
        while let Some((block, next, at)) = stack.last_mut() {
            if let Some(&successor) = next.get(*at) {
                *at += 1;
                if !seen[successor] {
                    seen[successor] = true;
                    stack.push((successor, successors(function, successor), 0));
                }
            } else {
                order.push(*block);
                stack.pop();
            }
        }
        order.reverse();
        let mut index = SecondaryMap::with_default(None);
        let mut preds: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
        for (at, &block) in order.iter().enumerate() {
            index[block] = Some(at as u32);
            function.blocks[block].terminator.each_successor(|successor| preds[successor].push(block));
        }
        Self { order, index, preds }
    }

    /// Whether control can reach the block.
    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.index[block].is_some()
    }

    /// The position of a reachable block in reverse postorder.
    pub fn position(&self, block: BlockId) -> usize {
        self.index[block].expect("the block is reachable") as usize
    }

    /// The dominator tree.
    pub fn dominators(&self) -> Dominators {
        Dominators::new(self)
    }
}

/// The successors of a block, each once.
pub fn successors(function: &Function, block: BlockId) -> Vec<BlockId> {
    let mut all = Vec::new();
    function.blocks[block].terminator.each_successor(|successor| {
        if !all.contains(&successor) {
            all.push(successor);
        }
    });
    all
}

/// The dominator tree of the reachable blocks.
#[derive(Debug)]
pub struct Dominators {
    parent: SecondaryMap<BlockId, Option<BlockId>>,
    /// Preorder entry and exit numbers in the tree, for constant-time queries.
    span: SecondaryMap<BlockId, (u32, u32)>,
    /// The children in the tree, in reverse postorder.
    pub children: SecondaryMap<BlockId, Vec<BlockId>>,
}

impl Dominators {
    fn new(graph: &Graph) -> Self {
        let mut immediate: Vec<Option<usize>> = vec![None; graph.order.len()];
        if !immediate.is_empty() {
            immediate[0] = Some(0);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (at, &block) in graph.order.iter().enumerate().skip(1) {
                let mut new = None;
                for &pred in &graph.preds[block] {
                    let pred = graph.position(pred);
                    if immediate[pred].is_some() {
                        new = Some(new.map_or(pred, |other| intersect(&immediate, pred, other)));
                    }
                }
                if immediate[at] != new {
                    immediate[at] = new;
                    changed = true;
                }
            }
        }
        let mut parent = SecondaryMap::with_default(None);
        let mut children: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
        for (at, &block) in graph.order.iter().enumerate().skip(1) {
            let over = graph.order[immediate[at].expect("reachable blocks have a dominator")];
            parent[block] = Some(over);
            children[over].push(block);
        }
        let mut span = SecondaryMap::with_default((u32::MAX, 0));
        let mut clock = 0;
        let mut stack: Vec<(BlockId, usize)> = Vec::new();
        let enter =
            |block, stack: &mut Vec<_>, span: &mut SecondaryMap<BlockId, (u32, u32)>, clock: &mut u32| {
                span[block].0 = *clock;
                *clock += 1;
                stack.push((block, 0));
            };
        if let Some(&entry) = graph.order.first() {
            enter(entry, &mut stack, &mut span, &mut clock);
        }
        while let Some((block, at)) = stack.last_mut() {
            if let Some(&child) = children[*block].get(*at) {
                *at += 1;
                enter(child, &mut stack, &mut span, &mut clock);
            } else {
                span[*block].1 = clock;
                stack.pop();
            }
        }
        Self { parent, span, children }
    }

    /// The immediate dominator; `None` for the entry and unreachable blocks.
    pub fn parent(&self, block: BlockId) -> Option<BlockId> {
        self.parent[block]
    }

    /// Whether every path to `block` goes through `over`; a block dominates itself.
    pub fn dominates(&self, over: BlockId, block: BlockId) -> bool {
        let (start, end) = self.span[over];
        let (at, _) = self.span[block];
        start != u32::MAX && start <= at && at < end
    }

    /// The blocks in preorder of the tree.
    pub fn preorder(&self, entry: BlockId) -> Vec<BlockId> {
        let mut all = Vec::new();
        let mut stack = vec![entry];
        while let Some(block) = stack.pop() {
            all.push(block);
            stack.extend(self.children[block].iter().rev());
        }
        all
    }

    /// The dominance frontiers of all blocks.
    pub fn frontiers(&self, graph: &Graph) -> SecondaryMap<BlockId, Vec<BlockId>> {
        let mut all: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
        for &block in &graph.order {
            // The entry has no parent: with one predecessor it is already a join.
            if graph.preds[block].len() < 2 && self.parent[block].is_some() {
                continue;
            }
            for &pred in &graph.preds[block] {
                let mut runner = Some(pred);
                while let Some(at) = runner
                    && runner != self.parent[block]
                {
                    if all[at].last() != Some(&block) {
                        all[at].push(block);
                    }
                    runner = self.parent[at];
                }
            }
        }
        all
    }
}

fn intersect(immediate: &[Option<usize>], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = immediate[a].expect("processed");
        }
        while b > a {
            b = immediate[b].expect("processed");
        }
    }
    a
}
