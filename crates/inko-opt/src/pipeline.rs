//! The passes, in the order in which they run: [`MANDATORY`], then, for speed, [`OPTIMIZER`] over each function
//! after the functions it calls, and a last round of it over all functions once the whole program is known.
//!
//! Control flow is messages: these passes are what makes a `while` a loop. They are general; none
//! knows the name of a method.
//!
//! *Invariants:* every pass leaves a valid function (checked after each in debug builds). Compiling takes time linear in
//! the size of the program but for logarithms and small constants: nothing compares all functions or all blocks with all.

use crate::calls::{devirtualization, inlining, nonlocal_exits, polymorphic_dispatch, tail_recursion};
use crate::context::Context;
use crate::control_flow::{block_merging, jump_threading, unreachable_blocks};
use crate::loops::{rotation, safepoint_polls};
use crate::numbers::value_ranges;
use crate::numbers::{boolean_arrays, box_sinking, unboxing};
use crate::program::call_graph::{CallGraph, Node};
use crate::program::library::{Earlier, Finished, Library};
use crate::program::size::size;
use crate::program::summaries::{self, Ends, Summaries, Summary};
use crate::program::{function_merging, positions, schedule, unreachable_functions};
use crate::values::{
    constant_propagation, dead_code_elimination, load_elimination, scalar_replacement, ssa_construction,
    value_numbering,
};
use cranelift_entity::PrimaryMap;
use inko_ir::ir::*;
use inko_ir::verify;
use std::sync::{Mutex, PoisonError};

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
    pass("scalar-replacement", |function, context| {
        scalar_replacement::run(function, &context.headers().classes)
    }),
    pass("jump-threading", jump_threading::run),
    pass("unboxing", |function, _| unboxing::run(function)),
    pass("block-merging", |function, _| block_merging::run(function)),
    pass("devirtualization", devirtualization::run),
    pass("polymorphic-dispatch", polymorphic_dispatch::run),
    pass("boolean-arrays", |function, _| boolean_arrays::run(function)),
    pass("tail-recursion", |function, context| tail_recursion::run(function, context.this)),
];

/// The pass of the optimizer that does more when it is the last time.
static LAST: Pass = pass("value-numbering", value_numbering::run);

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

/// Called after each pass that changed a function, with the pass's name, for dumps and for the verifier. The functions of the
/// program have no code.
pub type Observer<'a> = dyn Fn(&'static str, &Program, &Function) + Sync + 'a;

/// How a program is optimized.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How much is done.
    pub level: OptLevel,
    /// On how many threads; the result is the same for any number.
    pub threads: usize,
    /// Who is shown each function after each pass that changed it.
    pub observer: Option<&'a Observer<'a>>,
}

/// Makes a program fit for code generation, and fast if asked for.
pub fn optimize(program: &mut Program, level: OptLevel) {
    optimize_with(program, &Options { level, threads: 1, observer: None });
}

/// Like [`optimize`], in parallel and observed.
pub fn optimize_with(program: &mut Program, options: &Options<'_>) {
    let driver = Driver { options };
    if options.level == OptLevel::None {
        function_merging::run(program);
    }
    driver.each_function(program, MANDATORY);
    if options.level == OptLevel::Speed {
        let earlier = driver.whole_program(program, BUDGET, None);
        // Now it is known which functions throw and unwind, recursive ones included.
        driver.whole_program(program, 0, Some(&earlier));
        let order: Vec<FunctionId> = CallGraph::new(program).functions().collect();
        value_ranges::run(program, &order);
        // Lowering makes only functions that are reachable, and numbers positions in order: without inlining both stay so.
        unreachable_functions::run(program);
        function_merging::run(program);
    }
    driver.each_function(program, FINAL);
    if options.level == OptLevel::Speed {
        positions::renumber(program);
    }
}

struct Driver<'a> {
    options: &'a Options<'a>,
}

impl Driver<'_> {
    /// Runs passes once over each function, which know nothing of the others.
    fn each_function(&self, program: &mut Program, passes: &[Pass]) {
        let (mut functions, positions) = take(program);
        let (graph, initial) = (CallGraph::default(), Summaries::default());
        let library = Library::new(program, &graph, &initial, &positions);
        let left = Mutex::new(functions.iter_mut());
        let work = || {
            loop {
                // The lock is gone before the passes begin.
                let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((id, function)) = next else { return };
                let mut context = Context::new(&library, id, 0, true);
                passes.iter().for_each(|pass| _ = self.pass(pass, function, &mut context));
            }
        };
        std::thread::scope(|scope| {
            (1..self.options.threads).for_each(|_| _ = scope.spawn(work));
            work();
        });

        drop(library);
        give_back(program, functions, positions);
    }

    /// Runs the optimizer over each function after those that it calls. The last time what an earlier run assumed is known.
    fn whole_program(&self, program: &mut Program, budget: u32, earlier: Option<&Earlier>) -> Earlier {
        let graph = CallGraph::new(program);
        let initial = Summaries::new(program, &graph);
        let (functions, positions) = take(program);
        let functions: PrimaryMap<FunctionId, Mutex<Option<Function>>> =
            functions.into_iter().map(|(_, function)| Mutex::new(Some(function))).collect();
        let library = Library::new(program, &graph, &initial, &positions);
        schedule::run(&graph, self.options.threads, |node| match node {
            Node::Selector(id) => library.finish_selector(id),
            Node::Function(id) => {
                let function = functions[id].lock().unwrap_or_else(PoisonError::into_inner).take();
                let mut function = function.expect("each function is worked on once");
                let mut context = Context::new(&library, id, budget, earlier.is_some());
                context.own = size(&function);
                match earlier {
                    Some(earlier) => self.again(&mut function, &mut context, earlier),
                    None => self.function(&mut function, &mut context),
                }
                let summary = summary(&function, &context);
                let (names, guessed) = (context.names(&function), context.guessed());
                library.finish(id, Finished { function, summary, guessed, names });
            }
        });
        let assumed = library.earlier();
        let mut finished: PrimaryMap<FunctionId, Option<Function>> = functions
            .into_iter()
            .map(|(_, function)| function.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect();
        library.into_functions().for_each(|(id, function)| finished[id] = Some(function));
        let functions = finished.into_iter().map(|(_, function)| function.expect("no function is lost"));
        give_back(program, functions.collect(), positions);
        assumed
    }

    fn function(&self, function: &mut Function, context: &mut Context<'_>) {
        self.rounds(function, context);
        self.pass(&MANDATORY[0], function, context);
        if self.pass(&RECURSION[0], function, context) {
            context.budget = 0;
            self.rounds(function, context);
            self.pass(&MANDATORY[0], function, context);
        }
    }

    /// Runs the optimizer over a function once more. If nothing new is known, what may find something is the one pass that
    /// does more the last time.
    fn again(&self, function: &mut Function, context: &mut Context<'_>, earlier: &Earlier) {
        let new = earlier.guessed[context.this] || context.differs(function, earlier);
        if new || self.pass(&LAST, function, context) {
            self.rounds(function, context);
        }
    }

    /// Repeats the optimizer over a function until no pass finds anything to do in what the others have left.
    fn rounds(&self, function: &mut Function, context: &mut Context<'_>) {
        let mut idle = 0;
        for pass in OPTIMIZER.iter().cycle().take(ROUNDS * OPTIMIZER.len()) {
            idle = if self.pass(pass, function, context) { 0 } else { idle + 1 };
            if idle == OPTIMIZER.len() {
                return;
            }
        }
    }

    /// Runs a pass over a function; tells whether it changed something.
    fn pass(&self, pass: &Pass, function: &mut Function, context: &mut Context<'_>) -> bool {
        let changed = (pass.run)(function, context);
        if changed {
            if cfg!(debug_assertions) {
                verify::assert_valid(context.headers(), function, pass.name);
            }
            if let Some(observe) = self.options.observer {
                observe(pass.name, context.headers(), function);
            }
        }
        changed
    }
}

/// What callers may know of a function whose passes are done.
fn summary(function: &Function, context: &Context<'_>) -> Summary {
    let local = summaries::local(function, context.this);
    let old = context.summary(context.this);
    let unwinds = old.ends.unwinds && summaries::may_unwind(function, |call| context.unwinds(call));
    let throws = old.ends.throws && local.ends.throws;
    Summary { ends: Ends { throws, unwinds }, own: context.own, references: old.references, ..local }
}

/// Takes code and positions out of a program; headers of the functions stay, for whoever asks for a signature or a name.
fn take(program: &mut Program) -> (PrimaryMap<FunctionId, Function>, Mutex<Positions>) {
    let headers = program.functions.values().map(|function| Function {
        block: function.block.clone(),
        never_inline: function.never_inline,
        ..Function::new(
            function.name.clone(),
            function.symbol.clone(),
            function.signature.clone(),
            function.position,
        )
    });
    let headers = headers.collect();
    let functions = std::mem::replace(&mut program.functions, headers);
    (functions, Mutex::new(std::mem::take(&mut program.positions)))
}

fn give_back(
    program: &mut Program,
    functions: PrimaryMap<FunctionId, Function>,
    positions: Mutex<Positions>,
) {
    program.functions = functions;
    program.positions = positions.into_inner().unwrap_or_else(PoisonError::into_inner);
}
