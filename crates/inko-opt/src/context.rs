//! What a pass over one function may know of the rest of the program.

use cranelift_entity::{PrimaryMap, SecondaryMap};
use inko_ir::ir::*;

/// What callers know of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// Whether a call may return with the flag set.
    pub(crate) throws: bool,
    /// Whether a non-local exit may leave it.
    pub(crate) unwinds: bool,
    /// Whether its passes are done, so that its body is worth inlining.
    pub(crate) done: bool,
    /// The number of instructions that cost something, see `inline`.
    pub(crate) size: u32,
    /// Whether it calls itself or is recursive through closures of its own.
    pub(crate) recursive: bool,
    /// The number of places that call it or make a closure of it.
    pub(crate) references: u32,
}

impl Default for Summary {
    fn default() -> Self {
        Self { throws: true, unwinds: true, done: false, size: u32::MAX, recursive: false, references: 0 }
    }
}

/// The program around the function that is being changed.
pub(crate) struct Context<'a> {
    /// The other functions. The one being changed is replaced by an empty one.
    pub(crate) functions: &'a PrimaryMap<FunctionId, Function>,
    /// The trait methods.
    pub(crate) selectors: &'a PrimaryMap<SelectorId, Selector>,
    /// The classes by number.
    pub(crate) classes: &'a [Option<Class>],
    /// The positions, to which inlining adds.
    pub(crate) positions: &'a mut Positions,
    /// What is known of all functions.
    pub(crate) summaries: &'a SecondaryMap<FunctionId, Summary>,
    /// Whether a closure with this number of arguments may be left by a non-local exit.
    pub(crate) closures_unwind: &'a [bool],
    /// What is known of the values of constants.
    pub(crate) globals: &'a SecondaryMap<GlobalId, Known>,
    /// The function being changed.
    pub(crate) this: FunctionId,
    /// The size that inlining may still add to this function.
    pub(crate) budget: u32,
    /// Whether this is the last run over the function: facts that only inlining and devirtualisation
    /// need may be dropped now.
    pub(crate) last: bool,
}

impl Context<'_> {
    /// Whether a call may return with the flag set.
    pub(crate) fn throws(&self, callee: Callee) -> bool {
        match callee {
            Callee::Function(id) => self.summaries[id].throws,
            Callee::Selector(id) => self.selectors[id].targets.values().any(|&id| self.summaries[id].throws),
            Callee::Closure | Callee::Entry(_) => true,
        }
    }

    /// Whether a non-local exit may arrive during a call.
    pub(crate) fn unwinds(&self, call: &Call) -> bool {
        let summary = |id: FunctionId| self.summaries[id].unwinds;
        unwinds(call, self.selectors, summary, self.closures_unwind)
    }
}

/// See [`Context::unwinds`].
pub(crate) fn unwinds(
    call: &Call,
    selectors: &PrimaryMap<SelectorId, Selector>,
    function: impl Fn(FunctionId) -> bool,
    closures: &[bool],
) -> bool {
    use inko_abi::entry::Entry;
    match call.callee {
        Callee::Function(id) => function(id),
        Callee::Selector(id) => selectors[id].targets.values().any(|&id| function(id)),
        Callee::Closure => closures.get(call.args.len() - 1).copied().unwrap_or(false),
        // A generator runs code of its own, from which an exit may arrive.
        Callee::Entry(Entry::generator_resume) => closures.first().copied().unwrap_or(false),
        Callee::Entry(entry) => matches!(entry, Entry::unwind | Entry::unwind_resume),
    }
}
