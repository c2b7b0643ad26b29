//! `jump-threading`: a jump to a branch whose outcome it decides goes straight to where the branch leads.
//!
//! A block that only computes a condition and branches is copied for each predecessor that passes arguments from which
//! the condition follows. This undoes the joins that inlining makes: `and`, `or`, `if` give flags that are branched on
//! at once, and a throwing method gives a flag that says which of its ways out was taken.
//!
//! Values of the copied block that others use become locals and are made values again by `ssa-construction`.

use crate::context::Context;
use crate::edit::{Origin, definition, origins};
use crate::values::{constant_folding, ssa_construction};
use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// How many instructions a block to be copied may have.
const MAX_INSTS: usize = 6;
/// How many copies one run may make.
const MAX_COPIES: usize = 200;

/// An edge to redirect: its source and its number in the source's terminator.
struct Copy {
    block: BlockId,
    source: BlockId,
    edge: usize,
    flag: bool,
}

/// Runs the pass.
pub(crate) fn run(function: &mut Function, _: &mut Context<'_>) -> bool {
    let copies = find(function);
    if copies.is_empty() {
        return false;
    }
    let mut demoted: SecondaryMap<Value, PackedOption<LocalId>> = SecondaryMap::new();
    let mut done: Option<BlockId> = None;
    let mut home: SecondaryMap<Value, PackedOption<BlockId>> = SecondaryMap::new();
    for copy in &copies {
        if done != Some(copy.block) {
            done = Some(copy.block);
            let block = &function.blocks[copy.block];
            let results = block.insts.iter().flat_map(|inst| &inst.results);
            for value in block.params.iter().chain(results).copied().collect::<Vec<_>>() {
                home[value] = copy.block.into();
            }
        }
    }
    // Which of them are used elsewhere.
    for (id, block) in function.blocks.iter() {
        let mut visit = |value: Value| {
            if home[value].expand().is_some_and(|home| home != id) && demoted[value].is_none() {
                demoted[value] = function.locals.push(function.values[value].ty).into();
            }
        };
        block.insts.iter().for_each(|inst| inst.op.each_operand(&mut visit));
        block.terminator.each_operand(&mut visit);
    }
    for copy in &copies {
        redirect(function, copy, &demoted);
    }
    assign(function, &demoted);
    read(function, &demoted, &home);
    crate::control_flow::unreachable_blocks::empty_unreachable(function);
    ssa_construction::run(function);
    true
}

fn find(function: &Function) -> Vec<Copy> {
    let decides =
        |block: &Block| !block.params.is_empty() && matches!(block.terminator, Terminator::Branch { .. });
    if !function.blocks.iter().any(|(id, block)| id != function.entry && decides(block)) {
        return Vec::new();
    }
    let origins = origins(function);
    let graph = Graph::new(function);
    let dominators = graph.dominators();
    let mut copies = Vec::new();
    for &id in &graph.order {
        let block = &function.blocks[id];
        let Terminator::Branch { condition, .. } = block.terminator else { continue };
        let cost = block.insts.iter().filter(|inst| !matches!(inst.op, Op::KeepAlive(_))).count();
        if id == function.entry || block.params.is_empty() || cost > MAX_INSTS {
            continue;
        }
        if !block.insts.iter().all(|inst| copyable(&inst.op)) {
            continue;
        }
        let mut preds = graph.preds(id).to_vec();
        preds.dedup();
        for source in preds {
            // Copies for jumps back would peel loops.
            if dominators.dominates(id, source)
                || matches!(function.blocks[source].terminator, Terminator::Invoke { .. })
            {
                continue;
            }
            let mut number = 0;
            function.blocks[source].terminator.each_edge(|edge| {
                if edge.block == id
                    && copies.len() < MAX_COPIES
                    && let Some(flag) = outcome(function, &origins, block, edge, condition)
                {
                    copies.push(Copy { block: id, source, edge: number, flag });
                }
                number += 1;
            });
        }
    }
    copies
}

/// What makes an object is not copied: a value that is one of two objects hides both from other passes.
fn copyable(op: &Op) -> bool {
    let makes =
        matches!(op, Op::NewHome(_) | Op::NewCell(_) | Op::New(..) | Op::Closure(..) | Op::NewArray(_));
    !makes && !matches!(op, Op::LandingPad | Op::Poll | Op::GetLocal(_) | Op::SetLocal(..))
}

/// What the branch at the end of `block` does for the arguments of an edge.
fn outcome(
    function: &Function,
    origins: &SecondaryMap<Value, Origin>,
    block: &Block,
    edge: &Edge,
    condition: Value,
) -> Option<bool> {
    Evaluation { function, origins, block, edge }.flag(condition, 8)
}

struct Evaluation<'a> {
    function: &'a Function,
    origins: &'a SecondaryMap<Value, Origin>,
    block: &'a Block,
    edge: &'a Edge,
}

impl Evaluation<'_> {
    /// The value that stands for `value` when the block is entered by the edge.
    fn argument(&self, value: Value) -> Value {
        let index = self.block.params.iter().position(|&param| param == value);
        index.map_or(value, |index| self.edge.args[index])
    }

    fn definition(&self, value: Value) -> Option<&Op> {
        definition(self.function, self.origins, self.argument(value))
    }

    fn known(&self, value: Value) -> Known {
        self.function.values[self.argument(value)].known
    }

    fn flag(&self, value: Value, depth: u32) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        let constant = |value: Value| match self.definition(value) {
            Some(Op::Constant(constant)) => Some(constant),
            _ => None,
        };
        match self.definition(value)? {
            Op::Not(inner) => self.flag(*inner, depth).map(|flag| !flag),
            Op::UnboxBool(inner) => match self.definition(*inner)? {
                Op::BoxBool(inner) => self.flag(*inner, depth),
                _ => None,
            },
            Op::Test(value, check) => constant_folding::decide(check, self.known(*value)),
            Op::IsUndefined(value) if self.known(*value) != Known::Nothing => Some(false),
            Op::Same(a, b) => {
                if self.argument(*a) == self.argument(*b) {
                    return Some(true);
                }
                match (self.definition(*a), self.definition(*b)) {
                    (Some(Op::NewHome(_)), Some(Op::NewHome(_))) => Some(false),
                    _ => match (self.known(*a).class(), self.known(*b).class()) {
                        (Some(a), Some(b)) if a != b => Some(false),
                        _ => None,
                    },
                }
            }
            op => match constant_folding::fold(op, constant)? {
                Constant::Bool(flag) => Some(flag),
                _ => None,
            },
        }
    }
}

/// Makes the copy and leads the edge there.
fn redirect(function: &mut Function, copy: &Copy, demoted: &SecondaryMap<Value, PackedOption<LocalId>>) {
    let position = function.blocks[copy.block].position;
    let new = function.add_block(position);
    let mut args = Vec::new();
    let mut number = 0;
    let mut terminator =
        std::mem::replace(&mut function.blocks[copy.source].terminator, Terminator::Unreachable);
    terminator.each_edge_mut(|edge| {
        if number == copy.edge {
            args = std::mem::take(&mut edge.args);
            edge.block = new;
        }
        number += 1;
    });
    function.blocks[copy.source].terminator = terminator;
    let old = function.blocks[copy.block].clone();
    let mut values: SecondaryMap<Value, PackedOption<Value>> = SecondaryMap::new();
    let mut insts = Vec::new();
    let keep = |insts: &mut Vec<Inst>, old: Value, new: Value| {
        if let Some(local) = demoted[old].expand() {
            insts.push(Inst { op: Op::SetLocal(local, new), results: Vec::new(), position });
        }
    };
    for (&param, &arg) in old.params.iter().zip(&args) {
        values[param] = arg.into();
        keep(&mut insts, param, arg);
    }
    for mut inst in old.insts {
        inst.op.map_operands(|value| values[value].expand().unwrap_or(value));
        let results = inst.results.clone();
        for result in &mut inst.results {
            let value = function.values.push(function.values[*result]);
            values[*result] = value.into();
            *result = value;
        }
        let new = inst.results.clone();
        insts.push(inst);
        results.iter().zip(new).for_each(|(&result, new)| keep(&mut insts, result, new));
    }
    let Terminator::Branch { then, otherwise, .. } = old.terminator else {
        unreachable!("the block ends in a branch")
    };
    let mut edge = if copy.flag { then } else { otherwise };
    edge.args.iter_mut().for_each(|arg| *arg = values[*arg].expand().unwrap_or(*arg));
    function.blocks[new].insts = insts;
    function.terminate(new, Terminator::Jump(edge), position);
}

/// Assigns the locals where their values are defined in the original blocks.
fn assign(function: &mut Function, demoted: &SecondaryMap<Value, PackedOption<LocalId>>) {
    for block in function.blocks.values_mut() {
        let position = block.position;
        let set = |value: Value| {
            let local = demoted[value].expand()?;
            Some(Inst { op: Op::SetLocal(local, value), results: Vec::new(), position })
        };
        let first: Vec<Inst> = block.params.iter().filter_map(|&param| set(param)).collect();
        let old = std::mem::take(&mut block.insts);
        block.insts = first;
        for inst in old {
            let sets: Vec<Inst> = inst.results.iter().filter_map(|&result| set(result)).collect();
            block.insts.push(inst);
            block.insts.extend(sets);
        }
    }
}

/// Reads the locals at the start of the other blocks that use their values.
fn read(
    function: &mut Function,
    demoted: &SecondaryMap<Value, PackedOption<LocalId>>,
    home: &SecondaryMap<Value, PackedOption<BlockId>>,
) {
    for id in function.blocks.keys().collect::<Vec<_>>() {
        let mut reads: Vec<(Value, Value)> = Vec::new();
        let Function { blocks, values, .. } = &mut *function;
        let block = &mut blocks[id];
        let position = block.position;
        let mut rename = |value: Value| {
            if demoted[value].is_none() || home[value] == id.into() {
                return value;
            }
            if let Some(found) = reads.iter().find(|read| read.0 == value) {
                return found.1;
            }
            let new = values.push(values[value]);
            reads.push((value, new));
            new
        };
        // Assignments of this pass, of values of the same block or its copy, are no uses.
        block.insts.iter_mut().for_each(|inst| inst.op.map_operands(&mut rename));
        block.terminator.map_operands(&mut rename);
        let at = usize::from(matches!(block.insts.first(), Some(Inst { op: Op::LandingPad, .. })));
        let gets = reads.into_iter().filter_map(|(old, new)| {
            let local = demoted[old].expand()?;
            Some(Inst { op: Op::GetLocal(local), results: vec![new], position })
        });
        let gets: Vec<Inst> = gets.collect();
        block.insts.splice(at..at, gets);
    }
}
