//! `devirtualization`: calls whose target is known become direct calls.
//!
//! * A trait call whose receiver's class is known, or whose selector has the same method for all classes. In
//!   the second case the class is still checked, because a wrong cast may have brought any value here.
//! * A call of a closure that was made in this function.

use crate::context::Context;
use crate::edit::{definition, origins};
use inko_ir::ir::*;

/// How many classes a check for the receiver of a method that they share may name.
const MAX_CLASSES: usize = 4;

/// Runs the pass.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let origins = origins(function);
    let mut direct = Vec::new();
    for (id, block) in function.blocks.iter() {
        for (index, inst) in block.insts.iter().enumerate() {
            if let Op::Call(call) = &inst.op
                && let Some(target) = target(function, &origins, context, call)
            {
                direct.push((id, index, target));
            }
        }
        if let Terminator::Invoke { call, .. } = &block.terminator
            && let Some(target) = target(function, &origins, context, call)
        {
            direct.push((id, block.insts.len(), target));
        }
    }
    // From the back, so that a check put in front of a call does not move the others.
    for &(id, index, (target, ref check)) in direct.iter().rev() {
        let Function { blocks, values, .. } = &mut *function;
        let block = &mut blocks[id];
        let (call, position) = match block.insts.get_mut(index) {
            Some(Inst { op: Op::Call(call), position, .. }) => (call, *position),
            _ => match &mut block.terminator {
                Terminator::Invoke { call, .. } => (call, block.position),
                _ => unreachable!("the place of a call"),
            },
        };
        if let Callee::Selector(selector) = call.callee {
            context.devirtualized(selector, target);
        }
        call.callee = Callee::Function(target);
        if let Some((check, name)) = check {
            let receiver = call.args[0];
            let verified = values
                .push(ValueData { ty: Ty::Word, known: crate::values::constant_folding::checked(check) });
            call.args[0] = verified;
            let op = Op::Verify(receiver, check.clone(), name.clone());
            block.insts.insert(index, Inst { op, results: vec![verified], position });
        }
    }
    !direct.is_empty()
}

type Found = (FunctionId, Option<(Check, inko_syntax::Name)>);

fn target(
    function: &Function,
    origins: &cranelift_entity::SecondaryMap<Value, crate::edit::Origin>,
    context: &Context<'_>,
    call: &Call,
) -> Option<Found> {
    match call.callee {
        Callee::Selector(id) => {
            let selector = context.selector(id);
            if let Some(class) = function.values[call.args[0]].known.class() {
                return selector.targets.get(&class).map(|&target| (target, None));
            }
            let mut targets = selector.targets.values();
            let first = *targets.next()?;
            if selector.targets.len() > MAX_CLASSES || targets.any(|&target| target != first) {
                return None;
            }
            let classes: Vec<u32> = selector.targets.keys().copied().collect();
            let check = if let [class] = classes[..] { Check::Class(class) } else { Check::Classes(classes) };
            Some((first, Some((check, selector.name.clone()))))
        }
        Callee::Closure => match definition(function, origins, call.args[0])? {
            Op::Closure(id, _) => {
                let arity = context.headers().functions[*id].signature.params.len();
                (*id != context.this && arity == call.args.len()).then_some((*id, None))
            }
            _ => None,
        },
        _ => None,
    }
}
