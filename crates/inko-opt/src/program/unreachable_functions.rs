//! Dead function elimination.

use super::call_graph::CallGraph;
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use inko_ir::ir::*;

/// Drops the functions that cannot be reached from the main function.
pub(crate) fn run(program: &mut Program) {
    if program.main.is_none() {
        return;
    }
    let mut order: Vec<FunctionId> = CallGraph::new(program).functions().collect();
    order.sort_unstable();
    let mut new: SecondaryMap<FunctionId, Option<FunctionId>> = SecondaryMap::new();
    for (index, &id) in order.iter().enumerate() {
        new[id] = Some(FunctionId::new(index));
    }
    let mut old = std::mem::take(&mut program.functions);
    let placeholder =
        || Function::new(Default::default(), Default::default(), Signature::closure(0), PositionId::new(0));
    let mut kept = PrimaryMap::with_capacity(order.len());
    for &id in &order {
        kept.push(std::mem::replace(&mut old[id], placeholder()));
    }
    let target = |id: FunctionId| new[id].expect("what is named in reachable code is reachable");
    for function in kept.values_mut() {
        for block in function.blocks.values_mut() {
            for inst in &mut block.insts {
                match &mut inst.op {
                    Op::Call(Call { callee: Callee::Function(id), .. }) | Op::Closure(id, _) => {
                        *id = target(*id)
                    }
                    _ => {}
                }
            }
            if let Terminator::Invoke { call: Call { callee: Callee::Function(id), .. }, .. } =
                &mut block.terminator
            {
                *id = target(*id);
            }
        }
    }
    for selector in program.selectors.values_mut() {
        // Of a selector that is not called any more nothing is left.
        selector.targets.retain(|_, id| new[*id].is_some());
        selector.targets.values_mut().for_each(|id| *id = target(*id));
    }
    program.main = program.main.map(target);
    program.functions = kept;
}
