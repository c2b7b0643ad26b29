//! Dead function elimination.

use super::call_graph::CallGraph;
use super::compaction;
use inko_ir::ir::*;

/// Drops the functions that cannot be reached from the main function.
pub(crate) fn run(program: &mut Program) {
    if program.main.is_none() {
        return;
    }
    let mut order: Vec<FunctionId> = CallGraph::new(program).functions().collect();
    order.sort_unstable();
    compaction::keep(program, &order, |id| id);
}
