//! `value-ranges`: which integers are small, found by following intervals through the program.
//!
//! An abstract interpretation over intervals (Cousot and Cousot, "Abstract interpretation: a unified lattice model",
//! 1977): the interval of a value is that of its definition; a parameter of a block joins those of its arguments; a
//! comparison that dominates a use narrows it, and so does an access to an array, since the runtime takes no big
//! integer for an index. Loops are followed with widening, then twice more without it, which wins back the bounds that
//! the comparisons give. Parameters of functions that are only called directly join the arguments of all calls.
//!
//! So does a constant what is assigned to it.
//!
//! Machine code then adds without testing tags and overflow, and such values need no place in stack maps.

mod function;
mod interval;

use crate::edit::{definition, origins};
use cranelift_entity::SecondaryMap;
use function::Analysis;
use inko_ir::ir::*;
use interval::{Interval, State};

/// The calls are followed so many times before parameters are widened.
const PATIENCE: u32 = 4;
/// The calls are followed so many times before nothing is assumed of any parameter.
const ROUNDS: u32 = 24;

/// The states of the parameters of functions.
type Params = SecondaryMap<FunctionId, Vec<State>>;

/// Runs the pass over a whole program, whose functions are given callees first.
pub(crate) fn run(program: &mut Program, order: &[FunctionId]) {
    let known = |program: &Program, id: FunctionId| -> Vec<State> {
        let function = &program.functions[id];
        let params = &function.blocks[function.entry].params;
        params.iter().map(|&param| State::of_known(function.values[param].known)).collect()
    };
    let direct = called_directly(program, order);
    let globals = globals(program, order);
    let mut params: Params = SecondaryMap::new();
    for &id in order {
        let nothing = |count: usize| vec![State::Unreached; count];
        let default = known(program, id);
        params[id] = if direct[id] { nothing(default.len()) } else { default };
    }
    if !solve(program, order, &direct, &globals, &mut params) {
        order.iter().for_each(|&id| params[id] = known(program, id));
    }
    for &id in order {
        if params[id].iter().any(|state| matches!(state, State::Unreached)) && !params[id].is_empty() {
            // Never called after all.
            continue;
        }
        let analysis = Analysis::new(&program.functions[id], params[id].clone(), &globals);
        let (small, natural) = (analysis.small(), analysis.natural_divisions());
        let function = &mut program.functions[id];
        for (block, index) in natural {
            if let Op::Integer(op, ..) = &mut function.blocks[block].insts[index].op {
                *op = if *op == IntegerOp::Div { IntegerOp::Quotient } else { IntegerOp::Remainder };
            }
        }
        small.into_iter().for_each(|value| function.values[value].known = Known::Small);
    }
}

/// Follows the arguments of calls; whether that came to an end.
fn solve(
    program: &Program,
    order: &[FunctionId],
    direct: &SecondaryMap<FunctionId, bool>,
    globals: &SecondaryMap<GlobalId, State>,
    params: &mut Params,
) -> bool {
    let mut dirty: SecondaryMap<FunctionId, bool> = SecondaryMap::with_default(true);
    for round in 0..ROUNDS {
        let mut changed = false;
        for &id in order.iter().rev() {
            if !std::mem::replace(&mut dirty[id], false) {
                continue;
            }
            let analysis = Analysis::new(&program.functions[id], params[id].clone(), globals);
            analysis.each_call(|target, args| {
                if !direct[target] {
                    return;
                }
                for (param, arg) in params[target].iter_mut().zip(args) {
                    let joined = if round < PATIENCE { param.join(arg) } else { param.widen(arg) };
                    if joined != *param {
                        *param = joined;
                        dirty[target] = true;
                        changed = true;
                    }
                }
            });
        }
        if !changed {
            return true;
        }
    }
    false
}

/// The functions that are neither closures nor called by dynamic dispatch or by the runtime.
fn called_directly(program: &Program, order: &[FunctionId]) -> SecondaryMap<FunctionId, bool> {
    let mut direct = SecondaryMap::with_default(false);
    for &id in order {
        direct[id] = program.functions[id].block.is_none() && Some(id) != program.main;
    }
    for &id in order {
        for inst in program.functions[id].blocks.values().flat_map(|block| &block.insts) {
            if let Op::Closure(target, _) = inst.op {
                direct[target] = false;
            }
        }
    }
    for selector in program.selectors.values() {
        selector.targets.values().for_each(|&target| direct[target] = false);
    }
    direct
}

/// What is assigned to constants.
fn globals(program: &Program, order: &[FunctionId]) -> SecondaryMap<GlobalId, State> {
    let mut globals: SecondaryMap<GlobalId, State> = SecondaryMap::new();
    globals.resize(program.globals.len());
    for function in order.iter().map(|&id| &program.functions[id]) {
        let origins = origins(function);
        for inst in function.blocks.values().flat_map(|block| &block.insts) {
            if let Op::SetGlobal(global, value) = inst.op {
                let state = match definition(function, &origins, value) {
                    Some(&Op::Constant(Constant::Small(value))) => State::In(Interval::only(value)),
                    _ => State::of_known(function.values[value].known),
                };
                globals[global] = globals[global].join(state);
            }
        }
    }
    globals
}
