//! `boolean-arrays`: an array of booleans that never leaves its function becomes a byte array.
//!
//! It then takes an eighth of the memory, which is what decides how fast a sieve is. An array qualifies if it is filled with a
//! boolean when it is made, only booleans are stored in it, and nothing else is done with it than to read, to write and to
//! ask for the length; all uses are in sight, since the array is no argument, no result, and in no other object.

use crate::edit::{Renames, constant};
use cranelift_entity::SecondaryMap;
use inko_abi::class;
use inko_abi::entry::Entry;
use inko_ir::ir::*;

const BOOLEAN: Known = Known::Class(class::BOOLEAN);

/// Runs the pass.
pub(crate) fn run(function: &mut Function) -> bool {
    let mut arrays = candidates(function);
    if arrays.is_empty() {
        return false;
    }
    arrays.disqualify(function);
    if arrays.is_empty() {
        return false;
    }
    let mut renames = Renames::default();
    let blocks: Vec<BlockId> = function.blocks.keys().collect();
    for block in blocks {
        let old = std::mem::take(&mut function.blocks[block].insts);
        let mut rewriter = Rewriter { function, arrays: &arrays, renames: &mut renames, insts: Vec::new() };
        old.into_iter().for_each(|inst| rewriter.rewrite(inst));
        function.blocks[block].insts = rewriter.insts;
    }
    renames.apply(function);
    true
}

/// Arrays by the values that stand for them.
#[derive(Default)]
struct Arrays {
    /// The value that the array was made as, for itself and whatever verifies it.
    roots: SecondaryMap<Value, Option<Value>>,
    made: Vec<Value>,
}

impl Arrays {
    fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    fn root(&self, value: Value) -> Option<Value> {
        self.roots.get(value).copied().flatten().filter(|root| self.made.contains(root))
    }

    /// Drops arrays that are used otherwise.
    fn disqualify(&mut self, function: &Function) {
        let mut lost: Vec<Value> = Vec::new();
        for block in function.blocks.values() {
            for inst in &block.insts {
                let harmless = match inst.op {
                    Op::Verify(array, Check::Class(class::ARRAY), _)
                    | Op::ArrayLength(array)
                    | Op::ArrayGet(array, _) => Some(array),
                    Op::ArraySet(array, _, value) if function.values[value].known == BOOLEAN => Some(array),
                    _ => None,
                };
                let mut first = true;
                inst.op.each_operand(|value| {
                    // The array is the first operand of all these.
                    if !(std::mem::take(&mut first) && harmless == Some(value)) {
                        lost.extend(self.root(value));
                    }
                });
            }
            block.terminator.each_operand(|value| lost.extend(self.root(value)));
        }
        self.made.retain(|root| !lost.contains(root));
    }
}

/// The arrays that are made of booleans.
fn candidates(function: &Function) -> Arrays {
    let mut arrays = Arrays::default();
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::Call(Call { callee: Callee::Entry(Entry::array_filled), args }) = &inst.op
            && function.values[args[1]].known == BOOLEAN
        {
            let made = inst.results[0];
            arrays.roots[made] = Some(made);
            arrays.made.push(made);
        }
    }
    if arrays.is_empty() {
        return arrays;
    }
    // A verified array may be verified again.
    loop {
        let mut changed = false;
        for inst in function.blocks.values().flat_map(|block| &block.insts) {
            if let Op::Verify(array, Check::Class(class::ARRAY), _) = inst.op
                && let Some(root) = arrays.root(array)
                && arrays.root(inst.results[0]).is_none()
            {
                arrays.roots[inst.results[0]] = Some(root);
                changed = true;
            }
        }
        if !changed {
            return arrays;
        }
    }
}

/// Makes the instructions of a block anew.
struct Rewriter<'a> {
    function: &'a mut Function,
    arrays: &'a Arrays,
    renames: &'a mut Renames,
    insts: Vec<Inst>,
}

impl Rewriter<'_> {
    fn rewrite(&mut self, mut inst: Inst) {
        let position = inst.position;
        match &mut inst.op {
            Op::Call(call)
                if inst.results.first().is_some_and(|&made| self.arrays.root(made) == Some(made)) =>
            {
                let byte = self.integer(call.args[1], position);
                call.callee = Callee::Entry(Entry::byte_array_filled);
                call.args[1] = byte;
                self.function.values[inst.results[0]].known = Known::Class(class::BYTE_ARRAY);
                self.insts.push(inst);
            }
            Op::Verify(array, ..) if self.arrays.root(*array).is_some() => {
                self.renames.insert(inst.results[0], *array);
            }
            Op::ArrayGet(array, index) if self.arrays.root(*array).is_some() => {
                let byte = self.add(Op::BytesGet(*array, *index), Ty::Word, Known::Small, position);
                let (zero, inst_zero) = constant(self.function, Constant::Small(0), position);
                self.insts.push(inst_zero);
                let is_false = self.add(
                    Op::IntegerCompare(Compare::Equal, byte, zero),
                    Ty::Bool,
                    Known::Nothing,
                    position,
                );
                let flag = self.add(Op::Not(is_false), Ty::Bool, Known::Nothing, position);
                self.function.values[inst.results[0]].known = BOOLEAN;
                self.insts.push(Inst { op: Op::BoxBool(flag), results: inst.results, position });
            }
            Op::ArraySet(array, index, value) if self.arrays.root(*array).is_some() => {
                let (array, index) = (*array, *index);
                let value = self.integer(*value, position);
                self.insts.push(Inst {
                    op: Op::BytesSet(array, index, value),
                    results: Vec::new(),
                    position,
                });
            }
            _ => self.insts.push(inst),
        }
    }

    /// A boolean as 0 or 1.
    fn integer(&mut self, boolean: Value, position: PositionId) -> Value {
        let flag = self.add(Op::UnboxBool(boolean), Ty::Bool, Known::Nothing, position);
        self.add(Op::BoolToInteger(flag), Ty::Word, Known::Small, position)
    }

    fn add(&mut self, op: Op, ty: Ty, known: Known, position: PositionId) -> Value {
        let value = self.function.values.push(ValueData { ty, known });
        self.insts.push(Inst { op, results: vec![value], position });
        value
    }
}
