//! Checks that a function keeps the rules of the representation; what they are is written in [`crate::ir`].
//!
//! Always on in tests, and after every pass in debug builds: a pass that breaks a rule is found where it
//! does so and not in machine code.
//!
//! * here: shape: edges, arguments, landing pads, exits, values that dominate their uses;
//! * [`types`]: operands and results of every operation, and signatures of calls.

mod types;

use crate::graph::{Dominators, Graph};
use crate::ir::*;
use crate::print;
use cranelift_entity::SecondaryMap;
use std::fmt::{self, Display, Formatter};

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The symbol of the function.
    pub function: inko_syntax::Name,
    /// What is wrong and where.
    pub message: String,
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.function, self.message)
    }
}

/// Checks every function of a program and the tables that they share.
pub fn verify_program(program: &Program) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut error = |name: &inko_syntax::Name, message: String| {
        errors.push(Error { function: name.clone(), message });
    };
    for selector in program.selectors.values() {
        if selector.signature.params.first() != Some(&Ty::Word) {
            error(&selector.name, "the receiver of a selector must be a word".to_owned());
        }
        for &target in selector.targets.values() {
            match program.functions.get(target) {
                None => error(&selector.name, format!("target {target} does not exist")),
                Some(function) if function.signature != selector.signature => {
                    error(&selector.name, format!("the signature of {} differs", function.symbol));
                }
                Some(_) => {}
            }
        }
    }
    if let Some(main) = program.main {
        match program.functions.get(main) {
            Some(function) if function.signature == Signature::closure(0) => {}
            _ => error(&"main".into(), "it must be a function in closure convention".to_owned()),
        }
    }
    for function in program.functions.values() {
        errors.extend(verify(program, function));
    }
    errors
}

/// Checks a function.
pub fn verify(program: &Program, function: &Function) -> Vec<Error> {
    let mut verifier = Verifier { program, function, errors: Vec::new(), at: String::new() };
    if verifier.shape() {
        verifier.dominance();
    }
    let errors = verifier.errors.into_iter();
    errors.map(|message| Error { function: function.symbol.clone(), message }).collect()
}

/// Panics with the errors and a dump if the function breaks a rule; `after` says what ran last.
pub fn assert_valid(program: &Program, function: &Function, after: &str) {
    let errors = verify(program, function);
    if !errors.is_empty() {
        let lines: Vec<String> = errors.iter().map(Error::to_string).collect();
        panic!(
            "invalid after {after}:\n{}\n\n{}",
            lines.join("\n"),
            print::function(program, function, false)
        );
    }
}

struct Verifier<'a> {
    program: &'a Program,
    function: &'a Function,
    errors: Vec<String>,
    /// Where the instruction under inspection is.
    at: String,
}

impl Verifier<'_> {
    fn error(&mut self, message: impl Display) {
        self.errors.push(format!("{}: {message}", self.at));
    }

    /// Everything but dominance; false if values or blocks are named that do not exist.
    fn shape(&mut self) -> bool {
        let function = self.function;
        self.at = "signature".to_owned();
        if function.signature.throws && function.signature.returns != Ty::Word {
            self.error("a function that throws returns a word");
        }
        if let Some(block) = &function.block
            && function.signature != Signature::closure(function.signature.params.len().max(1) - 1)
        {
            self.error(format_args!("a block (lambda: {}) needs the closure convention", block.is_lambda));
        }
        if function.blocks.get(function.entry).is_none() {
            self.error("the entry block does not exist");
            return false;
        }
        let params: Vec<Option<Ty>> =
            function.blocks[function.entry].params.iter().map(|&value| self.ty(value)).collect();
        if params != function.signature.params.iter().map(|&ty| Some(ty)).collect::<Vec<_>>() {
            self.error("the parameters of the entry block differ from the signature's");
        }
        if !self.references_exist() {
            return false;
        }
        let pads = self.pads();
        for (id, block) in function.blocks.iter() {
            for (index, inst) in block.insts.iter().enumerate() {
                self.at = format!("{id}, instruction {index}");
                self.instruction(inst);
                if matches!(inst.op, Op::LandingPad) && index != 0 {
                    self.error("a landing pad must be the first instruction");
                }
                if let Op::NewHome(exits) = &inst.op {
                    for &exit in exits {
                        let params = &function.blocks[exit].params;
                        if params.len() != 1 || self.ty(params[0]) != Some(Ty::Word) {
                            self.error(format_args!("exit block {exit} must have one parameter, a word"));
                        }
                    }
                }
            }
            self.at = format!("{id}, terminator");
            if matches!(block.insts.first(), Some(Inst { op: Op::LandingPad, .. }))
                && !block.params.is_empty()
            {
                self.error("the unwind block of an invoke has no parameters");
            }
            self.terminator(&block.terminator);
            block.terminator.each_edge(|edge| {
                if pads[edge.block] {
                    self.error(format_args!("{} is an unwind block, only invokes unwind to it", edge.block));
                }
            });
        }
        true
    }

    /// Which blocks are unwind blocks: those of invokes and those that start with a landing pad.
    fn pads(&mut self) -> SecondaryMap<BlockId, bool> {
        let mut pads = SecondaryMap::with_default(false);
        for (id, block) in self.function.blocks.iter() {
            pads[id] |= matches!(block.insts.first(), Some(Inst { op: Op::LandingPad, .. }));
            if let Terminator::Invoke { unwind, .. } = block.terminator {
                pads[unwind] = true;
                let first = self.function.blocks[unwind].insts.first();
                if !matches!(first, Some(Inst { op: Op::LandingPad, .. })) {
                    self.at = format!("{id}, terminator");
                    self.error(format_args!("the unwind block {unwind} must start with a landing pad"));
                }
            }
        }
        pads
    }

    fn references_exist(&mut self) -> bool {
        let function = self.function;
        let mut defined: SecondaryMap<Value, bool> = SecondaryMap::with_default(false);
        let before = self.errors.len();
        for (id, block) in function.blocks.iter() {
            self.at = id.to_string();
            let results = block.insts.iter().flat_map(|inst| &inst.results);
            for &value in block.params.iter().chain(results) {
                if function.values.get(value).is_none() {
                    self.error(format_args!("{value} does not exist"));
                } else if std::mem::replace(&mut defined[value], true) {
                    self.error(format_args!("{value} is defined twice"));
                }
            }
        }
        for (id, block) in function.blocks.iter() {
            self.at = id.to_string();
            let mut used = Vec::new();
            block.insts.iter().for_each(|inst| inst.op.each_operand(|value| used.push(value)));
            block.terminator.each_operand(|value| used.push(value));
            for value in used {
                if function.values.get(value).is_none() || !defined[value] {
                    self.error(format_args!("{value} is used but not defined"));
                }
            }
            let mut blocks = Vec::new();
            block.terminator.each_successor(|successor| blocks.push(successor));
            for inst in &block.insts {
                if let Op::NewHome(exits) = &inst.op {
                    blocks.extend(exits);
                }
            }
            for successor in blocks {
                if function.blocks.get(successor).is_none() {
                    self.error(format_args!("{successor} does not exist"));
                }
            }
        }
        self.errors.len() == before
    }

    /// Every use is dominated by its definition. The results of an invoke are parameters of its normal
    /// block, so that its edges need no rule of their own.
    fn dominance(&mut self) {
        let function = self.function;
        let graph = Graph::new(function);
        let dominators = graph.dominators();
        let mut home: SecondaryMap<Value, Option<BlockId>> = SecondaryMap::with_default(None);
        let mut order: SecondaryMap<Value, u32> = SecondaryMap::with_default(0);
        for (id, block) in function.blocks.iter() {
            block.params.iter().for_each(|&value| home[value] = Some(id));
            for (index, inst) in block.insts.iter().enumerate() {
                for &value in &inst.results {
                    home[value] = Some(id);
                    order[value] = index as u32 + 1;
                }
            }
        }
        for &id in &graph.order {
            let block = &function.blocks[id];
            let mut check = |value: Value, index: usize, dominators: &Dominators| {
                let Some(defined) = home[value] else { return };
                let fine = if defined == id {
                    order[value] as usize <= index
                } else {
                    graph.is_reachable(defined) && dominators.dominates(defined, id)
                };
                if !fine {
                    let message = format!("{id}: {value}, defined in {defined}, does not dominate its use");
                    self.errors.push(message);
                }
            };
            for (index, inst) in block.insts.iter().enumerate() {
                inst.op.each_operand(|value| check(value, index, &dominators));
            }
            block.terminator.each_operand(|value| check(value, block.insts.len(), &dominators));
        }
    }

    fn ty(&self, value: Value) -> Option<Ty> {
        self.function.values.get(value).map(|data| data.ty)
    }
}
