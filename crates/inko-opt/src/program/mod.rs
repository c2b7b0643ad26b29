//! Passes over the whole program: the order of functions, what callers may know of them, and which of them are
//! needed at all.

use crate::calls::inlining;
use crate::context::{Summary, unwinds};
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use inko_abi::entry::Entry;
use inko_ir::ir::*;

/// The functions that the code of a function names: callees, closures.
pub(crate) fn references(program: &Program, function: &Function, mut f: impl FnMut(FunctionId)) {
    let mut of_call = |call: &Call| match call.callee {
        Callee::Function(id) => f(id),
        Callee::Selector(id) => program.selectors[id].targets.values().for_each(|&target| f(target)),
        Callee::Closure | Callee::Entry(_) => {}
    };
    let mut closures = Vec::new();
    for block in function.blocks.values() {
        for inst in &block.insts {
            match &inst.op {
                Op::Call(call) => of_call(call),
                Op::Closure(id, _) => closures.push(*id),
                _ => {}
            }
        }
        if let Terminator::Invoke { call, .. } = &block.terminator {
            of_call(call);
        }
    }
    closures.into_iter().for_each(f);
}

/// The reachable functions, callees before callers as far as there is no recursion.
pub(crate) fn bottom_up(program: &Program) -> Vec<FunctionId> {
    let mut order = Vec::new();
    let mut seen: SecondaryMap<FunctionId, bool> = SecondaryMap::with_default(false);
    let next = |id: FunctionId| {
        let mut all = Vec::new();
        references(program, &program.functions[id], |id| all.push(id));
        all
    };
    let Some(main) = program.main else { return program.functions.keys().collect() };
    seen[main] = true;
    let mut stack = vec![(main, next(main), 0)];
    while let Some((id, targets, at)) = stack.last_mut() {
        if let Some(&target) = targets.get(*at) {
            *at += 1;
            if !std::mem::replace(&mut seen[target], true) {
                stack.push((target, next(target), 0));
            }
        } else {
            order.push(*id);
            stack.pop();
        }
    }
    order
}

/// What passes over one function may know of the others.
#[derive(Default)]
pub(crate) struct Summaries {
    pub(crate) functions: SecondaryMap<FunctionId, Summary>,
    /// For each number of arguments whether closures may be left by exits.
    pub(crate) closures: Vec<bool>,
    /// What is known of the values of constants: reading one before it is assigned panics, so what holds
    /// for all that is assigned holds for all that is read.
    pub(crate) globals: SecondaryMap<GlobalId, Known>,
}

/// Finds what callers may know of each function.
///
/// Which functions may be left by a non-local exit is the least solution: those that exit or raise, and those that
/// call one that does.
pub(crate) fn summaries(program: &Program, order: &[FunctionId]) -> Summaries {
    let mut functions: SecondaryMap<FunctionId, Summary> = SecondaryMap::with_default(Summary::default());
    functions.resize(program.functions.len());
    for &id in order {
        let function = &program.functions[id];
        functions[id] = Summary { references: 0, unwinds: false, ..local(function, id) };
    }
    for &id in order {
        references(program, &program.functions[id], |target| functions[target].references += 1);
    }
    let mut closures = Vec::new();
    let mut changed = true;
    while changed {
        changed = false;
        for &id in order {
            if functions[id].unwinds {
                continue;
            }
            let function = &program.functions[id];
            let calls =
                |call: &Call| unwinds(call, &program.selectors, |id| functions[id].unwinds, &closures);
            if may_unwind(function, calls) {
                functions[id].unwinds = true;
                changed = true;
                if function.block.is_some() {
                    let arity = function.signature.params.len() - 1;
                    if closures.len() <= arity {
                        closures.resize(arity + 1, false);
                    }
                    closures[arity] = true;
                }
            }
        }
    }
    Summaries { functions, closures, globals: globals(program, order) }
}

fn globals(program: &Program, order: &[FunctionId]) -> SecondaryMap<GlobalId, Known> {
    let mut found: SecondaryMap<GlobalId, Option<Known>> = SecondaryMap::new();
    for function in order.iter().map(|&id| &program.functions[id]) {
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
    Summary { throws, recursive, size: inlining::size(function), ..Summary::default() }
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

/// Drops the functions that cannot be reached from the main function.
pub(crate) fn drop_unreachable(program: &mut Program) {
    if program.main.is_none() {
        return;
    }
    let mut order = bottom_up(program);
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
