//! `nonlocal-exits`: non-local exits that stay within the function become jumps, and what served them goes.
//!
//! * An exit whose home token was made by this function jumps to the exit block, unless the token may have
//!   been left by then (such an exit must panic).
//! * A token that nobody can exit to any more, because only comparisons and its end use it, equals no
//!   token that arrives: it goes with its comparisons.
//! * An invoke during which nothing can arrive, or whose landing pad only passes on what arrives, is a
//!   plain call.

use crate::context::Context;
use crate::edit;
use cranelift_entity::SecondaryMap;
use inko_abi::entry::Entry;
use inko_ir::graph::{Graph, successors};
use inko_ir::ir::*;

/// Runs the pass.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let ends =
        |block: &Block| matches!(block.terminator, Terminator::Exit { .. } | Terminator::Invoke { .. });
    if !edit::has(function, |op| matches!(op, Op::NewHome(_))) && !function.blocks.values().any(ends) {
        return false;
    }
    let jumps = jump_to_exits(function);
    let tokens = drop_tokens(function);
    let invokes = plain_calls(function, context);
    jumps | tokens | invokes
}

/// The home tokens that a function makes.
pub(crate) struct Homes {
    homes: SecondaryMap<Value, Option<Home>>,
}

#[derive(Clone)]
struct Home {
    /// The exit blocks; `None` for those that nothing leads to any more. What stood in such a block may have been
    /// copied or moved into its predecessors, as jump threading and block merging do, so that it can't be jumped to.
    exits: Vec<Option<BlockId>>,
    made_in: BlockId,
    /// Where it is left: block and index.
    ends: Vec<(BlockId, usize)>,
    /// The blocks that can be reached after it was left and before it is made again.
    left: SecondaryMap<BlockId, bool>,
}

impl Homes {
    /// Finds them.
    pub(crate) fn of(function: &Function) -> Self {
        let mut homes: SecondaryMap<Value, Option<Home>> = SecondaryMap::new();
        let mut graph = None;
        for (id, block) in function.blocks.iter() {
            for inst in &block.insts {
                if let Op::NewHome(exits) = &inst.op {
                    let graph = graph.get_or_insert_with(|| Graph::new(function));
                    let live = |&exit: &BlockId| graph.is_reachable(exit).then_some(exit);
                    let home = Home {
                        exits: exits.iter().map(live).collect(),
                        made_in: id,
                        ends: Vec::new(),
                        left: Default::default(),
                    };
                    homes[inst.results[0]] = Some(home);
                }
            }
        }
        for (id, block) in function.blocks.iter() {
            for (index, inst) in block.insts.iter().enumerate() {
                if let Op::EndHome(home) = inst.op
                    && let Some(home) = &mut homes[home]
                {
                    home.ends.push((id, index));
                }
            }
        }
        for home in homes.values_mut().flatten() {
            let mut work: Vec<BlockId> =
                home.ends.iter().flat_map(|end| successors(function, end.0)).collect();
            while let Some(block) = work.pop() {
                if block != home.made_in && !std::mem::replace(&mut home.left[block], true) {
                    work.extend(successors(function, block));
                }
            }
        }
        Self { homes }
    }

    /// The block that an exit at `index` of `block` to token `home` arrives at, if that is certain.
    pub(crate) fn exit(&self, home: Value, exit: u32, block: BlockId, index: usize) -> Option<BlockId> {
        let home = self.homes.get(home)?.as_ref()?;
        let ended_here = home.ends.iter().any(|&(end, at)| end == block && at < index);
        if home.left[block] || ended_here { None } else { home.exits.get(exit as usize).copied().flatten() }
    }
}

fn jump_to_exits(function: &mut Function) -> bool {
    let homes = Homes::of(function);
    let mut changed = false;
    for id in function.blocks.keys().collect::<Vec<_>>() {
        if let Terminator::Exit { home, value, exit } = function.blocks[id].terminator {
            let index = function.blocks[id].insts.len();
            if let Some(target) = homes.exit(home, exit, id, index) {
                function.blocks[id].terminator = Terminator::Jump(Edge::with(target, vec![value]));
                changed = true;
            }
        }
    }
    changed
}

fn drop_tokens(function: &mut Function) -> bool {
    let mut tokens: SecondaryMap<Value, bool> = SecondaryMap::with_default(false);
    let mut any = false;
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if matches!(inst.op, Op::NewHome(_)) {
            tokens[inst.results[0]] = true;
            any = true;
        }
    }
    if !any {
        return false;
    }
    for block in function.blocks.values() {
        for inst in &block.insts {
            if !matches!(inst.op, Op::Same(..) | Op::EndHome(_)) {
                inst.op.each_operand(|value| tokens[value] = false);
            }
        }
        block.terminator.each_operand(|value| tokens[value] = false);
    }
    let mut changed = false;
    for block in function.blocks.values_mut() {
        block.insts.retain_mut(|inst| {
            let gone = match &inst.op {
                Op::NewHome(_) => tokens[inst.results[0]],
                Op::EndHome(home) => tokens[*home],
                _ => false,
            };
            if let Op::Same(a, b) = inst.op
                && (tokens[a] || tokens[b])
            {
                inst.op = Op::Constant(Constant::Bool(a == b));
                changed = true;
            }
            changed |= gone;
            !gone
        });
    }
    changed
}

fn plain_calls(function: &mut Function, context: &Context<'_>) -> bool {
    let mut changed = false;
    for id in function.blocks.keys().collect::<Vec<_>>() {
        let Terminator::Invoke { call, normal, unwind } = &function.blocks[id].terminator else { continue };
        if context.unwinds(call) && !only_passes_on(function, *unwind) {
            continue;
        }
        let (call, mut normal) = (call.clone(), normal.clone());
        let position = function.blocks[id].position;
        let params = &function.blocks[normal.block].params;
        let types: Vec<ValueData> =
            params[..params.len() - normal.args.len()].iter().map(|&param| function.values[param]).collect();
        let results: Vec<Value> = types.into_iter().map(|data| function.values.push(data)).collect();
        normal.args.splice(0..0, results.iter().copied());
        let block = &mut function.blocks[id];
        block.insts.push(Inst { op: Op::Call(call), results, position });
        block.terminator = Terminator::Jump(normal);
        changed = true;
    }
    changed
}

/// Whether a landing pad does nothing but continue what arrives.
fn only_passes_on(function: &Function, pad: BlockId) -> bool {
    let block = &function.blocks[pad];
    let Some(Inst { op: Op::LandingPad, results, .. }) = block.insts.first() else { return false };
    // Perhaps by way of the block that landing pads share.
    let (insts, expected) = match (&block.insts[1..], &block.terminator) {
        ([], Terminator::Jump(edge)) => {
            let next = &function.blocks[edge.block];
            let expected: Option<Vec<Value>> = results
                .iter()
                .map(|result| edge.args.iter().position(|arg| arg == result).map(|index| next.params[index]))
                .collect();
            match expected {
                Some(expected) => (&next.insts[..], expected),
                None => return false,
            }
        }
        (insts, _) => (insts, results.clone()),
    };
    match insts {
        [Inst { op: Op::Call(Call { callee: Callee::Entry(Entry::unwind), args }), .. }] => *args == expected,
        [Inst { op: Op::Call(Call { callee: Callee::Entry(Entry::unwind_resume), .. }), .. }] => true,
        _ => false,
    }
}

/// Whether any token is made here.
pub(crate) fn makes_home(function: &Function) -> bool {
    function.blocks.values().flat_map(|block| &block.insts).any(|inst| matches!(inst.op, Op::NewHome(_)))
}
