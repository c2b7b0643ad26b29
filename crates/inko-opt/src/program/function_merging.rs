//! Function merging: functions that do the same become one.
//!
//! Every class has the methods of `Object` and of its traits as functions of its own, which know the class of the receiver.
//! Where that makes no difference one of them serves all classes, and it knows less of its parameters. The functions must have been
//! written in the same place too, because traces tell it; so what differs is only whom they were made for.
//!
//! Reference: identical code folding, as in "Safe ICF: Pointer Safe and Unwinding Aware Identical Code Folding in Gold" (Tallam et al.,
//! GCC Developers' Summit 2010). Nobody compares addresses of methods; closures, which have an identity, are left alone.

use super::compaction;
use cranelift_entity::SecondaryMap;
use foldhash::fast::FixedState;
use inko_ir::Map;
use inko_ir::ir::*;
use inko_syntax::Name;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, Hasher};

/// Larger functions are hardly ever the same.
const MOST_BLOCKS: usize = 8;
/// How often functions are compared: those that call functions which have become one may have become the same.
const ROUNDS: usize = 3;

/// Merges functions, and drops what they were.
pub(crate) fn run(program: &mut Program) {
    let mut same = Same { stands_for: SecondaryMap::with_default(FunctionId::from_u32(0)) };
    let mut candidates: Vec<FunctionId> = Vec::new();
    for (id, function) in &program.functions {
        same.stands_for[id] = id;
        if function.block.is_none() && !function.never_inline && function.blocks.len() <= MOST_BLOCKS {
            candidates.push(id);
        }
    }
    for _ in 0..ROUNDS {
        let before = candidates.len();
        same.round(&mut program.functions, &mut candidates);
        if candidates.len() == before {
            break;
        }
    }
    let kept: Vec<FunctionId> = program.functions.keys().filter(|&id| same.stands_for[id] == id).collect();
    if kept.len() < program.functions.len() {
        rename(program, &same);
        compaction::keep(program, &kept, |id| same.find(id));
    }
}

struct Same {
    /// The function that serves instead; a function that stays is its own.
    stands_for: SecondaryMap<FunctionId, FunctionId>,
}

impl Same {
    fn find(&self, mut id: FunctionId) -> FunctionId {
        while self.stands_for[id] != id {
            id = self.stands_for[id];
        }
        id
    }

    /// Merges candidates that are the same as things stand. Only what stays is a candidate afterwards.
    fn round(
        &mut self,
        functions: &mut cranelift_entity::PrimaryMap<FunctionId, Function>,
        candidates: &mut Vec<FunctionId>,
    ) {
        let mut groups: Map<u64, Vec<FunctionId>> = Map::default();
        candidates.retain(|&id| {
            let group = groups.entry(self.hash(&functions[id])).or_default();
            let twin = group.iter().copied().find(|&other| self.equal(&functions[other], &functions[id]));
            match twin {
                Some(twin) => {
                    self.stands_for[id] = twin;
                    let lost: Vec<Known> = functions[id].values.values().map(|value| value.known).collect();
                    serve(&mut functions[twin], &lost);
                }
                None => group.push(id),
            }
            twin.is_none()
        });
    }

    fn hash(&self, function: &Function) -> u64 {
        let mut state = FixedState::default().build_hasher();
        (function.position, &function.signature, function.blocks.len()).hash(&mut state);
        for block in function.blocks.values() {
            (block.position, block.insts.len()).hash(&mut state);
            for inst in &block.insts {
                std::mem::discriminant(&inst.op).hash(&mut state);
                inst.position.hash(&mut state);
            }
        }
        state.finish()
    }

    fn equal(&self, left: &Function, right: &Function) -> bool {
        left.position == right.position
            && left.name == right.name
            && left.signature == right.signature
            && left.entry == right.entry
            && left.locals.values().eq(right.locals.values())
            && left.blocks.len() == right.blocks.len()
            && left.values.len() == right.values.len()
            && left
                .blocks
                .values()
                .zip(right.blocks.values())
                .all(|(left, right)| self.equal_blocks(left, right))
            && self.equal_values(left, right)
    }

    /// Whether values are the same, but for what is known of the receiver.
    fn equal_values(&self, left: &Function, right: &Function) -> bool {
        let receiver = left.blocks[left.entry].params.first();
        left.values.iter().zip(right.values.values()).all(|((value, left), right)| {
            left.ty == right.ty && (left.known == right.known || receiver == Some(&value))
        })
    }

    fn equal_blocks(&self, left: &Block, right: &Block) -> bool {
        left.position == right.position
            && left.params == right.params
            && left.insts.len() == right.insts.len()
            && left.insts.iter().zip(&right.insts).all(|(left, right)| {
                left.position == right.position
                    && left.results == right.results
                    && self.equal_ops(&left.op, &right.op)
            })
            && self.equal_ends(&left.terminator, &right.terminator)
    }

    fn equal_ops(&self, left: &Op, right: &Op) -> bool {
        match (left, right) {
            (Op::Call(left), Op::Call(right)) => self.equal_calls(left, right),
            _ => left == right,
        }
    }

    fn equal_calls(&self, left: &Call, right: &Call) -> bool {
        left.args == right.args
            && match (left.callee, right.callee) {
                (Callee::Function(left), Callee::Function(right)) => self.find(left) == self.find(right),
                (left, right) => left == right,
            }
    }

    fn equal_ends(&self, left: &Terminator, right: &Terminator) -> bool {
        match (left, right) {
            (
                Terminator::Invoke { call: left, normal: left_normal, unwind: left_unwind },
                Terminator::Invoke { call: right, normal: right_normal, unwind: right_unwind },
            ) => self.equal_calls(left, right) && left_normal == right_normal && left_unwind == right_unwind,
            _ => left == right,
        }
    }
}

/// Lets a function serve instead of one of which this is known.
fn serve(function: &mut Function, known: &[Known]) {
    for (value, &known) in function.values.values_mut().zip(known) {
        if value.known != known {
            value.known = Known::Nothing;
        }
    }
}

/// Names functions that are no longer those of one class by their methods, as far as nobody else is called so.
fn rename(program: &mut Program, same: &Same) {
    let merged = program.functions.keys().map(|id| same.find(id)).zip(program.functions.keys());
    let serving: BTreeSet<FunctionId> =
        merged.filter(|(twin, id)| twin != id).map(|(twin, _)| twin).collect();
    let mut taken: Map<Name, usize> = Map::default();
    let method =
        |function: &Function| function.symbol.split_once(" for ").map(|(method, _)| Name::from(method));
    for id in program.functions.keys().filter(|&id| same.stands_for[id] == id) {
        let function = &program.functions[id];
        let name = method(function).filter(|_| serving.contains(&id));
        *taken.entry(name.unwrap_or_else(|| function.symbol.clone())).or_default() += 1;
    }
    for id in serving {
        if let Some(name) = method(&program.functions[id])
            && taken[&name] == 1
        {
            program.functions[id].symbol = name;
        }
    }
}
