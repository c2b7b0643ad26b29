//! Who calls whom, and the order that follows: callees before callers, as far as there is no recursion.
//!
//! Selectors are nodes of their own between those who call them and their targets, so that the graph has as many edges as the
//! program has calls and targets, and not one for each pair.

use cranelift_entity::SecondaryMap;
use inko_ir::ir::*;

/// So many nodes wait for each other at most. What each waits for the next one of can't be worked on in parallel; chains this
/// long are those of recursion, where the order is arbitrary somewhere anyway, or generated.
const LONGEST_CHAIN: u32 = 512;

/// A function or a selector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Node {
    Function(FunctionId),
    Selector(SelectorId),
}

/// The place of a node in the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Rank(u32);

impl Rank {
    /// The index in the order.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The reachable functions and selectors.
#[derive(Default, Debug)]
pub(crate) struct CallGraph {
    order: Vec<Node>,
    functions: SecondaryMap<FunctionId, Option<Rank>>,
    selectors: SecondaryMap<SelectorId, Option<Rank>>,
    /// For each node, what it names and comes before it in the order, as far as chains aren't too long.
    dependencies: Vec<Vec<Rank>>,
}

impl CallGraph {
    /// The graph of what the main function reaches; of everything, if there is none.
    pub(crate) fn new(program: &Program) -> Self {
        let mut graph = CallGraph::default();
        let mut seen = Seen::default();
        let mut named: Vec<(Node, Vec<Node>)> = Vec::new();
        let roots: Vec<FunctionId> = match program.main {
            Some(main) => vec![main],
            None => program.functions.keys().collect(),
        };
        for root in roots {
            let root = Node::Function(root);
            if !seen.insert(root) {
                continue;
            }
            let mut stack = vec![(root, names(program, root), 0)];
            while let Some((node, targets, at)) = stack.last_mut() {
                if let Some(&target) = targets.get(*at) {
                    *at += 1;
                    if seen.insert(target) {
                        stack.push((target, names(program, target), 0));
                    }
                } else {
                    let rank = Rank(graph.order.len() as u32);
                    match *node {
                        Node::Function(id) => graph.functions[id] = Some(rank),
                        Node::Selector(id) => graph.selectors[id] = Some(rank),
                    }
                    graph.order.push(*node);
                    named.extend(stack.pop().map(|(node, targets, _)| (node, targets)));
                }
            }
        }
        let mut lengths: Vec<u32> = Vec::with_capacity(named.len());
        for (index, (node, targets)) in named.into_iter().enumerate() {
            let ranks = targets.into_iter().filter_map(|target| graph.rank(target));
            let may_wait = |rank: Rank| match node {
                Node::Function(_) => lengths[rank.index()] < LONGEST_CHAIN,
                Node::Selector(_) => true,
            };
            let mut earlier: Vec<Rank> =
                ranks.filter(|&rank| rank.index() < index && may_wait(rank)).collect();
            earlier.sort_unstable();
            earlier.dedup();
            let longest = earlier.iter().map(|rank| lengths[rank.index()]).max();
            lengths.push(longest.map_or(1, |length| length + 1));
            graph.dependencies.push(earlier);
        }
        graph
    }

    /// All nodes, callees before callers as far as there is no recursion.
    pub(crate) fn order(&self) -> &[Node] {
        &self.order
    }

    /// The functions of the order.
    pub(crate) fn functions(&self) -> impl DoubleEndedIterator<Item = FunctionId> {
        self.order.iter().filter_map(|node| match node {
            Node::Function(id) => Some(*id),
            Node::Selector(_) => None,
        })
    }

    /// The place of a node in the order; `None` if it can't be reached.
    pub(crate) fn rank(&self, node: Node) -> Option<Rank> {
        match node {
            Node::Function(id) => self.functions[id],
            Node::Selector(id) => self.selectors[id],
        }
    }

    /// What the node at a place waits for: what it names and comes before it, unless that ends a chain that is too long.
    pub(crate) fn dependencies(&self, rank: Rank) -> &[Rank] {
        &self.dependencies[rank.index()]
    }

    /// All places in order.
    pub(crate) fn ranks(&self) -> impl Iterator<Item = Rank> + use<> {
        (0..self.order.len() as u32).map(Rank)
    }
}

#[derive(Default)]
struct Seen {
    functions: SecondaryMap<FunctionId, bool>,
    selectors: SecondaryMap<SelectorId, bool>,
}

impl Seen {
    /// Marks a node; whether it is new.
    fn insert(&mut self, node: Node) -> bool {
        let mark = match node {
            Node::Function(id) => &mut self.functions[id],
            Node::Selector(id) => &mut self.selectors[id],
        };
        !std::mem::replace(mark, true)
    }
}

/// What a node names: callees, then closures; the targets of a selector.
fn names(program: &Program, node: Node) -> Vec<Node> {
    let mut all = Vec::new();
    match node {
        Node::Function(id) => each_name(&program.functions[id], |node| all.push(node)),
        Node::Selector(id) => all.extend(program.selectors[id].targets.values().copied().map(Node::Function)),
    }
    all
}

/// Shows what the code of a function names, as often as it does: callees, then closures.
pub(crate) fn each_name(function: &Function, mut show: impl FnMut(Node)) {
    let mut of_call = |call: &Call| match call.callee {
        Callee::Function(id) => show(Node::Function(id)),
        Callee::Selector(id) => show(Node::Selector(id)),
        Callee::Closure | Callee::Entry(_) => {}
    };
    let mut closures = Vec::new();
    for block in function.blocks.values() {
        for inst in &block.insts {
            match &inst.op {
                Op::Call(call) => of_call(call),
                Op::Closure(id, _) => closures.push(*id),
                _ => {}
            }
        }
        if let Terminator::Invoke { call, .. } = &block.terminator {
            of_call(call);
        }
    }
    closures.into_iter().for_each(|id| show(Node::Function(id)));
}
