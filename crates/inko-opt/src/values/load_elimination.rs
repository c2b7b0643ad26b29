//! `load-elimination`: attributes and captured variables that were read or written before on every way to an operation, with
//! nothing in between that may have changed them, aren't read again.
//!
//! Forward data flow in one pass: what is known at the start of a block is what all its predecessors know at their
//! ends, and nothing where a loop begins, so no iteration is needed. Values that all predecessors know dominate the
//! block.
//!
//! What was read long ago is read again: a load costs less than a register that isn't free for anything else, and no
//! more than the load of a value that was spilled.
//!
//! Two objects of different classes are different ones; of the same class, they may be the same. Other code of
//! the process runs only in calls; at polls and allocations objects move, but keep what is in them.

use crate::edit::{self, Renames};
use cranelift_entity::SecondaryMap;
use inko_ir::graph::Graph;
use inko_ir::ir::*;
use inko_ir::visit::Effects;
use std::collections::BTreeMap;

/// A place in memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Field { class: u32, field: u32, object: Value },
    Cell(Value),
}

impl Place {
    /// Whether a write to one may change the other.
    fn may_be(self, other: Self) -> bool {
        match (self, other) {
            (Place::Field { class, field, .. }, Place::Field { class: other, field: number, .. }) => {
                class == other && field == number
            }
            (Place::Cell(_), Place::Cell(_)) => true,
            _ => false,
        }
    }
}

/// After so many instructions a value is read again.
const RECENT: u32 = 8;

/// The values at places, and how many instructions ago they were read or written.
type Known = BTreeMap<Place, (Value, u32)>;

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    if !edit::has(function, |op| matches!(op, Op::GetField { .. } | Op::GetCell(_))) {
        return false;
    }
    let graph = Graph::new(function);
    let mut at_end: SecondaryMap<BlockId, Option<Known>> = SecondaryMap::new();
    let mut renames = Renames::default();
    let mut changed = false;
    for &id in &graph.order {
        let mut known = at_start(graph.preds(id), &at_end);
        let mut insts = std::mem::take(&mut function.blocks[id].insts);
        insts.retain_mut(|inst| {
            inst.op.map_operands(|value| renames.resolve(value));
            if !matches!(inst.op, Op::Constant(_)) {
                known.values_mut().for_each(|(_, age)| *age += 1);
                known.retain(|_, (_, age)| *age <= RECENT);
            }
            let Some(value) = access(function, inst, &mut known) else { return true };
            renames.insert(inst.results[0], value);
            changed = true;
            false
        });
        let block = &mut function.blocks[id];
        block.insts = insts;
        if matches!(block.terminator, Terminator::Invoke { .. }) {
            known.clear();
        }
        at_end[id] = Some(known);
    }
    renames.apply(function);
    changed
}

fn at_start(preds: &[BlockId], at_end: &SecondaryMap<BlockId, Option<Known>>) -> Known {
    let Some((first, others)) = preds.split_first() else { return Known::new() };
    let Some(mut known) = at_end[*first].clone() else { return Known::new() };
    for &other in others {
        let Some(other) = &at_end[other] else { return Known::new() };
        known.retain(|place, (value, age)| {
            let same = other.get(place).filter(|(found, _)| found == value);
            same.is_some_and(|&(_, other)| {
                *age = other.max(*age);
                true
            })
        });
    }
    known
}

/// Applies an instruction to what is known; gives the value that a read would find.
fn access(function: &Function, inst: &Inst, known: &mut Known) -> Option<Value> {
    let mut write = |place: Place, value: Value| {
        known.retain(|&other, _| !place.may_be(other));
        known.insert(place, (value, 0));
    };
    let place = match inst.op {
        Op::GetField { object, class, field } => Place::Field { class, field, object },
        Op::GetCell(cell) => Place::Cell(cell),
        Op::SetField { object, class, field, value } => {
            write(Place::Field { class, field, object }, value);
            return None;
        }
        Op::SetCell(cell, value) => {
            write(Place::Cell(cell), value);
            return None;
        }
        Op::New(class, ref values) => {
            for (field, &value) in values.iter().enumerate() {
                known
                    .insert(Place::Field { class, field: field as u32, object: inst.results[0] }, (value, 0));
            }
            return None;
        }
        Op::NewCell(value) => {
            known.insert(Place::Cell(inst.results[0]), (value, 0));
            return None;
        }
        Op::Call(_) if inst.op.effects() != Effects::Pure => {
            known.clear();
            return None;
        }
        _ => return None,
    };
    let result = inst.results[0];
    let Some((value, age)) = known.get_mut(&place) else {
        known.insert(place, (result, 0));
        return None;
    };
    *age = 0;
    let value = *value;
    let (old, new) = (function.values[value], function.values[result]);
    // What is said of the later one may hold only where it stands.
    (old.ty == new.ty && old.known.implies(new.known)).then_some(value)
}
