//! Drops functions, so that those that are left have successive numbers again.

use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use inko_ir::ir::*;

/// Keeps the functions of a list, in its order. Whatever names a function names what `stands_for` gives for it afterwards,
/// which must be kept if code that is kept names it; selectors forget other targets.
pub(crate) fn keep(
    program: &mut Program,
    order: &[FunctionId],
    stands_for: impl Fn(FunctionId) -> FunctionId,
) {
    let mut new: SecondaryMap<FunctionId, PackedOption<FunctionId>> = SecondaryMap::new();
    for (index, &id) in order.iter().enumerate() {
        new[id] = FunctionId::new(index).into();
    }
    let new = |id: FunctionId| new[stands_for(id)].expand();
    let mut old = std::mem::take(&mut program.functions);
    let placeholder =
        || Function::new(Default::default(), Default::default(), Signature::closure(0), PositionId::new(0));
    let mut kept = PrimaryMap::with_capacity(order.len());
    for &id in order {
        kept.push(std::mem::replace(&mut old[id], placeholder()));
    }
    let target = |id: FunctionId| new(id).expect("what is named in code that is kept is kept");
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
        selector.targets.retain(|_, id| new(*id).is_some());
        selector.targets.values_mut().for_each(|id| *id = target(*id));
    }
    program.main = program.main.map(target);
    program.functions = kept;
}
