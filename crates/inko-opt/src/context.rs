//! What a pass over one function may know of the rest of the program.

use crate::program::call_graph::{Node, Rank};
use crate::program::library::{Library, Visible};
use crate::program::summaries::Summary;
use inko_ir::ir::*;
use std::sync::MutexGuard;

/// The program around the function that is being changed.
pub(crate) struct Context<'a> {
    library: &'a Library<'a>,
    visible: Visible,
    /// The function being changed.
    pub(crate) this: FunctionId,
    /// The size that inlining may still add to this function.
    pub(crate) budget: u32,
    /// The size of the function as it was written, with the closures that are made and called in it.
    pub(crate) own: u32,
    /// The size of the functions called in one place that were inlined into it.
    pub(crate) only_calls: u32,
    /// Whether this is the last run over the function: facts that only inlining and devirtualisation
    /// need may be dropped now.
    pub(crate) last: bool,
}

impl<'a> Context<'a> {
    /// The surroundings of a function.
    pub(crate) fn new(library: &'a Library<'a>, this: FunctionId, budget: u32, last: bool) -> Self {
        let visible = Visible::of(library.graph, Node::Function(this));
        Self { library, visible, this, budget, own: 0, only_calls: 0, last }
    }

    /// The program, whose functions have no code here, but name, symbol, signature and what they tell of a literal.
    pub(crate) fn headers(&self) -> &'a Program {
        self.library.headers
    }

    /// A trait method.
    pub(crate) fn selector(&self, id: SelectorId) -> &'a Selector {
        &self.library.headers.selectors[id]
    }

    /// The code of a function that may be inlined: its passes are done.
    pub(crate) fn code(&self, id: FunctionId) -> Option<&'a Function> {
        self.library.finished(&self.visible, id).map(|finished| &finished.function)
    }

    /// What is known of a function.
    pub(crate) fn summary(&self, id: FunctionId) -> Summary {
        self.library.summary(&self.visible, id)
    }

    /// What is visible here of that which the function's code names.
    pub(crate) fn names(&self, function: &Function) -> Vec<Rank> {
        self.visible.names(self.library.graph, function)
    }

    /// What is known of the value of a constant.
    pub(crate) fn global(&self, id: GlobalId) -> Known {
        self.library.initial.globals[id]
    }

    /// The source positions, to which inlining adds.
    pub(crate) fn positions(&self) -> MutexGuard<'a, Positions> {
        self.library.positions()
    }

    /// Says that the code of a function is now in the one being changed.
    pub(crate) fn inlined(&mut self, id: FunctionId) {
        if let Some(finished) = self.library.finished(&self.visible, id) {
            self.visible.inlined(finished);
        }
    }

    /// Says that a call of a trait method is now one of its target.
    pub(crate) fn devirtualized(&mut self, selector: SelectorId, target: FunctionId) {
        self.visible.target(self.library.graph, selector, target);
    }

    /// Whether a call may return with the flag set.
    pub(crate) fn throws(&self, callee: Callee) -> bool {
        match callee {
            Callee::Function(id) => self.summary(id).ends.throws,
            Callee::Selector(id) => self.library.selector_ends(&self.visible, id).throws,
            Callee::Closure | Callee::Entry(_) => true,
        }
    }

    /// Whether a non-local exit may arrive during a call.
    pub(crate) fn unwinds(&self, call: &Call) -> bool {
        match call.callee {
            Callee::Function(id) => self.summary(id).ends.unwinds,
            Callee::Selector(id) => self.library.selector_ends(&self.visible, id).unwinds,
            Callee::Closure | Callee::Entry(_) => self.library.initial.unwinds_otherwise(call),
        }
    }
}
