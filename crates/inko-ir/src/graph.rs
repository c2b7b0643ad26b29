//! The control-flow graph of a function: order, predecessors and dominators.
//!
//! Dominators are computed by the iteration of Cooper, Harvey and Kennedy, *A Simple, Fast Dominance
//! Algorithm* (2001); frontiers as in section 4 of the same paper. Both stop where they have been for the same block, so that
//! blocks with many predecessors take linear time.

use crate::ir::*;
use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntityRef, SecondaryMap};

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
    parent: SecondaryMap<BlockId, PackedOption<BlockId>>,
    /// Preorder entry and exit numbers in the tree, for constant-time queries.
    span: SecondaryMap<BlockId, (u32, u32)>,
    /// The children of all blocks, block after block, see [`Graph::preds`].
    children: Vec<BlockId>,
    /// Where the children of a block begin and end.
    own: SecondaryMap<BlockId, (u32, u32)>,
}

impl Dominators {
    fn new(graph: &Graph) -> Self {
        let immediate = immediate_dominators(graph);
        let count = graph.order.len();
        // A block comes after those that dominate it: backwards for what is below, forwards for what comes before.
        let (mut sizes, mut kids) = (vec![1_u32; count], vec![0_u32; count]);
        for at in (1..count).rev() {
            sizes[immediate[at]] += sizes[at];
            kids[immediate[at]] += 1;
        }
        let blocks = graph.order.iter().map(|block| block.index() + 1).max().unwrap_or(0);
        let mut parent = SecondaryMap::new();
        let mut span = SecondaryMap::with_default((u32::MAX, 0));
        let mut own = SecondaryMap::with_default((0, 0));
        parent.resize(blocks);
        span.resize(blocks);
        own.resize(blocks);
        let mut children = vec![BlockId::from_u32(0); count.saturating_sub(1)];
        let mut free = 0;
        // The preorder number of the next child to come.
        let mut next = vec![1_u32; count];
        for (at, &block) in graph.order.iter().enumerate() {
            own[block] = (free, free);
            free += kids[at];
            let mut start = 0;
            if at > 0 {
                let over = graph.order[immediate[at]];
                parent[block] = over.into();
                let end = &mut own[over].1;
                children[*end as usize] = block;
                *end += 1;
                start = next[immediate[at]];
                next[immediate[at]] += sizes[at];
                next[at] = start + 1;
            }
            span[block] = (start, start + sizes[at]);
        }
        Self { parent, span, children, own }
    }

    /// The children in the tree, in reverse postorder.
    pub fn children(&self, block: BlockId) -> &[BlockId] {
        let (start, end) = self.own[block];
        &self.children[start as usize..end as usize]
    }

    /// The immediate dominator; `None` for the entry and unreachable blocks.
    pub fn parent(&self, block: BlockId) -> Option<BlockId> {
        self.parent[block].expand()
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
            stack.extend(self.children(block).iter().rev());
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
                // Where the block is noted already it is noted further up as well.
                while let Some(at) = runner
                    && runner != self.parent(block)
                    && all[at].last() != Some(&block)
                {
                    all[at].push(block);
                    runner = self.parent(at);
                }
            }
        }
        all
    }
}

/// The immediate dominators of the reachable blocks but the entry, as positions in the order.
fn immediate_dominators(graph: &Graph) -> Vec<usize> {
    const UNKNOWN: usize = usize::MAX;
    let mut immediate = vec![UNKNOWN; graph.order.len()];
    if let Some(entry) = immediate.first_mut() {
        *entry = 0;
    }
    // Whatever was on the way from a predecessor of a block to what dominates all of them so far. What is met again need not be
    // followed again: a block may have very many predecessors.
    let mut met = vec![0_u32; graph.order.len()];
    let mut stamp = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for (at, &block) in graph.order.iter().enumerate().skip(1) {
            stamp += 1;
            let mut over = UNKNOWN;
            for &pred in graph.preds(block) {
                let mut below = graph.position(pred);
                if immediate[below] == UNKNOWN {
                    continue;
                }
                if over == UNKNOWN {
                    over = below;
                }
                while below != over {
                    if below < over {
                        met[over] = stamp;
                        over = immediate[over];
                    } else if met[below] == stamp {
                        break;
                    } else {
                        met[below] = stamp;
                        below = immediate[below];
                    }
                }
            }
            if immediate[at] != over {
                immediate[at] = over;
                changed = true;
            }
        }
    }
    immediate
}
