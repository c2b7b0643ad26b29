//! Object layouts. Every object starts with a one-word header and is a multiple of 8 bytes long.
//!
//! Header: bit 0 is always 1 (a collector replaces the header of a moved object by its new, 8-byte
//! aligned address, which has bit 0 clear); bits 1 to 7 are flags; bits 8 to 15 and 16 to 31 belong to
//! the class (closures: arity and number of captures; others: 0); bits 32 to 63 are the class number.

/// Set in every header, clear in forwarding addresses.
pub const HEADER_BIT: u64 = 1;
/// The object lives in static data or the permanent heap: it never moves, is shared by all processes
/// and must not be written to.
pub const FLAG_PERMANENT: u64 = 1 << 1;
/// The object owns something outside the heap (shared string bytes, a process handle, a generator's
/// stack) that must be released when the object dies.
pub const FLAG_EXTERNAL: u64 = 1 << 2;
/// The object has survived a collection. This flag and the following belong to the collector.
pub const FLAG_OLD: u64 = 1 << 3;
/// The object is old, and nothing was written to it since the last collection. Whoever stores a reference in an object with
/// this flag must call the write barrier first.
pub const FLAG_CLEAN: u64 = 1 << 4;
/// The object is large: it has memory of its own and never moves.
pub const FLAG_LARGE: u64 = 1 << 5;
/// The collection that is going on has reached the object, which doesn't move.
pub const FLAG_MARKED: u64 = 1 << 6;
/// What a store of a reference must test: one of these flags in the first byte of the header sends it to the write barrier.
pub const BARRIER_FLAGS: u64 = FLAG_PERMANENT | FLAG_CLEAN;
/// The byte offset of the 32-bit class number within the header (little-endian).
pub const HEADER_CLASS_OFFSET: i32 = 4;
/// The shift of the class number within the header.
pub const HEADER_CLASS_SHIFT: u32 = 32;
/// The shift of a closure's arity (8 bits) within the header.
pub const HEADER_ARITY_SHIFT: u32 = 8;
/// The shift of a closure's number of captures (16 bits) within the header.
pub const HEADER_CAPTURES_SHIFT: u32 = 16;

/// Makes a header.
pub const fn header(class: u32, flags: u64) -> u64 {
    ((class as u64) << HEADER_CLASS_SHIFT) | flags | HEADER_BIT
}

/// Makes the header of a closure or lambda.
pub const fn closure_header(arity: u8, captures: u16, flags: u64) -> u64 {
    header(crate::class::BLOCK, flags)
        | (arity as u64) << HEADER_ARITY_SHIFT
        | (captures as u64) << HEADER_CAPTURES_SHIFT
}

/// Instances of user classes: attribute *n* is at `FIELDS + 8 * n`, a word, or the bits of a double
/// where the class table says so.
pub const FIELDS: i32 = 8;
/// A boxed float: the bits of the double.
pub const FLOAT_BITS: i32 = 8;
/// A big integer: the number of 64-bit limbs, negative for negative numbers; normalised, so that it
/// never holds a small integer.
pub const BIG_LENGTH: i32 = 8;
/// The limbs of a big integer, least significant first.
pub const BIG_LIMBS: i32 = 16;
/// A string's length in bytes, a raw integer.
pub const STRING_LENGTH: i32 = 8;
/// A string's bytes, padded to 8; with [`FLAG_EXTERNAL`] instead a pointer to shared storage.
pub const STRING_BYTES: i32 = 16;
/// Strings up to this many bytes are stored inline in process heaps; longer ones are shared by
/// reference count. Literals are always inline.
pub const STRING_INLINE_MAX: usize = 64;
/// An array's length, a raw integer.
pub const ARRAY_LENGTH: i32 = 8;
/// An array's storage: a word that refers to an object of class `ARRAY_STORAGE`.
pub const ARRAY_STORAGE: i32 = 16;
/// The size of an array object in bytes.
pub const ARRAY_SIZE: i32 = 24;
/// Array storage: its capacity in elements, a raw integer. Slots past the array's length hold small
/// integer 0.
pub const STORAGE_CAPACITY: i32 = 8;
/// The first element of array storage.
pub const STORAGE_ELEMENTS: i32 = 16;
/// A byte array's length, a raw integer; same offsets as an array, storage of class `BYTE_STORAGE`.
pub const BYTES_LENGTH: i32 = 8;
/// A byte array's storage: a word.
pub const BYTES_STORAGE: i32 = 16;
/// Closures: the address of their code (closure convention), raw.
pub const CLOSURE_CODE: i32 = 8;
/// Closures: the address of their [`crate::table::BlockInfo`], raw.
pub const CLOSURE_INFO: i32 = 16;
/// Closures: the first capture, a word.
pub const CLOSURE_CAPTURES: i32 = 24;
/// A cell (captured variable): its word.
pub const CELL_VALUE: i32 = 8;
/// A home token (target of non-local exits): `True` while its frame is active, else `False`.
pub const HOME_ACTIVE: i32 = 8;
/// Process handles, generators: a raw pointer that belongs to the runtime.
pub const HANDLE_POINTER: i32 = 8;
/// A hasher: its state, [`HASHER_WORDS`] raw words.
pub const HASHER_STATE: i32 = 8;
/// The number of raw words of a hasher's state.
pub const HASHER_WORDS: usize = 4;
/// Class objects: the class number they stand for, raw.
pub const CLASS_OBJECT_CLASS: i32 = 8;
/// Pointers of C: the address, raw.
pub const POINTER_ADDRESS: i32 = 8;
/// Pointers of C with [`FLAG_EXTERNAL`]: a raw pointer to what they keep, which belongs to the runtime.
pub const POINTER_KEEPER: i32 = 16;
