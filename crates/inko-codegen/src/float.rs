//! Floats are raw doubles; only where they enter or leave erased places are they words. The encoding is that
//! of `inko_abi::word`: most doubles are immediates, the others (zero and infinities too) lie in boxes.

use crate::emit::Emitter;
use crate::values::{Flag, Float, Word};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};
use inko_abi::entry::Entry;
use inko_abi::object::FLOAT_BITS;
use inko_abi::word;
use inko_ir::ir::*;

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
        // The four upper bits of the exponent are 0111 or 1000: one more is 1000 or 1001.
        let upper = self.builder.ins().ushr_imm_u(bits, 59);
        let upper = self.builder.ins().iadd_imm_s(upper, 1);
        let upper = self.builder.ins().band_imm_u(upper, 0b1110);
        let fits = self.builder.ins().icmp_imm_s(IntCC::Equal, upper, 0b1000);
        self.branch(Flag(fits), fast, cold);

        self.enter(fast);
        let rotated = self.builder.ins().rotl_imm_u(bits, 4);
        let immediate = self.builder.ins().bor_imm_u(rotated, word::TAG_FLOAT as i64);
        self.builder.ins().jump(join, &[immediate.into()]);

        self.enter(cold);
        let boxed = self.slow_value(Entry::float_box, &[float.0]);
        self.builder.ins().jump(join, &[boxed.into()]);

        self.enter(join);
        Word(result)
    }

    /// The double in a word that is known to be a float.
    pub(crate) fn unbox_float(&mut self, value: Word) -> Float {
        let fast = self.builder.create_block();
        let boxed = self.builder.create_block();
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::F64);
        let is_box = self.is_reference(value);
        self.branch(is_box, boxed, fast);

        self.enter(fast);
        // See `word_to_float`: the uppermost bit determines the exponent bits that the tag overwrote.
        let upper = self.builder.ins().ushr_imm_u(value.0, 63);
        let four = self.builder.ins().iconst(types::I64, 0b100);
        let exponent = self.builder.ins().isub(four, upper);
        let cleared = self.builder.ins().band_imm_s(value.0, !(word::TAG_FLOAT as i64));
        let bits = self.builder.ins().bor(cleared, exponent);
        let bits = self.builder.ins().rotr_imm_u(bits, 4);
        let float = self.builder.ins().bitcast(types::F64, MemFlagsData::new(), bits);
        self.builder.ins().jump(join, &[float.into()]);

        self.enter(boxed);
        let float = self.load(value, FLOAT_BITS, types::F64);
        self.builder.ins().jump(join, &[float.into()]);

        self.enter(join);
        Float(result)
    }
}
