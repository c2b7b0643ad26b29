//! Which words are live where, on the intermediate representation.
//!
//! Only *tracked* words take part: those that may refer to an object that moves. Small integers, constants
//! and the values of module constants (permanent objects, which never move) do not. The result of a `Verify`
//! is its operand under another name, so both are one tracked value, the *root*.
//!
//! *Invariant:* nothing here knows of machine code; [`crate::safepoint`] turns the facts into stack slots.

use crate::bits::BitSet;
use cranelift_entity::SecondaryMap;
use inko_abi::class;
use inko_abi::entry::Effect;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// What a collector may do while an instruction runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Barrier {
    /// Nothing: it calls nothing that collects.
    None,
    /// It may run on a path that is rarely taken: all objects move, or none.
    Cold,
    /// It may always run.
    Hot,
}

/// Array literals with more elements than this are allocated by the runtime.
pub(crate) const INLINE_ELEMENTS: usize = 32;

/// The barrier of an operation.
pub(crate) fn barrier(op: &Op) -> Barrier {
    match op {
        Op::Poll | Op::New(..) | Op::NewCell(_) | Op::NewHome(_) => Barrier::Cold,
        Op::Closure(_, captures) if !captures.is_empty() => Barrier::Cold,
        Op::NewArray(elements) if elements.len() <= INLINE_ELEMENTS => Barrier::Cold,
        Op::Call(call) => call_barrier(call),
        _ => Barrier::None,
    }
}

/// The barrier of a call.
pub(crate) fn call_barrier(call: &Call) -> Barrier {
    match call.callee {
        Callee::Entry(entry) if entry.signature().effect != Effect::Safepoint => Barrier::None,
        _ => Barrier::Hot,
    }
}

/// Whether the operation uses its operands after it may have collected: it fills the new object.
fn fills(op: &Op) -> bool {
    matches!(op, Op::New(..) | Op::NewCell(_) | Op::Closure(..) | Op::NewArray(_))
}

/// The facts of one function.
#[derive(Debug)]
pub(crate) struct Liveness {
    /// The order and predecessors of the blocks.
    pub(crate) graph: Graph,
    /// The value that stands for a value: itself, or what it verifies.
    pub(crate) roots: SecondaryMap<Value, Value>,
    /// The number of a root if it is tracked.
    numbers: SecondaryMap<Value, Option<u32>>,
    /// The tracked roots by number.
    pub(crate) tracked: Vec<Value>,
    /// The tracked values that are live at the start of a block, its parameters excluded.
    pub(crate) live_in: SecondaryMap<BlockId, BitSet>,
    /// The tracked values that are live at the end of a block, after its terminator.
    pub(crate) live_out: SecondaryMap<BlockId, BitSet>,
    /// How often a value is used.
    pub(crate) uses: SecondaryMap<Value, u32>,
}

impl Liveness {
    pub(crate) fn new(function: &Function) -> Self {
        let graph = Graph::new(function);
        let mut this = Self {
            graph,
            roots: SecondaryMap::with_default(Value::from_u32(0)),
            numbers: SecondaryMap::new(),
            tracked: Vec::new(),
            live_in: SecondaryMap::new(),
            live_out: SecondaryMap::new(),
            uses: SecondaryMap::with_default(0),
        };
        this.number(function);
        this.solve(function);
        this
    }

    /// The number of a value if it is tracked.
    pub(crate) fn tracked(&self, value: Value) -> Option<u32> {
        self.numbers[self.roots[value]]
    }

    fn number(&mut self, function: &Function) {
        for value in function.values.keys() {
            self.roots[value] = value;
        }
        for at in 0..self.graph.order.len() {
            let block = &function.blocks[self.graph.order[at]];
            for &param in &block.params {
                self.track(function, param);
            }
            for inst in &block.insts {
                inst.op.each_operand(|value| self.uses[value] += 1);
                match &inst.op {
                    Op::Verify(value, ..) => self.roots[inst.results[0]] = self.roots[*value],
                    Op::Constant(_) | Op::GetGlobal(_) | Op::BoxBool(_) => {}
                    _ => inst.results.iter().for_each(|&result| self.track(function, result)),
                }
            }
            block.terminator.each_operand(|value| self.uses[value] += 1);
        }
    }

    fn track(&mut self, function: &Function, value: Value) {
        let data = function.values[value];
        let moves = match data.known {
            Known::Small => false,
            Known::Class(number) => !matches!(number, class::NIL | class::BOOLEAN),
            Known::Nothing | Known::Integer => true,
        };
        if data.ty == Ty::Word && moves {
            self.numbers[value] = Some(self.tracked.len() as u32);
            self.tracked.push(value);
        }
    }

    fn solve(&mut self, function: &Function) {
        // What a block uses before it defines it, and what it defines.
        let mut exposed: SecondaryMap<BlockId, BitSet> = SecondaryMap::new();
        let mut defined: SecondaryMap<BlockId, BitSet> = SecondaryMap::new();
        for &id in &self.graph.order {
            let (exposed, defined) = (&mut exposed[id], &mut defined[id]);
            let block = &function.blocks[id];
            defined_by(self, &block.params, defined);
            for inst in &block.insts {
                inst.op.each_operand(|value| self.expose(value, defined, exposed));
                defined_by(self, &inst.results, defined);
            }
            block.terminator.each_operand(|value| self.expose(value, defined, exposed));
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..self.graph.order.len()).rev() {
                let id = self.graph.order[at];
                let mut out = std::mem::take(&mut self.live_out[id]);
                function.blocks[id].terminator.each_successor(|next| {
                    out.union(&self.live_in[next]);
                });
                let mut live = out.clone();
                self.live_out[id] = out;
                live.subtract(&defined[id]);
                live.union(&exposed[id]);
                changed |= self.live_in[id].union(&live);
            }
        }
    }

    fn expose(&self, value: Value, defined: &BitSet, exposed: &mut BitSet) {
        if let Some(number) = self.tracked(value)
            && !defined.contains(number)
        {
            exposed.insert(number);
        }
    }

    /// Walks a block backwards and calls `visit(index, live)` for every instruction that is a barrier, where
    /// `live` is what must survive the collection; the terminator has the index after the last instruction.
    pub(crate) fn each_barrier(
        &self,
        function: &Function,
        id: BlockId,
        mut visit: impl FnMut(usize, Barrier, &BitSet),
    ) {
        let block = &function.blocks[id];
        let mut live = self.live_out[id].clone();
        if let Terminator::Invoke { call, normal, .. } = &block.terminator {
            // The arguments of the normal edge are passed after the call has returned.
            self.insert_all(&normal.args, &mut live);
            visit(block.insts.len(), call_barrier(call), &live);
        }
        block.terminator.each_operand(|value| self.insert_all(&[value], &mut live));
        for (index, inst) in block.insts.iter().enumerate().rev() {
            if !matches!(inst.op, Op::Verify(..)) {
                for &result in &inst.results {
                    if let Some(number) = self.tracked(result) {
                        live.remove(number);
                    }
                }
            }
            let barrier = barrier(&inst.op);
            let mut operands = Vec::new();
            inst.op.each_operand(|value| operands.push(value));
            if barrier != Barrier::None {
                if fills(&inst.op) {
                    self.insert_all(&operands, &mut live);
                }
                visit(index, barrier, &live);
            }
            self.insert_all(&operands, &mut live);
        }
    }

    fn insert_all(&self, values: &[Value], set: &mut BitSet) {
        values.iter().filter_map(|&value| self.tracked(value)).for_each(|number| set.insert(number));
    }
}

/// Adds what is newly defined. The result of a `Verify` is not: its root was defined before.
fn defined_by(liveness: &Liveness, values: &[Value], defined: &mut BitSet) {
    for &value in values {
        if liveness.roots[value] == value
            && let Some(number) = liveness.tracked(value)
        {
            defined.insert(number);
        }
    }
}
