//! What callers may know of a function without looking at its code.

use super::call_graph::{CallGraph, Node, each_name};
use super::size::size;
use cranelift_entity::SecondaryMap;
use inko_abi::entry::Entry;
use inko_ir::ir::*;

/// How a call may end besides returning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ends {
    /// With the flag set.
    pub(crate) throws: bool,
    /// By a non-local exit that leaves it.
    pub(crate) unwinds: bool,
}

impl Ends {
    /// It always returns, or doesn't come back.
    pub(crate) const NEVER: Ends = Ends { throws: false, unwinds: false };
}

impl Default for Ends {
    fn default() -> Self {
        Self { throws: true, unwinds: true }
    }
}

/// What callers know of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// How a call may end.
    pub(crate) ends: Ends,
    /// The number of instructions that cost something, see [`size`].
    pub(crate) size: u32,
    /// The same of what was written there, without what was inlined from other functions.
    pub(crate) own: u32,
    /// Whether it calls itself or is recursive through closures of its own.
    pub(crate) recursive: bool,
    /// The number of places that call it or make a closure of it.
    pub(crate) references: u32,
}

impl Default for Summary {
    fn default() -> Self {
        Self { ends: Ends::default(), size: u32::MAX, own: 0, recursive: false, references: 0 }
    }
}

/// What is known of a program before its functions are worked on.
#[derive(Default)]
pub(crate) struct Summaries {
    pub(crate) functions: SecondaryMap<FunctionId, Summary>,
    pub(crate) selectors: SecondaryMap<SelectorId, Ends>,
    /// For each number of arguments whether closures may be left by exits.
    pub(crate) closures: Vec<bool>,
    /// What is known of the values of constants: reading one before it is assigned panics, so what holds
    /// for all that is assigned holds for all that is read.
    pub(crate) globals: SecondaryMap<GlobalId, Known>,
}

impl Summaries {
    /// Finds what callers may know of each function.
    ///
    /// Which functions may be left by a non-local exit is the least solution: those that exit or raise, and those that
    /// call one that does.
    pub(crate) fn new(program: &Program, graph: &CallGraph) -> Self {
        let mut all = Self::default();
        all.functions.resize(program.functions.len());
        all.selectors.resize(program.selectors.len());
        for id in graph.functions() {
            let summary = local(&program.functions[id], id);
            all.functions[id] = Summary { ends: Ends { unwinds: false, ..summary.ends }, ..summary };
        }
        for selector in program.selectors.keys() {
            let targets = program.selectors[selector].targets.values();
            let throws = targets.into_iter().any(|&target| all.functions[target].ends.throws);
            all.selectors[selector] = Ends { throws, unwinds: false };
        }
        all.count_references(program, graph);
        while all.spread(program, graph) {}
        all.globals = globals(program, graph);
        all
    }

    fn count_references(&mut self, program: &Program, graph: &CallGraph) {
        let mut calls: SecondaryMap<SelectorId, u32> = SecondaryMap::new();
        let functions = &mut self.functions;
        for id in graph.functions() {
            each_name(&program.functions[id], |node| match node {
                Node::Function(target) => functions[target].references += 1,
                Node::Selector(selector) => calls[selector] += 1,
            });
        }
        for (id, selector) in &program.selectors {
            let calls = calls[id];
            selector.targets.values().for_each(|&target| functions[target].references += calls);
        }
    }

    /// Follows all calls once; whether something new turned up.
    fn spread(&mut self, program: &Program, graph: &CallGraph) -> bool {
        let mut changed = false;
        for &node in graph.order() {
            let id = match node {
                Node::Function(id) => id,
                Node::Selector(id) => {
                    let mut targets = program.selectors[id].targets.values();
                    let unwinds = targets.any(|&target| self.functions[target].ends.unwinds);
                    changed |= std::mem::replace(&mut self.selectors[id].unwinds, unwinds) != unwinds;
                    continue;
                }
            };
            let function = &program.functions[id];
            if self.functions[id].ends.unwinds || !may_unwind(function, |call| self.unwinds(call)) {
                continue;
            }
            self.functions[id].ends.unwinds = true;
            changed = true;
            if function.block.is_some() {
                let arity = function.signature.params.len() - 1;
                if self.closures.len() <= arity {
                    self.closures.resize(arity + 1, false);
                }
                self.closures[arity] = true;
            }
        }
        changed
    }

    fn unwinds(&self, call: &Call) -> bool {
        match call.callee {
            Callee::Function(id) => self.functions[id].ends.unwinds,
            Callee::Selector(id) => self.selectors[id].unwinds,
            Callee::Closure | Callee::Entry(_) => unwinds_otherwise(call, &self.closures),
        }
    }
}

/// Whether a non-local exit may arrive during a call of a closure or of a function of the runtime, given for each number
/// of arguments whether one may leave closures.
pub(crate) fn unwinds_otherwise(call: &Call, closures: &[bool]) -> bool {
    match call.callee {
        Callee::Closure => closures.get(call.args.len() - 1).copied().unwrap_or(false),
        // A generator runs code of its own, from which an exit may arrive.
        Callee::Entry(Entry::generator_resume) => closures.first().copied().unwrap_or(false),
        Callee::Entry(entry) => matches!(entry, Entry::unwind | Entry::unwind_resume),
        Callee::Function(_) | Callee::Selector(_) => true,
    }
}

fn globals(program: &Program, graph: &CallGraph) -> SecondaryMap<GlobalId, Known> {
    let mut found: SecondaryMap<GlobalId, Option<Known>> = SecondaryMap::new();
    for function in graph.functions().map(|id| &program.functions[id]) {
        for inst in function.blocks.values().flat_map(|block| &block.insts) {
            if let Op::SetGlobal(global, value) = inst.op {
                let known = function.values[value].known;
                found[global] = Some(found[global].map_or(known, |other| other.join(known)));
            }
        }
    }
    let mut globals = SecondaryMap::with_default(Known::Nothing);
    for global in program.globals.keys() {
        globals[global] = found[global].unwrap_or(Known::Nothing);
    }
    globals
}

/// What a function says of itself.
pub(crate) fn local(function: &Function, this: FunctionId) -> Summary {
    let throws = function.blocks.values().any(|block| matches!(block.terminator, Terminator::Throw(_)));
    let mut recursive = false;
    for block in function.blocks.values() {
        let mut call = |call: &Call| recursive |= call.callee == Callee::Function(this);
        for inst in &block.insts {
            match &inst.op {
                Op::Call(this) => call(this),
                Op::Closure(id, _) if *id == this => {
                    call(&Call { callee: Callee::Function(this), args: Vec::new() })
                }
                _ => {}
            }
        }
        if let Terminator::Invoke { call: this, .. } = &block.terminator {
            call(this);
        }
    }
    let ends = Ends { throws, ..Ends::default() };
    Summary { ends, recursive, size: size(function), ..Summary::default() }
}

/// Whether a non-local exit may leave a function, given which of its calls it may arrive from.
pub(crate) fn may_unwind(function: &Function, calls: impl Fn(&Call) -> bool) -> bool {
    // What only landing pads lead to counts if something may arrive at them.
    let mut seen: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
    let mut work = vec![function.entry];
    while let Some(id) = work.pop() {
        if std::mem::replace(&mut seen[id], true) {
            continue;
        }
        let block = &function.blocks[id];
        for inst in &block.insts {
            if let Op::Call(call) = &inst.op
                && (matches!(call.callee, Callee::Entry(Entry::unwind)) || calls(call))
            {
                return true;
            }
        }
        match &block.terminator {
            Terminator::Exit { .. } => return true,
            Terminator::Invoke { call, normal, unwind } => {
                work.push(normal.block);
                if calls(call) {
                    work.push(*unwind);
                }
            }
            other => other.each_successor(|next| work.push(next)),
        }
    }
    false
}
