//! The end of a function's construction: blocks that nothing reaches go away.
//!
//! Code after an expression of type `Never` lands in fresh blocks, and handlers may turn out unused;
//! the verifier wants every block to be reachable. Exits of a home token count as reachable only from
//! its landing pads; one that no call can take stays as an empty block.

use cranelift_entity::{PrimaryMap, SecondaryMap};
use inko_ir::ir::*;

/// Removes unreachable blocks and renumbers the others in their order.
pub(crate) fn run(function: &mut Function) {
    let mut reached: SecondaryMap<BlockId, bool> = SecondaryMap::new();
    let mut stack = vec![function.entry];
    reached[function.entry] = true;
    let mut exits = Vec::new();
    while let Some(block) = stack.pop() {
        for inst in &function.blocks[block].insts {
            if let Op::NewHome(blocks) = &inst.op {
                exits.extend_from_slice(blocks);
            }
        }
        successors(&mut function.blocks[block].terminator, |target| {
            if !reached[*target] {
                reached[*target] = true;
                stack.push(*target);
            }
        });
    }
    for block in exits {
        if !reached[block] {
            reached[block] = true;
            function.blocks[block].insts.clear();
            function.blocks[block].terminator = Terminator::Unreachable;
        }
    }
    let mut renamed: SecondaryMap<BlockId, Option<BlockId>> = SecondaryMap::new();
    let mut kept = PrimaryMap::new();
    for (id, block) in std::mem::take(&mut function.blocks) {
        if reached[id] {
            renamed[id] = Some(kept.push(block));
        }
    }
    let rename = |block: &mut BlockId| *block = renamed[*block].unwrap_or(*block);
    for block in kept.values_mut() {
        successors(&mut block.terminator, rename);
        for inst in &mut block.insts {
            if let Op::NewHome(blocks) = &mut inst.op {
                blocks.iter_mut().for_each(rename);
            }
        }
    }
    rename(&mut function.entry);
    function.blocks = kept;
}

/// Visits the blocks that a terminator leads to.
fn successors(terminator: &mut Terminator, mut visit: impl FnMut(&mut BlockId)) {
    match terminator {
        Terminator::Jump(edge) => visit(&mut edge.block),
        Terminator::Branch { then, otherwise, .. } => {
            visit(&mut then.block);
            visit(&mut otherwise.block);
        }
        Terminator::Invoke { normal, unwind, .. } => {
            visit(&mut normal.block);
            visit(unwind);
        }
        Terminator::Return(_) | Terminator::Throw(_) | Terminator::Exit { .. } | Terminator::Unreachable => {}
    }
}
