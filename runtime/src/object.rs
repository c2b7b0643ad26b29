//! Objects as the runtime sees them: addresses, headers, sizes, and the words inside.
//!
//! *Invariant:* an [`Object`] is the address of a header. Whoever makes one guarantees that the object is
//! alive and that nobody else accesses it, which holds for the objects of the running process and for
//! permanent ones, which nobody writes to.

use crate::heap::shared;
use crate::program;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::table::{BlockInfo, Layout};
use inko_abi::word::{self, Word};

/// The address of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Object(*mut u64);

/// So many elements of an array are looked at together.
const BLOCK: usize = 64;

impl Object {
    /// The object that a reference refers to.
    pub fn of(word: Word) -> Self {
        debug_assert!(word::is_reference(word), "{word:#x} is no reference");
        Self((word - word::TAG_REFERENCE) as *mut u64)
    }

    /// The object whose header is at an address.
    pub fn at(address: *mut u64) -> Self {
        Self(address)
    }

    /// The address of the header.
    pub fn address(self) -> *mut u64 {
        self.0
    }

    /// The reference to this object.
    pub fn word(self) -> Word {
        self.0 as Word + word::TAG_REFERENCE
    }

    /// The header, or the new address of an object that was moved.
    pub fn header(self) -> u64 {
        // SAFETY: see the module's invariant.
        unsafe { *self.0 }
    }

    /// Overwrites the header.
    pub fn set_header(self, header: u64) {
        // SAFETY: see the module's invariant; permanent objects get a header only when they are made.
        unsafe { *self.0 = header }
    }

    /// The class number.
    pub fn class(self) -> u32 {
        (self.header() >> HEADER_CLASS_SHIFT) as u32
    }

    /// Whether a flag is set in the header.
    pub fn has(self, flag: u64) -> bool {
        self.header() & flag != 0
    }

    /// The raw word at an offset in bytes.
    pub fn raw(self, offset: i32) -> u64 {
        // SAFETY: callers name offsets of the object's layout.
        unsafe { *self.0.byte_add(offset as usize) }
    }

    /// Overwrites the raw word at an offset in bytes.
    pub fn set_raw(self, offset: i32, value: u64) {
        // SAFETY: callers name offsets of the object's layout, and objects that they may write to.
        unsafe { *self.0.byte_add(offset as usize) = value }
    }

    /// The address of the byte at an offset.
    pub fn pointer(self, offset: i32) -> *mut u8 {
        // SAFETY: callers name offsets of the object's layout.
        unsafe { self.0.cast::<u8>().add(offset as usize) }
    }

    /// The size in bytes, a multiple of 8.
    pub fn size(self) -> usize {
        let padded = |bytes: u64| (bytes as usize).next_multiple_of(8);
        let header = self.header();
        match self.class() {
            number @ class::FIRST_USER.. => 8 + program::class(number).fields as usize * 8,
            class::INTEGER => 16 + (self.raw(BIG_LENGTH) as i64).unsigned_abs() as usize * 8,
            class::STRING if header & FLAG_EXTERNAL != 0 => 24,
            class::STRING => 16 + padded(self.raw(STRING_LENGTH)),
            class::ARRAY | class::BYTE_ARRAY => ARRAY_SIZE as usize,
            class::ARRAY_STORAGE => 16 + self.raw(STORAGE_CAPACITY) as usize * 8,
            class::BYTE_STORAGE => 16 + padded(self.raw(STORAGE_CAPACITY)),
            class::BLOCK => CLOSURE_CAPTURES as usize + captures(header) * 8,
            class::HASHER => 8 + HASHER_WORDS * 8,
            class::POINTER if header & FLAG_EXTERNAL != 0 => 24,
            class::FLOAT
            | class::CELL
            | class::HOME
            | class::PROCESS
            | class::READ_ONLY_FILE
            | class::WRITE_ONLY_FILE
            | class::READ_WRITE_FILE
            | class::CHILD_PROCESS
            | class::LIBRARY
            | class::FUNCTION
            | class::POINTER
            | class::IP_SOCKET
            | class::UNIX_SOCKET
            | class::GENERATOR
            | class::CLASS_OBJECT => 16,
            number => unreachable!("no object has the class {number}"),
        }
    }

    /// Shows the address of every word inside the object that may be a reference. Of the elements of arrays, which are often numbers,
    /// many at a time are left out if there is no reference among them.
    #[inline]
    pub fn each_word(self, mut visit: impl FnMut(*mut Word)) {
        let mut each = |first: *mut Word, count: usize| {
            for index in 0..count {
                visit(first.wrapping_add(index));
            }
        };
        let mut range = |offset: i32, count: usize| each(self.pointer(offset).cast(), count);
        match self.class() {
            class::ARRAY | class::BYTE_ARRAY => range(ARRAY_STORAGE, 1),
            class::ARRAY_STORAGE => {
                let elements: *mut Word = self.pointer(STORAGE_ELEMENTS).cast();
                let count = self.raw(STORAGE_CAPACITY) as usize;
                for start in (0..count).step_by(BLOCK) {
                    let (first, size) = (elements.wrapping_add(start), BLOCK.min(count - start));
                    // SAFETY: a storage has as many elements as its capacity says.
                    let words = unsafe { std::slice::from_raw_parts(first, size) };
                    // Without a branch for each word it takes vector instructions.
                    if words.iter().fold(false, |found, &word| found | word::is_reference(word)) {
                        each(first, size);
                    }
                }
            }
            class::BLOCK => range(CLOSURE_CAPTURES, captures(self.header())),
            class::CELL | class::HOME => range(CELL_VALUE, 1),
            class::INTEGER | class::FLOAT | class::STRING | class::BYTE_STORAGE | class::PROCESS => {}
            class::GENERATOR | class::HASHER | class::CLASS_OBJECT => {}
            class::READ_ONLY_FILE | class::WRITE_ONLY_FILE | class::READ_WRITE_FILE => {}
            class::CHILD_PROCESS => {}
            class::LIBRARY | class::FUNCTION | class::POINTER => {}
            class::IP_SOCKET | class::UNIX_SOCKET => {}
            number => {
                let row = program::class(number);
                debug_assert_eq!(row.layout, Layout::Instance);
                if row.float_fields == 0 {
                    return range(FIELDS, row.fields as usize);
                }
                for field in 0..row.fields {
                    if field >= 64 || row.float_fields >> field & 1 == 0 {
                        visit(self.pointer(FIELDS + field as i32 * 8).cast());
                    }
                }
            }
        }
    }
}

/// What a block says of itself.
pub fn block_info(block: Object) -> &'static BlockInfo {
    debug_assert_eq!(block.class(), class::BLOCK);
    // SAFETY: the compiler puts the address of a row of its table there, which is never freed.
    unsafe { &*(block.raw(CLOSURE_INFO) as *const BlockInfo) }
}

/// The number of arguments of a block.
pub fn arity(block: Object) -> u8 {
    (block.header() >> HEADER_ARITY_SHIFT & 0xff) as u8
}

/// The number of captures in a closure's header.
fn captures(header: u64) -> usize {
    (header >> HEADER_CAPTURES_SHIFT & 0xffff) as usize
}

/// The class number of any value.
pub fn class_of(value: Word) -> u32 {
    match value {
        _ if word::is_small(value) => class::INTEGER,
        _ if word::is_reference(value) => Object::of(value).class(),
        _ if value & word::TAG_MASK == word::TAG_FLOAT => class::FLOAT,
        word::TRUE | word::FALSE => class::BOOLEAN,
        _ => class::NIL,
    }
}

/// The name of a value's class, for messages.
pub fn class_name(value: Word) -> &'static str {
    match class_of(value) {
        class::NIL => "Nil",
        class::CLASS_OBJECT => "a class",
        number => program::string(program::class(number).name),
    }
}

/// The text of a string.
///
/// The lifetime is the caller's promise that no collection happens while the text is in use.
pub fn text<'a>(value: Word) -> &'a str {
    // SAFETY: strings are UTF-8 when they are made and never change.
    unsafe { std::str::from_utf8_unchecked(bytes(value)) }
}

/// The bytes of a string; the same promise as for [`text`].
pub fn bytes<'a>(value: Word) -> &'a [u8] {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::STRING);
    let length = object.raw(STRING_LENGTH) as usize;
    if object.has(FLAG_EXTERNAL) {
        let bytes = shared::of(object.raw(STRING_BYTES)).bytes();
        debug_assert_eq!(bytes.len(), length);
        return bytes;
    }
    // SAFETY: the length is that of the bytes behind it.
    unsafe { std::slice::from_raw_parts(object.pointer(STRING_BYTES), length) }
}

/// The elements of an array; the same promise as for [`text`].
pub fn elements<'a>(value: Word) -> &'a mut [Word] {
    let array = Object::of(value);
    debug_assert_eq!(array.class(), class::ARRAY);
    let storage = Object::of(array.raw(ARRAY_STORAGE));
    let length = array.raw(ARRAY_LENGTH) as usize;
    debug_assert!(length as u64 <= storage.raw(STORAGE_CAPACITY));
    // SAFETY: an array's length is at most the capacity of its storage.
    unsafe { std::slice::from_raw_parts_mut(storage.pointer(STORAGE_ELEMENTS).cast(), length) }
}

/// The bytes of a byte array; the same promise as for [`text`].
pub fn byte_elements<'a>(value: Word) -> &'a mut [u8] {
    let array = Object::of(value);
    debug_assert_eq!(array.class(), class::BYTE_ARRAY);
    let storage = Object::of(array.raw(BYTES_STORAGE));
    let length = array.raw(BYTES_LENGTH) as usize;
    // SAFETY: a byte array's length is at most the capacity of its storage.
    unsafe { std::slice::from_raw_parts_mut(storage.pointer(STORAGE_ELEMENTS), length) }
}

/// The value of a float.
pub fn float(value: Word) -> f64 {
    if value & word::TAG_MASK == word::TAG_FLOAT {
        return f64::from_bits(word::word_to_float(value));
    }
    f64::from_bits(Object::of(value).raw(FLOAT_BITS))
}
