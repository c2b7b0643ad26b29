//! What is in scope at a call: the values that are kept alive at the end of scopes after it.
//!
//! The code of the callee may leave in ways that don't come back to where those scopes end: a non-local exit becomes a
//! jump, a loop never ends. Whoever puts code in place of the call keeps the values alive on these ways too.

use crate::edit::{Origin, definition, origins};
use crate::values::dead_code_elimination::may_own;
use cranelift_entity::SecondaryMap;
use inko_ir::graph::Graph;
use inko_ir::ir::*;
use std::collections::HashSet;

/// The values in scope, everywhere in a function.
#[derive(Default)]
pub(crate) struct Scopes {
    origins: SecondaryMap<Value, Origin>,
    at_end: SecondaryMap<BlockId, Vec<Value>>,
}

impl Scopes {
    /// Finds them.
    pub(crate) fn of(function: &Function) -> Self {
        let mut work = Vec::new();
        for (id, block) in &function.blocks {
            work.extend(block.insts.iter().filter_map(kept).map(|value| (id, value)));
        }
        if work.is_empty() {
            return Self::default();
        }
        let mut this = Self { origins: origins(function), at_end: SecondaryMap::new() };
        let graph = Graph::new(function);
        let mut seen: HashSet<(BlockId, Value)> = HashSet::new();
        // A value is needed somewhere in a block, so at the end of those before, unless it is defined here.
        while let Some((id, value)) = work.pop() {
            if let Origin::Inst(block, _) = this.origins[value]
                && block == id
            {
                work.extend(this.part_of(function, value).map(|whole| (id, whole)));
                continue;
            }
            let mut need = |pred: BlockId, value: Value| {
                if seen.insert((pred, value)) {
                    this.at_end[pred].push(value);
                    work.push((pred, value));
                }
            };
            for &pred in graph.preds(id) {
                match this.origins[value] {
                    Origin::Param(block, index) if block == id => {
                        function.blocks[pred].terminator.each_edge(|edge| {
                            let results = function.blocks[id].params.len() - edge.args.len();
                            if edge.block == id
                                && let Some(at) = (index as usize).checked_sub(results)
                            {
                                need(pred, edge.args[at]);
                            }
                        });
                    }
                    _ => need(pred, value),
                }
            }
        }
        this
    }

    /// What is in scope at an instruction of a block, or at its terminator.
    pub(crate) fn at(&self, function: &Function, block: BlockId, index: usize) -> Vec<Value> {
        if self.origins.is_empty() {
            return Vec::new();
        }
        let insts = &function.blocks[block].insts;
        let later = insts.get(index..).into_iter().flatten().filter_map(kept);
        let mut all: Vec<Value> = Vec::new();
        for mut value in self.at_end[block].iter().copied().chain(later) {
            let is_later = |value: Value| matches!(self.origins[value], Origin::Inst(at, place) if at == block && place as usize >= index);
            while is_later(value)
                && let Some(whole) = self.part_of(function, value)
            {
                value = whole;
            }
            if !is_later(value) && may_own(function, &self.origins, value) && !all.contains(&value) {
                all.push(value);
            }
        }
        all
    }

    /// What a value was taken out of: keeping the cell keeps what is in it, and a verified value is the value itself.
    fn part_of(&self, function: &Function, value: Value) -> Option<Value> {
        match definition(function, &self.origins, value)? {
            Op::GetCell(whole) | Op::Verify(whole, ..) => Some(*whole),
            _ => None,
        }
    }
}

fn kept(inst: &Inst) -> Option<Value> {
    if let Op::KeepAlive(value) = inst.op { Some(value) } else { None }
}
