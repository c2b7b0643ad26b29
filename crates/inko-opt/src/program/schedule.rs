//! Works on the nodes of a call graph in parallel, each after those that it depends on.
//!
//! *Invariant:* what becomes of a node depends on the nodes that it names and on nothing that happens to be finished
//! (see [`super::library`]), so the result is the same for any number of threads.

use super::call_graph::{CallGraph, Node, Rank};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State {
    ready: Vec<Rank>,
    /// For each node how many of its dependencies aren't finished.
    waiting: Vec<u32>,
    unfinished: usize,
    /// A thread has panicked: nothing more will become ready.
    stopped: bool,
}

struct Shared<'a, W> {
    graph: &'a CallGraph,
    /// For each node those that depend on it.
    dependents: Vec<Vec<Rank>>,
    state: Mutex<State>,
    changed: Condvar,
    work: W,
}

/// Calls `work` for each node on up to so many threads, and gives its results in no particular order.
pub(crate) fn run(graph: &CallGraph, threads: usize, work: impl Fn(Node) + Sync) {
    if threads <= 1 {
        graph.order().iter().for_each(|&node| work(node));
        return;
    }
    let mut dependents = vec![Vec::new(); graph.order().len()];
    let mut waiting = vec![0; graph.order().len()];
    for rank in graph.ranks() {
        let dependencies = graph.dependencies(rank);
        waiting[rank.index()] = dependencies.len() as u32;
        dependencies.iter().for_each(|dependency| dependents[dependency.index()].push(rank));
    }
    // The last of the ready ones is taken first: begin where the order does.
    let ready = graph.ranks().filter(|rank| waiting[rank.index()] == 0).collect::<Vec<_>>();
    let ready = ready.into_iter().rev().collect();
    let state = State { ready, waiting, unfinished: graph.order().len(), stopped: false };
    let shared = Shared { graph, dependents, state: Mutex::new(state), changed: Condvar::new(), work };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| shared.thread());
        }
        shared.thread();
    });
}

impl<W: Fn(Node) + Sync> Shared<'_, W> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn thread(&self) {
        let _guard = StopOnPanic(self);
        let mut state = self.lock();
        loop {
            if state.stopped || state.unfinished == 0 {
                return;
            }
            let Some(rank) = state.ready.pop() else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            (self.work)(self.graph.order()[rank.index()]);
            state = self.lock();
            state.unfinished -= 1;
            let before = state.ready.len();
            for &dependent in &self.dependents[rank.index()] {
                let waiting = &mut state.waiting[dependent.index()];
                *waiting -= 1;
                if *waiting == 0 {
                    state.ready.push(dependent);
                }
            }
            // This thread takes one of them itself: along a chain of calls nobody is woken.
            if state.unfinished == 0 || state.ready.len() > before + 1 {
                self.changed.notify_all();
            }
        }
    }
}

/// Lets the other threads end when one panics, so that the panic is seen.
struct StopOnPanic<'a, 'b, W: Fn(Node) + Sync>(&'a Shared<'b, W>);

impl<W: Fn(Node) + Sync> Drop for StopOnPanic<'_, '_, W> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().stopped = true;
            self.0.changed.notify_all();
        }
    }
}
