//! What a word is: tests of tags and class numbers.

use crate::branch::Outcome;
use crate::emitter::Emitter;
use crate::values::{Flag, Raw, Word};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as clif, InstBuilder, types};
use inko_abi::entry::Entry;
use inko_abi::object::*;
use inko_abi::table::{BlockInfo, BlockKind};
use inko_abi::{class, word};
use inko_ir::ir::*;
use inko_syntax::Name;
use std::mem::offset_of;

impl Emitter<'_> {
    /// Whether a word is a small integer.
    pub(crate) fn is_small(&mut self, Word(value): Word) -> Flag {
        let low = self.builder.ins().band_imm_u(value, 1);
        Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, low, 0))
    }

    /// Whether the three low bits of a word are the tag.
    pub(crate) fn has_tag(&mut self, Word(value): Word, tag: word::Word) -> Flag {
        let low = self.builder.ins().band_imm_u(value, word::TAG_MASK as i64);
        Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, low, tag as i64))
    }

    /// Whether a word refers to an object.
    pub(crate) fn is_reference(&mut self, value: Word) -> Flag {
        self.has_tag(value, word::TAG_REFERENCE)
    }

    /// Whether a word is `True` or `False`, which differ in one bit.
    pub(crate) fn is_boolean(&mut self, Word(value): Word) -> Flag {
        const { assert!(word::TRUE == word::FALSE | 0b1000) };
        let value = self.builder.ins().bor_imm_u(value, 0b1000);
        Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, value, word::TRUE as i64))
    }

    /// The class number in the header of an object.
    pub(crate) fn class_of_object(&mut self, object: Word) -> Raw {
        let flags = self.flags();
        let at = HEADER_CLASS_OFFSET - word::TAG_REFERENCE as i32;
        Raw(self.builder.ins().uload32(flags, object.0, at))
    }

    /// The operation `Verify`, whose result is its operand.
    pub(crate) fn verify(&mut self, value: Value, check: &Check, name: &Name) {
        let word = self.word(value);
        let on = self.builder.create_block();
        self.verify_by(word, on, name, |this, outcome| this.test(value, check, outcome));
    }

    /// Panics unless a word refers to an object of a class, on a path that is rarely taken.
    pub(crate) fn verify_class(&mut self, value: Word, number: u32, name: &Name) {
        let on = self.cold_block();
        self.verify_by(value, on, name, |this, outcome| {
            let is_reference = this.is_reference(value);
            let object = this.cold_block();
            this.fail_unless(outcome, is_reference, object);
            let found = this.class_of_object(value);
            let found = this.is_class(found, number);
            this.conclude(outcome, found);
        });
    }

    fn verify_by(
        &mut self,
        word: Word,
        on: clif::Block,
        name: &Name,
        test: impl FnOnce(&mut Self, &Outcome),
    ) {
        let failed = self.cold_block();
        test(self, &Outcome::Branch { then: (on, Vec::new()), otherwise: (failed, Vec::new()) });
        self.enter(failed);
        self.panic_cast(word, name);
        self.enter(on);
    }

    /// Ends the block by the panic that a word isn't what it should be.
    pub(crate) fn panic_cast(&mut self, word: Word, name: &Name) {
        let name = self.unit.statics.texts.index(name);
        let name = self.builder.ins().iconst(types::I64, i64::from(name));
        self.panic_entry(Entry::panic_cast, &[word.0, name]);
    }

    /// Tests a word and ends the block.
    pub(crate) fn test(&mut self, tested: Value, check: &Check, outcome: &Outcome) {
        let value = self.word(tested);
        match check {
            Check::Integer | Check::Class(class::INTEGER) => {
                let small = self.is_small(value);
                self.immediate_or_class(value, small, class::INTEGER, outcome);
            }
            Check::Float | Check::Class(class::FLOAT) => {
                let immediate = self.has_tag(value, word::TAG_FLOAT);
                self.immediate_or_class(value, immediate, class::FLOAT, outcome);
            }
            Check::Boolean | Check::Class(class::BOOLEAN) => {
                let found = self.is_boolean(value);
                self.conclude(outcome, found);
            }
            Check::Nil | Check::Class(class::NIL) => {
                let nil = self.builder.ins().icmp_imm_s(IntCC::Equal, value.0, word::NIL as i64);
                self.conclude(outcome, Flag(nil));
            }
            Check::Class(number) => {
                let found = self.class_if_object(tested, value, outcome);
                let found = self.is_class(found, *number);
                self.conclude(outcome, found);
            }
            Check::Classes(numbers) => self.test_classes(value, numbers, outcome),
            Check::Block { arity, lambda } => self.test_block(value, *arity, *lambda, outcome),
        }
    }

    /// Goes on if the word is a reference, else the test has failed.
    fn references_only(&mut self, value: Word, outcome: &Outcome) {
        let is_reference = self.is_reference(value);
        let object = self.builder.create_block();
        self.fail_unless(outcome, is_reference, object);
    }

    /// The number of an object's class; other words fail the test, or have no class if there are more tests of it.
    fn class_if_object(&mut self, tested: Value, value: Word, outcome: &Outcome) -> Raw {
        if let Some(number) = self.known_class(tested) {
            return number;
        }
        if !self.is_tested_again(tested) {
            self.references_only(value, outcome);
            return self.class_of_object(value);
        }
        let object = self.builder.create_block();
        let join = self.builder.create_block();
        let number = self.builder.append_block_param(join, types::I64);
        let none = self.builder.ins().iconst(types::I64, i64::from(class::NONE));
        let is_reference = self.is_reference(value);
        self.builder.ins().brif(is_reference.0, object, &[], join, &[none.into()]);
        self.enter(object);
        let Raw(found) = self.class_of_object(value);
        self.builder.ins().jump(join, &[found.into()]);
        self.enter(join);
        self.note_class(tested, Raw(number));
        Raw(number)
    }

    fn is_class(&mut self, Raw(found): Raw, number: u32) -> Flag {
        Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, found, i64::from(number)))
    }

    /// The test for a class whose instances are immediates or, more rarely, objects.
    fn immediate_or_class(&mut self, value: Word, is_immediate: Flag, number: u32, outcome: &Outcome) {
        let rare = self.cold_block();
        let object = self.cold_block();
        self.succeed_if(outcome, is_immediate, rare);
        let is_reference = self.is_reference(value);
        self.fail_unless(outcome, is_reference, object);
        let found = self.class_of_object(value);
        let found = self.is_class(found, number);
        self.conclude(outcome, found);
    }

    /// Compares the class number with runs of successive numbers: classes of a hierarchy are numbered one
    /// after the other, so there are few.
    fn test_classes(&mut self, value: Word, numbers: &[u32], outcome: &Outcome) {
        let Raw(number) = self.class_of(value);
        let mut found = None;
        for run in numbers.chunk_by(|a, b| a + 1 == *b) {
            let from_first = self.builder.ins().iadd_imm_s(number, -i64::from(run[0]));
            let length = run.len() as i64;
            let inside = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThan, from_first, length);
            found = Some(match found {
                None => inside,
                Some(found) => self.builder.ins().bor(found, inside),
            });
        }
        match found {
            Some(found) => self.conclude(outcome, Flag(found)),
            None => self.conclude_known(outcome, false),
        }
    }

    /// Compares class number and arity at once: both are parts of the header.
    fn test_block(&mut self, value: Word, arity: u32, lambda: bool, outcome: &Outcome) {
        const CLASS: u64 = (u32::MAX as u64) << HEADER_CLASS_SHIFT;
        const ARITY: u64 = 0xff << HEADER_ARITY_SHIFT;
        self.references_only(value, outcome);
        let header = self.load(value, 0, types::I64);
        let mask = self.builder.ins().iconst(types::I64, (CLASS | ARITY) as i64);
        let part = self.builder.ins().band(header, mask);
        let expected = u64::from(class::BLOCK) << HEADER_CLASS_SHIFT | u64::from(arity) << HEADER_ARITY_SHIFT;
        let expected = self.builder.ins().iconst(types::I64, expected as i64);
        let fits = self.builder.ins().icmp(IntCC::Equal, part, expected);
        if !lambda {
            return self.conclude(outcome, Flag(fits));
        }
        let block = self.builder.create_block();
        let other = self.builder.create_block();
        self.branch(Flag(fits), block, other);
        self.enter(other);
        self.conclude_known(outcome, false);
        self.enter(block);
        let info = self.load_word(value, CLOSURE_INFO);
        let flags = self.flags();
        let kind = self.builder.ins().load(types::I32, flags, info.0, offset_of!(BlockInfo, kind) as i32);
        let is_lambda = self.builder.ins().icmp_imm_s(IntCC::Equal, kind, BlockKind::Lambda as i64);
        self.conclude(outcome, Flag(is_lambda));
    }
}
