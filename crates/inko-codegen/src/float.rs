//! Floats are raw doubles; only where they enter or leave erased places are they words. The encoding is that
//! of `inko_abi::word`: most doubles are immediates, the others (zero and infinities too) lie in boxes.

use crate::emitter::Emitter;
use crate::values::{Flag, Float, Word};
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self as clif, InstBuilder, MemFlagsData, types};
use inko_abi::entry::Entry;
use inko_abi::object::FLOAT_BITS;
use inko_abi::{class, word};
use inko_ir::ir::*;
use inko_syntax::Name;

impl Emitter<'_> {
    pub(crate) fn float_operation(&mut self, op: FloatOp, a: Float, b: Float) -> Float {
        let ins = self.builder.ins();
        Float(match op {
            FloatOp::Add => ins.fadd(a.0, b.0),
            FloatOp::Sub => ins.fsub(a.0, b.0),
            FloatOp::Mul => ins.fmul(a.0, b.0),
            FloatOp::Div => ins.fdiv(a.0, b.0),
        })
    }

    /// A comparison, which is false if an operand is NaN.
    pub(crate) fn float_compare(&mut self, compare: Compare, a: Float, b: Float) -> Flag {
        let condition = match compare {
            Compare::Equal => FloatCC::Equal,
            Compare::Less => FloatCC::LessThan,
            Compare::LessOrEqual => FloatCC::LessThanOrEqual,
            Compare::Greater => FloatCC::GreaterThan,
            Compare::GreaterOrEqual => FloatCC::GreaterThanOrEqual,
        };
        Flag(self.builder.ins().fcmp(condition, a.0, b.0))
    }

    pub(crate) fn box_float(&mut self, float: Float) -> Word {
        let fast = self.builder.create_block();
        let cold = self.cold_block();
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::I64);
        let bits = self.builder.ins().bitcast(types::I64, MemFlagsData::new(), float.0);
        let bias = self.bias();
        let biased = self.builder.ins().iadd(bits, bias);
        let immediate = self.builder.ins().rotl_imm_u(biased, 4);
        let fits = self.has_tag(Word(immediate), word::TAG_FLOAT);
        self.branch(fits, fast, cold);

        self.enter(fast);
        self.builder.ins().jump(join, &[immediate.into()]);

        self.enter(cold);
        let boxed = self.slow_value(Entry::float_box, &[float.0]);
        self.builder.ins().jump(join, &[boxed.into()]);

        self.enter(join);
        Word(result)
    }

    fn bias(&mut self) -> clif::Value {
        self.builder.ins().iconst(types::I64, word::FLOAT_BIAS as i64)
    }

    /// The double in a word that is known to be a float.
    pub(crate) fn unbox_float(&mut self, value: Word) -> Float {
        self.unbox_float_or(value, |_| {})
    }

    /// The double in a word that is verified to be a float.
    pub(crate) fn unbox_verified(&mut self, value: Word, name: &Name) -> Float {
        self.unbox_float_or(value, |this| this.verify_class(value, class::FLOAT, name))
    }

    /// The double in a float. `check` is emitted where it isn't an immediate one.
    fn unbox_float_or(&mut self, value: Word, check: impl FnOnce(&mut Self)) -> Float {
        let fast = self.builder.create_block();
        let boxed = self.cold_block();
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::F64);
        let is_immediate = self.has_tag(value, word::TAG_FLOAT);
        self.branch(is_immediate, fast, boxed);

        self.enter(fast);
        let biased = self.builder.ins().rotr_imm_u(value.0, 4);
        let bias = self.bias();
        let bits = self.builder.ins().isub(biased, bias);
        let float = self.builder.ins().bitcast(types::F64, MemFlagsData::new(), bits);
        self.builder.ins().jump(join, &[float.into()]);

        self.enter(boxed);
        check(self);
        let float = self.load(value, FLOAT_BITS, types::F64);
        self.builder.ins().jump(join, &[float.into()]);

        self.enter(join);
        Float(result)
    }
}
