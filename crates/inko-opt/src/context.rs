//! What a pass over one function may know of the rest of the program.

use crate::program::call_graph::{Node, Rank, each_name};
use crate::program::library::{Earlier, Library, Visible};
use crate::program::summaries::{Ends, Summary, unwinds_otherwise};
use inko_ir::ir::*;
use std::cell::Cell;
use std::sync::MutexGuard;

/// The program around the function that is being changed.
pub(crate) struct Context<'a> {
    library: &'a Library<'a>,
    visible: Visible,
    /// Whether the worst was assumed of a function that isn't finished.
    guessed: Cell<bool>,
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
        Self { library, visible, guessed: Cell::new(false), this, budget, own: 0, only_calls: 0, last }
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

    /// How a call of a function or a selector may end.
    fn ends(&self, node: Node) -> Ends {
        let (ends, is_final) = self.library.ends(&self.visible, node);
        if !is_final && ends != Ends::NEVER {
            self.guessed.set(true);
        }
        ends
    }

    /// Whether the worst was assumed of a function that wasn't finished: better may be known now.
    pub(crate) fn guessed(&self) -> bool {
        self.guessed.get()
    }

    /// Whether calls in a function may end in other ways than they could in an earlier run over the whole program, or what
    /// is known of constants and closures is something else.
    pub(crate) fn differs(&self, function: &Function, earlier: &Earlier) -> bool {
        let mut differs = false;
        each_name(function, |node| differs |= earlier.ends(node) != self.library.ends(&self.visible, node).0);
        differs |= function.blocks.values().any(|block| match &block.terminator {
            Terminator::Invoke { call, .. } => self.closure_differs(call, earlier),
            _ => false,
        });
        let mut insts = function.blocks.values().flat_map(|block| &block.insts);
        differs
            || insts.any(|inst| match &inst.op {
                Op::GetGlobal(id) => earlier.globals[*id] != self.global(*id),
                Op::Call(call) => self.closure_differs(call, earlier),
                _ => false,
            })
    }

    /// Whether a call of a closure or of the runtime may end in other ways than it could.
    fn closure_differs(&self, call: &Call, earlier: &Earlier) -> bool {
        let unwinds = |closures| unwinds_otherwise(call, closures);
        unwinds(&earlier.closures) != unwinds(&self.library.initial.closures)
    }

    /// Whether a call may return with the flag set.
    pub(crate) fn throws(&self, callee: Callee) -> bool {
        match callee {
            Callee::Function(id) => self.ends(Node::Function(id)).throws,
            Callee::Selector(id) => self.ends(Node::Selector(id)).throws,
            Callee::Closure | Callee::Entry(_) => true,
        }
    }

    /// Whether a non-local exit may arrive during a call.
    pub(crate) fn unwinds(&self, call: &Call) -> bool {
        match call.callee {
            Callee::Function(id) => self.ends(Node::Function(id)).unwinds,
            Callee::Selector(id) => self.ends(Node::Selector(id)).unwinds,
            Callee::Closure | Callee::Entry(_) => unwinds_otherwise(call, &self.library.initial.closures),
        }
    }
}
