//! Arrays and byte arrays: literals, and the fast paths of access. Everything else (negative and big indices, growth, errors)
//! is done by the runtime functions of the slow paths.

use crate::emitter::Emitter;
use crate::facts::Element;
use crate::liveness::INLINE_ELEMENTS;
use crate::values::{Flag, Raw, Word};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as clif, InstBuilder, types};
use inko_abi::entry::Entry;
use inko_abi::object::*;
use inko_abi::{class, word};
use inko_ir::ir::*;

/// The capacity of the storage of an empty array literal: most are about to be filled.
const EMPTY_CAPACITY: usize = 4;

impl Emitter<'_> {
    pub(crate) fn new_array(&mut self, elements: &[Value]) -> Word {
        if elements.len() > INLINE_ELEMENTS {
            return self.new_large_array(elements);
        }
        let capacity = if elements.is_empty() { EMPTY_CAPACITY } else { elements.len() };
        // The array and its storage side by side, from one allocation.
        let memory = self.allocate(ARRAY_SIZE as usize + STORAGE_ELEMENTS as usize + 8 * capacity);
        self.fill_constant(memory, 0, header(class::ARRAY, 0));
        self.fill_constant(memory, ARRAY_LENGTH, elements.len() as u64);
        let storage = ARRAY_SIZE;
        let tagged = i64::from(storage) + word::TAG_REFERENCE as i64;
        let tagged = self.builder.ins().iadd_imm_s(memory.0, tagged);
        self.fill(memory, ARRAY_STORAGE, tagged);
        self.fill_constant(memory, storage, header(class::ARRAY_STORAGE, 0));
        self.fill_constant(memory, storage + STORAGE_CAPACITY, capacity as u64);
        for index in 0..capacity {
            let at = storage + STORAGE_ELEMENTS + 8 * index as i32;
            match elements.get(index) {
                Some(&element) => {
                    let element = self.word(element);
                    self.fill(memory, at, element.0);
                }
                None => self.fill_constant(memory, at, word::small(0)),
            }
        }
        self.tagged(memory)
    }

    fn new_large_array(&mut self, elements: &[Value]) -> Word {
        let capacity = self.builder.ins().iconst(types::I64, elements.len() as i64);
        let inst = self.runtime(Entry::array_new, &[capacity], Vec::new());
        let array = Word(self.builder.inst_results(inst)[0]);
        let storage = self.load_word(array, ARRAY_STORAGE);
        for (index, &element) in elements.iter().enumerate() {
            let element = self.word(element);
            self.store(storage, STORAGE_ELEMENTS + 8 * index as i32, element.0);
        }
        let length = self.builder.ins().iconst(types::I64, elements.len() as i64);
        self.store(array, ARRAY_LENGTH, length);
        array
    }

    /// The length of an array or string, which lies at the same place.
    pub(crate) fn length(&mut self, object: Word) -> Word {
        const { assert!(ARRAY_LENGTH == STRING_LENGTH) };
        let length = self.load(object, ARRAY_LENGTH, types::I64);
        Word(self.builder.ins().ishl_imm_u(length, 1))
    }

    /// Goes on with the raw index if a tagged one is a small integer within the length. One comparison tells:
    /// rotated by a bit, the tag of what isn't a small integer and the sign of a negative one make it too large.
    fn in_bounds(&mut self, Word(at): Word, array: Word, cold: clif::Block) -> Raw {
        let index = self.builder.ins().rotr_imm_u(at, 1);
        let length = self.load(array, ARRAY_LENGTH, types::I64);
        let inside = self.builder.ins().icmp(IntCC::UnsignedLessThan, index, length);
        self.go_on_if(Flag(inside), cold);
        Raw(index)
    }

    /// The raw index of an element that the runtime has found: a negative one is the remainder of a division by the length,
    /// which isn't zero then.
    fn found_at(&mut self, Word(at): Word, array: Word) -> Raw {
        let index = self.builder.ins().sshr_imm_u(at, 1);
        let length = self.load(array, ARRAY_LENGTH, types::I64);
        let remainder = self.builder.ins().srem(index, length);
        let from_end = self.builder.ins().iadd(remainder, length);
        let negative = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, remainder, 0);
        Raw(self.builder.ins().select(negative, from_end, remainder))
    }

    /// Goes on where the array may be changed without the runtime. An old array takes what isn't a reference.
    fn may_store(&mut self, (array, object): (Value, Word), (value, word): (Value, Word), cold: clif::Block) {
        let Some(flags) = self.barrier(array, object, value) else { return };
        let fast = self.builder.create_block();
        let perhaps = self.cold_block();
        self.branch(Flag(flags), perhaps, fast);

        self.enter(perhaps);
        let permanent = self.builder.ins().band_imm_u(flags, FLAG_PERMANENT as i64);
        let old = self.cold_block();
        self.branch(Flag(permanent), cold, old);
        self.enter(old);
        let reference = self.is_reference(word);
        self.branch(reference, cold, fast);
        self.enter(fast);
    }

    /// The address of an element, less [`STORAGE_ELEMENTS`] and the tag of references.
    fn element(&mut self, storage: Word, Raw(index): Raw) -> Word {
        let offset = self.builder.ins().ishl_imm_u(index, 3);
        Word(self.builder.ins().iadd(storage.0, offset))
    }

    /// The element at a raw index that is within the bounds.
    fn load_element(&mut self, array: Word, raw: Raw) -> Word {
        let storage = self.load_word(array, ARRAY_STORAGE);
        let element = self.element(storage, raw);
        self.load_word(element, STORAGE_ELEMENTS)
    }

    fn store_element(&mut self, array: Word, raw: Raw, word: Word) {
        let storage = self.load_word(array, ARRAY_STORAGE);
        let element = self.element(storage, raw);
        self.store(element, STORAGE_ELEMENTS, word.0);
    }

    /// The byte at a raw index that is within the bounds.
    fn load_byte(&mut self, bytes: Word, Raw(index): Raw) -> Word {
        let storage = self.load_word(bytes, BYTES_STORAGE);
        let address = Word(self.builder.ins().iadd(storage.0, index));
        let byte = self.load(address, STORAGE_ELEMENTS, types::I8);
        let byte = self.builder.ins().uextend(types::I64, byte);
        Word(self.builder.ins().ishl_imm_u(byte, 1))
    }

    fn store_byte(&mut self, bytes: Word, Raw(index): Raw, Word(value): Word) {
        let storage = self.load_word(bytes, BYTES_STORAGE);
        let address = Word(self.builder.ins().iadd(storage.0, index));
        let byte = self.builder.ins().ushr_imm_u(value, 1);
        let byte = self.builder.ins().ireduce(types::I8, byte);
        self.store(address, STORAGE_ELEMENTS, byte);
    }

    pub(crate) fn array_get(&mut self, array: Value, index: Value) -> Word {
        self.get(array, index, Entry::array_get, Self::load_element)
    }

    pub(crate) fn bytes_get(&mut self, bytes: Value, index: Value) -> Word {
        self.get(bytes, index, Entry::byte_array_get, Self::load_byte)
    }

    fn get(
        &mut self,
        array: Value,
        index: Value,
        slow: Entry,
        load: fn(&mut Self, Word, Raw) -> Word,
    ) -> Word {
        let object = self.word(array);
        let element = self.element_of(array, index);
        if let Some(raw) = self.known_element(element) {
            return load(self, object, raw);
        }
        let at = self.word(index);
        let cold = self.cold_block();
        let join = self.builder.create_block();
        let result = self.builder.append_block_param(join, types::I64);
        let raw = self.in_bounds(at, object, cold);
        let found = load(self, object, raw);
        self.accessed(join, element, raw, vec![found.0.into()]);

        self.enter(cold);
        let found = self.slow_value(slow, &[object.0, at.0]);
        let raw = self.found_at(at, object);
        self.accessed(join, element, raw, vec![found.into()]);

        self.meet(join, element);
        // The runtime takes no big integer for an index.
        self.note_small(index);
        Word(result)
    }

    /// Whether a value is a byte for certain.
    fn is_byte(&self, value: Value) -> bool {
        match self.definition(value) {
            Some(Op::Constant(Constant::Small(number))) => (0..256).contains(number),
            Some(Op::BytesGet(..) | Op::BoolToInteger(_)) => true,
            _ => false,
        }
    }

    /// The runtime tests whether the value is a byte unless that is known, and whether the array may be changed.
    pub(crate) fn bytes_set(&mut self, bytes: Value, index: Value, value: Value) {
        let object = self.word(bytes);
        let element = self.element_of(bytes, index);
        let known = self.known_element(element);
        let word = self.word(value);
        let (is_byte, changeable) = (self.is_byte(value), self.is_changeable(bytes));
        if let Some(raw) = known
            && is_byte
            && changeable
        {
            return self.store_byte(object, raw, word);
        }
        let at = self.word(index);
        let cold = self.cold_block();
        let join = self.builder.create_block();
        let raw = known.unwrap_or_else(|| self.in_bounds(at, object, cold));
        if !is_byte {
            // As for indexes, one comparison tells.
            let rotated = self.builder.ins().rotr_imm_u(word.0, 1);
            let fits = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, rotated, 256);
            self.go_on_if(Flag(fits), cold);
        }
        if !changeable {
            let low = self.load(object, 0, types::I8);
            let permanent = self.builder.ins().band_imm_u(low, FLAG_PERMANENT as i64);
            let changeable = self.builder.ins().icmp_imm_u(IntCC::Equal, permanent, 0);
            self.go_on_if(Flag(changeable), cold);
        }
        self.store_byte(object, raw, word);
        self.accessed(join, element, raw, Vec::new());

        self.enter(cold);
        self.slow_path(Entry::byte_array_set, &[object.0, at.0, word.0], Vec::new());
        let raw = self.found_at(at, object);
        self.accessed(join, element, raw, Vec::new());

        self.meet(join, element);
        self.note_small(index);
    }

    /// Goes on where a condition holds.
    fn go_on_if(&mut self, condition: Flag, otherwise: clif::Block) {
        let fast = self.builder.create_block();
        self.branch(condition, fast, otherwise);
        self.enter(fast);
    }

    pub(crate) fn array_set(&mut self, array: Value, index: Value, value: Value) {
        let object = self.word(array);
        let element = self.element_of(array, index);
        let known = self.known_element(element);
        let word = self.word(value);
        if let Some(raw) = known
            && self.needs_no_barrier(array, value)
        {
            return self.store_element(object, raw, word);
        }
        let at = self.word(index);
        let cold = self.cold_block();
        let join = self.builder.create_block();
        let raw = known.unwrap_or_else(|| self.in_bounds(at, object, cold));
        self.may_store((array, object), (value, word), cold);
        self.store_element(object, raw, word);
        self.accessed(join, element, raw, Vec::new());

        self.enter(cold);
        self.slow_path(Entry::array_set, &[object.0, at.0, word.0], Vec::new());
        let raw = self.found_at(at, object);
        self.accessed(join, element, raw, Vec::new());

        self.meet(join, element);
        self.note_small(index);
    }

    /// Ends a path of an access to an element; its index goes along if it is worth keeping.
    fn accessed(&mut self, join: clif::Block, element: Element, raw: Raw, mut results: Vec<clif::BlockArg>) {
        if self.is_accessed_again(element) {
            results.push(raw.0.into());
        }
        self.builder.ins().jump(join, &results);
    }

    /// Goes on where the paths of an access meet.
    fn meet(&mut self, join: clif::Block, element: Element) {
        if self.is_accessed_again(element) {
            let raw = self.builder.append_block_param(join, types::I64);
            self.note_element(element, Raw(raw));
        }
        self.enter(join);
    }

    pub(crate) fn array_push(&mut self, array: Value, value: Value) {
        let object = self.word(array);
        let cold = self.cold_block();
        let join = self.builder.create_block();
        let word = self.word(value);
        self.may_store((array, object), (value, word), cold);
        let length = self.load(object, ARRAY_LENGTH, types::I64);
        let storage = self.load_word(object, ARRAY_STORAGE);
        let capacity = self.load(storage, STORAGE_CAPACITY, types::I64);
        let has_room = self.builder.ins().icmp(IntCC::UnsignedLessThan, length, capacity);
        let fast = self.builder.create_block();
        self.branch(Flag(has_room), fast, cold);

        self.enter(fast);
        let element = self.element(storage, Raw(length));
        self.store(element, STORAGE_ELEMENTS, word.0);
        let length = self.builder.ins().iadd_imm_s(length, 1);
        self.store(object, ARRAY_LENGTH, length);
        self.builder.ins().jump(join, &[]);

        self.enter(cold);
        self.slow_path(Entry::array_push, &[object.0, word.0], Vec::new());
        self.builder.ins().jump(join, &[]);
        self.enter(join);
    }
}
