//! Integers: the inline paths for small ones. A small integer is its value shifted left by one, so sums,
//! differences, comparisons and bit operations work on words as they are, and products and shifts need one
//! operand untagged. Operands that are not small, and results that do not fit, go to the runtime; its integer
//! functions never collect, so the cold paths need no stack map.

use crate::branch::Outcome;
use crate::emitter::Emitter;
use crate::values::{Flag, Float, Word};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as clif, InstBuilder, types};
use inko_abi::entry::Entry;
use inko_abi::word;
use inko_ir::ir::*;

/// The largest distance of shifts that are done inline.
const MAX_SHIFT: i64 = 62;

/// The places that an operation with a slow path may leave its fast path from.
struct Paths {
    cold: clif::Block,
    join: clif::Block,
    /// Whether anything branched to the cold block.
    leaves: bool,
}

fn entry(op: IntegerOp) -> Entry {
    match op {
        IntegerOp::Add => Entry::integer_add,
        IntegerOp::Sub => Entry::integer_sub,
        IntegerOp::Mul => Entry::integer_mul,
        IntegerOp::Div | IntegerOp::Quotient => Entry::integer_div,
        IntegerOp::Mod | IntegerOp::Remainder => Entry::integer_mod,
        IntegerOp::And => Entry::integer_and,
        IntegerOp::Or => Entry::integer_or,
        IntegerOp::Xor => Entry::integer_xor,
        IntegerOp::ShiftLeft => Entry::integer_shift_left,
        IntegerOp::ShiftRight => Entry::integer_shift_right,
    }
}

fn condition(compare: Compare) -> IntCC {
    match compare {
        Compare::Equal => IntCC::Equal,
        Compare::Less => IntCC::SignedLessThan,
        Compare::LessOrEqual => IntCC::SignedLessThanOrEqual,
        Compare::Greater => IntCC::SignedGreaterThan,
        Compare::GreaterOrEqual => IntCC::SignedGreaterThanOrEqual,
    }
}

impl Emitter<'_> {
    fn small_constant(&self, value: Value) -> Option<i64> {
        match self.constant(value) {
            Some(Constant::Small(value)) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn known_small(&self, value: Value) -> bool {
        self.known(value) == Known::Small
            || self.small_constant(value).is_some()
            || self.is_noted_small(value)
    }

    /// The tag bits to test before both operands count as small; `None` if both are known to be.
    fn tags(&mut self, a: Value, b: Value, x: Word, y: Word, both: bool) -> Option<clif::Value> {
        let combined = match (self.known_small(a), self.known_small(b)) {
            (true, true) => return None,
            (true, false) => y.0,
            (false, true) => x.0,
            (false, false) if both => self.builder.ins().bor(x.0, y.0),
            (false, false) => self.builder.ins().band(x.0, y.0),
        };
        Some(self.builder.ins().band_imm_u(combined, 1))
    }

    /// Leaves for the cold path if `condition` is not zero.
    fn leave_if(&mut self, paths: &mut Paths, condition: clif::Value) {
        let on = self.builder.create_block();
        self.builder.ins().brif(condition, paths.cold, &[], on, &[]);
        self.enter(on);
        paths.leaves = true;
    }

    pub(crate) fn integer_operation(&mut self, op: IntegerOp, a: Value, b: Value, result: Value) -> Word {
        let (x, y) = (self.word(a), self.word(b));
        if self.known(result) == Known::Small
            && let Some(value) = self.without_checks(op, x, y)
        {
            return value;
        }
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::I64);
        let mut paths = Paths { cold: self.cold_block(), join, leaves: false };
        if let Some(tags) = self.tags(a, b, x, y, true) {
            self.leave_if(&mut paths, tags);
        }
        let constant = self.small_constant(b);
        match op {
            IntegerOp::Add | IntegerOp::Sub | IntegerOp::Mul => {
                self.arithmetic(op, x, y, constant, &mut paths)
            }
            IntegerOp::Quotient | IntegerOp::Remainder => unreachable!("the operands are small"),
            IntegerOp::And => self.bitwise(&paths, |ins| ins.band(x.0, y.0)),
            IntegerOp::Or => self.bitwise(&paths, |ins| ins.bor(x.0, y.0)),
            IntegerOp::Xor => self.bitwise(&paths, |ins| ins.bxor(x.0, y.0)),
            IntegerOp::Div | IntegerOp::Mod => self.division(op, x, y, constant, &mut paths),
            IntegerOp::ShiftLeft | IntegerOp::ShiftRight => self.shift(op, x, y, constant, &mut paths),
        }
        if paths.leaves {
            self.enter(paths.cold);
            let slow = self.slow_value(entry(op), &[x.0, y.0]);
            self.builder.ins().jump(join, &[slow.into()]);
        }
        self.enter(join);
        Word(result)
    }

    /// An operation whose result is known to be small: of these only small operands have such.
    fn without_checks(&mut self, op: IntegerOp, x: Word, y: Word) -> Option<Word> {
        let value = match op {
            IntegerOp::Add => self.builder.ins().iadd(x.0, y.0),
            IntegerOp::Sub => self.builder.ins().isub(x.0, y.0),
            IntegerOp::Mul => {
                let untagged = self.builder.ins().sshr_imm_u(x.0, 1);
                self.builder.ins().imul(untagged, y.0)
            }
            // The quotient of two tagged integers is the quotient itself, their remainder is tagged.
            IntegerOp::Quotient => {
                let quotient = self.builder.ins().udiv(x.0, y.0);
                self.builder.ins().ishl_imm_u(quotient, 1)
            }
            IntegerOp::Remainder => self.builder.ins().urem(x.0, y.0),
            _ => return None,
        };
        Some(Word(value))
    }

    fn finish(&mut self, paths: &Paths, value: clif::Value) {
        self.builder.ins().jump(paths.join, &[value.into()]);
    }

    fn bitwise(
        &mut self,
        paths: &Paths,
        operation: impl FnOnce(cranelift_frontend::FuncInstBuilder<'_, '_>) -> clif::Value,
    ) {
        let value = operation(self.builder.ins());
        self.finish(paths, value);
    }

    fn arithmetic(&mut self, op: IntegerOp, x: Word, y: Word, constant: Option<i64>, paths: &mut Paths) {
        // The smallest constant cannot be negated and is not worth a case of its own.
        match constant {
            Some(constant) if op != IntegerOp::Mul && constant != word::MIN_SMALL => {
                self.add_constant(op, x, constant, paths);
            }
            _ => self.add_any(op, x, y, paths),
        }
    }

    fn add_any(&mut self, op: IntegerOp, x: Word, y: Word, paths: &mut Paths) {
        let (value, overflow) = match op {
            IntegerOp::Add => self.builder.ins().sadd_overflow(x.0, y.0),
            IntegerOp::Sub => self.builder.ins().ssub_overflow(x.0, y.0),
            _ => {
                let untagged = self.builder.ins().sshr_imm_u(x.0, 1);
                self.builder.ins().smul_overflow(untagged, y.0)
            }
        };
        self.leave_if(paths, overflow);
        self.finish(paths, value);
    }

    /// Adds or subtracts a constant. A sum has overflowed if it lies on the wrong side of the operand, which
    /// is a comparison and a branch; the flag of `sadd_overflow` would be made and tested besides.
    fn add_constant(&mut self, op: IntegerOp, x: Word, constant: i64, paths: &mut Paths) {
        let constant = if op == IntegerOp::Sub { -constant } else { constant };
        let by = constant << 1;
        let value = self.builder.ins().iadd_imm_s(x.0, by);
        let wrong_side = if by < 0 { IntCC::SignedGreaterThan } else { IntCC::SignedLessThan };
        let overflow = self.builder.ins().icmp(wrong_side, value, x.0);
        self.leave_if(paths, overflow);
        self.finish(paths, value);
    }

    /// Division that rounds down. The quotient of two tagged integers is the quotient itself, their
    /// remainder is tagged.
    fn division(&mut self, op: IntegerOp, x: Word, y: Word, constant: Option<i64>, paths: &mut Paths) {
        if let Some(divisor) = constant
            && divisor > 0
            && divisor.count_ones() == 1
        {
            let value = if op == IntegerOp::Div {
                let quotient = self.builder.ins().sshr_imm_u(x.0, i64::from(divisor.trailing_zeros()));
                self.builder.ins().band_imm_s(quotient, !1)
            } else {
                let mask = self.builder.ins().iconst(types::I64, (divisor - 1) << 1);
                self.builder.ins().band(x.0, mask)
            };
            return self.finish(paths, value);
        }
        if constant.is_none_or(|divisor| divisor == 0 || divisor == -1) {
            // Zero panics, and the quotient of the smallest integer by -1 does not fit.
            let from_minus_one = self.builder.ins().iadd_imm_s(y.0, 2);
            let special = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, from_minus_one, 2);
            self.leave_if(paths, special);
        }
        let quotient = self.builder.ins().sdiv(x.0, y.0);
        let product = self.builder.ins().imul(quotient, y.0);
        let remainder = self.builder.ins().isub(x.0, product);
        // Truncation is one too high if there is a remainder whose sign differs from the divisor's.
        let differs = self.builder.ins().bxor(remainder, y.0);
        let negative = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, differs, 0);
        let inexact = self.builder.ins().icmp_imm_s(IntCC::NotEqual, remainder, 0);
        let adjust = self.builder.ins().band(negative, inexact);
        let value = if op == IntegerOp::Div {
            let adjust = self.builder.ins().uextend(types::I64, adjust);
            let quotient = self.builder.ins().isub(quotient, adjust);
            self.builder.ins().ishl_imm_u(quotient, 1)
        } else {
            let adjusted = self.builder.ins().iadd(remainder, y.0);
            self.builder.ins().select(adjust, adjusted, remainder)
        };
        self.finish(paths, value);
    }

    fn shift(&mut self, op: IntegerOp, x: Word, y: Word, constant: Option<i64>, paths: &mut Paths) {
        if constant.is_none_or(|distance| !(0..=MAX_SHIFT).contains(&distance)) {
            let too_far = self.builder.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, y.0, MAX_SHIFT << 1);
            self.leave_if(paths, too_far);
        }
        let distance = self.builder.ins().ushr_imm_u(y.0, 1);
        let value = if op == IntegerOp::ShiftRight {
            let shifted = self.builder.ins().sshr(x.0, distance);
            self.builder.ins().band_imm_s(shifted, !1)
        } else {
            let shifted = self.builder.ins().ishl(x.0, distance);
            let back = self.builder.ins().sshr(shifted, distance);
            let overflow = self.builder.ins().icmp(IntCC::NotEqual, back, x.0);
            self.leave_if(paths, overflow);
            shifted
        };
        self.finish(paths, value);
    }

    /// Whether a comparison is more than one instruction: an integer is equal to a small one only if the
    /// words are equal, but the order of big ones is a matter of the runtime.
    pub(crate) fn compare_has_slow_path(&self, compare: Compare, a: Value, b: Value) -> bool {
        match compare {
            Compare::Equal => !self.known_small(a) && !self.known_small(b),
            _ => !self.known_small(a) || !self.known_small(b),
        }
    }

    /// Compares and ends the block.
    pub(crate) fn compare_integers(&mut self, compare: Compare, a: Value, b: Value, outcome: &Outcome) {
        let (x, y) = (self.word(a), self.word(b));
        // Two words can be equal integers without being the same word only if both are big.
        let Some(tags) = self.tags(a, b, x, y, compare != Compare::Equal) else {
            let flag = self.compare_words(compare, x, y);
            return self.conclude(outcome, flag);
        };
        let cold = self.cold_block();
        let fast = self.builder.create_block();
        self.builder.ins().brif(tags, cold, &[], fast, &[]);
        self.enter(fast);
        let flag = self.compare_words(compare, x, y);
        self.conclude(outcome, flag);
        self.enter(cold);
        let order = self.slow_value(Entry::integer_compare, &[x.0, y.0]);
        let flag = self.builder.ins().icmp_imm_s(condition(compare), order, 0);
        self.conclude(outcome, Flag(flag));
    }

    fn compare_words(&mut self, compare: Compare, x: Word, y: Word) -> Flag {
        Flag(self.builder.ins().icmp(condition(compare), x.0, y.0))
    }

    pub(crate) fn integer_compare(&mut self, compare: Compare, a: Value, b: Value) -> Flag {
        if self.compare_has_slow_path(compare, a, b) {
            return self.as_flag(|this, outcome| this.compare_integers(compare, a, b, outcome));
        }
        let (x, y) = (self.word(a), self.word(b));
        self.compare_words(compare, x, y)
    }

    pub(crate) fn integer_to_float(&mut self, value: Value) -> Float {
        let word = self.word(value);
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::F64);
        let mut paths = Paths { cold: self.cold_block(), join, leaves: false };
        if !self.known_small(value) {
            let tag = self.builder.ins().band_imm_u(word.0, 1);
            self.leave_if(&mut paths, tag);
        }
        let untagged = self.builder.ins().sshr_imm_u(word.0, 1);
        let float = self.builder.ins().fcvt_from_sint(types::F64, untagged);
        self.finish(&paths, float);
        if paths.leaves {
            self.enter(paths.cold);
            let slow = self.slow_value(Entry::integer_to_float, &[word.0]);
            self.builder.ins().jump(join, &[slow.into()]);
        }
        self.enter(join);
        Float(result)
    }

    /// The word of a flag.
    pub(crate) fn box_flag(&mut self, flag: Flag) -> Word {
        const { assert!(word::TRUE == word::FALSE | 1 << 3) };
        let wide = self.builder.ins().uextend(types::I64, flag.0);
        let shifted = self.builder.ins().ishl_imm_u(wide, 3);
        Word(self.builder.ins().bor_imm_u(shifted, word::FALSE as i64))
    }
}
