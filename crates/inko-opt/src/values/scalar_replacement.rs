//! `scalar-replacement`: variables and objects that only this function sees become locals.
//!
//! A cell that is only read and assigned is a local, and so is each attribute of a new object whose attributes
//! are only read and assigned (scalar replacement of aggregates, after escape analysis of the simplest kind: the
//! reference goes nowhere else). A new cell or object in a loop is a new set of values: the locals are
//! assigned where it is made. `ssa-construction` then turns the locals into values.
//!
//! What is to be kept alive is then what the cell or object holds, at the ends of scopes and where it is assigned.

use crate::edit;
use crate::values::ssa_construction;
use cranelift_entity::SecondaryMap;
use inko_ir::ir::*;

/// What becomes of a value that refers to a cell or an object.
#[derive(Clone, PartialEq, Debug, Default)]
enum State {
    /// No cell, or its reference is used as a value.
    #[default]
    Other,
    /// Seen to be made, and so far only accessed.
    Private(Vec<Ty>, u32),
    /// The locals that replace it.
    Locals(Vec<LocalId>),
}

/// Runs the pass.
pub(crate) fn run(function: &mut Function, classes: &[Option<Class>]) -> bool {
    if !edit::has(function, |op| matches!(op, Op::New(..) | Op::NewCell(_))) {
        return false;
    }
    let mut states = find(function, classes);
    let mut any = false;
    for value in function.values.keys().collect::<Vec<_>>() {
        if let State::Private(types, _) = &states[value] {
            let locals = types.iter().map(|&ty| function.locals.push(ty)).collect();
            states[value] = State::Locals(locals);
            any = true;
        }
    }
    if !any {
        return false;
    }
    let kept = kept(function, &states);
    let Function { blocks, values, locals: types, .. } = &mut *function;
    for block in blocks.values_mut() {
        let old = std::mem::take(&mut block.insts);
        for mut inst in old {
            let locals = |value: Value| match &states[value] {
                State::Locals(locals) => Some(locals),
                _ => None,
            };
            let result = inst.results.first().and_then(|&result| locals(result));
            let replaced = match (&inst.op, result) {
                (Op::NewCell(value), Some(locals)) => Some((locals.clone(), vec![*value])),
                (Op::New(_, values), Some(locals)) => Some((locals.clone(), values.clone())),
                _ => None,
            };
            if let Some((locals, values)) = replaced {
                for (local, value) in locals.into_iter().zip(values) {
                    let op = Op::SetLocal(local, value);
                    block.insts.push(Inst { op, results: Vec::new(), position: inst.position });
                }
                continue;
            }
            let ends: &[LocalId] = match &inst.op {
                Op::KeepAlive(value) => locals(*value).map_or(&[], |locals| &locals[..]),
                Op::SetCell(value, _) if kept[*value] => locals(*value).map_or(&[], |locals| &locals[..1]),
                Op::SetField { object, field, .. } if kept[*object] => {
                    let at = *field as usize;
                    locals(*object).map_or(&[], |locals| &locals[at..=at])
                }
                _ => &[],
            };
            for &local in ends.iter().filter(|local| types[**local] == Ty::Word) {
                let value = values.push(ValueData { ty: Ty::Word, known: Known::Nothing });
                let position = inst.position;
                block.insts.push(Inst { op: Op::GetLocal(local), results: vec![value], position });
                block.insts.push(Inst { op: Op::KeepAlive(value), results: Vec::new(), position });
            }
            if matches!(inst.op, Op::KeepAlive(value) if locals(value).is_some()) {
                continue;
            }
            let access = match &inst.op {
                Op::GetCell(cell) => locals(*cell).map(|locals| Op::GetLocal(locals[0])),
                Op::SetCell(cell, value) => locals(*cell).map(|locals| Op::SetLocal(locals[0], *value)),
                Op::GetField { object, field, .. } => {
                    locals(*object).map(|locals| Op::GetLocal(locals[*field as usize]))
                }
                Op::SetField { object, field, value, .. } => {
                    locals(*object).map(|locals| Op::SetLocal(locals[*field as usize], *value))
                }
                _ => None,
            };
            inst.op = access.unwrap_or(inst.op);
            block.insts.push(inst);
        }
    }
    ssa_construction::run(function)
}

/// The cells and objects that are kept alive somewhere.
fn kept(function: &Function, states: &SecondaryMap<Value, State>) -> SecondaryMap<Value, bool> {
    let mut kept = SecondaryMap::with_default(false);
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::KeepAlive(value) = inst.op
            && let State::Locals(_) = states[value]
        {
            kept[value] = true;
        }
    }
    kept
}

fn find(function: &Function, classes: &[Option<Class>]) -> SecondaryMap<Value, State> {
    let mut states: SecondaryMap<Value, State> = SecondaryMap::new();
    states.resize(function.values.len());
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        match &inst.op {
            Op::NewCell(_) => states[inst.results[0]] = State::Private(vec![Ty::Word], inko_abi::class::CELL),
            Op::New(number, values) => {
                if let Some(Some(class)) = classes.get(*number as usize)
                    && class.fields.len() == values.len()
                {
                    states[inst.results[0]] = State::Private(class.fields.clone(), *number);
                }
            }
            _ => {}
        }
    }
    // An access as another class stands in code that cannot be reached, but that is not known yet.
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::GetField { object, class, .. } | Op::SetField { object, class, .. } = inst.op
            && !matches!(states[object], State::Private(_, number) if number == class)
        {
            states[object] = State::Other;
        }
    }
    let mut escape = |value: Value| states[value] = State::Other;
    for block in function.blocks.values() {
        for inst in &block.insts {
            match &inst.op {
                Op::GetCell(_) | Op::GetField { .. } | Op::KeepAlive(_) => {}
                Op::SetCell(_, value) | Op::SetField { value, .. } => escape(*value),
                other => other.each_operand(&mut escape),
            }
        }
        block.terminator.each_operand(&mut escape);
    }
    states
}
