//! Activations of functions. They are data, not activations of Rust functions, so that deep recursion costs heap
//! and a generator is a list of frames.

use super::value::{Val, Word};
use cranelift_entity::{EntityRef, SecondaryMap};
use inko_ir::ir::*;

/// An activation.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) function: FunctionId,
    pub(super) block: BlockId,
    /// The next instruction; the number of instructions for the terminator.
    pub(super) index: usize,
    values: Vec<Option<Val>>,
    locals: SecondaryMap<LocalId, Option<Val>>,
    /// The non-local exit that arrived last: home token, word, number.
    pub(super) arrived: Option<(Word, Word, i64)>,
}

impl Frame {
    /// An activation about to execute its first instruction.
    pub(super) fn new(id: FunctionId, function: &Function, args: Vec<Val>) -> Self {
        let mut frame = Self {
            function: id,
            block: function.entry,
            index: 0,
            values: vec![None; function.values.len()],
            locals: SecondaryMap::new(),
            arrived: None,
        };
        for (&param, arg) in function.blocks[function.entry].params.iter().zip(args) {
            frame.set(param, arg);
        }
        frame
    }

    pub(super) fn set(&mut self, value: Value, val: Val) {
        self.values[value.index()] = Some(val);
    }

    pub(super) fn get(&self, value: Value) -> Val {
        self.values[value.index()].clone().expect("values are defined before they are used")
    }

    pub(super) fn set_local(&mut self, local: LocalId, val: Val) {
        self.locals[local] = Some(val);
    }

    pub(super) fn local(&self, local: LocalId) -> Option<Val> {
        self.locals[local].clone()
    }
}
