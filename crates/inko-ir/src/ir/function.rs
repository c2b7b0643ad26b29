//! Functions: blocks of instructions, and how they end.

use super::ids::*;
use super::ops::*;
use super::reflection::Arguments;
use super::types::*;
use cranelift_entity::PrimaryMap;
use inko_syntax::Name;

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

/// A jump with arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it leads.
    pub block: BlockId,
    /// The arguments for its parameters.
    pub args: Vec<Value>,
}

/// How a block ends.
#[derive(Debug, Clone, PartialEq, Eq)]
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
