//! The functions of a program while they are worked on in parallel: those that are finished can be read.
//!
//! *Invariant:* a finished function is read only by those for whom it is *visible*: they, or code that they have inlined,
//! name it, and it comes before them in the call graph's order. So it has been finished when they begin, and what they
//! find here doesn't depend on which functions others happen to have finished. Of all others, what was known
//! before is known.

use super::call_graph::{CallGraph, Node, Rank, each_name};
use super::summaries::{Ends, Summaries, Summary};
use cranelift_entity::{PrimaryMap, SecondaryMap};
use foldhash::fast::FixedState;
use inko_ir::ir::*;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A function whose passes are done.
pub(crate) struct Finished {
    pub(crate) function: Function,
    pub(crate) summary: Summary,
    /// Whether the worst was assumed of a function that wasn't finished.
    pub(crate) guessed: bool,
    /// What its code names, as far as it was visible for it; visible for whoever inlines it.
    pub(crate) names: Vec<Rank>,
}

/// The program around the functions that are being changed.
pub(crate) struct Library<'a> {
    /// The program, whose functions have no code here.
    pub(crate) headers: &'a Program,
    pub(crate) graph: &'a CallGraph,
    /// What is known of functions that aren't finished.
    pub(crate) initial: &'a Summaries,
    functions: PrimaryMap<FunctionId, OnceLock<Finished>>,
    selectors: PrimaryMap<SelectorId, OnceLock<Ends>>,
    positions: &'a Mutex<Positions>,
}

impl<'a> Library<'a> {
    /// A library in which nothing is finished.
    pub(crate) fn new(
        headers: &'a Program,
        graph: &'a CallGraph,
        initial: &'a Summaries,
        positions: &'a Mutex<Positions>,
    ) -> Self {
        let functions = headers.functions.keys().map(|_| OnceLock::new()).collect();
        let selectors = headers.selectors.keys().map(|_| OnceLock::new()).collect();
        Self { headers, graph, initial, functions, selectors, positions }
    }

    /// The source positions, to which inlining adds.
    pub(crate) fn positions(&self) -> MutexGuard<'_, Positions> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a function known as finished.
    pub(crate) fn finish(&self, id: FunctionId, finished: Finished) {
        assert!(self.functions[id].set(finished).is_ok(), "a function is finished once");
    }

    /// Makes known what the targets of a selector may do, as far as they are finished.
    pub(crate) fn finish_selector(&self, id: SelectorId) {
        let visible = Visible::of(self.graph, Node::Selector(id));
        let mut all = Ends { throws: false, unwinds: false };
        for &target in self.headers.selectors[id].targets.values() {
            let ends = self.summary(&visible, target).ends;
            all = Ends { throws: all.throws | ends.throws, unwinds: all.unwinds | ends.unwinds };
        }
        assert!(self.selectors[id].set(all).is_ok(), "a selector is finished once");
    }

    /// A finished function, if it is visible.
    pub(crate) fn finished(&self, visible: &Visible, id: FunctionId) -> Option<&Finished> {
        let rank = self.graph.rank(Node::Function(id))?;
        visible
            .ranks
            .contains(&rank)
            .then(|| self.functions[id].get().expect("visible functions are finished"))
    }

    /// What is known of a function.
    pub(crate) fn summary(&self, visible: &Visible, id: FunctionId) -> Summary {
        self.finished(visible, id).map_or(self.initial.functions[id], |finished| finished.summary)
    }

    /// How a call of a function or a selector may end, and whether that is all that will ever be known in this run.
    pub(crate) fn ends(&self, visible: &Visible, node: Node) -> (Ends, bool) {
        match node {
            Node::Function(id) => match self.finished(visible, id) {
                Some(finished) => (finished.summary.ends, true),
                None => (self.initial.functions[id].ends, false),
            },
            Node::Selector(id) => {
                let rank = self.graph.rank(node).filter(|rank| visible.ranks.contains(rank));
                let ends = rank.and_then(|_| self.selectors[id].get().copied());
                ends.map_or((self.initial.selectors[id], false), |ends| (ends, true))
            }
        }
    }

    /// What this run assumed, when all work is done.
    pub(crate) fn earlier(&self) -> Earlier {
        let finished = |id: FunctionId| self.functions[id].get();
        Earlier {
            functions: self.functions.keys().map(|id| finished(id).map(|one| one.summary.ends)).collect(),
            guessed: self.functions.keys().map(|id| finished(id).is_none_or(|one| one.guessed)).collect(),
            selectors: self.selectors.values().map(|ends| ends.get().copied()).collect(),
            closures: self.initial.closures.clone(),
            globals: self.initial.globals.clone(),
        }
    }

    /// The finished functions by number, when all work is done.
    pub(crate) fn into_functions(self) -> impl Iterator<Item = (FunctionId, Function)> {
        let all = self.functions.into_iter();
        all.filter_map(|(id, finished)| finished.into_inner().map(|finished| (id, finished.function)))
    }
}

/// What an earlier run over the whole program assumed.
pub(crate) struct Earlier {
    functions: PrimaryMap<FunctionId, Option<Ends>>,
    /// For each function whether the worst was assumed of one that it calls.
    pub(crate) guessed: PrimaryMap<FunctionId, bool>,
    selectors: PrimaryMap<SelectorId, Option<Ends>>,
    pub(crate) closures: Vec<bool>,
    pub(crate) globals: SecondaryMap<GlobalId, Known>,
}

impl Earlier {
    /// How a call could end.
    pub(crate) fn ends(&self, node: Node) -> Ends {
        let ends = match node {
            Node::Function(id) => self.functions[id],
            Node::Selector(id) => self.selectors[id],
        };
        ends.unwrap_or_default()
    }
}

/// The functions and selectors that are visible for one function.
#[derive(Default)]
pub(crate) struct Visible {
    ranks: HashSet<Rank, FixedState>,
}

impl Visible {
    /// What is visible for a node at first: what it names.
    pub(crate) fn of(graph: &CallGraph, node: Node) -> Self {
        let dependencies = graph.rank(node).map(|rank| graph.dependencies(rank));
        Self { ranks: dependencies.unwrap_or_default().iter().copied().collect() }
    }

    /// What a finished function names becomes visible: its code is now here.
    pub(crate) fn inlined(&mut self, finished: &Finished) {
        self.ranks.extend(&finished.names);
    }

    /// What is visible of that which a function names.
    pub(crate) fn names(&self, graph: &CallGraph, function: &Function) -> Vec<Rank> {
        let mut names = Vec::new();
        each_name(function, |node| {
            names.extend(graph.rank(node).filter(|rank| self.ranks.contains(rank)));
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A target of a selector becomes visible if the selector is, and waited for it: a call of it is direct now.
    pub(crate) fn target(&mut self, graph: &CallGraph, selector: SelectorId, target: FunctionId) {
        let ranks = (graph.rank(Node::Selector(selector)), graph.rank(Node::Function(target)));
        if let (Some(selector), Some(target)) = ranks
            && self.ranks.contains(&selector)
            && target < selector
        {
            self.ranks.insert(target);
        }
    }
}
