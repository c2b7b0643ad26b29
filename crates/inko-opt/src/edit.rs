//! What passes share to change functions: renaming values, splitting blocks, defining constants.

use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;
use inko_ir::ir::*;

/// Values that are to be replaced by others.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    to: SecondaryMap<Value, PackedOption<Value>>,
    any: bool,
}

impl Renames {
    /// Replaces `from` by `to` and by whatever replaces that.
    pub(crate) fn insert(&mut self, from: Value, to: Value) {
        debug_assert_ne!(self.resolve(to), from, "a value cannot replace itself");
        self.to[from] = to.into();
        self.any = true;
    }

    /// What stands for the value now.
    pub(crate) fn resolve(&self, mut value: Value) -> Value {
        while let Some(to) = self.to.get(value).and_then(|to| to.expand()) {
            value = to;
        }
        value
    }

    /// Whether the value is replaced.
    pub(crate) fn contains(&self, value: Value) -> bool {
        self.to.get(value).is_some_and(|to| to.is_some())
    }

    /// Renames all operands of a function.
    pub(crate) fn apply(&self, function: &mut Function) {
        if !self.any {
            return;
        }
        for block in function.blocks.values_mut() {
            for inst in &mut block.insts {
                inst.op.map_operands(|value| self.resolve(value));
            }
            block.terminator.map_operands(|value| self.resolve(value));
        }
    }
}

/// Whether a function has such an operation. Most passes have nothing to do in most functions: they ask before they begin.
pub(crate) fn has(function: &Function, wanted: impl Fn(&Op) -> bool) -> bool {
    function.blocks.values().any(|block| block.insts.iter().any(|inst| wanted(&inst.op)))
}

/// Removes parameters of blocks, given by their ascending indexes, with the arguments for them. Results of invokes stay.
pub(crate) fn remove_params(function: &mut Function, gone: &SecondaryMap<BlockId, Vec<usize>>) {
    let mut counts: SecondaryMap<BlockId, usize> = SecondaryMap::with_default(0);
    for (id, block) in function.blocks.iter() {
        counts[id] = block.params.len();
    }
    for block in function.blocks.values_mut() {
        block.terminator.each_edge_mut(|edge| {
            let results = counts[edge.block] - edge.args.len();
            for &index in gone[edge.block].iter().rev() {
                edge.args.remove(index - results);
            }
        });
    }
    for (id, block) in function.blocks.iter_mut() {
        for &index in gone[id].iter().rev() {
            block.params.remove(index);
        }
    }
}

/// The number of uses of every value.
pub(crate) fn use_counts(function: &Function) -> SecondaryMap<Value, u32> {
    let mut counts = SecondaryMap::with_default(0);
    counts.resize(function.values.len());
    for block in function.blocks.values() {
        block.insts.iter().for_each(|inst| inst.op.each_operand(|value| counts[value] += 1));
        block.terminator.each_operand(|value| counts[value] += 1);
    }
    counts
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Origin {
    /// Nowhere: it is not used any more.
    #[default]
    None,
    /// A parameter of a block, with its index.
    Param(BlockId, u32),
    /// A result of the instruction with this index in the block.
    Inst(BlockId, u32),
}

/// The origins of all values; valid until instructions are moved.
pub(crate) fn origins(function: &Function) -> SecondaryMap<Value, Origin> {
    let mut origins = SecondaryMap::new();
    origins.resize(function.values.len());
    for (id, block) in function.blocks.iter() {
        for (index, &param) in block.params.iter().enumerate() {
            origins[param] = Origin::Param(id, index as u32);
        }
        for (index, inst) in block.insts.iter().enumerate() {
            for &result in &inst.results {
                origins[result] = Origin::Inst(id, index as u32);
            }
        }
    }
    origins
}

/// The operation that defines a value.
pub(crate) fn definition<'a>(
    function: &'a Function,
    origins: &SecondaryMap<Value, Origin>,
    value: Value,
) -> Option<&'a Op> {
    match origins[value] {
        Origin::Inst(block, index) => Some(&function.blocks[block].insts[index as usize].op),
        _ => None,
    }
}

/// An instruction that defines a new value as a constant.
pub(crate) fn constant(function: &mut Function, constant: Constant, position: PositionId) -> (Value, Inst) {
    let value = function.values.push(ValueData { ty: constant.ty(), known: constant.known() });
    (value, Inst { op: Op::Constant(constant), results: vec![value], position })
}

/// Moves the instructions from `at` on, and the terminator, to a new block without parameters, to which
/// nothing leads yet. The old block ends in `Unreachable`.
pub(crate) fn split(function: &mut Function, block: BlockId, at: usize) -> BlockId {
    let position = function.blocks[block].position;
    let rest = function.add_block(position);
    let insts = function.blocks[block].insts.split_off(at);
    let terminator = std::mem::replace(&mut function.blocks[block].terminator, Terminator::Unreachable);
    function.blocks[rest].insts = insts;
    function.blocks[rest].terminator = terminator;
    rest
}

/// Splits an unwind block after its landing pad: the results of the pad become parameters of the second
/// half, which can then be jumped to. Gives the second half.
pub(crate) fn pad_continuation(function: &mut Function, pad: BlockId) -> BlockId {
    let block = &function.blocks[pad];
    if let (1, Terminator::Jump(edge)) = (block.insts.len(), &block.terminator)
        && edge.args == block.insts[0].results
    {
        return edge.block;
    }
    let position = block.position;
    let rest = split(function, pad, 1);
    let old = function.blocks[pad].insts[0].results.clone();
    let new: Vec<Value> = old.iter().map(|&value| function.values.push(function.values[value])).collect();
    function.blocks[pad].insts[0].results = new.clone();
    function.blocks[rest].params = old;
    function.terminate(pad, Terminator::Jump(Edge::with(rest, new)), position);
    rest
}
