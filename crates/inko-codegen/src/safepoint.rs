//! Where words are while a collector may move what they refer to.
//!
//! A *safepoint* is a call during which objects may move. Every tracked word that is needed after it lies in
//! a slot of the frame that the call site's row names; the collector updates the slot, and register copies
//! are invalid afterwards. All slots of a function are parts of one explicit Cranelift stack slot:
//!
//! ```text
//!   rbp ->  | saved rbp       |
//!           | callee-saves    |
//!           | register spills |   (the allocator's own: never words that are live over a safepoint)
//!           | cold n-1 .. 0   |   scratch, written on cold paths only
//!           | hot m-1 .. 0    |   one colour for words with disjoint lives
//!           | stack arguments |
//!   rsp ->  +-----------------+
//! ```
//!
//! * A word that is live over a *hot* safepoint (a call) is stored to its slot once, right after its
//!   definition; values never change, so the slot stays right until the word dies. After the call the
//!   word is loaded again at its next use and then kept in a register up to the next call.
//! * A word that is live over *cold* safepoints only (polls, allocations) never touches memory on the hot
//!   path: the cold block stores it to scratch, calls, loads it again, and the two paths meet in a block
//!   parameter.
//!
//! Without optimisation (a *baseline* plan) all safepoints are hot, the check at the function's entry too if the function
//! calls others: every word that moves is in its slot from its definition on, no path needs block parameters for it, and a
//! block starts with none in registers. That is more traffic with the stack, and far less code to compile.
//!
//! Which hot words are in registers at the start of a block is decided here ([`Plan::wanted`]): those that
//! all predecessors have there anyway, and, for loops without calls, whatever the loop uses. The emitter
//! makes it true at the end of every predecessor, by loading what is missing. So a wrong guess costs a
//! load, never correctness.

use crate::bits::BitSet;
use crate::liveness::{Barrier, Liveness};
use cranelift_entity::SecondaryMap;
use inko_ir::Map;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// A slot of the frame, as an index into the function's block of slots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Slot(pub(crate) u32);

impl Slot {
    /// The offset within the block of slots.
    pub(crate) fn offset(self) -> i32 {
        self.0 as i32 * 8
    }
}

/// What is known of a call when it is emitted.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) position: PositionId,
    /// The slots that hold words the collector must update.
    pub(crate) slots: Vec<Slot>,
    /// A leaf of the runtime needs no row.
    pub(crate) is_leaf: bool,
}

/// A function's use of slots.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What it was made from.
    pub(crate) liveness: Liveness,
    /// The slots of words that are live over a hot safepoint, by number.
    pub(crate) hot: Vec<Option<Slot>>,
    /// The first scratch slot; as many hot slots lie below it.
    pub(crate) scratch: u32,
    /// The number of slots.
    pub(crate) size: u32,
    /// What must survive each barrier, by block and index of the instruction; ascending.
    pub(crate) survivors: Map<(BlockId, usize), Vec<u32>>,
    /// All that survives some barrier; other words never change their place.
    pub(crate) moving: BitSet,
    /// The hot words that are in registers when a block starts.
    pub(crate) wanted: SecondaryMap<BlockId, BitSet>,
    /// Whether all safepoints are hot.
    pub(crate) baseline: bool,
    /// Whether the parameters that move have slots in which they survive the check at the entry.
    pub(crate) saves_params: bool,
}

impl Plan {
    pub(crate) fn new(function: &Function, baseline: bool) -> Self {
        let liveness = Liveness::new(function);
        let mut survivors = Map::default();
        let mut hot_set = BitSet::new();
        let mut moving = BitSet::new();
        let mut has_hot: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
        for &block in &liveness.graph.order {
            liveness.each_barrier(function, block, |index, barrier, live| {
                if barrier == Barrier::Hot || baseline {
                    hot_set.union(live);
                    has_hot[block] = true;
                }
                moving.union(live);
                survivors.insert((block, index), live.iter().collect::<Vec<u32>>());
            });
        }
        // The check at the entry is a safepoint as well.
        let saves_params = baseline && calls(function, &liveness.graph);
        if saves_params {
            let params = function.blocks[function.entry].params.iter();
            for number in params.filter(|&&it| liveness.uses[it] > 0).filter_map(|&it| liveness.tracked(it)) {
                hot_set.insert(number);
                moving.insert(number);
            }
        }
        let (hot, colours) = colour(function, &liveness, &hot_set);
        // The check at the function's entry saves the parameters.
        let mut most = function.signature.params.len();
        for list in survivors.values() {
            most = most.max(list.iter().filter(|&&number| hot[number as usize].is_none()).count());
        }
        let wanted = match baseline {
            true => SecondaryMap::new(),
            false => wanted(function, &liveness, &hot_set, &has_hot),
        };
        let size = colours + most as u32;
        Self { liveness, hot, scratch: colours, size, survivors, moving, wanted, baseline, saves_params }
    }

    /// The slot of a value that is live over a hot safepoint.
    pub(crate) fn hot_slot(&self, number: u32) -> Option<Slot> {
        self.hot[number as usize]
    }
}

/// Whether a function calls functions other than the runtime's.
pub(crate) fn calls(function: &Function, graph: &Graph) -> bool {
    let others = |call: &Call| !matches!(call.callee, Callee::Entry(_));
    graph.order.iter().any(|&id| {
        let block = &function.blocks[id];
        let invokes = matches!(&block.terminator, Terminator::Invoke { call, .. } if others(call));
        invokes || block.insts.iter().any(|inst| matches!(&inst.op, Op::Call(call) if others(call)))
    })
}

/// Gives hot words slots. In reverse postorder every word is met after the words that dominate it, so that
/// the lowest free slot is the best one (the interference graph of SSA values is chordal).
fn colour(function: &Function, liveness: &Liveness, hot: &BitSet) -> (Vec<Option<Slot>>, u32) {
    let mut colours = Colours { slots: vec![None; liveness.tracked.len()], taken: Vec::new() };
    for &id in &liveness.graph.order {
        let block = &function.blocks[id];
        colours.taken.fill(false);
        let mut live = liveness.live_in[id].clone();
        live.intersect(hot);
        live.iter().for_each(|number| colours.mark(number, true));
        let hot_roots = |values: &[Value]| -> Vec<u32> {
            let roots = values.iter().filter(|&&value| liveness.roots[value] == value);
            roots
                .filter_map(|&value| liveness.tracked(value))
                .filter(|&number| hot.contains(number))
                .collect()
        };
        hot_roots(&block.params).into_iter().for_each(|number| colours.define(number));
        let dying = last_uses(function, liveness, id);
        for (index, inst) in block.insts.iter().enumerate() {
            hot_roots(&inst.results).into_iter().for_each(|number| colours.define(number));
            // Freed after the results were placed: operands may be needed up to the end of the instruction.
            for &number in dying[index].iter().filter(|&&number| hot.contains(number)) {
                colours.mark(number, false);
            }
        }
    }
    let count = colours.taken.len() as u32;
    (colours.slots, count)
}

struct Colours {
    slots: Vec<Option<Slot>>,
    taken: Vec<bool>,
}

impl Colours {
    fn define(&mut self, number: u32) {
        let free = self.taken.iter().position(|&taken| !taken).unwrap_or(self.taken.len());
        if free == self.taken.len() {
            self.taken.push(false);
        }
        self.slots[number as usize] = Some(Slot(free as u32));
        self.mark(number, true);
    }

    fn mark(&mut self, number: u32, taken: bool) {
        let slot = self.slots[number as usize].expect("what dominates a block has a slot");
        self.taken[slot.0 as usize] = taken;
    }
}

/// For each instruction of a block, the tracked values that are used there for the last time.
fn last_uses(function: &Function, liveness: &Liveness, id: BlockId) -> Vec<Vec<u32>> {
    let block = &function.blocks[id];
    let mut seen = liveness.live_out[id].clone();
    block.terminator.each_operand(|value| {
        if let Some(number) = liveness.tracked(value) {
            seen.insert(number);
        }
    });
    let mut dying = vec![Vec::new(); block.insts.len()];
    for (index, inst) in block.insts.iter().enumerate().rev() {
        inst.op.each_operand(|value| {
            if let Some(number) = liveness.tracked(value)
                && !seen.contains(number)
            {
                seen.insert(number);
                dying[index].push(number);
            }
        });
    }
    dying
}

/// What a block does to the registers that hold hot words.
struct Transfer {
    /// Used or defined anywhere in the block.
    touched: BitSet,
    /// Used or defined after its last hot safepoint: in a register at its end.
    kept: BitSet,
    /// Whether it has a hot safepoint.
    calls: bool,
}

fn transfer(function: &Function, liveness: &Liveness, hot: &BitSet, id: BlockId, calls: bool) -> Transfer {
    let block = &function.blocks[id];
    let (mut touched, mut kept) = (BitSet::new(), BitSet::new());
    let mut touch = |value: Value, kept: &mut BitSet| {
        if let Some(number) = liveness.tracked(value)
            && hot.contains(number)
        {
            touched.insert(number);
            kept.insert(number);
        }
    };
    block.params.iter().for_each(|&value| touch(value, &mut kept));
    for inst in &block.insts {
        inst.op.each_operand(|value| touch(value, &mut kept));
        if crate::liveness::barrier(&inst.op) == Barrier::Hot {
            kept.clear();
        }
        inst.results.iter().for_each(|&value| touch(value, &mut kept));
    }
    block.terminator.each_operand(|value| touch(value, &mut kept));
    Transfer { touched, kept, calls }
}

fn wanted(
    function: &Function,
    liveness: &Liveness,
    hot: &BitSet,
    has_hot: &SecondaryMap<BlockId, bool>,
) -> SecondaryMap<BlockId, BitSet> {
    let graph = &liveness.graph;
    let transfers: Vec<Transfer> =
        graph.order.iter().map(|&id| transfer(function, liveness, hot, id, has_hot[id])).collect();
    let forced = loop_words(graph, &transfers, liveness, hot);
    // Optimistic: start from all that can be wanted and take away until nothing changes.
    let mut wanted: SecondaryMap<BlockId, BitSet> = SecondaryMap::new();
    for &id in &graph.order {
        wanted[id] = liveness.live_in[id].clone();
        wanted[id].intersect(hot);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for &id in &graph.order {
            let mut new = liveness.live_in[id].clone();
            new.intersect(hot);
            if id == function.entry {
                new.clear();
            }
            let mut forced = forced[id].clone();
            forced.intersect(&new);
            for &pred in graph.preds(id) {
                if matches!(function.blocks[pred].terminator, Terminator::Invoke { .. }) {
                    // Nothing survives the call, and there is no place to load before the landing pad.
                    new.clear();
                    forced.clear();
                    break;
                }
                let transfer = &transfers[graph.position(pred)];
                let mut out = transfer.kept.clone();
                if !transfer.calls {
                    out.union(&wanted[pred]);
                }
                new.intersect(&out);
            }
            new.union(&forced);
            if wanted[id] != new {
                wanted[id] = new;
                changed = true;
            }
        }
    }
    wanted
}

/// For the headers of loops without hot safepoints, the hot words that the loop uses: they are loaded before
/// the loop once instead of in every iteration.
fn loop_words(
    graph: &Graph,
    transfers: &[Transfer],
    liveness: &Liveness,
    hot: &BitSet,
) -> SecondaryMap<BlockId, BitSet> {
    let mut forced: SecondaryMap<BlockId, BitSet> = SecondaryMap::new();
    let dominators = graph.dominators();
    for &header in &graph.order {
        let latches = graph.preds(header).iter().filter(|&&pred| dominators.dominates(header, pred));
        let mut todo: Vec<BlockId> = latches.copied().collect();
        if todo.is_empty() {
            continue;
        }
        let mut inside = vec![false; graph.order.len()];
        inside[graph.position(header)] = true;
        let mut used = transfers[graph.position(header)].touched.clone();
        let mut calls = transfers[graph.position(header)].calls;
        while let Some(block) = todo.pop() {
            let at = graph.position(block);
            if std::mem::replace(&mut inside[at], true) {
                continue;
            }
            used.union(&transfers[at].touched);
            calls |= transfers[at].calls;
            todo.extend(graph.preds(block));
        }
        if !calls {
            used.intersect(hot);
            used.intersect(&liveness.live_in[header]);
            forced[header] = used;
        }
    }
    forced
}
