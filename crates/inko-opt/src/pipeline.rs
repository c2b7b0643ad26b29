//! The passes, in the order in which they run: [`MANDATORY`], then, for speed, [`OPTIMIZER`] over each function
//! after the functions it calls, and a last round of it over all functions once the whole program is known.
//!
//! Control flow is messages: these passes are what makes a `while` a loop. They are general; none
//! knows the name of a method.
//!
//! *Invariants:* every pass leaves a valid function (checked after each in debug builds). Compiling takes time linear in
//! the size of the program but for logarithms and small constants: nothing compares all functions or all blocks with all.

use crate::calls::{devirtualization, inlining, nonlocal_exits, polymorphic_dispatch, tail_recursion};
use crate::context::{self, Context};
use crate::control_flow::{block_merging, jump_threading, unreachable_blocks};
use crate::loops::{rotation, safepoint_polls};
use crate::numbers::value_ranges;
use crate::numbers::{boolean_arrays, box_sinking, unboxing};
use crate::program::{self, Summaries};
use crate::values::{
    constant_propagation, dead_code_elimination, load_elimination, scalar_replacement, ssa_construction,
    value_numbering,
};
use cranelift_entity::EntityRef;
use inko_ir::ir::*;
use inko_ir::verify;

/// How much work the optimizer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OptLevel {
    /// Only what code generation needs.
    None,
    /// Fast programs.
    #[default]
    Speed,
}

/// A pass over one function; tells whether it changed something.
pub(crate) struct Pass {
    name: &'static str,
    run: fn(&mut Function, &mut Context<'_>) -> bool,
}

const fn pass(name: &'static str, run: fn(&mut Function, &mut Context<'_>) -> bool) -> Pass {
    Pass { name, run }
}

/// The passes that make what lowering gives fit for code generation.
pub(crate) static MANDATORY: &[Pass] = &[
    pass("unreachable-blocks", |function, _| {
        unreachable_blocks::run(function);
        true
    }),
    pass("ssa-construction", |function, _| ssa_construction::run(function)),
];

/// The passes of one round of the optimizer.
pub(crate) static OPTIMIZER: &[Pass] = &[
    pass("inlining", inlining::run),
    pass("nonlocal-exits", nonlocal_exits::run),
    pass("constant-propagation", constant_propagation::run),
    pass("block-merging", |function, _| block_merging::run(function)),
    pass("value-numbering", value_numbering::run),
    pass("load-elimination", |function, _| load_elimination::run(function)),
    pass("dead-code-elimination", |function, _| dead_code_elimination::run(function)),
    pass("scalar-replacement", |function, context| scalar_replacement::run(function, context.classes)),
    pass("jump-threading", jump_threading::run),
    pass("unboxing", |function, _| unboxing::run(function)),
    pass("block-merging", |function, _| block_merging::run(function)),
    pass("devirtualization", devirtualization::run),
    pass("polymorphic-dispatch", polymorphic_dispatch::run),
    pass("boolean-arrays", |function, _| boolean_arrays::run(function)),
    pass("tail-recursion", |function, context| tail_recursion::run(function, context.this)),
];

/// What happens once, when a function is finished otherwise.
pub(crate) static RECURSION: &[Pass] = &[pass("recursion", inlining::unroll_recursion)];

/// The passes that come after everything else.
pub(crate) static FINAL: &[Pass] = &[
    pass("unreachable-blocks", |function, _| {
        unreachable_blocks::run(function);
        true
    }),
    pass("box-sinking", |function, _| box_sinking::run(function)),
    pass("safepoint-polls", |function, _| {
        safepoint_polls::run(function);
        true
    }),
    pass("rotation", |function, _| rotation::run(function)),
];

/// How often the optimizer is repeated for a function while it finds something to do. Each round
/// inlines one more level of calls.
const ROUNDS: usize = 12;
/// What inlining may add to a function, whatever its size.
const BUDGET: u32 = 3000;

/// Called after each pass with its name and the function it ran over, for dumps.
pub type Observer<'a> = dyn FnMut(&'static str, &Program, FunctionId) + 'a;

/// Makes a program fit for code generation, and fast if asked for.
pub fn optimize(program: &mut Program, level: OptLevel) {
    optimize_observed(program, level, &mut |_, _, _| {});
}

/// Like [`optimize`], and shows each function after each pass that changed it.
pub fn optimize_observed(program: &mut Program, level: OptLevel, observe: &mut Observer<'_>) {
    let mut driver = Driver { program, observe };
    driver.run(level);
}

struct Driver<'a, 'b> {
    program: &'a mut Program,
    observe: &'a mut Observer<'b>,
}

impl Driver<'_, '_> {
    fn run(&mut self, level: OptLevel) {
        let mut order = program::bottom_up(self.program);
        let nothing = Summaries::default();
        for &id in &order {
            self.passes(id, MANDATORY, &nothing, 0, false);
        }
        if level == OptLevel::Speed {
            let mut summaries = program::summaries(self.program, &order);
            for &id in &order {
                self.rounds(id, &summaries, BUDGET, false);
                self.passes(id, &MANDATORY[..1], &summaries, 0, false);
                if self.passes(id, RECURSION, &summaries, 0, false).0 {
                    self.rounds(id, &summaries, 0, false);
                    self.passes(id, &MANDATORY[..1], &summaries, 0, false);
                }
                self.finish(id, &mut summaries);
            }
            // Now it is known which functions throw and unwind, recursive ones included.
            order = program::bottom_up(self.program);
            let mut summaries = program::summaries(self.program, &order);
            for &id in &order {
                self.rounds(id, &summaries, 0, true);
                self.finish(id, &mut summaries);
            }
            value_ranges::run(self.program, &program::bottom_up(self.program));
        }
        program::drop_unreachable(self.program);
        for id in self.program.functions.keys().collect::<Vec<_>>() {
            self.passes(id, FINAL, &nothing, 0, true);
        }
    }

    /// Repeats the optimizer over a function while it changes something.
    fn rounds(&mut self, id: FunctionId, summaries: &Summaries, mut budget: u32, last: bool) {
        for _ in 0..ROUNDS {
            let (changed, left) = self.passes(id, OPTIMIZER, summaries, budget, last);
            budget = left;
            if !changed {
                return;
            }
        }
    }

    /// Makes what was found out about a function known to its callers.
    fn finish(&self, id: FunctionId, summaries: &mut Summaries) {
        let function = &self.program.functions[id];
        let local = program::local(function, id);
        let old = summaries.functions[id];
        let calls = |call: &Call| {
            let unwinds = |id: FunctionId| summaries.functions[id].unwinds;
            context::unwinds(call, &self.program.selectors, unwinds, &summaries.closures)
        };
        let unwinds = old.unwinds && program::may_unwind(function, calls);
        let throws = old.throws && local.throws;
        summaries.functions[id] =
            context::Summary { throws, unwinds, done: true, references: old.references, ..local };
    }

    /// Runs passes over a function; tells whether one changed it, and what is left of the budget.
    fn passes(
        &mut self,
        id: FunctionId,
        passes: &[Pass],
        summaries: &Summaries,
        mut budget: u32,
        last: bool,
    ) -> (bool, u32) {
        let mut any = false;
        for pass in passes {
            let mut function = std::mem::replace(&mut self.program.functions[id], placeholder());
            let Program { functions, classes, selectors, positions, .. } = &mut *self.program;
            let mut context = Context {
                functions,
                selectors,
                classes,
                positions,
                summaries: &summaries.functions,
                closures_unwind: &summaries.closures,
                globals: &summaries.globals,
                this: id,
                budget,
                last,
            };
            let changed = (pass.run)(&mut function, &mut context);
            budget = context.budget;
            self.program.functions[id] = function;
            if changed {
                any = true;
                if cfg!(debug_assertions) {
                    verify::assert_valid(self.program, &self.program.functions[id], pass.name);
                }
                (self.observe)(pass.name, self.program, id);
            }
        }
        (any, budget)
    }
}

/// Stands in the table of functions for the one that is being changed.
fn placeholder() -> Function {
    Function {
        name: Default::default(),
        symbol: Default::default(),
        signature: Signature { params: Vec::new(), returns: Ty::Word, throws: false },
        position: PositionId::new(0),
        block: None,
        entry: BlockId::new(0),
        blocks: Default::default(),
        values: Default::default(),
        locals: Default::default(),
        never_inline: true,
    }
}
