//! A body being lowered, and the frames it is lowered with: the body itself at the bottom and the closures around the
//! current place above it, so that a closure finds the homes and handlers of the frames around it.

use super::emit::{Emitter, Val};
use super::facts::{Facts, Level};
use super::items::Lowering;
use super::layout::{self, Shape};
use indexmap::{IndexMap, IndexSet};
use inko_ir::ir::{self, *};
use inko_sema::tree::{self, Body, BodyId, Call, Program};
use inko_sema::types::{ClassId, ModuleId, TypeId};

/// Where an exit of a home token leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExitKind {
    /// The value is returned from the frame.
    Return,
    /// The value is thrown out of the frame.
    Throw,
    /// The value goes to a handler in the frame.
    Handler,
}

/// An exit of a home token; its number is its index among those of the frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exit {
    /// What happens with the value.
    pub(crate) kind: ExitKind,
    /// The block that takes it.
    pub(crate) block: BlockId,
}

impl Frame {
    /// The number of an exit of this frame, which is made when it is first asked for.
    pub(crate) fn exit(&mut self, kind: ExitKind, handler: Option<BlockId>) -> u32 {
        let same = |exit: &Exit| exit.kind == kind && handler.is_none_or(|block| block == exit.block);
        let number = self.exits.iter().position(same).unwrap_or_else(|| {
            let block = handler.unwrap_or_else(|| self.emit.merge_block(Shape::Erased).0);
            self.exits.push(Exit { kind, block });
            self.exits.len() - 1
        });
        number as u32
    }
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// In a slot of this frame.
    Slot(ir::LocalId),
    /// In a cell that a slot of this frame holds.
    CellSlot(ir::LocalId),
    /// In a cell that was captured.
    Cell(Value),
    /// Captured by value.
    Captured(Val),
}

/// What catches in a frame: the operand of a `try` being lowered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// Takes the error, a word.
    pub(crate) block: BlockId,
    /// Whether it only passes the error on, so that closures inside look further out.
    pub(crate) transparent: bool,
}

/// What `self` is in a body.
#[derive(Clone, Debug)]
pub(crate) enum This {
    /// The receiver of an instance method: parameter or capture.
    Receiver,
    /// A module object.
    Module(ModuleId),
    /// A class object.
    Class(ClassId),
}

/// The loop that a method with a call of itself in the last position becomes.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    /// The call.
    pub(crate) call: *const Call,
    /// Where a round begins.
    pub(crate) head: BlockId,
    /// The arguments of the next round.
    pub(crate) slots: Vec<ir::LocalId>,
}

/// A function under construction.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) level: Level,
    pub(crate) emit: Emitter,
    pub(crate) id: FunctionId,
    pub(crate) places: IndexMap<tree::LocalId, Place>,
    pub(crate) this: Option<Val>,
    /// The home tokens at hand: its own and captured ones.
    pub(crate) homes: IndexMap<Level, Value>,
    /// The exits of its own home token.
    pub(crate) exits: Vec<Exit>,
    /// Where its landing pads lead.
    pub(crate) dispatch: Option<BlockId>,
    pub(crate) handlers: Vec<Handler>,
    /// The slot of the array of deferred blocks, if it registers any.
    pub(crate) deferred: Option<ir::LocalId>,
    /// What it returns.
    pub(crate) returns: Shape,
    /// The variables in scope that may hold a resource.
    pub(crate) scope: IndexSet<tree::LocalId>,
    /// All that have ever been in `scope`.
    pub(crate) owners: IndexSet<tree::LocalId>,
}

/// A body being lowered.
pub(crate) struct Cx<'l, 'p> {
    pub(crate) lowering: &'l mut Lowering<'p>,
    pub(crate) program: &'p Program,
    pub(crate) body: &'p Body,
    pub(crate) facts: Facts,
    /// The class that stands for `Self`.
    pub(crate) class: Option<ClassId>,
    pub(crate) this: This,
    pub(crate) tail: Option<Tail>,
    pub(crate) frames: Vec<Frame>,
}

impl<'l, 'p> Cx<'l, 'p> {
    /// Starts a body, still without frames.
    pub(crate) fn new(
        lowering: &'l mut Lowering<'p>,
        body: BodyId,
        class: Option<ClassId>,
        this: This,
    ) -> Self {
        let program = lowering.program;
        let body = &program.bodies[body];
        let facts = Facts::new(program, body, matches!(this, This::Receiver));
        Self { lowering, program, body, facts, class, this, tail: None, frames: Vec::new() }
    }

    /// The current frame.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or_else(|| unreachable!("a body has a frame"))
    }

    /// The current function.
    pub(crate) fn emit(&mut self) -> &mut Emitter {
        &mut self.frame().emit
    }

    /// The shape of a type in this body.
    pub(crate) fn shape(&self, ty: TypeId) -> Shape {
        layout::shape(self.program, ty, self.class)
    }
}
