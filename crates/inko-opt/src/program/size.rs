//! How large functions are, for all that is limited by it.

use inko_ir::ir::*;

/// The cost of a function: its instructions but for constants, and its calls once more.
pub(crate) fn size(function: &Function) -> u32 {
    let cost = |inst: &Inst| match inst.op {
        Op::Constant(_) | Op::GetCapture(..) | Op::KeepAlive(_) => 0,
        Op::Call(_) => 2,
        _ => 1,
    };
    let of_block = |block: &Block| {
        let end = if matches!(block.terminator, Terminator::Jump(_)) { 0 } else { 1 };
        end + block.insts.iter().map(cost).sum::<u32>()
    };
    function.blocks.values().map(of_block).sum()
}
