//! The ends of scopes: a variable that may hold a resource keeps it up to the end of its scope, used or not.
//!
//! Nobody sees when memory is freed, so other variables last as long as they are needed. What a resource does
//! is seen from outside: a listener accepts connections, a pipe has another end.
//!
//! A scope ends where its frame returns or throws, where the arm of a `match` or the handler of a `try` that it belongs to
//! ends, and, for what a variable held before, where it is assigned. The next round of a method that calls itself in the last
//! position is a scope of its own. A scope that an unwind leaves ends with it.

use super::frame::{Cx, Place};
use inko_ir::ir::*;
use inko_sema::tree;

impl Cx<'_, '_> {
    /// Notes that a variable of the current frame is in scope.
    pub(crate) fn enter_scope(&mut self, local: tree::LocalId) {
        if self.lowering.resources.may_hold(self.program, self.body.locals[local].ty, self.class) {
            let frame = self.frame();
            frame.scope.insert(local);
            frame.owners.insert(local);
        }
    }

    /// Keeps what `self` and the variables in scope hold.
    pub(crate) fn keep_scope(&mut self) {
        if let Some(class) = self.class
            && self.lowering.resources.has_class(class)
            && let Some(this) = self.frame().this
        {
            self.emit().effect(Op::KeepAlive(this.value));
        }
        self.keep_from(0);
    }

    /// Keeps what the variables in scope from number `start` on hold.
    pub(crate) fn keep_from(&mut self, start: usize) {
        for index in start..self.frame().scope.len() {
            let local = self.frame().scope[index];
            self.keep(local);
        }
    }

    /// Ends the scope of the variables from number `start` on.
    pub(crate) fn end_scope(&mut self, start: usize) {
        self.keep_from(start);
        self.frame().scope.truncate(start);
    }

    /// Keeps what a variable holds that is about to be assigned. A cell holds it by itself.
    pub(crate) fn keep_old(&mut self, local: tree::LocalId) {
        if self.frame().scope.contains(&local)
            && let Place::Slot(_) = self.place(local)
        {
            self.keep(local);
        }
    }

    fn keep(&mut self, local: tree::LocalId) {
        let value = match self.place(local) {
            // Nothing is known of it: on some ways to here it may not be defined yet.
            Place::Slot(slot) | Place::CellSlot(slot) => self.emit().word(Op::GetLocal(slot)),
            Place::Cell(cell) => cell,
            Place::Captured(val) => val.value,
        };
        self.emit().effect(Op::KeepAlive(value));
    }
}
