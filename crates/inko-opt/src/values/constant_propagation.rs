//! `constant-propagation`: sparse conditional propagation of constants and facts.
//!
//! Wegman and Zadeck, *Constant Propagation with Conditional Branches* (1991). The lattice is: not seen,
//! a constant, what is known of the word (see [`Known`]), nothing. It is optimistic, so that a variable of a
//! loop that is always an integer is known to be one. What the producer of a value says of it is trusted, and
//! combined with what is found.

use crate::context::Context;
use crate::edit;
use crate::values::constant_folding;
use cranelift_entity::{EntityRef, SecondaryMap};
use inko_ir::ir::*;

#[derive(Clone, PartialEq, Debug, Default)]
enum Cell {
    #[default]
    Unseen,
    Constant(Constant),
    Known(Known),
}

impl Cell {
    fn known(&self) -> Known {
        match self {
            Cell::Unseen => Known::Nothing,
            Cell::Constant(constant) => constant.known(),
            Cell::Known(known) => *known,
        }
    }

    fn join(&self, other: &Cell) -> Cell {
        match (self, other) {
            (Cell::Unseen, any) | (any, Cell::Unseen) => any.clone(),
            (a, b) if a == b => a.clone(),
            (a, b) => Cell::Known(a.known().join(b.known())),
        }
    }
}

/// Where a value is used, and what has to be looked at again when more is known of it.
#[derive(Clone, Copy)]
enum Use {
    /// In the instruction with this index.
    Inst(BlockId, u32),
    /// As the condition of the branch that ends the block.
    Condition(BlockId),
    /// For a parameter, by the edge with this index.
    Arg(BlockId, u32, Value),
}

struct Solver<'a, 'b> {
    function: &'a Function,
    context: &'a Context<'b>,
    cells: SecondaryMap<Value, Cell>,
    uses: Uses,
    reached: SecondaryMap<BlockId, bool>,
    blocks: Vec<BlockId>,
    values: Vec<Value>,
}

/// Runs the pass.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let mut solver = Solver {
        function,
        context,
        cells: SecondaryMap::new(),
        uses: Uses::of(function),
        reached: SecondaryMap::with_default(false),
        blocks: Vec::new(),
        values: Vec::new(),
    };
    solver.cells.resize(function.values.len());
    solver.solve();
    let Solver { cells, reached, .. } = solver;
    apply(function, &cells, &reached)
}

/// The uses of all values.
struct Uses {
    /// Value after value.
    all: Vec<Use>,
    /// Where the uses of a value begin in `all`, and after the last one, its length.
    starts: Vec<u32>,
}

impl Uses {
    fn of(function: &Function) -> Self {
        let mut starts = vec![0; function.values.len() + 2];
        each_use(function, |value, _| starts[value.index() + 2] += 1);
        for at in 2..starts.len() {
            starts[at] += starts[at - 1];
        }
        let nothing = Use::Condition(function.entry);
        let mut all = vec![nothing; starts[function.values.len() + 1] as usize];
        // The start of a value moves to its end, which is the start of the next one.
        each_use(function, |value, found| {
            let place = &mut starts[value.index() + 1];
            all[*place as usize] = found;
            *place += 1;
        });
        starts.pop();
        Self { all, starts }
    }

    fn range(&self, value: Value) -> std::ops::Range<usize> {
        self.starts[value.index()] as usize..self.starts[value.index() + 1] as usize
    }
}

/// Each use is looked at a few times at most, so it must cost the same however many operands stand beside it: what
/// is made of many operands is known without them, and edges pass on the one argument.
fn each_use(function: &Function, mut show: impl FnMut(Value, Use)) {
    for (id, block) in function.blocks.iter() {
        for (index, inst) in block.insts.iter().enumerate().filter(|(_, inst)| !is_aggregate(&inst.op)) {
            inst.op.each_operand(|value| show(value, Use::Inst(id, index as u32)));
        }
        if let Terminator::Branch { condition, .. } = block.terminator {
            show(condition, Use::Condition(id));
        }
        let mut edge_index = 0;
        block.terminator.each_edge(|edge| {
            let params = &function.blocks[edge.block].params;
            let results = params.len() - edge.args.len();
            for (&param, &arg) in params[results..].iter().zip(&edge.args) {
                show(arg, Use::Arg(id, edge_index, param));
            }
            edge_index += 1;
        });
    }
}

/// Whether an operation makes an object of its operands, whose kind doesn't depend on them.
fn is_aggregate(op: &Op) -> bool {
    matches!(op, Op::New(..) | Op::NewArray(_) | Op::Closure(..))
}

impl Solver<'_, '_> {
    fn solve(&mut self) {
        let entry = self.function.entry;
        for &param in &self.function.blocks[entry].params {
            self.raise(param, Cell::Known(Known::Nothing));
        }
        self.reach(entry);
        loop {
            if let Some(value) = self.values.pop() {
                for index in self.uses.range(value) {
                    match self.uses.all[index] {
                        Use::Inst(block, inst) if self.reached[block] => {
                            self.instruction(&self.function.blocks[block].insts[inst as usize]);
                        }
                        Use::Condition(block) if self.reached[block] => self.terminator(block),
                        Use::Arg(block, edge, param) if self.reached[block] && self.takes(block, edge) => {
                            let cell = self.cells[value].clone();
                            self.raise(param, cell);
                        }
                        _ => {}
                    }
                }
            } else if let Some(block) = self.blocks.pop() {
                let function = self.function;
                function.blocks[block].insts.iter().for_each(|inst| self.instruction(inst));
                self.terminator(block);
            } else {
                return;
            }
        }
    }

    /// Whether control may leave a reached block by the edge with this index, as far as is known by now.
    fn takes(&self, block: BlockId, edge: u32) -> bool {
        match &self.function.blocks[block].terminator {
            Terminator::Branch { condition, .. } => match self.cells[*condition] {
                Cell::Unseen => false,
                Cell::Constant(Constant::Bool(flag)) => flag == (edge == 0),
                _ => true,
            },
            _ => true,
        }
    }

    fn reach(&mut self, block: BlockId) {
        if !std::mem::replace(&mut self.reached[block], true) {
            self.blocks.push(block);
        }
    }

    /// Adds a possibility to what a value may be.
    fn raise(&mut self, value: Value, cell: Cell) {
        let said = self.function.values[value].known;
        let mut joined = self.cells[value].join(&cell);
        if let Cell::Known(known) = &mut joined {
            *known = said.both(*known);
        }
        if joined != self.cells[value] {
            self.cells[value] = joined;
            self.values.push(value);
        }
    }

    fn constant(&self, value: Value) -> Option<&Constant> {
        match &self.cells[value] {
            Cell::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    fn instruction(&mut self, inst: &Inst) {
        let mut unseen = false;
        if let ([result], true) = (&inst.results[..], is_aggregate(&inst.op)) {
            let cell = self.evaluate(&inst.op);
            self.raise(*result, cell);
            return;
        }
        inst.op.each_operand(|value| unseen |= self.cells[value] == Cell::Unseen);
        if unseen {
            return;
        }
        if let [result] = inst.results[..] {
            let cell = self.evaluate(&inst.op);
            self.raise(result, cell);
            return;
        }
        self.results(&inst.results, if let Op::Call(call) = &inst.op { Some(call) } else { None });
    }

    /// Results of which nothing is known, but that the flag of a call that never throws is clear.
    fn results(&mut self, results: &[Value], call: Option<&Call>) {
        for (index, &result) in results.iter().enumerate() {
            let never = index == 1 && call.is_some_and(|call| !self.context.throws(call.callee));
            let clear = Cell::Constant(Constant::Bool(false));
            self.raise(result, if never { clear } else { Cell::Known(Known::Nothing) });
        }
    }

    fn evaluate(&self, op: &Op) -> Cell {
        let constant = |value| self.constant(value);
        let known = |value: Value| self.cells[value].known();
        if let Some(constant) = constant_folding::fold(op, constant) {
            return Cell::Constant(constant);
        }
        let decided = match op {
            Op::Test(value, check) => constant_folding::decide(check, known(*value)),
            Op::IsUndefined(value) if known(*value) != Known::Nothing => Some(false),
            Op::Same(a, b) => match (known(*a).class(), known(*b).class()) {
                (Some(a), Some(b)) if a != b => Some(false),
                _ => None,
            },
            Op::GetGlobal(global) => return Cell::Known(self.context.global(*global)),
            Op::Verify(value, check, _) if constant_folding::decide(check, known(*value)) == Some(true) => {
                return self.cells[*value].clone();
            }
            _ => None,
        };
        match decided {
            Some(flag) => Cell::Constant(Constant::Bool(flag)),
            None => Cell::Known(constant_folding::fact(op, known, constant)),
        }
    }

    fn terminator(&mut self, block: BlockId) {
        let function = self.function;
        match &function.blocks[block].terminator {
            Terminator::Jump(edge) => self.edge(edge, 0),
            Terminator::Branch { condition, then, otherwise } => match &self.cells[*condition] {
                Cell::Unseen => {}
                Cell::Constant(Constant::Bool(flag)) => self.edge(if *flag { then } else { otherwise }, 0),
                _ => {
                    self.edge(then, 0);
                    self.edge(otherwise, 0);
                }
            },
            Terminator::Invoke { call, normal, unwind } => {
                let params = &function.blocks[normal.block].params;
                let results = params.len() - normal.args.len();
                self.results(&params[..results], Some(call));
                self.edge(normal, results);
                self.reach(*unwind);
            }
            _ => {}
        }
    }

    fn edge(&mut self, edge: &Edge, results: usize) {
        let function = self.function;
        let params = &function.blocks[edge.block].params[results..];
        for (&param, &arg) in params.iter().zip(&edge.args) {
            let cell = self.cells[arg].clone();
            self.raise(param, cell);
        }
        self.reach(edge.block);
    }
}

/// Writes what was found into the function.
fn apply(
    function: &mut Function,
    cells: &SecondaryMap<Value, Cell>,
    reached: &SecondaryMap<BlockId, bool>,
) -> bool {
    let mut changed = false;
    let mut renames = edit::Renames::default();
    for id in function.blocks.keys().collect::<Vec<_>>() {
        if !reached[id] {
            continue;
        }
        let position = function.blocks[id].insts.first().map_or(function.blocks[id].position, |i| i.position);
        let mut made = Vec::new();
        for param in function.blocks[id].params.clone() {
            if let Cell::Constant(constant) = &cells[param] {
                let (value, inst) = edit::constant(function, constant.clone(), position);
                renames.insert(param, value);
                made.push(inst);
            }
        }
        clear_flags(function, id, cells, &mut renames);
        let Function { blocks, values, .. } = function;
        let block = &mut blocks[id];
        for &param in &block.params {
            changed |= refine(values, param, &cells[param]);
        }
        for inst in &mut block.insts {
            for &result in &inst.results {
                changed |= refine(values, result, &cells[result]);
            }
            if let [result] = inst.results[..]
                && let Cell::Constant(constant) = &cells[result]
                && !matches!(inst.op, Op::Constant(_))
            {
                values[result].known = constant.known();
                inst.op = Op::Constant(constant.clone());
                changed = true;
            }
        }
        if let Terminator::Branch { condition, then, otherwise } = &block.terminator
            && let Cell::Constant(Constant::Bool(flag)) = cells[*condition]
        {
            block.terminator = Terminator::Jump(if flag { then.clone() } else { otherwise.clone() });
            changed = true;
        }
        if !made.is_empty() {
            // Uses of constant parameters only change if they have any; dead code elimination tells.
            let at = usize::from(matches!(block.insts.first(), Some(Inst { op: Op::LandingPad, .. })));
            block.insts.splice(at..at, made);
        }
    }
    renames.apply(function);
    changed
}

/// Defines the flags of calls that never throw as constants after the calls.
fn clear_flags(
    function: &mut Function,
    id: BlockId,
    cells: &SecondaryMap<Value, Cell>,
    renames: &mut edit::Renames,
) {
    let clear = |inst: &Inst| match inst.results[..] {
        [_, flag] => match &cells[flag] {
            Cell::Constant(constant) => Some((flag, constant.clone(), inst.position)),
            _ => None,
        },
        _ => None,
    };
    if !function.blocks[id].insts.iter().any(|inst| clear(inst).is_some()) {
        return;
    }
    let old = std::mem::take(&mut function.blocks[id].insts);
    let mut new = Vec::with_capacity(old.len() + 1);
    for inst in old {
        let found = clear(&inst);
        new.push(inst);
        if let Some((flag, constant, position)) = found {
            let (value, inst) = edit::constant(function, constant, position);
            renames.insert(flag, value);
            new.push(inst);
        }
    }
    function.blocks[id].insts = new;
}

fn refine(values: &mut cranelift_entity::PrimaryMap<Value, ValueData>, value: Value, cell: &Cell) -> bool {
    let data = &mut values[value];
    if data.ty != Ty::Word || *cell == Cell::Unseen {
        return false;
    }
    let known = data.known.both(cell.known());
    std::mem::replace(&mut data.known, known) != known
}
