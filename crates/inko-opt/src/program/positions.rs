//! Gives the positions that are left their final numbers.
//!
//! Functions are worked on in parallel, so the numbers depend on who came first; and most positions belong to code that has been
//! inlined elsewhere or dropped. Numbered in the order of the code, they are the same each time.

use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;
use inko_ir::ir::*;

/// Numbers the positions of a program in the order in which its functions mention them.
pub(crate) fn renumber(program: &mut Program) {
    let old = std::mem::take(&mut program.positions);
    let mut renumbering = Renumbering { old, new: Positions::default(), known: SecondaryMap::new() };
    for function in program.functions.values_mut() {
        function.position = renumbering.get(function.position);
        for block in function.blocks.values_mut() {
            for inst in &mut block.insts {
                inst.position = renumbering.get(inst.position);
            }
            block.position = renumbering.get(block.position);
        }
    }
    let classes =
        program.reflection.iter_mut().flat_map(|reflection| reflection.classes.iter_mut().flatten());
    for method in classes.flat_map(|class| &mut class.methods) {
        method.position = renumbering.get(method.position);
    }
    program.positions = renumbering.new;
}

struct Renumbering {
    old: Positions,
    new: Positions,
    known: SecondaryMap<PositionId, PackedOption<PositionId>>,
}

impl Renumbering {
    fn get(&mut self, id: PositionId) -> PositionId {
        // Callers first; the chain of calls may be long.
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next
            && self.known[id].is_none()
        {
            chain.push(id);
            next = self.old.caller(id);
        }
        while let Some(id) = chain.pop() {
            let mut position = self.old.get(id);
            position.caller = position.caller.and_then(|caller| self.known[caller].expand());
            self.known[id] = self.new.intern(position).into();
        }
        self.known[id].expand().unwrap_or_else(|| unreachable!("just numbered"))
    }
}
