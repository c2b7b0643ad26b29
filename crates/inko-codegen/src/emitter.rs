//! What emitting a function is made of: where values are, what is known of them, slots of the frame, and blocks.
//!
//! Each operation is emitted by the file of its concern, on top of this one; none of them is known here.
//!
//! *Invariant:* an operation fetches its operands before it branches, so that the register state is the same
//! on all paths through it; operands that are needed after a collection are fetched again after it.
//! *Invariant:* a block is entered ([`Emitter::enter`]) after all branches to it were emitted.

use crate::bits::BitSet;
use crate::data::{ConstantWord, Statics};
use crate::dispatch::Tables;
use crate::facts::FactBook;
use crate::safepoint::{Plan, Site, Slot};
use crate::symbols::{Data, Symbol};
use crate::values::{Address, Flag, Float, Raw, Scalar, Word, machine_type};
use cranelift_codegen::ir::immediates::Ieee64;
use cranelift_codegen::ir::{
    self as clif, GlobalValue, GlobalValueData, InstBuilder, MemFlagsData, SourceLoc, StackSlot,
    StackSlotData, StackSlotKind, types,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_entity::{EntityRef, SecondaryMap};
use cranelift_frontend::{FunctionBuilder, Variable};
use inko_abi::class;
use inko_abi::entry::Entry;
use inko_abi::object::FLOAT_BITS;
use inko_ir::Map;
use inko_ir::graph::Dominators;
use inko_ir::ir::*;
use inko_syntax::Name;

/// What all functions share.
pub(crate) struct Unit<'a> {
    pub(crate) program: &'a Program,
    pub(crate) statics: &'a Statics,
    pub(crate) dispatch: &'a Tables,
    pub(crate) isa: &'a dyn TargetIsa,
    /// The same instruction set for functions in which nothing is repeated.
    pub(crate) straight: &'a dyn TargetIsa,
    /// Whether code is made to be compiled fast, see [`crate::safepoint`].
    pub(crate) baseline: bool,
}

/// The state of emitting one function.
pub(crate) struct Emitter<'a> {
    pub(crate) builder: FunctionBuilder<'a>,
    pub(crate) unit: &'a Unit<'a>,
    pub(crate) function: &'a Function,
    pub(crate) plan: &'a Plan,
    /// The call sites; a call's debug tag is the index of its site.
    pub(crate) sites: Vec<Site>,
    pub(crate) entries: Map<(Entry, bool), (clif::FuncRef, clif::SigRef)>,
    /// The slow paths that are called.
    pub(crate) slow: Map<Entry, clif::FuncRef>,
    pub(crate) imports: Map<(Symbol, clif::SigRef), clif::FuncRef>,
    pub(crate) signatures: Map<Signature, clif::SigRef>,
    /// The block and the index of the instruction being emitted.
    pub(crate) at: (BlockId, usize),
    pub(crate) position: PositionId,
    /// The operations that define values, for facts that need no analysis.
    pub(crate) definitions: SecondaryMap<Value, Option<&'a Op>>,
    dominators: Dominators,
    /// Integers that are small wherever this block dominates, from the point on that was emitted last when it
    /// was noted.
    small_from: SecondaryMap<Value, Option<BlockId>>,
    values: SecondaryMap<Value, Option<clif::Value>>,
    /// The variables of the words that move, by number. Others have none: the builder keeps a list as long as the
    /// function has blocks for each variable.
    variables: Vec<Option<Variable>>,
    /// The hot words that are in registers.
    pub(crate) valid: BitSet,
    blocks: SecondaryMap<BlockId, Option<clif::Block>>,
    globals: Map<(Data, i64), GlobalValue>,
    frame: Option<StackSlot>,
    pub(crate) facts: FactBook,
}

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        mut builder: FunctionBuilder<'a>,
        unit: &'a Unit<'a>,
        function: &'a Function,
        plan: &'a Plan,
    ) -> Self {
        let mut variables = vec![None; plan.liveness.tracked.len()];
        for number in plan.moving.iter() {
            variables[number as usize] = Some(builder.declare_var(types::I64));
        }
        let mut blocks = SecondaryMap::new();
        let mut definitions = SecondaryMap::new();
        for &id in &plan.liveness.graph.order {
            let block = &function.blocks[id];
            let clif = builder.create_block();
            for &param in &block.params {
                builder.append_block_param(clif, machine_type(function.values[param].ty));
            }
            if is_rare(block, plan.liveness.graph.preds(id)) {
                builder.set_cold_block(clif);
            }
            blocks[id] = Some(clif);
            for inst in &block.insts {
                inst.results.iter().for_each(|&result| definitions[result] = Some(&inst.op));
            }
        }
        Self {
            builder,
            unit,
            function,
            plan,
            sites: Vec::new(),
            entries: Map::default(),
            slow: Map::default(),
            imports: Map::default(),
            signatures: Map::default(),
            at: (function.entry, 0),
            position: function.position,
            definitions,
            dominators: plan.liveness.graph.dominators(),
            small_from: SecondaryMap::new(),
            values: SecondaryMap::new(),
            variables,
            valid: BitSet::new(),
            blocks,
            globals: Map::default(),
            frame: None,
            facts: FactBook::default(),
        }
    }

    /// The machine block of a block.
    pub(crate) fn clif_block(&self, id: BlockId) -> clif::Block {
        self.blocks[id].expect("the block is reachable")
    }

    /// Whether a block is rarely reached.
    pub(crate) fn is_rare(&self, id: BlockId) -> bool {
        is_rare(&self.function.blocks[id], self.plan.liveness.graph.preds(id))
    }

    /// Whether a word is verified for the next instruction, which then verifies and unboxes it at once: a float, or a
    /// boolean by which the block then branches.
    pub(crate) fn is_verified_next(&self, inst: &Inst, next: Option<&Inst>) -> bool {
        let (Op::Verify(_, check, _), Some(next)) = (&inst.op, next) else { return false };
        match (check, &next.op) {
            (Check::Float | Check::Class(class::FLOAT), Op::UnboxFloat(value)) => *value == inst.results[0],
            (Check::Boolean | Check::Class(class::BOOLEAN), Op::UnboxBool(value)) => {
                let block = &self.function.blocks[self.at.0];
                let is_last = block.insts.last().is_some_and(|last| last.results == next.results);
                let decides = matches!(block.terminator, Terminator::Branch { condition, .. }
                    if condition == next.results[0] && self.plan.liveness.uses[condition] == 1);
                *value == inst.results[0] && is_last && decides
            }
            _ => false,
        }
    }

    /// The verification that the instruction before, the present one, has left to it.
    pub(crate) fn verified_here(&self, inst: &Inst) -> Option<(&'a Name, PositionId)> {
        let (block, index) = self.at;
        let before = &self.function.blocks[block].insts[index.checked_sub(1)?];
        match &before.op {
            Op::Verify(_, _, name) if self.is_verified_next(before, Some(inst)) => {
                Some((name, before.position))
            }
            _ => None,
        }
    }

    pub(crate) fn set_position(&mut self, position: PositionId) {
        self.position = position;
        self.builder.set_srcloc(SourceLoc::new(position.index() as u32));
    }

    // Values.

    /// The type of a value.
    pub(crate) fn ty(&self, value: Value) -> Ty {
        self.function.values[value].ty
    }

    /// What is known of a value, of which the root may know less.
    pub(crate) fn known(&self, value: Value) -> Known {
        self.function.values[value].known
    }

    /// Notes that an integer is small from here on: execution would not have come here otherwise.
    pub(crate) fn note_small(&mut self, value: Value) {
        let root = self.plan.liveness.roots[value];
        if !self.is_noted_small(value) {
            self.small_from[root] = Some(self.at.0);
        }
    }

    /// Whether an integer was noted to be small on every way to this point. Blocks are emitted in an order in which
    /// dominators come first.
    pub(crate) fn is_noted_small(&self, value: Value) -> bool {
        let noted = self.small_from[self.plan.liveness.roots[value]];
        noted.is_some_and(|block| self.dominators.dominates(block, self.at.0))
    }

    /// The constant that a value is.
    pub(crate) fn constant(&self, value: Value) -> Option<&'a Constant> {
        match self.definition(value) {
            Some(Op::Constant(constant)) => Some(constant),
            _ => None,
        }
    }

    /// The operation that makes a value, unless it is a parameter of a block.
    pub(crate) fn definition(&self, value: Value) -> Option<&'a Op> {
        self.definitions[self.plan.liveness.roots[value]]
    }

    /// Makes the result of an operation available to its uses.
    pub(crate) fn define(&mut self, value: Value, scalar: Scalar) {
        let Some((number, variable)) = self.moving(value) else {
            self.values[value] = Some(scalar.clif());
            return;
        };
        self.builder.def_var(variable, scalar.clif());
        if let Some(slot) = self.plan.hot_slot(number) {
            self.store_slot(slot, Word(scalar.clif()));
            self.valid.insert(number);
        }
    }

    /// The value, in a register.
    pub(crate) fn scalar(&mut self, value: Value) -> Scalar {
        let ty = self.ty(value);
        if let Some(constant) = self.constant(value) {
            return self.materialize(constant);
        }
        let root = self.plan.liveness.roots[value];
        let clif = match self.moving(root) {
            Some((number, _)) => self.in_register(number).0,
            None => self.values[root].expect("definitions come before uses"),
        };
        Scalar::new(ty, clif)
    }

    /// The number and the variable of a value that moves.
    fn moving(&self, value: Value) -> Option<(u32, Variable)> {
        let number = self.plan.liveness.tracked(value)?;
        Some((number, self.variables[number as usize]?))
    }

    fn variable(&self, number: u32) -> Variable {
        self.variables[number as usize].expect("what survives a barrier moves")
    }

    /// A word that moves, loaded if it isn't in a register.
    fn in_register(&mut self, number: u32) -> Word {
        let variable = self.variable(number);
        if let Some(slot) = self.plan.hot_slot(number)
            && !self.valid.contains(number)
        {
            let word = self.load_slot(slot);
            self.builder.def_var(variable, word.0);
            self.valid.insert(number);
            return word;
        }
        Word(self.builder.use_var(variable))
    }

    /// A value of type word.
    pub(crate) fn word(&mut self, value: Value) -> Word {
        debug_assert_eq!(self.ty(value), Ty::Word);
        Word(self.scalar(value).clif())
    }

    /// A value of type float.
    pub(crate) fn float(&mut self, value: Value) -> Float {
        debug_assert_eq!(self.ty(value), Ty::Float);
        Float(self.scalar(value).clif())
    }

    /// A value of type bool.
    pub(crate) fn flag(&mut self, value: Value) -> Flag {
        debug_assert_eq!(self.ty(value), Ty::Bool);
        Flag(self.scalar(value).clif())
    }

    /// A value of type raw.
    pub(crate) fn raw(&mut self, value: Value) -> Raw {
        debug_assert_eq!(self.ty(value), Ty::Raw);
        Raw(self.scalar(value).clif())
    }

    fn materialize(&mut self, constant: &Constant) -> Scalar {
        match constant {
            Constant::Bool(flag) => {
                Scalar::Flag(Flag(self.builder.ins().iconst(types::I8, i64::from(*flag))))
            }
            Constant::Float(bits) => Scalar::Float(self.float_constant(*bits)),
            Constant::Raw(value) => Scalar::Raw(Raw(self.builder.ins().iconst(types::I64, *value))),
            _ => Scalar::Word(match self.unit.statics.word(constant).expect("all others are words") {
                ConstantWord::Immediate(word) => self.immediate(word),
                ConstantWord::Object(offset) => self.object(offset),
            }),
        }
    }

    /// A float from memory, which takes one instruction; zero is made without.
    fn float_constant(&mut self, bits: u64) -> Float {
        if bits == 0 {
            return Float(self.builder.ins().f64const(Ieee64::with_bits(bits)));
        }
        let object = self.data_address(Data::Objects, self.unit.statics.float_offset(bits));
        let flags = self.flags().with_readonly();
        Float(self.builder.ins().load(types::F64, flags, object.0, FLOAT_BITS))
    }

    /// An immediate word.
    pub(crate) fn immediate(&mut self, word: inko_abi::word::Word) -> Word {
        Word(self.builder.ins().iconst(types::I64, word as i64))
    }

    /// The word of a static object.
    pub(crate) fn object(&mut self, offset: u32) -> Word {
        let tag = inko_abi::word::TAG_REFERENCE as i64;
        Word(self.symbol(Data::Objects, i64::from(offset) + tag).0)
    }

    /// The address of static data.
    pub(crate) fn data_address(&mut self, data: Data, offset: u32) -> Address {
        self.symbol(data, i64::from(offset))
    }

    fn symbol(&mut self, data: Data, offset: i64) -> Address {
        let global = match self.globals.get(&(data, offset)) {
            Some(&global) => global,
            None => {
                let name = Symbol::Data(data).import(self.builder.func);
                let symbol =
                    GlobalValueData::Symbol { name, offset: offset.into(), colocated: true, tls: false };
                let global = self.builder.create_global_value(symbol);
                self.globals.insert((data, offset), global);
                global
            }
        };
        Address(self.builder.ins().symbol_value(types::I64, global))
    }

    // Slots.

    fn frame(&mut self) -> StackSlot {
        let size = self.plan.size * 8;
        *self.frame.get_or_insert_with(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3);
            self.builder.create_sized_stack_slot(data)
        })
    }

    pub(crate) fn store_slot(&mut self, slot: Slot, word: Word) {
        let frame = self.frame();
        self.builder.ins().stack_store(types::I64, word.0, frame, slot.offset());
    }

    pub(crate) fn load_slot(&mut self, slot: Slot) -> Word {
        let frame = self.frame();
        Word(self.builder.ins().stack_load(types::I64, types::I64, frame, slot.offset()))
    }

    /// The slots of a call that always happens, whose survivors all have slots of their own. To be asked for
    /// before the call; afterwards [`Emitter::moved`] must be called.
    pub(crate) fn hot_slots(&self) -> Vec<Slot> {
        let survivors = &self.plan.survivors[&self.at];
        survivors.iter().map(|&number| self.plan.hot_slot(number).expect("survivors have slots")).collect()
    }

    /// Objects may have moved: words must be loaded from their slots.
    pub(crate) fn moved(&mut self) {
        self.valid.clear();
    }

    /// Emits a call that may collect, on a path that is rarely taken: saves what survives, calls, loads it.
    pub(crate) fn cold_safepoint<R>(&mut self, call: impl FnOnce(&mut Self, Vec<Slot>) -> R) -> R {
        let plan = self.plan;
        let survivors = &plan.survivors[&self.at];
        let mut slots = Vec::with_capacity(survivors.len());
        let mut scratch = plan.scratch;
        for &number in survivors {
            let slot = plan.hot_slot(number).unwrap_or_else(|| {
                let slot = Slot(scratch);
                scratch += 1;
                let word = Word(self.builder.use_var(self.variable(number)));
                self.store_slot(slot, word);
                slot
            });
            slots.push(slot);
        }
        let result = call(self, slots.clone());
        if plan.baseline {
            self.moved();
            return result;
        }
        for (&number, slot) in survivors.iter().zip(slots) {
            if plan.hot_slot(number).is_none() || self.valid.contains(number) {
                let word = self.load_slot(slot);
                self.builder.def_var(self.variable(number), word.0);
            }
        }
        result
    }

    /// Loads the words that the start of a block expects in registers.
    pub(crate) fn prepare(&mut self, block: BlockId) {
        let plan = self.plan;
        for number in plan.wanted[block].iter() {
            self.in_register(number);
        }
    }

    // Blocks.

    /// A block for a path that is rarely taken.
    pub(crate) fn cold_block(&mut self) -> clif::Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    /// Goes on in a block, to which all branches were emitted.
    pub(crate) fn enter(&mut self, block: clif::Block) {
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
    }

    /// Ends the block by a branch.
    pub(crate) fn branch(&mut self, condition: Flag, then: clif::Block, otherwise: clif::Block) {
        self.builder.ins().brif(condition.0, then, &[], otherwise, &[]);
    }

    /// The flags of accesses to objects, to the process head and to static data.
    pub(crate) fn flags(&self) -> MemFlagsData {
        MemFlagsData::trusted()
    }
}

/// Whether a block is rarely reached: it ends the program, belongs to a non-local exit, or begins with a poll and is no
/// loop's start, where a loop polls from time to time.
fn is_rare(block: &Block, preds: &[BlockId]) -> bool {
    let begins_rare = match block.insts.first().map(|inst| &inst.op) {
        Some(Op::LandingPad) => true,
        Some(Op::Poll) => preds.len() == 1 && block.params.is_empty(),
        _ => false,
    };
    begins_rare || matches!(block.terminator, Terminator::Unreachable)
}
