//! The numbers of classes that compiler and runtime both know.
//!
//! The compiler numbers all other classes (one for each module object too) from [`FIRST_USER`].

/// No class.
pub const NONE: u32 = 0;
/// `Integer`; objects with this number are big integers.
pub const INTEGER: u32 = 1;
/// `Float`; objects with this number are boxed floats.
pub const FLOAT: u32 = 2;
/// `String`.
pub const STRING: u32 = 3;
/// `Boolean`; never an object.
pub const BOOLEAN: u32 = 4;
/// `NilType`; never an object.
pub const NIL: u32 = 5;
/// `Array`.
pub const ARRAY: u32 = 6;
/// `ByteArray`.
pub const BYTE_ARRAY: u32 = 7;
/// `Block`: closures and lambdas.
pub const BLOCK: u32 = 8;
/// `Process`: handles.
pub const PROCESS: u32 = 9;
/// `DefaultHasher`.
pub const HASHER: u32 = 10;
/// `Generator`.
pub const GENERATOR: u32 = 11;
/// Class objects.
pub const CLASS_OBJECT: u32 = 12;
/// Internal: the storage of arrays.
pub const ARRAY_STORAGE: u32 = 13;
/// Internal: the storage of byte arrays, raw bytes.
pub const BYTE_STORAGE: u32 = 14;
/// Internal: a captured variable.
pub const CELL: u32 = 15;
/// Internal: the target of non-local exits.
pub const HOME: u32 = 16;
/// `ReadOnlyFile`.
pub const READ_ONLY_FILE: u32 = 17;
/// `WriteOnlyFile`.
pub const WRITE_ONLY_FILE: u32 = 18;
/// `ReadWriteFile`.
pub const READ_WRITE_FILE: u32 = 19;
/// `ChildProcess`.
pub const CHILD_PROCESS: u32 = 22;
/// `Library` of `std::ffi`.
pub const LIBRARY: u32 = 23;
/// `Function` of `std::ffi`.
pub const FUNCTION: u32 = 24;
/// `Pointer` of `std::ffi`.
pub const POINTER: u32 = 25;
/// `Socket` of `std::net::socket`.
pub const IP_SOCKET: u32 = 20;
/// `Socket` of `std::net::unix`.
pub const UNIX_SOCKET: u32 = 21;
/// The first number of classes declared in Inko and of module objects.
pub const FIRST_USER: u32 = 32;

/// The built-in classes that std's sources name, with their numbers. A name may be in several modules.
pub const BUILT_IN: &[(&str, u32)] = &[
    ("Integer", INTEGER),
    ("Float", FLOAT),
    ("String", STRING),
    ("Boolean", BOOLEAN),
    ("NilType", NIL),
    ("Array", ARRAY),
    ("ByteArray", BYTE_ARRAY),
    ("Block", BLOCK),
    ("Process", PROCESS),
    ("DefaultHasher", HASHER),
    ("Generator", GENERATOR),
    ("ReadOnlyFile", READ_ONLY_FILE),
    ("WriteOnlyFile", WRITE_ONLY_FILE),
    ("ReadWriteFile", READ_WRITE_FILE),
    ("ChildProcess", CHILD_PROCESS),
    ("Library", LIBRARY),
    ("Function", FUNCTION),
    ("Pointer", POINTER),
    ("Socket", IP_SOCKET),
    ("Socket", UNIX_SOCKET),
];
