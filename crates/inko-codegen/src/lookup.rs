//! Finding the implementation of a selector at a call: the receiver's class number, and the row of the table
//! (`dispatch`).

use crate::emitter::Emitter;
use crate::symbols::Data;
use crate::values::{Raw, Word};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use inko_abi::entry::Entry;
use inko_abi::{class, word};
use inko_ir::ir::SelectorId;

impl Emitter<'_> {
    /// The class number of any word: of an object by its header, of an immediate by its tag.
    pub(crate) fn class_of(&mut self, Word(value): Word) -> Raw {
        let object = self.builder.create_block();
        let immediate = self.builder.create_block();
        let join = self.builder.create_block();
        let number = self.builder.append_block_param(join, types::I64);
        let is_reference = self.is_reference(Word(value));
        self.branch(is_reference, object, immediate);

        self.enter(object);
        let found = self.class_of_object(Word(value));
        self.builder.ins().jump(join, &[found.0.into()]);

        self.enter(immediate);
        let number_of = |this: &mut Self, class: u32| this.builder.ins().iconst(types::I64, i64::from(class));
        let mut result = number_of(self, class::NONE);
        let boolean = self.is_boolean(Word(value));
        let boolean_class = number_of(self, class::BOOLEAN);
        result = self.builder.ins().select(boolean.0, boolean_class, result);
        let nil = self.builder.ins().icmp_imm_s(IntCC::Equal, value, word::NIL as i64);
        let nil_class = number_of(self, class::NIL);
        result = self.builder.ins().select(nil, nil_class, result);
        let float = self.has_tag(Word(value), word::TAG_FLOAT);
        let float_class = number_of(self, class::FLOAT);
        result = self.builder.ins().select(float.0, float_class, result);
        let small = self.is_small(Word(value));
        let integer_class = number_of(self, class::INTEGER);
        result = self.builder.ins().select(small.0, integer_class, result);
        self.builder.ins().jump(join, &[result.into()]);

        self.enter(join);
        Raw(number)
    }

    /// The code of the selector's implementation for the class of the receiver.
    pub(crate) fn implementation(&mut self, selector: SelectorId, receiver: Word) -> Raw {
        let table = self.unit.dispatch.by_selector[selector];
        let found = self.builder.create_block();
        let failed = self.cold_block();
        // Unless a class of immediates implements the selector, an immediate fails at the call.
        let immediates = [class::INTEGER, class::FLOAT, class::BOOLEAN, class::NIL];
        let targets = &self.unit.program.selectors[selector].targets;
        let Raw(number) = if immediates.iter().any(|class| targets.contains_key(class)) {
            self.class_of(receiver)
        } else {
            let object = self.builder.create_block();
            let is_reference = self.is_reference(receiver);
            self.branch(is_reference, object, failed);
            self.enter(object);
            self.class_of_object(receiver)
        };
        let index = self.builder.ins().iadd_imm_s(number, -i64::from(table.first));
        let inside = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThan, index, i64::from(table.count));
        self.builder.ins().brif(inside, found, &[], failed, &[]);

        self.enter(failed);
        let name = self.unit.statics.texts.index(&self.unit.program.selectors[selector].name);
        let name = self.builder.ins().iconst(types::I64, i64::from(name));
        self.panic_entry(Entry::panic_dispatch, &[receiver.0, name]);

        self.enter(found);
        let base = self.data_address(Data::Dispatch, table.offset);
        let offset = self.builder.ins().ishl_imm_u(index, 3);
        let slot = self.builder.ins().iadd(base.0, offset);
        let flags = self.flags();
        let code = self.builder.ins().load(types::I64, flags, slot, 0);
        Raw(code)
    }
}
