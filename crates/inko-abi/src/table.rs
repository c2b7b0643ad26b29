//! The read-only tables that the compiler writes into a program for the runtime, reached from the one
//! exported symbol [`PROGRAM_SYMBOL`].
//!
//! Positions and strings are referred to by index so that the tables need few relocations.

use crate::word::Word;

/// The name of the symbol of the [`Program`] table.
pub const PROGRAM_SYMBOL: &str = "inko_program";
/// The name of the compiled trampoline
/// `extern "C" fn(process, closure: Word) -> (Word, status)` that puts `process` into the pinned
/// register and calls a closure without arguments. It does not preserve the pinned register (r15);
/// its caller must.
pub const CALL_SYMBOL: &str = "inko_call_closure";
/// The version of everything in this crate; the runtime refuses other programs.
pub const ABI_VERSION: u64 = 3;

/// The root of all tables.
#[repr(C)]
#[derive(Debug)]
pub struct Program {
    /// [`ABI_VERSION`].
    pub version: u64,
    /// A permanent lambda without arguments that runs all module bodies in order.
    pub main: Word,
    /// Rows by class number.
    pub classes: *const Class,
    /// The number of rows of `classes`.
    pub class_count: u64,
    /// All compiled functions in ascending order of address.
    pub functions: *const Function,
    /// The number of rows of `functions`.
    pub function_count: u64,
    /// Call sites, grouped by function, ascending by offset.
    pub sites: *const CallSite,
    /// Stack slots of all call sites: offsets in bytes from the stack pointer at the call.
    pub slots: *const u32,
    /// Source positions.
    pub positions: *const Position,
    /// Strings, as offset and length into `text`.
    pub strings: *const StringRef,
    /// UTF-8 text.
    pub text: *const u8,
    /// The module constants, [`crate::word::UNDEFINED`] until assigned. Values are permanent objects.
    pub constants: *mut Word,
    /// The number of constants.
    pub constant_count: u64,
    /// The names of arguments, indexes into the strings, of all rows of [`BlockInfo`].
    pub arguments: *const u32,
    /// What mirrors see; null in programs without mirrors.
    pub reflection: *const Reflection,
}

// SAFETY: the tables are written by the compiler and never change, except for `constants`, whose
// words are written once, by the main process, before another process can learn of them.
unsafe impl Sync for Program {}

/// How the collector, the copier and the hasher must treat objects of a class.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// Attributes as described by the row.
    Instance = 0,
    /// See the built-in layouts in [`crate::object`]; the class number says which.
    BuiltIn = 1,
}

/// A row of the class table.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// The name, an index into the strings.
    pub name: u32,
    /// The layout.
    pub layout: Layout,
    /// The number of attributes.
    pub fields: u32,
    /// Unused, zero.
    pub reserved: u32,
    /// Bit *n* is set when attribute *n* holds the bits of a double. Attributes from 64 on are words.
    pub float_fields: u64,
}

/// A compiled function.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The address of the first instruction.
    pub start: u64,
    /// The size of its code in bytes.
    pub size: u32,
    /// The index of its first call site.
    pub first_site: u32,
    /// The number of its call sites.
    pub site_count: u32,
    /// Its name, an index into the strings.
    pub name: u32,
}

/// What is known of the frame of the caller while a call is running.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CallSite {
    /// The return address, as an offset from the function's start.
    pub offset: u32,
    /// The distance from the stack pointer at the call to the frame pointer, in bytes.
    pub frame_size: u32,
    /// The index of the first live slot; each holds a word that a moving collector must update.
    pub first_slot: u32,
    /// The number of live slots.
    pub slot_count: u32,
    /// The offset of the landing pad from the function's start, 0 if there is none. It is entered
    /// with the stack and frame pointer of this frame and the process in the pinned register; all
    /// other registers are dead.
    pub landing_pad: u32,
    /// The source position of the call, an index into the positions.
    pub position: u32,
}

/// A source position, with the calls it was inlined through.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// The name of the method or block, an index into the strings.
    pub name: u32,
    /// The path of the file, an index into the strings.
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
    /// The position of the call that this code was inlined at, or [`NO_POSITION`].
    pub caller: u32,
}

/// The end of a chain of positions.
pub const NO_POSITION: u32 = u32::MAX;

/// A string in the text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StringRef {
    /// The offset of the first byte.
    pub offset: u32,
    /// The length in bytes.
    pub length: u32,
}

/// What a block says of itself.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct BlockInfo {
    /// The name (`<block>`, `<lambda>` or a method's), an index into the strings.
    pub name: u32,
    /// The file, an index into the strings.
    pub file: u32,
    /// The line of the literal or definition.
    pub line: u32,
    /// What it is.
    pub kind: BlockKind,
    /// The index of the first argument's name in [`Program::arguments`].
    pub first_argument: u32,
    /// The number of arguments.
    pub argument_count: u32,
    /// The number of arguments without a default.
    pub required: u32,
}

/// The kinds of blocks.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockKind {
    /// A closure.
    Closure = 0,
    /// A lambda.
    Lambda = 1,
    /// A method, which only mirrors see as a block, and which can't be called as one.
    Method = 2,
}

/// What mirrors see of a program besides its other tables.
#[repr(C)]
#[derive(Debug)]
pub struct Reflection {
    /// Rows by class number, as many as [`Program::classes`] has.
    pub classes: *const ClassMirror,
    /// The attributes of all classes.
    pub attributes: *const AttributeMirror,
    /// The methods of all classes.
    pub methods: *const BlockInfo,
    /// The traits that classes implement: indexes into `traits`.
    pub implemented: *const u32,
    /// The traits.
    pub traits: *const ObjectMirror,
    /// The number of rows of `traits`.
    pub trait_count: u64,
    /// The modules.
    pub modules: *const ObjectMirror,
    /// The number of rows of `modules`.
    pub module_count: u64,
}

// SAFETY: the compiler writes the tables, and nobody changes them.
unsafe impl Sync for Reflection {}

/// What mirrors see of a class.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ClassMirror {
    /// The class object.
    pub object: Word,
    /// The index of the first attribute; [`Class::fields`] says how many there are.
    pub first_attribute: u32,
    /// The index of the first method.
    pub first_method: u32,
    /// The number of methods.
    pub method_count: u32,
    /// The index of the first trait in [`Reflection::implemented`].
    pub first_trait: u32,
    /// The number of traits.
    pub trait_count: u32,
    /// Unused, zero.
    pub reserved: u32,
}

/// An attribute.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AttributeMirror {
    /// The name with its `@`, an index into the strings.
    pub name: u32,
    /// The number of the class that all values of the attribute must have, or [`crate::class::NONE`]. With that of
    /// blocks they must also take as many arguments as the value they replace.
    pub class: u32,
}

/// A trait or module.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ObjectMirror {
    /// The object.
    pub object: Word,
    /// The name, an index into the strings.
    pub name: u32,
    /// The file, an index into the strings; the name again for traits.
    pub file: u32,
}
