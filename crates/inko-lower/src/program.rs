//! The worklist: from the main function to everything that a run of the program can reach.
//!
//! Methods are lowered once for each class they are compiled for. Methods called by the class of the
//! receiver (*selectors*) have a target for each class that the program instantiates somewhere reachable
//! and that implements the trait (rapid type analysis); classes and selectors are found in any order,
//! so targets are completed whenever the worklist runs dry, until nothing new turns up.

use super::frame::Cx;
use super::items::{Lowering, Work};
use super::{layout, reflect, thunk};
use inko_ir::ir::{self, *};
use inko_ir::reflection::Arguments;
use inko_sema::tree::{self, ExprKind, MethodId, Owner};
use inko_sema::types::ClassId;
use inko_syntax::{Name, SourceMap};

/// Lowers all that the modules of a program reach. The tree must be free of errors.
pub fn lower(program: &tree::Program, sources: &SourceMap) -> ir::Program {
    let mut lowering = Lowering::new(program, sources);
    lowering.main();
    lowering.run();
    lowering.finish()
}

impl Lowering<'_> {
    /// The function that runs the module bodies.
    fn main(&mut self) {
        let program = self.program;
        let Some(&last) = program.order.last() else { return };
        let position = self.position(&Name::default(), program.bodies[program.modules[last].body].span);
        let id = self.declare(Name::default(), "run modules".into(), Signature::closure(0), position);
        self.out.functions[id].block =
            Some(BlockLiteral { is_lambda: true, captures: 0, arguments: Arguments::default() });
        let mut emit = self.emitter(id);
        for &module in &program.order {
            let body = program.modules[module].body;
            let is_empty =
                matches!(&program.bodies[body].code.kind, ExprKind::Sequence(list) if list.is_empty());
            if !is_empty {
                let callee = Callee::Function(self.module(module));
                emit.word(Op::Call(Call { callee, args: Vec::new() }));
            }
        }
        let nil = emit.nil().value;
        emit.end(Terminator::Return(nil));
        self.define(id, emit);
        self.out.main = Some(id);
    }

    fn run(&mut self) {
        loop {
            while let Some(work) = self.queue.pop_front() {
                match work {
                    Work::Method(method, class, id) => Cx::method(self, method, class, id),
                    Work::Lambda(body, id) => Cx::lambda(self, body, id),
                    Work::Module(module, id) => Cx::module(self, module, id),
                }
            }
            self.complete_selectors();
            if self.queue.is_empty() {
                break;
            }
        }
    }

    fn finish(mut self) -> ir::Program {
        for (function, check) in std::mem::take(&mut self.trait_checks) {
            let mut numbers: Vec<u32> = self
                .instantiated
                .iter()
                .filter(|&&class| self.implements(class, check.id))
                .map(|&class| layout::number(self.program, class))
                .filter(|&number| check.modules || !self.is_module_class(number))
                .collect();
            numbers.sort_unstable();
            let insts = self.out.functions[function].blocks.values_mut().flat_map(|block| &mut block.insts);
            for inst in insts.filter(|inst| inst.results.first() == Some(&check.value)) {
                if let Op::Verify(_, Check::Classes(list), _) | Op::Test(_, Check::Classes(list)) =
                    &mut inst.op
                {
                    list.clone_from(&numbers);
                }
            }
        }
        if self.reflects {
            self.out.reflection = Some(reflect::reflection(&mut self));
        }
        self.out
    }

    /// Adds the targets that selectors lack.
    fn complete_selectors(&mut self) {
        let mut index = 0;
        while index < self.selectors.len() {
            let (&method, state) = self.selectors.get_index_mut(index).expect("the index is in range");
            let id = state.id;
            let from = std::mem::replace(&mut state.classes_seen, self.instantiated.len());
            for class in from..self.instantiated.len() {
                self.complete_selector(method, id, self.instantiated[class]);
            }
            index += 1;
        }
    }

    fn complete_selector(&mut self, method: MethodId, selector: SelectorId, class: ClassId) {
        let Owner::Trait(owner) = self.program.methods[method].owner else {
            unreachable!("selectors are methods of traits")
        };
        if !self.implements(class, owner) {
            return;
        }
        // A required method without implementation was reported by the checker.
        let Some(target) = self.program.find_method(class, &self.program.methods[method].name) else {
            return;
        };
        let wanted = layout::convention(self.program, method, None);
        let function = thunk::target(self, &wanted, target, class);
        let number = layout::number(self.program, class);
        self.out.selectors[selector].targets.insert(number, function);
    }
}
