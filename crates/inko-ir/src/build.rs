//! Making functions: the few primitives that lowering, passes and tests share.
//!
//! *Invariant:* a block under construction ends in [`Terminator::Unreachable`] until it is given another.

use crate::ir::*;
use cranelift_entity::PrimaryMap;
use inko_syntax::Name;

impl Function {
    /// A function without code: an entry block with the parameters of the signature.
    pub fn new(name: Name, symbol: Name, signature: Signature, position: PositionId) -> Self {
        let mut blocks = PrimaryMap::new();
        let entry = blocks.push(Block::new(position));
        let mut function = Self {
            name,
            symbol,
            signature,
            position,
            block: None,
            entry,
            blocks,
            values: PrimaryMap::new(),
            locals: PrimaryMap::new(),
            never_inline: false,
        };
        for ty in function.signature.params.clone() {
            function.add_param(entry, ty, Known::Nothing);
        }
        function
    }

    /// Adds an empty block.
    pub fn add_block(&mut self, position: PositionId) -> BlockId {
        self.blocks.push(Block::new(position))
    }

    /// Adds a parameter to a block.
    pub fn add_param(&mut self, block: BlockId, ty: Ty, known: Known) -> Value {
        let value = self.values.push(ValueData { ty, known });
        self.blocks[block].params.push(value);
        value
    }

    /// Adds a local.
    pub fn add_local(&mut self, ty: Ty) -> LocalId {
        self.locals.push(ty)
    }

    /// Appends an instruction without results.
    pub fn effect(&mut self, block: BlockId, op: Op, position: PositionId) {
        self.blocks[block].insts.push(Inst { op, results: Vec::new(), position });
    }

    /// Appends an instruction with one result.
    pub fn value(&mut self, block: BlockId, op: Op, ty: Ty, known: Known, position: PositionId) -> Value {
        let value = self.values.push(ValueData { ty, known });
        self.blocks[block].insts.push(Inst { op, results: vec![value], position });
        value
    }

    /// Appends an instruction with results of the given types.
    pub fn values(&mut self, block: BlockId, op: Op, types: &[Ty], position: PositionId) -> Vec<Value> {
        let data = types.iter().map(|&ty| ValueData { ty, known: Known::Nothing });
        let results: Vec<Value> = data.map(|data| self.values.push(data)).collect();
        self.blocks[block].insts.push(Inst { op, results: results.clone(), position });
        results
    }

    /// Ends a block.
    pub fn terminate(&mut self, block: BlockId, terminator: Terminator, position: PositionId) {
        self.blocks[block].terminator = terminator;
        self.blocks[block].position = position;
    }
}

impl Block {
    fn new(position: PositionId) -> Self {
        Self { params: Vec::new(), insts: Vec::new(), terminator: Terminator::Unreachable, position }
    }
}

impl Edge {
    /// An edge without arguments.
    pub fn to(block: BlockId) -> Self {
        Self { block, args: Vec::new() }
    }

    /// An edge with arguments.
    pub fn with(block: BlockId, args: Vec<Value>) -> Self {
        Self { block, args }
    }
}

impl Signature {
    /// The signature of closures, lambdas and generator bodies that take `arity` arguments.
    pub fn closure(arity: usize) -> Self {
        Self { params: vec![Ty::Word; arity + 1], returns: Ty::Word, throws: true }
    }
}
