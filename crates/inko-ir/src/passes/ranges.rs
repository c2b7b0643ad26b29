//! `ranges`: counters of loops are small integers.
//!
//! `x + 1` is small if `x < n` dominates it and both are small, and so is `x - 1` under `x > n`. A loop's
//! variable is small if its arguments are, assuming it is: the assumption is made for all integer parameters
//! at once and given up, one by one, until it justifies itself (a greatest fixed point, so it is found in
//! spite of the cycle). Machine code then adds without testing tags and, for these, without overflow.

use super::edit::{Origin, definition, origins};
use crate::graph::{Dominators, Graph};
use crate::ir::*;
use cranelift_entity::SecondaryMap;

/// How far up the dominator tree a comparison is looked for.
const DEPTH: usize = 24;

struct Ranges<'a> {
    function: &'a Function,
    graph: Graph,
    dominators: Dominators,
    origins: SecondaryMap<Value, Origin>,
    /// The values assumed to be small.
    assumed: SecondaryMap<Value, bool>,
}

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    let graph = Graph::new(function);
    let dominators = graph.dominators();
    let mut ranges = Ranges {
        function,
        dominators,
        origins: origins(function),
        graph,
        assumed: SecondaryMap::with_default(false),
    };
    let values = ranges.solve();
    for &value in &values {
        function.values[value].known = Known::Small;
    }
    !values.is_empty()
}

impl Ranges<'_> {
    /// The values that are found to be small and were not known to be.
    fn solve(&mut self) -> Vec<Value> {
        let mut candidates = Vec::new();
        for &id in &self.graph.order {
            let block = &self.function.blocks[id];
            if id != self.function.entry {
                candidates.extend(block.params.iter().copied().filter(|&param| self.is_integer(param)));
            }
            for inst in &block.insts {
                if let Op::Integer(IntegerOp::Add | IntegerOp::Sub, ..) = inst.op
                    && self.is_integer(inst.results[0])
                {
                    candidates.push(inst.results[0]);
                }
            }
        }
        candidates.iter().for_each(|&value| self.assumed[value] = true);
        loop {
            let before = candidates.len();
            let mut kept = Vec::with_capacity(before);
            for &value in &candidates {
                if self.justified(value) {
                    kept.push(value);
                } else {
                    self.assumed[value] = false;
                }
            }
            candidates = kept;
            if candidates.len() == before {
                return candidates;
            }
        }
    }

    fn is_integer(&self, value: Value) -> bool {
        self.function.values[value].known == Known::Integer
    }

    fn is_small(&self, value: Value) -> bool {
        self.function.values[value].known == Known::Small || self.assumed[value]
    }

    fn justified(&self, value: Value) -> bool {
        match self.origins[value] {
            Origin::None => false,
            Origin::Param(block, index) => self.arguments_are_small(block, index as usize),
            Origin::Inst(block, index) => match self.function.blocks[block].insts[index as usize].op {
                Op::Integer(IntegerOp::Add, a, b) if self.is_one(b) => self.bounded(block, a, Compare::Less),
                Op::Integer(IntegerOp::Add, b, a) if self.is_one(b) => self.bounded(block, a, Compare::Less),
                Op::Integer(IntegerOp::Sub, a, b) if self.is_one(b) => {
                    self.bounded(block, a, Compare::Greater)
                }
                _ => false,
            },
        }
    }

    fn is_one(&self, value: Value) -> bool {
        matches!(definition(self.function, &self.origins, value), Some(Op::Constant(Constant::Small(1))))
    }

    fn arguments_are_small(&self, block: BlockId, index: usize) -> bool {
        let count = self.function.blocks[block].params.len();
        let mut all = true;
        for &pred in &self.graph.preds[block] {
            self.function.blocks[pred].terminator.each_edge(|edge| {
                if edge.block == block {
                    // Results of invokes are not known.
                    let results = count - edge.args.len();
                    all &= index >= results && self.is_small(edge.args[index - results]);
                }
            });
        }
        all
    }

    /// Whether a comparison of `value` with a small integer holds in `block`: `Less` or `Greater`.
    fn bounded(&self, block: BlockId, value: Value, wanted: Compare) -> bool {
        if !self.is_small(value) {
            return false;
        }
        let mut at = block;
        for _ in 0..DEPTH {
            if let [pred] = self.graph.preds[at][..]
                && let Terminator::Branch { condition, then, otherwise } =
                    &self.function.blocks[pred].terminator
                && then.block != otherwise.block
                && let Some(&Op::IntegerCompare(compare, a, b)) =
                    definition(self.function, &self.origins, *condition)
                && let Some(compare) = holding(compare, then.block == at)
            {
                let other = match compare {
                    _ if a == value && compare == wanted => Some(b),
                    _ if b == value && mirrored(compare) == wanted => Some(a),
                    _ => None,
                };
                if other.is_some_and(|other| self.is_small(other)) {
                    return true;
                }
            }
            match self.dominators.parent(at) {
                Some(parent) => at = parent,
                None => return false,
            }
        }
        false
    }
}

/// The strict comparison that holds where a branch on `compare` leads.
fn holding(compare: Compare, taken: bool) -> Option<Compare> {
    match (compare, taken) {
        (Compare::Less, true) | (Compare::GreaterOrEqual, false) => Some(Compare::Less),
        (Compare::Greater, true) | (Compare::LessOrEqual, false) => Some(Compare::Greater),
        _ => None,
    }
}

/// The comparison with its operands exchanged.
fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::Less => Compare::Greater,
        Compare::Greater => Compare::Less,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        Compare::Equal => Compare::Equal,
    }
}
