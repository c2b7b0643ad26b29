//! One function under construction: where instructions go, and how values change representation.
//!
//! *Invariant:* values are passed around as [`Val`], which says what is trusted of them; bare
//! [`Value`]s are operands in the representation that an instruction wants.
//! *Invariant:* a block is left by [`Emitter::end`] and another one entered before anything is emitted.

use super::layout::Shape;
use inko_abi::entry::{Effect, Entry, Returns};
use inko_ir::ir::*;
use inko_sema::types::TraitId;
use inko_syntax::Name;

/// A value and what is trusted of it. Its representation is that of the value's type: a float, for
/// example, may be a double or a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Val {
    /// The value.
    pub(crate) value: Value,
    /// What is trusted of it.
    pub(crate) shape: Shape,
}

impl Val {
    /// A value of which nothing is trusted.
    pub(crate) fn erased(value: Value) -> Self {
        Self { value, shape: Shape::Erased }
    }
}

/// A check for a trait whose classes are filled in when all instantiated classes are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraitCheck {
    /// The result of the check.
    pub(crate) value: Value,
    /// The trait.
    pub(crate) id: TraitId,
    /// Whether modules count: they pass a cast but match no pattern.
    pub(crate) modules: bool,
}

/// A function under construction.
#[derive(Debug)]
pub(crate) struct Emitter {
    /// The function.
    pub(crate) function: Function,
    /// The block that instructions are appended to.
    pub(crate) block: BlockId,
    /// The position that they get.
    pub(crate) position: PositionId,
    /// The checks for traits.
    pub(crate) trait_checks: Vec<TraitCheck>,
}

impl Emitter {
    /// Starts at the entry of a function.
    pub(crate) fn new(function: Function) -> Self {
        Self { block: function.entry, position: function.position, function, trait_checks: Vec::new() }
    }

    /// A parameter of the function.
    pub(crate) fn param(&self, index: usize) -> Value {
        self.function.blocks[self.function.entry].params[index]
    }

    /// States what is trusted of a parameter.
    pub(crate) fn trust(&mut self, value: Value, shape: Shape) -> Val {
        if self.ty(value) == Ty::Word {
            self.function.values[value].known = shape.known();
        }
        Val { value, shape }
    }

    /// The type of a value.
    pub(crate) fn ty(&self, value: Value) -> Ty {
        self.function.values[value].ty
    }

    /// Appends an instruction with one result.
    pub(crate) fn value(&mut self, op: Op, ty: Ty, known: Known) -> Value {
        self.function.value(self.block, op, ty, known, self.position)
    }

    /// Appends an instruction whose result is a word of which nothing is known.
    pub(crate) fn word(&mut self, op: Op) -> Value {
        self.value(op, Ty::Word, Known::Nothing)
    }

    /// Appends an instruction whose result has a shape, in the shape's own representation.
    pub(crate) fn typed(&mut self, op: Op, shape: Shape) -> Val {
        self.in_type(op, shape, shape.ty())
    }

    /// Appends an instruction whose result has a shape, in the given representation.
    pub(crate) fn in_type(&mut self, op: Op, shape: Shape, ty: Ty) -> Val {
        let known = if ty == Ty::Word { shape.known() } else { Known::Nothing };
        Val { value: self.value(op, ty, known), shape }
    }

    /// Appends an instruction without results.
    pub(crate) fn effect(&mut self, op: Op) {
        self.function.effect(self.block, op, self.position);
    }

    /// A new block.
    pub(crate) fn new_block(&mut self) -> BlockId {
        self.function.add_block(self.position)
    }

    /// A new block with a parameter of a shape, in the shape's own representation.
    pub(crate) fn merge_block(&mut self, shape: Shape) -> (BlockId, Val) {
        let block = self.new_block();
        let known = if shape.ty() == Ty::Word { shape.known() } else { Known::Nothing };
        let value = self.function.add_param(block, shape.ty(), known);
        (block, Val { value, shape })
    }

    /// Goes on in another block.
    pub(crate) fn switch(&mut self, block: BlockId) {
        self.block = block;
    }

    /// Ends the current block.
    pub(crate) fn end(&mut self, terminator: Terminator) {
        self.function.terminate(self.block, terminator, self.position);
    }

    /// Ends the current block and goes on in a fresh one that nothing reaches.
    pub(crate) fn stop(&mut self, terminator: Terminator) {
        self.end(terminator);
        let dead = self.new_block();
        self.switch(dead);
    }

    /// Ends the current block with a jump.
    pub(crate) fn jump(&mut self, block: BlockId, args: &[Value]) {
        self.end(Terminator::Jump(Edge::with(block, args.to_vec())));
    }

    /// Ends the current block with a choice.
    pub(crate) fn branch(&mut self, condition: Value, then: Edge, otherwise: Edge) {
        self.end(Terminator::Branch { condition, then, otherwise });
    }

    /// A constant.
    pub(crate) fn constant(&mut self, constant: Constant, shape: Shape) -> Val {
        self.typed(Op::Constant(constant), shape)
    }

    /// `Nil`.
    pub(crate) fn nil(&mut self) -> Val {
        self.constant(Constant::Nil, Shape::NIL)
    }

    /// The value of code that is never reached.
    pub(crate) fn never(&mut self) -> Val {
        self.constant(Constant::Undefined, Shape::Never)
    }

    /// The marker for arguments that were left out.
    pub(crate) fn undefined(&mut self) -> Value {
        self.word(Op::Constant(Constant::Undefined))
    }

    /// A raw integer.
    pub(crate) fn raw(&mut self, value: i64) -> Value {
        self.value(Op::Constant(Constant::Raw(value)), Ty::Raw, Known::Nothing)
    }

    /// A value as a word, unverified.
    pub(crate) fn boxed(&mut self, val: Val) -> Value {
        match self.ty(val.value) {
            Ty::Word => val.value,
            Ty::Float => self.value(Op::BoxFloat(val.value), Ty::Word, Shape::Float.known()),
            Ty::Bool => self.value(Op::BoxBool(val.value), Ty::Word, Shape::Boolean.known()),
            Ty::Raw => unreachable!("raw integers are no values of the language"),
        }
    }

    /// A value as a word of the wanted shape, verified if that is not known.
    pub(crate) fn coerce_word(&mut self, val: Val, want: Shape, name: impl FnOnce() -> Name) -> Value {
        let word = self.boxed(val);
        match want.check() {
            Some(check) if !val.shape.fits(want) => {
                self.value(Op::Verify(word, check, name()), Ty::Word, want.known())
            }
            _ => word,
        }
    }

    /// A value of the wanted shape in the shape's own representation.
    pub(crate) fn coerce(&mut self, val: Val, want: Shape, name: impl FnOnce() -> Name) -> Val {
        if val.shape == Shape::Never {
            return Val { value: self.filler(want.ty()), shape: want };
        }
        let ty = want.ty();
        if ty != Ty::Word && self.ty(val.value) == ty {
            return val;
        }
        let word = self.coerce_word(val, want, name);
        let value = match ty {
            Ty::Float => self.value(Op::UnboxFloat(word), ty, Known::Nothing),
            Ty::Bool => self.value(Op::UnboxBool(word), ty, Known::Nothing),
            _ => word,
        };
        // What is known already may say more than what is wanted, but only a merge would care.
        Val { value, shape: if val.shape.fits(want) && ty == Ty::Word { val.shape } else { want } }
    }

    /// A value of the wanted shape in the given representation: the shape's own, or a word.
    pub(crate) fn coerce_to(&mut self, val: Val, want: Shape, ty: Ty, name: impl FnOnce() -> Name) -> Value {
        if ty != Ty::Word {
            debug_assert_eq!(ty, want.ty());
            return self.coerce(val, want, name).value;
        }
        self.coerce_word(val, want, name)
    }

    /// A value of any type for code that is never reached.
    fn filler(&mut self, ty: Ty) -> Value {
        let constant = match ty {
            Ty::Word => Constant::Undefined,
            Ty::Float => Constant::Float(0),
            Ty::Bool => Constant::Bool(false),
            Ty::Raw => Constant::Raw(0),
        };
        self.value(Op::Constant(constant), ty, Known::Nothing)
    }

    /// Calls an entry point that neither throws nor lets a non-local exit through. Gives its result, if
    /// it has one, in the row's representation.
    pub(crate) fn entry(&mut self, entry: Entry, args: Vec<Value>, shape: Shape) -> Option<Val> {
        let row = entry.signature();
        let op = Op::Call(Call { callee: Callee::Entry(entry), args });
        let result = match row.returns {
            Returns::Nothing => {
                self.effect(op);
                None
            }
            Returns::Value(kind) => Some(self.in_type(op, shape, kind_ty(kind))),
            Returns::Throws => unreachable!("entries that throw are called by `Frames::invoke`"),
        };
        if row.effect == Effect::Never {
            self.stop(Terminator::Unreachable);
        }
        result
    }

    /// Calls an entry point without result, or drops its result.
    pub(crate) fn run(&mut self, entry: Entry, args: Vec<Value>) {
        self.entry(entry, args, Shape::Erased);
    }
}

/// The type of values of a row's kind.
pub(crate) fn kind_ty(kind: inko_abi::entry::Kind) -> Ty {
    use inko_abi::entry::Kind;
    match kind {
        Kind::Word => Ty::Word,
        Kind::Float => Ty::Float,
        Kind::Bool => Ty::Bool,
        Kind::Raw => Ty::Raw,
    }
}
