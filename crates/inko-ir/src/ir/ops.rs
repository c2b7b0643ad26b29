//! What instructions do.

use super::ids::*;
use inko_abi::entry::Entry;
use inko_syntax::Name;

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Constant {
    /// `Nil`.
    Nil,
    /// A flag (type `Bool`).
    Bool(bool),
    /// A small integer.
    Small(i64),
    /// A big integer in decimal; a permanent object.
    Big(Name),
    /// A double, by its bits.
    Float(u64),
    /// A string; a permanent object.
    String(Name),
    /// The module object of the class with this number.
    Module(u32),
    /// The class object of the class with this number.
    ClassObject(u32),
    /// A trait as a value.
    Trait {
        /// The number of the class `Trait`.
        class: u32,
        /// Tells traits apart.
        number: u32,
    },
    /// `inko_abi::word::UNDEFINED`.
    Undefined,
    /// A raw integer.
    Raw(i64),
}

/// An integer operation on words known to be integers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IntegerOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    /// `Div` of a small integer that isn't negative by a small positive one.
    Quotient,
    /// `Mod` of the same.
    Remainder,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
}

/// An operation on doubles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// A comparison. `Equal` is not used for floats, whose equality is a runtime function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a word is verified or tested to be.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Check {
    /// An integer, small or big.
    Integer,
    /// A float, immediate or boxed.
    Float,
    /// `True` or `False`.
    Boolean,
    /// `Nil`.
    Nil,
    /// An object of exactly the class with this number.
    Class(u32),
    /// A value whose class is one of these (ascending); for traits.
    Classes(Vec<u32>),
    /// A block that takes this many arguments; with `lambda` also that it is a lambda.
    Block {
        /// The number of arguments.
        arity: u32,
        /// Whether only lambdas will do.
        lambda: bool,
    },
}

/// What a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// A function.
    Function(FunctionId),
    /// The implementation for the class of the first argument; panics if its class has none.
    Selector(SelectorId),
    /// The closure that is the first argument, which must be known to be a block of the right arity. It
    /// is passed as the first argument too.
    Closure,
    /// A function of the runtime. Results: none, one, or word and flag, by its row.
    Entry(Entry),
}

/// A call. Results: those of the callee's signature, that is one value, and a `Bool` if it throws
/// ([`Callee::Closure`]: always word and flag).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The arguments.
    pub args: Vec<Value>,
}

/// An operation. "Pure" ones may be removed, merged and moved; they neither panic nor touch memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    /// One value. Pure.
    Constant(Constant),
    /// Integers -> integer. `Div` and `Mod` panic for 0, shifts for huge distances; otherwise pure.
    Integer(IntegerOp, Value, Value),
    /// Integers -> `Bool`. Pure.
    IntegerCompare(Compare, Value, Value),
    /// Integer -> `Float`. Pure.
    IntegerToFloat(Value),
    /// Floats -> `Float`. Pure.
    Float(FloatOp, Value, Value),
    /// Floats -> `Bool`. Pure.
    FloatCompare(Compare, Value, Value),
    /// Raw integers -> `Bool`, equality. Pure.
    RawEquals(Value, Value),
    /// `Bool` -> `Bool`. Pure.
    Not(Value),
    /// `Float` -> word. Pure (it may allocate).
    BoxFloat(Value),
    /// Word known to be a float -> `Float`. Pure. Use `Verify` before it for other words.
    UnboxFloat(Value),
    /// `Bool` -> word. Pure.
    BoxBool(Value),
    /// Word known to be a boolean -> `Bool`. Pure. Use `Verify` before it for other words.
    UnboxBool(Value),
    /// `Bool` -> 0 or 1, a small integer. Pure.
    BoolToInteger(Value),
    /// Word -> the same word, checked; otherwise panics and names the expected type as in the string.
    Verify(Value, Check, Name),
    /// Word -> `Bool`. Pure.
    Test(Value, Check),
    /// Words -> `Bool`: identity. Pure.
    Same(Value, Value),
    /// Word -> `Bool`: whether it is `UNDEFINED`. Pure.
    IsUndefined(Value),
    /// A new instance of the class with this number, its attributes in order -> word.
    New(u32, Vec<Value>),
    /// The attribute of an object of the class with the number -> word or `Float`.
    GetField {
        /// The object.
        object: Value,
        /// Its class.
        class: u32,
        /// The attribute.
        field: u32,
    },
    /// Sets an attribute; panics if the object is permanent. No result.
    SetField {
        /// The object.
        object: Value,
        /// Its class.
        class: u32,
        /// The attribute.
        field: u32,
        /// The new value.
        value: Value,
    },
    /// A new captured variable -> word.
    NewCell(Value),
    /// The word in a captured variable.
    GetCell(Value),
    /// Sets a captured variable: cell, word. No result.
    SetCell(Value, Value),
    /// A new closure of a function in closure convention, with its captures -> word. Without captures
    /// it is static data.
    Closure(FunctionId, Vec<Value>),
    /// A capture of a closure object -> word. Pure.
    GetCapture(Value, u32),
    /// A local.
    GetLocal(LocalId),
    /// Sets a local. No result.
    SetLocal(LocalId, Value),
    /// A call of any kind that needs no unwind edge.
    Call(Call),
    /// A constant's word; panics if it is not assigned yet.
    GetGlobal(GlobalId),
    /// Assigns a constant: the value is frozen first. No result; later uses must read the constant.
    SetGlobal(GlobalId, Value),
    /// The number of bytes of a string -> small integer. Pure.
    StringSize(Value),
    /// A new array of these elements -> word.
    NewArray(Vec<Value>),
    /// The length of an array or a byte array -> small integer.
    ArrayLength(Value),
    /// Array, integer -> the element; panics when out of bounds.
    ArrayGet(Value, Value),
    /// Array, integer, word: sets or appends; panics when out of bounds or permanent. No result.
    ArraySet(Value, Value, Value),
    /// Array, word: appends; panics if permanent. No result.
    ArrayPush(Value, Value),
    /// Byte array, integer -> the byte, a small integer; panics when out of bounds.
    BytesGet(Value, Value),
    /// Byte array, integer, integer: sets or appends; panics when out of bounds, permanent, or for what is no byte. No result.
    BytesSet(Value, Value, Value),
    /// A new home token for this activation -> word. Non-local exits that name it arrive at `exits`: exit
    /// number *n* means a jump to block *n* of the list with one argument, the word they carry.
    NewHome(Vec<BlockId>),
    /// Marks a home token as left. No result.
    EndHome(Value),
    /// First in the unwind block of an invoke -> home token, word carried, exit number (`Raw`).
    LandingPad,
    /// Word: what it refers to lives at least up to here, since a variable that may hold a resource of the system is in
    /// scope. No code. No result.
    KeepAlive(Value),
    /// Lets the process be preempted and its garbage be collected. No result.
    Poll,
}
