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
    /// The position of a block in `order`; `UNREACHABLE` for those that aren't there.
    index: SecondaryMap<BlockId, u32>,
    /// The predecessors of all blocks, block after block. (One list: passes make graphs all the time.)
    preds: Vec<BlockId>,
    /// Where the predecessors of the block at a position of `order` begin in `preds`, and after the last one, its length.
    starts: Vec<u32>,
}

/// The position of a block that control can't reach.
const UNREACHABLE: u32 = u32::MAX;

impl Graph {
    /// The graph of a function.
    pub fn new(function: &Function) -> Self {
        let mut order = Vec::with_capacity(function.blocks.len());
        let mut index = SecondaryMap::with_default(UNREACHABLE);
        index.resize(function.blocks.len());
        // An explicit stack: generated functions are deep. A block is marked as seen by any other position.
        let mut stack = vec![(function.entry, successors(function, function.entry))];
        index[function.entry] = 0;
        while let Some((block, next)) = stack.last_mut() {
            if let Some(successor) = next.next() {
                if index[successor] == UNREACHABLE {
                    index[successor] = 0;
                    stack.push((successor, successors(function, successor)));
                }
            } else {
                order.push(*block);
                stack.pop();
            }
        }
        order.reverse();
        let mut starts = vec![0; order.len() + 1];
        for (at, &block) in order.iter().enumerate() {
            index[block] = at as u32;
        }
        for &block in &order {
            function.blocks[block].terminator.each_successor(|next| starts[index[next] as usize + 1] += 1);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut preds = vec![function.entry; starts[order.len()] as usize];
        let mut free = starts.clone();
        for &block in &order {
            function.blocks[block].terminator.each_successor(|next| {
                let place = &mut free[index[next] as usize];
                preds[*place as usize] = block;
                *place += 1;
            });
        }
        Self { order, index, preds, starts }
    }

    /// The reachable predecessors of a block, in `order`; one that branches twice to it comes twice. None for a block that
    /// control can't reach.
    pub fn preds(&self, block: BlockId) -> &[BlockId] {
        match self.index[block] {
            UNREACHABLE => &[],
            at => &self.preds[self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize],
        }
    }

    /// Whether control can reach the block.
    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.index[block] != UNREACHABLE
    }

    /// The position of a reachable block in reverse postorder.
    ///
    /// # Panics
    ///
    /// If control can't reach it.
    pub fn position(&self, block: BlockId) -> usize {
        assert!(self.is_reachable(block), "the block is reachable");
        self.index[block] as usize
    }

    /// The dominator tree.
    pub fn dominators(&self) -> Dominators {
        Dominators::new(self)
    }
}

/// The successors of a block, each once.
pub fn successors(function: &Function, block: BlockId) -> impl Iterator<Item = BlockId> + use<> {
    let mut all = [None; 2];
    let mut count = 0;
    function.blocks[block].terminator.each_successor(|successor| {
        if all[0] != Some(successor) {
            all[count] = Some(successor);
            count += 1;
        }
    });
    all.into_iter().flatten()
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
                for &pred in graph.preds(block) {
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
            if graph.preds(block).len() < 2 && self.parent[block].is_some() {
                continue;
            }
            for &pred in graph.preds(block) {
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
