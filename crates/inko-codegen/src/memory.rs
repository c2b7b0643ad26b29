//! Objects: allocation, attributes, cells, captures, homes and module constants.
//!
//! Allocation bumps a pointer in the process head; the cold path asks the runtime for memory, which may
//! collect. The contents of a new object are fetched after that, and nothing happens between getting the
//! memory and filling all of it, so that a collector never sees it half done.

use crate::emitter::Emitter;
use crate::symbols::Data;
use crate::values::{Address, Scalar, Word, machine_type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as clif, InstBuilder, types};
use cranelift_entity::EntityRef;
use inko_abi::entry::Entry;
use inko_abi::object::*;
use inko_abi::process::offset;
use inko_abi::{class, word};
use inko_ir::ir::*;

impl Emitter<'_> {
    /// The type in which an attribute is stored.
    pub(crate) fn field_type(&self, class: u32, field: u32) -> Ty {
        let class = self.unit.program.classes[class as usize].as_ref().expect("the class exists");
        class.fields[field as usize]
    }

    /// A part of an object.
    pub(crate) fn load(&mut self, object: Word, at: i32, ty: clif::Type) -> clif::Value {
        let flags = self.flags();
        self.builder.ins().load(ty, flags, object.0, at - word::TAG_REFERENCE as i32)
    }

    /// A word in an object.
    pub(crate) fn load_word(&mut self, object: Word, at: i32) -> Word {
        Word(self.load(object, at, types::I64))
    }

    /// Sets a part of an object.
    pub(crate) fn store(&mut self, object: Word, at: i32, value: clif::Value) {
        let flags = self.flags();
        self.builder.ins().store(flags, value, object.0, at - word::TAG_REFERENCE as i32);
    }

    /// Uninitialised memory, to be filled at once.
    pub(crate) fn allocate(&mut self, size: usize) -> Address {
        debug_assert!(size.is_multiple_of(8));
        if self.plan.baseline {
            let size = self.builder.ins().iconst(types::I64, size as i64);
            let slots = self.hot_slots();
            let inst = self.runtime(Entry::allocate, &[size], slots);
            self.moved();
            return Address(self.builder.inst_results(inst)[0]);
        }
        let flags = self.flags();
        let cold = self.cold_block();
        let fast = self.builder.create_block();
        let join = self.builder.create_block();
        let address = self.builder.append_block_param(join, types::I64);
        let process = self.process().0;
        let next = self.builder.ins().load(types::I64, flags, process, offset::HEAP_NEXT);
        let after = self.builder.ins().iadd_imm_s(next, size as i64);
        let end = self.builder.ins().load(types::I64, flags, process, offset::HEAP_END);
        let full = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, after, end);
        self.builder.ins().brif(full, cold, &[], fast, &[]);

        self.enter(fast);
        self.builder.ins().store(flags, after, process, offset::HEAP_NEXT);
        self.builder.ins().jump(join, &[next.into()]);

        self.enter(cold);
        let slow = self.cold_safepoint(|this, slots| {
            let size = this.builder.ins().iconst(types::I64, size as i64);
            this.slow_path(Entry::allocate, &[size], slots);
            this.slow_result(types::I64)
        });
        self.builder.ins().jump(join, &[slow.into()]);

        self.enter(join);
        Address(address)
    }

    /// Fills 8 bytes of new memory.
    pub(crate) fn fill(&mut self, at: Address, offset: i32, value: clif::Value) {
        let flags = self.flags();
        self.builder.ins().store(flags, value, at.0, offset);
    }

    /// Fills 8 bytes of new memory with a constant.
    pub(crate) fn fill_constant(&mut self, at: Address, offset: i32, value: u64) {
        let value = self.builder.ins().iconst(types::I64, value as i64);
        self.fill(at, offset, value);
    }

    /// The word that refers to new memory.
    pub(crate) fn tagged(&mut self, Address(address): Address) -> Word {
        Word(self.builder.ins().iadd_imm_s(address, word::TAG_REFERENCE as i64))
    }

    /// A new object that consists of a header and values.
    pub(crate) fn new_object(&mut self, header: u64, values: &[Value]) -> Word {
        let memory = self.allocate(8 + 8 * values.len());
        self.fill_constant(memory, 0, header);
        for (index, &value) in values.iter().enumerate() {
            let value = self.scalar(value).clif();
            self.fill(memory, FIELDS + 8 * index as i32, value);
        }
        self.tagged(memory)
    }

    /// A new target of non-local exits.
    pub(crate) fn new_home(&mut self) -> Word {
        let memory = self.allocate(16);
        self.fill_constant(memory, 0, header(class::HOME, 0));
        self.fill_constant(memory, HOME_ACTIVE, word::TRUE);
        self.tagged(memory)
    }

    /// A closure: static without captures, else a new object.
    pub(crate) fn closure(&mut self, function: FunctionId, captures: &[Value]) -> Word {
        if captures.is_empty() {
            return self.object(self.unit.statics.closure_offset(function));
        }
        let memory = self.allocate(CLOSURE_CAPTURES as usize + 8 * captures.len());
        let arity = crate::data::arity(&self.unit.program.functions[function]);
        self.fill_constant(memory, 0, closure_header(arity, captures.len() as u16, 0));
        let code = self.code_address(function);
        self.fill(memory, CLOSURE_CODE, code.0);
        let info = self.data_address(Data::Blocks, self.unit.statics.info_offset(function));
        self.fill(memory, CLOSURE_INFO, info.0);
        for (index, &capture) in captures.iter().enumerate() {
            let capture = self.word(capture);
            self.fill(memory, CLOSURE_CAPTURES + 8 * index as i32, capture.0);
        }
        self.tagged(memory)
    }

    /// To be called before a value is stored in an object: panics if the object must not be changed, and tells the
    /// collector of old objects that may refer to young ones afterwards.
    pub(crate) fn write_barrier(&mut self, target: Value, object: Word, value: Value) {
        let Some(flags) = self.barrier(target, object, value) else { return };
        let cold = self.cold_block();
        let on = self.builder.create_block();
        self.builder.ins().brif(flags, cold, &[], on, &[]);
        self.enter(cold);
        self.slow_path(Entry::write_barrier, &[object.0], Vec::new());
        self.builder.ins().jump(on, &[]);
        self.enter(on);
    }

    /// Whether a value refers to nothing, so that the collector isn't interested in where it is stored.
    fn is_immediate(&self, value: Value) -> bool {
        self.function.values[value].ty != Ty::Word
            || self.known_small(value)
            || matches!(self.known(value), Known::Class(class::BOOLEAN | class::NIL))
    }

    /// Whether a value may be stored in an object without asking.
    pub(crate) fn needs_no_barrier(&self, target: Value, value: Value) -> bool {
        self.is_immediate(value) && self.is_changeable(target)
    }

    /// Not zero if an object needs the runtime's write barrier before a value is stored in it; `None` if it never does.
    pub(crate) fn barrier(&mut self, target: Value, object: Word, value: Value) -> Option<clif::Value> {
        if self.needs_no_barrier(target, value) {
            return None;
        }
        let flags = if self.is_immediate(value) { FLAG_PERMANENT } else { BARRIER_FLAGS };
        let low = self.load(object, 0, types::I8);
        Some(self.builder.ins().band_imm_u(low, flags as i64))
    }

    pub(crate) fn get_field(&mut self, object: Value, class: u32, field: u32) -> Scalar {
        let object = self.word(object);
        let ty = self.field_type(class, field);
        Scalar::new(ty, self.load(object, FIELDS + 8 * field as i32, machine_type(ty)))
    }

    pub(crate) fn set_field(&mut self, object: Value, field: u32, value: Value) {
        let target = self.word(object);
        self.write_barrier(object, target, value);
        let value = self.scalar(value);
        self.store(target, FIELDS + 8 * field as i32, value.clif());
    }

    pub(crate) fn set_cell(&mut self, cell: Value, value: Value) {
        let target = self.word(cell);
        self.write_barrier(cell, target, value);
        let value = self.word(value);
        self.store(target, CELL_VALUE, value.0);
    }

    /// A capture. Captures never change, but Cranelift mustn't know: it would move the load behind a
    /// safepoint, where the closure may have moved and no stack map says so.
    pub(crate) fn get_capture(&mut self, closure: Value, index: u32) -> Word {
        let object = self.word(closure);
        Word(self.load(object, CLOSURE_CAPTURES + 8 * index as i32, types::I64))
    }

    pub(crate) fn get_global(&mut self, global: GlobalId) -> Word {
        let address = self.data_address(Data::Constants, 8 * global.index() as u32);
        let flags = self.flags();
        let value = self.builder.ins().load(types::I64, flags, address.0, 0);
        let missing = self.builder.ins().icmp_imm_s(IntCC::Equal, value, word::UNDEFINED as i64);
        let cold = self.cold_block();
        let on = self.builder.create_block();
        self.builder.ins().brif(missing, cold, &[], on, &[]);
        self.enter(cold);
        let name = self.unit.statics.texts.index(&self.unit.program.globals[global].name);
        let name = self.builder.ins().iconst(types::I64, i64::from(name));
        self.panic_entry(Entry::panic_undefined, &[name]);
        self.enter(on);
        Word(value)
    }

    pub(crate) fn set_global(&mut self, global: GlobalId, value: Value) {
        let value = self.word(value);
        let inst = self.runtime(Entry::freeze, &[value.0], Vec::new());
        let frozen = self.builder.inst_results(inst)[0];
        let address = self.data_address(Data::Constants, 8 * global.index() as u32);
        let flags = self.flags();
        self.builder.ins().store(flags, frozen, address.0, 0);
    }
}
