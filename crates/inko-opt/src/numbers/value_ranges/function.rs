//! The intervals of one function, given those of its parameters.

use super::interval::{BYTES, FLAGS, INDEXES, Interval, LENGTHS, SMALL, State, apply};
use crate::edit::{Origin, definition, origins};
use cranelift_entity::SecondaryMap;
use inko_ir::graph::{Dominators, Graph};
use inko_ir::ir::*;

/// So many comparisons up the dominator tree are looked at for each use.
const DEPTH: usize = 24;
/// A block's parameters change so often before they are widened.
const PATIENCE: u32 = 2;
/// So many rounds are enough for every loop nest that people write; others get no facts.
const ROUNDS: u32 = 48;

/// The intervals of a function.
pub(super) struct Analysis<'a> {
    function: &'a Function,
    graph: Graph,
    dominators: Dominators,
    origins: SecondaryMap<Value, Origin>,
    states: SecondaryMap<Value, State>,
    /// The nearest block, from each block upwards, that is entered by one branch on a comparison.
    guards: SecondaryMap<BlockId, Option<BlockId>>,
    /// What callers pass.
    params: Vec<State>,
    /// The states of constants.
    globals: &'a SecondaryMap<GlobalId, State>,
    /// Where a value is used as the index of an array.
    accesses: SecondaryMap<Value, Vec<(BlockId, u32)>>,
}

/// A place in a function: before the instruction with this index.
#[derive(Clone, Copy)]
struct Place(BlockId, u32);

/// After all instructions of a block.
const END: u32 = u32::MAX;

impl<'a> Analysis<'a> {
    pub(super) fn new(
        function: &'a Function,
        params: Vec<State>,
        globals: &'a SecondaryMap<GlobalId, State>,
    ) -> Self {
        let graph = Graph::new(function);
        let dominators = graph.dominators();
        let mut this = Self {
            function,
            dominators,
            origins: origins(function),
            states: SecondaryMap::new(),
            guards: SecondaryMap::new(),
            params,
            globals,
            accesses: SecondaryMap::new(),
            graph,
        };
        this.states.resize(function.values.len());
        this.prepare();
        if !this.solve() {
            this.states.clear();
            this.states.resize(function.values.len());
            for value in function.values.keys() {
                this.states[value] = State::of_known(function.values[value].known);
            }
        }
        this
    }

    /// The values that turned out to be small.
    pub(super) fn small(&self) -> Vec<Value> {
        let known = |value: &Value| self.function.values[*value].known;
        let keys = self.function.values.keys().filter(|value| known(value) == Known::Integer);
        keys.filter(|&value| matches!(self.states[value], State::In(_))).collect()
    }

    /// The divisions whose operands turned out to be natural numbers, the divisor not zero.
    pub(super) fn natural_divisions(&self) -> Vec<(BlockId, usize)> {
        let from = |value: Value, place: Place, least: i64| matches!(self.at(value, place), State::In(found) if found.low >= least);
        let mut found = Vec::new();
        for &id in &self.graph.order {
            for (index, inst) in self.function.blocks[id].insts.iter().enumerate() {
                let Op::Integer(IntegerOp::Div | IntegerOp::Mod, a, b) = inst.op else { continue };
                let place = Place(id, index as u32);
                if from(a, place, 0) && from(b, place, 1) {
                    found.push((id, index));
                }
            }
        }
        found
    }

    /// Shows the direct calls with the states of their arguments.
    pub(super) fn each_call(&self, mut f: impl FnMut(FunctionId, Vec<State>)) {
        let mut show = |call: &Call, place: Place| {
            if let Callee::Function(target) = call.callee {
                let state =
                    |&arg: &Value| if self.is_integer(arg) { self.at(arg, place) } else { State::Any };
                f(target, call.args.iter().map(state).collect());
            }
        };
        for &id in &self.graph.order {
            let block = &self.function.blocks[id];
            for (index, inst) in block.insts.iter().enumerate() {
                if let Op::Call(call) = &inst.op {
                    show(call, Place(id, index as u32));
                }
            }
            if let Terminator::Invoke { call, .. } = &block.terminator {
                show(call, Place(id, END));
            }
        }
    }

    fn prepare(&mut self) {
        for &id in &self.graph.order {
            let above = self.dominators.parent(id).and_then(|parent| self.guards[parent]);
            let guarded = match self.graph.preds(id) {
                &[pred] => self.comparison(pred, id).is_some(),
                _ => false,
            };
            self.guards[id] = if guarded { Some(id) } else { above };
            for (index, inst) in self.function.blocks[id].insts.iter().enumerate() {
                if let Op::ArrayGet(_, at)
                | Op::ArraySet(_, at, _)
                | Op::BytesGet(_, at)
                | Op::BytesSet(_, at, _) = inst.op
                {
                    self.accesses[at].push((id, index as u32));
                }
            }
        }
    }

    /// Finds the states of all values: the least solution, widened, then narrowed. Gives up after many rounds.
    fn solve(&mut self) -> bool {
        let mut changes: SecondaryMap<Value, u32> = SecondaryMap::new();
        for round in 0.. {
            if round == ROUNDS {
                return false;
            }
            let changed = self.round(|value, old, new| {
                if old.join(new) == old {
                    return old;
                }
                changes[value] += 1;
                if changes[value] > PATIENCE { old.widen(new) } else { old.join(new) }
            });
            if !changed {
                break;
            }
        }
        // Each step down from a solution gives another.
        for _ in 0..2 {
            self.round(|_, old, new| match (old, new) {
                (State::In(old), State::In(new)) => old.meet(new).map_or(State::In(old), State::In),
                (State::Any, new) => new,
                (old, _) => old,
            });
        }
        true
    }

    /// Computes every value once; `update` makes the new state of the old and the computed one.
    fn round(&mut self, mut update: impl FnMut(Value, State, State) -> State) -> bool {
        let mut changed = false;
        for at in 0..self.graph.order.len() {
            let id = self.graph.order[at];
            let function = self.function;
            let block = &function.blocks[id];
            let mut set = |this: &mut Self, value: Value, new: State| {
                let old = this.states[value];
                let new = update(value, old, new);
                if new != old {
                    this.states[value] = new;
                    changed = true;
                }
            };
            for (index, &param) in block.params.iter().enumerate() {
                if self.is_integer(param) {
                    set(self, param, self.argument(id, index));
                }
            }
            for (index, inst) in block.insts.iter().enumerate() {
                for &result in &inst.results {
                    if self.is_integer(result) {
                        set(self, result, self.result(&inst.op, result, Place(id, index as u32)));
                    }
                }
            }
        }
        changed
    }

    fn is_integer(&self, value: Value) -> bool {
        matches!(self.function.values[value].known, Known::Integer | Known::Small)
    }

    fn result(&self, op: &Op, result: Value, place: Place) -> State {
        let computed = match *op {
            Op::Constant(Constant::Small(value)) => State::In(Interval::only(value)),
            Op::ArrayLength(_) | Op::StringSize(_) => State::In(LENGTHS),
            Op::BytesGet(..) => State::In(BYTES),
            Op::BoolToInteger(_) => State::In(FLAGS),
            // Reading it before it is assigned panics.
            Op::GetGlobal(global) => self.globals[global],
            Op::Integer(op, a, b) => apply(op, self.at(a, place), self.at(b, place)),
            _ => State::Any,
        };
        match (computed, self.function.values[result].known) {
            (State::Any, Known::Small) => State::In(SMALL),
            _ => computed,
        }
    }

    /// What arrives at a parameter of a block.
    fn argument(&self, block: BlockId, index: usize) -> State {
        let known = State::of_known(self.function.values[self.function.blocks[block].params[index]].known);
        let count = self.function.blocks[block].params.len();
        let mut all = if block == self.function.entry { self.params[index] } else { State::Unreached };
        let mut from = None;
        for &pred in self.graph.preds(block) {
            // One that branches twice to the block is among the predecessors twice.
            if from.replace(pred) == Some(pred) {
                continue;
            }
            self.function.blocks[pred].terminator.each_edge(|edge| {
                if edge.block != block {
                    return;
                }
                // The first parameters are the results of an invoke, of which nothing is known.
                let arrives = match index.checked_sub(count - edge.args.len()) {
                    Some(index) if self.is_integer(edge.args[index]) => {
                        self.along(edge.args[index], pred, block)
                    }
                    Some(_) => State::Any,
                    None => State::Any,
                };
                all = all.join(arrives);
            });
        }
        if all == State::Any { known } else { all }
    }

    /// The state of a value where control goes from one block to another.
    fn along(&self, value: Value, from: BlockId, to: BlockId) -> State {
        let mut bounds = Bounds::new(self.at(value, Place(from, END)));
        if let Some(comparison) = self.comparison(from, to) {
            self.narrow(&mut bounds, value, comparison);
        }
        bounds.state()
    }

    /// The state of a value at a place that it is used at.
    fn at(&self, value: Value, Place(block, index): Place) -> State {
        let mut bounds = Bounds::new(self.states[value]);
        if matches!(bounds.start, State::Unreached) {
            return State::Unreached;
        }
        let before = |&(access, at): &(BlockId, u32)| {
            if access == block { at < index } else { self.dominators.dominates(access, block) }
        };
        if self.accesses.get(value).is_some_and(|all| all.iter().any(before)) {
            bounds.within(INDEXES);
        }
        let mut at = self.guards[block];
        for _ in 0..DEPTH {
            let Some(guard) = at else { break };
            let pred = self.graph.preds(guard)[0];
            let comparison = self.comparison(pred, guard).expect("guards are entered by a comparison");
            self.narrow(&mut bounds, value, comparison);
            at = self.dominators.parent(guard).and_then(|parent| self.guards[parent]);
        }
        bounds.state()
    }

    /// The comparison that holds where control goes from one block to another.
    fn comparison(&self, from: BlockId, to: BlockId) -> Option<(Compare, Value, Value)> {
        let Terminator::Branch { condition, then, otherwise } = &self.function.blocks[from].terminator else {
            return None;
        };
        if then.block == otherwise.block {
            return None;
        }
        let &Op::IntegerCompare(compare, a, b) = definition(self.function, &self.origins, *condition)? else {
            return None;
        };
        let compare = if then.block == to { compare } else { opposite(compare)? };
        Some((compare, a, b))
    }

    fn narrow(&self, bounds: &mut Bounds, value: Value, (compare, a, b): (Compare, Value, Value)) {
        let (compare, other) = match () {
            () if a == value => (compare, b),
            () if b == value => (mirrored(compare), a),
            () => return,
        };
        // A big integer bounds nothing: a small one may be on either side of it.
        let State::In(other) = self.states[other] else { return };
        match compare {
            Compare::Less => bounds.below(other.high - 1),
            Compare::LessOrEqual => bounds.below(other.high),
            Compare::Greater => bounds.above(other.low + 1),
            Compare::GreaterOrEqual => bounds.above(other.low),
            Compare::Equal => bounds.within(other),
        }
    }
}

/// What a use knows of a value.
struct Bounds {
    start: State,
    low: Option<i64>,
    high: Option<i64>,
}

impl Bounds {
    fn new(start: State) -> Self {
        let (low, high) = match start {
            State::In(interval) => (Some(interval.low), Some(interval.high)),
            _ => (None, None),
        };
        Self { start, low, high }
    }

    fn below(&mut self, high: i64) {
        self.high = Some(self.high.map_or(high, |old| old.min(high)));
    }

    fn above(&mut self, low: i64) {
        self.low = Some(self.low.map_or(low, |old| old.max(low)));
    }

    fn within(&mut self, interval: Interval) {
        self.above(interval.low);
        self.below(interval.high);
    }

    fn state(&self) -> State {
        match (self.start, self.low, self.high) {
            (State::Unreached, ..) => State::Unreached,
            (_, Some(low), Some(high)) => match SMALL.meet(Interval { low, high }) {
                Some(interval) if low <= high => State::In(interval),
                // Control doesn't get here with any value.
                _ => State::Unreached,
            },
            _ => State::Any,
        }
    }
}

/// What holds if a comparison does not.
fn opposite(compare: Compare) -> Option<Compare> {
    match compare {
        Compare::Less => Some(Compare::GreaterOrEqual),
        Compare::LessOrEqual => Some(Compare::Greater),
        Compare::Greater => Some(Compare::LessOrEqual),
        Compare::GreaterOrEqual => Some(Compare::Less),
        Compare::Equal => None,
    }
}

/// The comparison with its operands exchanged.
fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::Less => Compare::Greater,
        Compare::Greater => Compare::Less,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        Compare::Equal => Compare::Equal,
    }
}
