//! `ssa-construction`: turns locals into values and block parameters.
//!
//! Parameters are placed on the iterated dominance frontiers of the assignments where the local is live, then
//! values are renamed in a walk of the dominator tree: Cytron et al., *Efficiently Computing Static Single
//! Assignment Form* (1991), pruned by liveness.
//!
//! Two kinds of blocks cannot take parameters:
//! * an unwind block: each of its invokes then gets a landing pad of its own, which jumps to what is left
//!   of the block;
//! * a block that a home token names as exit: the local then becomes a captured variable, which is right if
//!   slow, until the token is gone.

use crate::edit::{self, Renames};
use cranelift_entity::packed_option::PackedOption;
use cranelift_entity::{PrimaryMap, SecondaryMap};
use inko_ir::graph::{Dominators, Graph};
use inko_ir::ir::*;

/// Runs the pass; tells whether a local became values. The blocks must be reachable and the entry without
/// predecessors (see `unreachable-blocks`).
pub fn run(function: &mut Function) -> bool {
    if function.locals.is_empty() {
        return false;
    }
    let mut accesses = Accesses::of(function);
    let mut graph = Graph::new(function);
    let mut dominators = graph.dominators();
    let mut places = place(function, &accesses, &graph, &dominators);

    let stuck = stuck(function, &accesses, &graph, &places);
    let promotes = stuck.len() < function.locals.len();
    let mut again = !stuck.is_empty();
    for local in stuck {
        demote_to_cell(function, local);
    }
    let pads: Vec<BlockId> = function.blocks.keys().filter(|&block| is_pad(function, block)).collect();
    for pad in pads {
        if places.values().any(|blocks| blocks.contains(&pad)) {
            separate_pad(function, pad, graph.preds(pad));
            again = true;
        }
    }
    if again {
        accesses = Accesses::of(function);
        graph = Graph::new(function);
        dominators = graph.dominators();
        places = place(function, &accesses, &graph, &dominators);
    }
    rename(function, &dominators, &places);
    function.locals = PrimaryMap::new();
    promotes
}

/// The locals that exit blocks read and whose value is chosen on the way there: an exit that becomes a jump
/// later could not pass it.
fn stuck(
    function: &Function,
    accesses: &Accesses,
    graph: &Graph,
    places: &SecondaryMap<LocalId, Vec<BlockId>>,
) -> Vec<LocalId> {
    let exits = exit_blocks(function);
    if !exits.values().any(|&exit| exit) {
        return Vec::new();
    }
    // The blocks between landing pads and exits, exits included.
    let mut between: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
    let mut work: Vec<BlockId> =
        graph.order.iter().copied().filter(|&block| exits[block] || is_pad(function, block)).collect();
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut between[block], true) && !exits[block] {
            function.blocks[block].terminator.each_successor(|next| work.push(next));
        }
    }
    let live_at_exit = |local: LocalId| {
        let mut seen: SecondaryMap<BlockId, bool> = SecondaryMap::with_default(false);
        let mut work = accesses.exposed[local].clone();
        while let Some(block) = work.pop() {
            if exits[block] {
                return true;
            }
            if !std::mem::replace(&mut seen[block], true) {
                let preds = graph.preds(block).iter();
                work.extend(preds.filter(|pred| !accesses.assigned[local].contains(pred)));
            }
        }
        false
    };
    let chosen = |local: &LocalId| places[*local].iter().any(|&block| between[block]);
    function.locals.keys().filter(|local| chosen(local) && live_at_exit(*local)).collect()
}

fn is_pad(function: &Function, block: BlockId) -> bool {
    matches!(function.blocks[block].insts.first(), Some(Inst { op: Op::LandingPad, .. }))
}

fn exit_blocks(function: &Function) -> SecondaryMap<BlockId, bool> {
    let mut exits = SecondaryMap::with_default(false);
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::NewHome(blocks) = &inst.op {
            blocks.iter().for_each(|&block| exits[block] = true);
        }
    }
    exits
}

/// Where each local is assigned, and where it is read before it is assigned in the same block.
struct Accesses {
    assigned: SecondaryMap<LocalId, Vec<BlockId>>,
    exposed: SecondaryMap<LocalId, Vec<BlockId>>,
}

impl Accesses {
    fn of(function: &Function) -> Self {
        let mut this = Self { assigned: SecondaryMap::new(), exposed: SecondaryMap::new() };
        for (id, block) in function.blocks.iter() {
            for inst in &block.insts {
                match inst.op {
                    Op::GetLocal(local)
                        if this.assigned[local].last() != Some(&id)
                            && this.exposed[local].last() != Some(&id) =>
                    {
                        this.exposed[local].push(id);
                    }
                    Op::SetLocal(local, _) if this.assigned[local].last() != Some(&id) => {
                        this.assigned[local].push(id);
                    }
                    _ => {}
                }
            }
        }
        this
    }
}

/// The blocks that need a parameter for each local.
fn place(
    function: &Function,
    accesses: &Accesses,
    graph: &Graph,
    dominators: &Dominators,
) -> SecondaryMap<LocalId, Vec<BlockId>> {
    let frontiers = dominators.frontiers(graph);
    let mut places: SecondaryMap<LocalId, Vec<BlockId>> = SecondaryMap::new();
    places.resize(function.locals.len());
    // Marks are numbered by local, so that no map is cleared between locals.
    let mut live: SecondaryMap<BlockId, PackedOption<LocalId>> = SecondaryMap::new();
    let mut defines: SecondaryMap<BlockId, PackedOption<LocalId>> = SecondaryMap::new();
    let mut placed: SecondaryMap<BlockId, PackedOption<LocalId>> = SecondaryMap::new();
    for local in function.locals.keys() {
        let mark = PackedOption::from(local);
        if accesses.exposed[local].is_empty() {
            continue;
        }
        accesses.assigned[local].iter().for_each(|&block| defines[block] = mark);
        let mut work = accesses.exposed[local].clone();
        while let Some(block) = work.pop() {
            if live[block] != mark {
                live[block] = mark;
                work.extend(graph.preds(block).iter().filter(|pred| defines[**pred] != mark));
            }
        }
        let mut work = accesses.assigned[local].clone();
        while let Some(block) = work.pop() {
            for &join in &frontiers[block] {
                if placed[join] != mark && live[join] == mark {
                    placed[join] = mark;
                    places[local].push(join);
                    work.push(join);
                }
            }
        }
    }
    places
}

/// Gives each invoke that unwinds to `pad` a landing pad of its own.
fn separate_pad(function: &mut Function, pad: BlockId, invokes: &[BlockId]) {
    let rest = edit::pad_continuation(function, pad);
    let position = function.blocks[pad].position;
    for &invoke in &invokes[1..] {
        let own = function.add_block(position);
        let results = function.values(own, Op::LandingPad, &[Ty::Word, Ty::Word, Ty::Raw], position);
        function.terminate(own, Terminator::Jump(Edge::with(rest, results)), position);
        if let Terminator::Invoke { unwind, .. } = &mut function.blocks[invoke].terminator {
            *unwind = own;
        }
    }
}

/// An operation on one value.
type Conversion = fn(Value) -> Op;

/// Makes a local a captured variable that is made at entry.
fn demote_to_cell(function: &mut Function, local: LocalId) {
    let ty = function.locals[local];
    let entry = function.entry;
    let position = function.position;
    let (nothing, undefined) = edit::constant(function, Constant::Undefined, position);
    let cell = function.values.push(ValueData { ty: Ty::Word, known: Known::Nothing });
    let make = Inst { op: Op::NewCell(nothing), results: vec![cell], position };
    let (wrap, unwrap): (Conversion, Conversion) = match ty {
        Ty::Float => (Op::BoxFloat, Op::UnboxFloat),
        _ => (Op::BoxBool, Op::UnboxBool),
    };
    let direct = ty == Ty::Word;
    assert!(ty != Ty::Raw, "raw locals do not live across non-local exits");
    let Function { blocks, values, .. } = function;
    for block in blocks.values_mut() {
        let old = std::mem::take(&mut block.insts);
        for mut inst in old {
            let position = inst.position;
            let mut word = || values.push(ValueData { ty: Ty::Word, known: Known::Nothing });
            match inst.op {
                Op::GetLocal(this) if this == local && direct => inst.op = Op::GetCell(cell),
                Op::GetLocal(this) if this == local => {
                    let boxed = word();
                    block.insts.push(Inst { op: Op::GetCell(cell), results: vec![boxed], position });
                    inst.op = unwrap(boxed);
                }
                Op::SetLocal(this, value) if this == local && direct => inst.op = Op::SetCell(cell, value),
                Op::SetLocal(this, value) if this == local => {
                    let boxed = word();
                    block.insts.push(Inst { op: wrap(value), results: vec![boxed], position });
                    inst.op = Op::SetCell(cell, boxed);
                }
                _ => {}
            }
            block.insts.push(inst);
        }
    }
    function.blocks[entry].insts.splice(0..0, [undefined, make]);
}

enum Step {
    Enter(BlockId),
    /// Restores what the locals were before a block.
    Leave(Vec<(LocalId, PackedOption<Value>)>),
}

/// Replaces reads by values; deletes reads and assignments; passes arguments.
fn rename(function: &mut Function, dominators: &Dominators, places: &SecondaryMap<LocalId, Vec<BlockId>>) {
    let mut params: SecondaryMap<BlockId, Vec<(LocalId, Value)>> = SecondaryMap::new();
    let facts = facts(function);
    for local in function.locals.keys().collect::<Vec<_>>() {
        for &block in &places[local] {
            let value = function.add_param(block, function.locals[local], facts[local]);
            params[block].push((local, value));
        }
    }
    let mut undefined: SecondaryMap<LocalId, PackedOption<Value>> = SecondaryMap::new();
    let mut made = Vec::new();
    let mut current: SecondaryMap<LocalId, PackedOption<Value>> = SecondaryMap::new();
    let mut renames = Renames::default();
    let mut stack = vec![Step::Enter(function.entry)];
    while let Some(step) = stack.pop() {
        let id = match step {
            Step::Leave(old) => {
                old.into_iter().rev().for_each(|(local, value)| current[local] = value);
                continue;
            }
            Step::Enter(id) => id,
        };
        let mut old = Vec::new();
        let mut set = |current: &mut SecondaryMap<_, PackedOption<Value>>, local: LocalId, value: Value| {
            old.push((local, current[local]));
            current[local] = value.into();
        };
        params[id].iter().for_each(|&(local, value)| set(&mut current, local, value));
        let mut block = std::mem::take(&mut function.blocks[id].insts);
        let mut read =
            |function: &mut Function, current: &SecondaryMap<LocalId, PackedOption<Value>>, local| {
                current[local].expand().or(undefined[local].expand()).unwrap_or_else(|| {
                    // Read before it is assigned: only on paths that do not use the value.
                    let nothing = match function.locals[local] {
                        Ty::Word => Constant::Undefined,
                        Ty::Float => Constant::Float(0),
                        Ty::Bool => Constant::Bool(false),
                        Ty::Raw => Constant::Raw(0),
                    };
                    let (value, inst) = edit::constant(function, nothing, function.position);
                    made.push(inst);
                    undefined[local] = value.into();
                    value
                })
            };
        block.retain(|inst| match inst.op {
            Op::GetLocal(local) => {
                let value = read(function, &current, local);
                renames.insert(inst.results[0], value);
                false
            }
            Op::SetLocal(local, value) => {
                set(&mut current, local, renames.resolve(value));
                false
            }
            _ => true,
        });
        function.blocks[id].insts = block;
        let mut terminator = std::mem::replace(&mut function.blocks[id].terminator, Terminator::Unreachable);
        terminator.each_edge_mut(|edge| {
            let values = params[edge.block].iter().map(|&(local, _)| read(function, &current, local));
            edge.args.extend(values);
        });
        function.blocks[id].terminator = terminator;
        stack.push(Step::Leave(old));
        stack.extend(dominators.children(id).iter().rev().map(|&child| Step::Enter(child)));
    }
    if !made.is_empty() {
        // A parameter that may be undefined has no fact.
        for (local, value) in params.values().flatten() {
            if undefined[*local].is_some() {
                function.values[*value].known = Known::Nothing;
            }
        }
        function.blocks[function.entry].insts.splice(0..0, made);
    }
    renames.apply(function);
}

/// What is known of all values assigned to each local.
fn facts(function: &Function) -> SecondaryMap<LocalId, Known> {
    let mut facts: SecondaryMap<LocalId, Option<Known>> = SecondaryMap::new();
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::SetLocal(local, value) = inst.op {
            let known = function.values[value].known;
            facts[local] = Some(facts[local].map_or(known, |other| other.join(known)));
        }
    }
    let mut all = SecondaryMap::with_default(Known::Nothing);
    for local in function.locals.keys() {
        all[local] = facts[local].unwrap_or(Known::Nothing);
    }
    all
}
