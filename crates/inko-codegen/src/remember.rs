//! Remembering facts while a function is emitted: what is noted at which instruction, and what an operation asks.

use crate::emitter::Emitter;
use crate::facts::{Element, Facts, Index, MOST};
use crate::values::Raw;
use inko_ir::ir::*;

impl Emitter<'_> {
    /// Counts what may be worth remembering. To be called once, before the first block.
    pub(crate) fn count_facts(&mut self) {
        let function = self.function;
        for inst in function.blocks.values().flat_map(|block| &block.insts) {
            match &inst.op {
                Op::ArrayGet(array, index)
                | Op::ArraySet(array, index, _)
                | Op::BytesGet(array, index)
                | Op::BytesSet(array, index, _) => {
                    let element = self.element_of(*array, *index);
                    *self.facts.accesses.entry(element).or_default() += 1;
                }
                Op::Test(value, Check::Class(_)) | Op::Verify(value, Check::Class(_), _) => {
                    let root = self.plan.liveness.roots[*value];
                    *self.facts.tests.entry(root).or_default() += 1;
                }
                _ => {}
            }
        }
    }

    /// Starts a block with what its only predecessor has left.
    pub(crate) fn begin_facts(&mut self, block: BlockId) {
        self.facts.now = match self.plan.liveness.graph.preds(block) {
            &[pred] => self.facts.at_end[pred].clone().unwrap_or_default(),
            _ => Facts::default(),
        };
        let now = &mut self.facts.now;
        if now.elements.len() + now.changeable.len() + now.classes.len() > MOST {
            *now = Facts::default();
        }
    }

    /// Ends a block.
    pub(crate) fn end_facts(&mut self, block: BlockId) {
        if matches!(self.function.blocks[block].terminator, Terminator::Invoke { .. }) {
            self.forget();
        }
        self.facts.at_end[block] = Some(std::mem::take(&mut self.facts.now));
    }

    /// Takes note of an instruction that was emitted.
    pub(crate) fn learn(&mut self, inst: &Inst) {
        match &inst.op {
            Op::Call(_) | Op::SetGlobal(..) => self.forget(),
            Op::New(..) | Op::NewArray(_) | Op::NewCell(_) => self.note_changeable(inst.results[0]),
            Op::SetField { object, .. } | Op::SetCell(object, _) => self.note_changeable(*object),
            Op::ArraySet(array, ..) | Op::ArrayPush(array, _) | Op::BytesSet(array, ..) => {
                self.note_changeable(*array)
            }
            _ => {}
        }
    }

    fn forget(&mut self) {
        self.facts.now.elements.clear();
        self.facts.now.changeable.clear();
    }

    fn note_changeable(&mut self, object: Value) {
        self.facts.now.changeable.insert(self.plan.liveness.roots[object]);
    }

    /// Whether an object is known not to be permanent.
    pub(crate) fn is_changeable(&self, object: Value) -> bool {
        self.facts.now.changeable.contains(&self.plan.liveness.roots[object])
    }

    /// The element that an access is to.
    pub(crate) fn element_of(&self, array: Value, index: Value) -> Element {
        let roots = &self.plan.liveness.roots;
        let index = match self.constant(index) {
            Some(Constant::Small(number)) => Index::Constant(*number),
            _ => Index::Value(roots[index]),
        };
        Element(roots[array], index)
    }

    /// The position of an element that is known to exist.
    pub(crate) fn known_element(&self, element: Element) -> Option<Raw> {
        self.facts.now.elements.get(&element).copied()
    }

    /// Notes the position of an element.
    pub(crate) fn note_element(&mut self, element: Element, position: Raw) {
        self.facts.now.elements.insert(element, position);
    }

    /// Whether there is more than one access to an element, so that its position is worth keeping.
    pub(crate) fn is_accessed_again(&self, element: Element) -> bool {
        self.facts.accesses[&element] > 1
    }

    /// The number of an object's class if it was found out; that of no class for what is no object.
    pub(crate) fn known_class(&self, value: Value) -> Option<Raw> {
        self.facts.now.classes.get(&self.plan.liveness.roots[value]).copied()
    }

    /// Notes what [`Emitter::known_class`] gives.
    pub(crate) fn note_class(&mut self, value: Value, number: Raw) {
        self.facts.now.classes.insert(self.plan.liveness.roots[value], number);
    }

    /// Whether there is more than one test of a value's class.
    pub(crate) fn is_tested_again(&self, value: Value) -> bool {
        self.facts.tests.get(&self.plan.liveness.roots[value]).is_some_and(|&tests| tests > 1)
    }
}
