//! `value-numbering`: local algebra, and no value computed twice.
//!
//! One walk over the dominator tree with tables that are undone on the way up (Briggs, Cooper and Simpson,
//! *Value Numbering*, 1997, section 4). On the way it knows what dominates: the operations whose results are
//! at hand, checks that were passed, and branches that were taken.

use crate::context::Context;
use crate::edit::Renames;
use crate::values::constant_folding;
use cranelift_entity::SecondaryMap;
use inko_ir::Map;
use inko_ir::graph::Graph;
use inko_ir::ir::*;
use inko_ir::visit::Effects;

/// What an instruction becomes.
enum Action {
    Keep,
    /// Another operation with the same result.
    Rewrite(Op),
    /// A value that is there already.
    Replace(Value),
}

enum Undo {
    Expression(Op),
    Fact(Value, Known),
    Flag(Value, Option<bool>),
}

enum Step {
    Enter(BlockId),
    Leave(usize),
}

struct Walk<'a, 'b> {
    context: &'a Context<'b>,
    /// The operations that define the values seen so far, with renamed operands.
    definitions: SecondaryMap<Value, Option<Op>>,
    /// The first of several equal constants, for comparing operations.
    canonical: Map<Constant, Value>,
    expressions: Map<Op, Value>,
    facts: SecondaryMap<Value, Known>,
    flags: SecondaryMap<Value, Option<bool>>,
    undo: Vec<Undo>,
    renames: Renames,
    changed: bool,
}

/// Runs the pass.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let graph = Graph::new(function);
    let dominators = graph.dominators();
    let mut facts = SecondaryMap::with_default(Known::Nothing);
    for (value, data) in function.values.iter() {
        facts[value] = data.known;
    }
    let mut walk = Walk {
        context,
        definitions: SecondaryMap::new(),
        canonical: Map::default(),
        expressions: Map::default(),
        facts,
        flags: SecondaryMap::new(),
        undo: Vec::new(),
        renames: Renames::default(),
        changed: false,
    };
    let mut stack = vec![Step::Enter(function.entry)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Leave(mark) => walk.restore(mark),
            Step::Enter(block) => {
                stack.push(Step::Leave(walk.undo.len()));
                if let &[pred] = graph.preds(block) {
                    walk.assume_edge(&function.blocks[pred].terminator, block);
                }
                walk.block(function, block);
                stack.extend(dominators.children(block).iter().rev().map(|&child| Step::Enter(child)));
            }
        }
    }
    // Arguments of jumps back to earlier blocks.
    walk.renames.apply(function);
    walk.changed
}

impl Walk<'_, '_> {
    fn restore(&mut self, mark: usize) {
        for undo in self.undo.drain(mark..).rev() {
            match undo {
                Undo::Expression(op) => {
                    self.expressions.remove(&op);
                }
                Undo::Fact(value, known) => self.facts[value] = known,
                Undo::Flag(value, flag) => self.flags[value] = flag,
            }
        }
    }

    /// Learns from the branch that leads to a block which has no other predecessor.
    fn assume_edge(&mut self, terminator: &Terminator, to: BlockId) {
        if let Terminator::Branch { condition, then, otherwise } = terminator
            && then.block != otherwise.block
        {
            self.assume(self.renames.resolve(*condition), then.block == to);
        }
    }

    fn assume(&mut self, condition: Value, holds: bool) {
        self.undo.push(Undo::Flag(condition, self.flags[condition]));
        self.flags[condition] = Some(holds);
        match self.definitions[condition].clone() {
            Some(Op::Not(inner)) => self.assume(inner, !holds),
            Some(Op::Test(value, check)) if holds => self.learn(value, constant_folding::checked(&check)),
            // The flag of a boolean: whoever boxes it again may use the constant.
            _ => {}
        }
    }

    fn learn(&mut self, value: Value, known: Known) {
        let both = self.facts[value].both(known);
        if both != self.facts[value] {
            self.undo.push(Undo::Fact(value, self.facts[value]));
            self.facts[value] = both;
        }
    }

    fn block(&mut self, function: &mut Function, id: BlockId) {
        let old = std::mem::take(&mut function.blocks[id].insts);
        let mut new = Vec::with_capacity(old.len());
        for mut inst in old {
            inst.op.map_operands(|value| self.renames.resolve(value));
            match self.simplify(function, &inst.op) {
                Action::Keep => {}
                Action::Rewrite(op) => {
                    inst.op = op;
                    self.changed = true;
                }
                Action::Replace(value) => {
                    self.renames.insert(inst.results[0], value);
                    self.changed = true;
                    continue;
                }
            }
            if let [result] = inst.results[..] {
                if self.known_already(function, &inst.op, result) {
                    continue;
                }
                self.facts[result] = function.values[result].known;
                if let Op::Verify(value, check, _) = &inst.op {
                    self.learn(*value, constant_folding::checked(check));
                }
                if explains(&inst.op) {
                    self.definitions[result] = Some(inst.op.clone());
                }
            }
            new.push(inst);
        }
        function.blocks[id].insts = new;
        let mut terminator = std::mem::replace(&mut function.blocks[id].terminator, Terminator::Unreachable);
        terminator.map_operands(|value| self.renames.resolve(value));
        self.terminator(&mut terminator);
        function.blocks[id].terminator = terminator;
    }

    /// Looks the operation up among those that dominate it, or enters it.
    fn known_already(&mut self, function: &mut Function, op: &Op, result: Value) -> bool {
        if let Op::Constant(constant) = op {
            self.canonical.entry(constant.clone()).or_insert(result);
            return false;
        }
        // A check that was passed need not be repeated either, and a constant is assigned once.
        if op.effects() != Effects::Pure
            && !matches!(op, Op::Verify(..) | Op::GetGlobal(_))
            && !self.cannot_panic(op)
        {
            return false;
        }
        let mut key = op.clone();
        key.map_operands(|value| match &self.definitions[value] {
            Some(Op::Constant(constant)) => self.canonical[constant],
            _ => value,
        });
        if let Some(&other) = self.expressions.get(&key) {
            // What is said of the later one may hold only where it stands.
            if !function.values[other].known.implies(function.values[result].known) {
                return false;
            }
            self.renames.insert(result, other);
            self.changed = true;
            return true;
        }
        self.undo.push(Undo::Expression(key.clone()));
        self.expressions.insert(key, result);
        false
    }

    /// Whether an operation that may panic in general does not do so here.
    fn cannot_panic(&self, op: &Op) -> bool {
        match op {
            Op::Integer(IntegerOp::Div | IntegerOp::Mod, _, b) => {
                matches!(self.constant(*b), Some(Constant::Small(number)) if *number != 0)
            }
            Op::Integer(IntegerOp::ShiftLeft | IntegerOp::ShiftRight, _, b) => {
                matches!(self.constant(*b), Some(Constant::Small(0..=64)))
            }
            _ => false,
        }
    }

    fn constant(&self, value: Value) -> Option<&Constant> {
        match &self.definitions[value] {
            Some(Op::Constant(constant)) => Some(constant),
            _ => None,
        }
    }

    fn simplify(&self, function: &Function, op: &Op) -> Action {
        use Action::{Keep, Replace, Rewrite};
        let flag = |flag| Rewrite(Op::Constant(Constant::Bool(flag)));
        if matches!(op, Op::Constant(_)) {
            return Keep;
        }
        if let Some(constant) = constant_folding::fold(op, |value| self.constant(value)) {
            return Rewrite(Op::Constant(constant));
        }
        let definition = |value: Value| self.definitions[value].as_ref();
        let is_small = |value, number| self.constant(value) == Some(&Constant::Small(number));
        match op {
            Op::Integer(IntegerOp::Add | IntegerOp::Or | IntegerOp::Xor, a, b) if is_small(*a, 0) => {
                Replace(*b)
            }
            Op::Integer(IntegerOp::Mul, a, b) if is_small(*a, 1) => Replace(*b),
            Op::Integer(IntegerOp::Mul | IntegerOp::Div, a, b) if is_small(*b, 1) => Replace(*a),
            Op::Integer(
                IntegerOp::Add
                | IntegerOp::Sub
                | IntegerOp::Or
                | IntegerOp::Xor
                | IntegerOp::ShiftLeft
                | IntegerOp::ShiftRight,
                a,
                b,
            ) if is_small(*b, 0) => Replace(*a),
            Op::Not(a) => match definition(*a) {
                Some(Op::Not(inner)) => Replace(*inner),
                Some(Op::IntegerCompare(compare, x, y)) => match opposite(*compare) {
                    Some(compare) => Rewrite(Op::IntegerCompare(compare, *x, *y)),
                    None => Keep,
                },
                _ => self.flags[*a].map_or(Keep, |known| flag(!known)),
            },
            Op::UnboxFloat(a) => match definition(*a) {
                Some(Op::BoxFloat(inner)) => Replace(*inner),
                _ => Keep,
            },
            Op::BoxFloat(a) => match definition(*a) {
                Some(Op::UnboxFloat(inner)) => Replace(*inner),
                _ => Keep,
            },
            Op::UnboxBool(a) => match definition(*a) {
                Some(Op::BoxBool(inner)) => Replace(*inner),
                _ => Keep,
            },
            Op::BoxBool(a) => match definition(*a) {
                Some(Op::UnboxBool(inner)) => Replace(*inner),
                _ => Keep,
            },
            Op::Verify(value, check, _) => {
                // What a check adds to the facts helps inlining; it goes when that is over.
                let known = function.values[*value].known;
                let known = if self.context.last { known.both(self.facts[*value]) } else { known };
                match self.decide(check, *value, known) {
                    Some(true) => Replace(*value),
                    _ => Keep,
                }
            }
            Op::Test(value, check) => self.decide(check, *value, self.facts[*value]).map_or(Keep, flag),
            Op::IsUndefined(value) if self.facts[*value] != Known::Nothing => flag(false),
            Op::Same(a, b) => match (definition(*a), definition(*b)) {
                (Some(Op::NewHome(_)), Some(Op::NewHome(_))) => flag(false),
                _ => match (self.facts[*a].class(), self.facts[*b].class()) {
                    (Some(a), Some(b)) if a != b => flag(false),
                    _ => Keep,
                },
            },
            Op::GetCapture(closure, index) => match definition(*closure) {
                Some(Op::Closure(_, captures)) => Replace(captures[*index as usize]),
                _ => Keep,
            },
            _ => Keep,
        }
    }

    fn decide(&self, check: &Check, value: Value, known: Known) -> Option<bool> {
        if let (Check::Block { arity, lambda }, Some(Op::Closure(id, _))) = (check, &self.definitions[value])
        {
            let target = &self.context.headers().functions[*id];
            let block = target.block.as_ref()?;
            return Some(
                target.signature.params.len() == *arity as usize + 1 && (block.is_lambda || !lambda),
            );
        }
        constant_folding::decide(check, known)
    }

    fn terminator(&mut self, terminator: &mut Terminator) {
        let Terminator::Branch { condition, then, otherwise } = terminator else { return };
        let mut known = self.flags[*condition];
        if let Some(Constant::Bool(flag)) = self.constant(*condition) {
            known = Some(*flag);
        }
        if let Some(flag) = known {
            *terminator = Terminator::Jump(if flag { then.clone() } else { otherwise.clone() });
            self.changed = true;
        } else if let Some(Op::Not(inner)) = self.definitions[*condition] {
            *condition = inner;
            std::mem::swap(then, otherwise);
            self.changed = true;
        }
    }
}

/// Whether it helps to know that a value comes from this operation.
fn explains(op: &Op) -> bool {
    !matches!(op, Op::Call(_) | Op::New(..) | Op::NewArray(_))
}

/// The comparison that holds exactly when this one does not. Integers are totally ordered.
fn opposite(compare: Compare) -> Option<Compare> {
    Some(match compare {
        Compare::Equal => return None,
        Compare::Less => Compare::GreaterOrEqual,
        Compare::LessOrEqual => Compare::Greater,
        Compare::Greater => Compare::LessOrEqual,
        Compare::GreaterOrEqual => Compare::Less,
    })
}
