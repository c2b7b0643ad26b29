//! The representation itself: functions of basic blocks with parameters (SSA), over four types.
//!
//! Lowering also uses *locals*, mutable slots read and written by [`Op::GetLocal`] and [`Op::SetLocal`];
//! the `promote` pass turns them into values and block parameters. Everything after it, code generation
//! included, sees none.
//!
//! *Invariants* (checked by the verifier): every value is defined once and dominates its uses; blocks end in
//! one terminator; arguments match parameters in number and type; instructions have the operand types
//! and results stated here; the unwind block of an [`Terminator::Invoke`] starts with [`Op::LandingPad`]
//! and is no target of other terminators than invokes.

use crate::reflection::{Arguments, Reflection};
use cranelift_entity::{PrimaryMap, entity_impl};
use indexmap::IndexSet;
use inko_abi::entry::Entry;
use inko_syntax::Name;
use std::collections::BTreeMap;

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(u32);
entity_impl!(FunctionId, "fn");

/// A basic block of a function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(u32);
entity_impl!(BlockId, "b");

/// A value of a function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(u32);
entity_impl!(Value, "v");

/// A local of a function; none is left after promotion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(u32);
entity_impl!(LocalId, "l");

/// A trait method that is called by the class of its receiver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SelectorId(u32);
entity_impl!(SelectorId, "sel");

/// A module constant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GlobalId(u32);
entity_impl!(GlobalId, "const");

/// A source position with its chain of inlined calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionId(u32);
entity_impl!(PositionId, "pos");

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// A tagged word; the only type that may refer to an object.
    Word,
    /// A double.
    Float,
    /// A flag.
    Bool,
    /// A raw 64-bit integer.
    Raw,
}

/// What is known of a word besides its type. Trusted: whoever produces a value with a fact guarantees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Known {
    /// Nothing. Facts about values of other types than words are also `Nothing`.
    #[default]
    Nothing,
    /// An integer of any size.
    Integer,
    /// A small integer.
    Small,
    /// An object (or immediate) of the class with this number, other than `Integer`.
    Class(u32),
}

/// A program.
#[derive(Debug, Default)]
pub struct Program {
    /// The functions.
    pub functions: PrimaryMap<FunctionId, Function>,
    /// Classes by number (`inko_abi::class`); numbers without a class are `None`.
    pub classes: Vec<Option<Class>>,
    /// The trait methods that are called dynamically.
    pub selectors: PrimaryMap<SelectorId, Selector>,
    /// The module constants.
    pub globals: PrimaryMap<GlobalId, Global>,
    /// Source positions.
    pub positions: Positions,
    /// The program itself: a function in closure convention (one parameter, the closure) that runs all
    /// module bodies in order.
    pub main: Option<FunctionId>,
    /// What mirrors see; `None` in programs without mirrors.
    pub reflection: Option<Reflection>,
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// The name.
    pub name: Name,
    /// The types of its attributes: `Word` or `Float` (the first 64 only).
    pub fields: Vec<Ty>,
    /// The names of its attributes.
    pub field_names: Vec<Name>,
    /// Whether it is the class of a module object, which exists once, as static data.
    pub is_module: bool,
}

/// A trait method with its implementations.
#[derive(Debug, Clone)]
pub struct Selector {
    /// `Trait.method`, for messages.
    pub name: Name,
    /// The common signature; the receiver is the first parameter, a word.
    pub signature: Signature,
    /// The implementations by class number, all of exactly this signature.
    pub targets: BTreeMap<u32, FunctionId>,
}

/// A module constant.
#[derive(Debug, Clone)]
pub struct Global {
    /// The name, for messages.
    pub name: Name,
}

/// The positions of a program, interned.
#[derive(Debug, Default)]
pub struct Positions {
    all: IndexSet<Position>,
}

/// A source position.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Position {
    /// The name of the method or block that the code was written in.
    pub function: Name,
    /// The path of the file.
    pub file: Name,
    /// The line, from 1.
    pub line: u32,
    /// The call that this code was inlined at.
    pub caller: Option<PositionId>,
}

impl Positions {
    /// The id of a position.
    pub fn intern(&mut self, position: Position) -> PositionId {
        PositionId(self.all.insert_full(position).0 as u32)
    }

    /// The position of an id.
    pub fn get(&self, id: PositionId) -> &Position {
        &self.all[id.0 as usize]
    }

    /// All positions in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Position> {
        self.all.iter()
    }

    /// The position of inlined code: `inner`, whose outermost caller becomes `call`.
    pub fn inlined(&mut self, inner: PositionId, call: PositionId) -> PositionId {
        let mut position = self.get(inner).clone();
        position.caller = Some(match position.caller {
            Some(caller) => self.inlined(caller, call),
            None => call,
        });
        self.intern(position)
    }
}

/// How a function is called.
///
/// The *closure convention* is the signature of words only that returns a word and throws: parameter 0
/// is the closure object. All closures, lambdas and generator bodies have it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    /// The parameters' types. Instance methods take the receiver first.
    pub params: Vec<Ty>,
    /// The result's type.
    pub returns: Ty,
    /// Whether it also returns a flag, which is set when the result (then always a word) was thrown.
    /// When `returns` is not `Word` and the function throws, the value is returned boxed: functions that
    /// throw always have `returns: Word`.
    pub throws: bool,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name in traces: the method's name, `<block>`, `<lambda>` or the module's name.
    pub name: Name,
    /// A unique name for symbols and dumps, such as `std::option::Option.map`.
    pub symbol: Name,
    /// How it is called.
    pub signature: Signature,
    /// Where it is defined.
    pub position: PositionId,
    /// For closures and lambdas.
    pub block: Option<BlockLiteral>,
    /// The entry block; its parameters are the function's.
    pub entry: BlockId,
    /// The blocks.
    pub blocks: PrimaryMap<BlockId, Block>,
    /// The values.
    pub values: PrimaryMap<Value, ValueData>,
    /// The locals.
    pub locals: PrimaryMap<LocalId, Ty>,
    /// Whether it must stay a function of its own (it registers deferred blocks, or is a generator).
    pub never_inline: bool,
}

/// What a function that is the code of a closure or lambda tells about the literal.
#[derive(Debug, Clone)]
pub struct BlockLiteral {
    /// Whether it is a lambda.
    pub is_lambda: bool,
    /// The number of captures, all words.
    pub captures: u32,
    /// The arguments.
    pub arguments: Arguments,
}

/// A basic block.
#[derive(Debug, Clone)]
pub struct Block {
    /// The parameters.
    pub params: Vec<Value>,
    /// The instructions.
    pub insts: Vec<Inst>,
    /// How it ends.
    pub terminator: Terminator,
    /// The position of the terminator.
    pub position: PositionId,
}

/// A value's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueData {
    /// Its type.
    pub ty: Ty,
    /// What is known of it.
    pub known: Known,
}

/// An instruction.
#[derive(Debug, Clone)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// What it defines; the number and types follow from `op`.
    pub results: Vec<Value>,
    /// The position.
    pub position: PositionId,
}

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
#[allow(missing_docs, reason = "the names say it")]
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
#[allow(missing_docs, reason = "the names say it")]
pub enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// A comparison. `Equal` is not used for floats, whose equality is a runtime function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
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
    /// Lets the process be preempted and its garbage be collected. No result.
    Poll,
}

/// A jump with arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it leads.
    pub block: BlockId,
    /// The arguments for its parameters.
    pub args: Vec<Value>,
}

/// How a block ends.
#[derive(Debug, Clone)]
pub enum Terminator {
    /// Continues elsewhere.
    Jump(Edge),
    /// Chooses by a `Bool`.
    Branch {
        /// The condition.
        condition: Value,
        /// If set.
        then: Edge,
        /// If clear.
        otherwise: Edge,
    },
    /// Returns a value of the signature's type (flag clear, if the function throws).
    Return(Value),
    /// Returns a word with the flag set.
    Throw(Value),
    /// A non-local exit: home token, word, exit number.
    Exit {
        /// The token of the frame it leads to.
        home: Value,
        /// The word carried.
        value: Value,
        /// Which of the token's exits.
        exit: u32,
    },
    /// A call during which a non-local exit may arrive. Its results are the first parameters of
    /// `normal.block`, before `normal.args`.
    Invoke {
        /// The call.
        call: Call,
        /// Where it goes on.
        normal: Edge,
        /// Where a non-local exit goes; without arguments.
        unwind: BlockId,
    },
    /// Never reached: follows a call that does not return.
    Unreachable,
}
