//! `inlining`: puts the code of called functions in place of the calls.
//!
//! Control flow is messages, so this is where a `while` becomes a loop: the method that was called with
//! closure literals is inlined, then the closures at their calls in it, and what they captured stops being shared.
//!
//! A call that an invoke would catch exits for is inlined so that it still does: calls in the inlined code that
//! an exit may leave become invokes with the same unwind block, and exits and re-raised exits in it jump to
//! where that block goes on.
//!
//! A small function that calls itself gets its own code in place of these calls once ([`unroll_recursion`]): the calls
//! that are left do as much work as all of a level did, with half of the prologues, polls and frames or fewer.
//!
//! *Invariants:* positions of inlined code name the call, so traces do not change. What is
//! inlined is finished code that does not call itself, and its size is taken from a budget per function, so that this
//! ends and code grows at most linearly.

use crate::calls::nonlocal_exits::Homes;
use crate::calls::scopes::Scopes;
use crate::context::Context;
use crate::control_flow::unreachable_blocks::never_returns;
use crate::edit;
use crate::loops::safepoint_polls::retreating;
use crate::program::size::size;
use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;
use inko_abi::entry::Entry;
use inko_ir::Map;
use inko_ir::graph::Graph;
use inko_ir::ir::*;

/// A function of at most this size is inlined everywhere: about what the call itself costs.
const TINY: u32 = 8;
/// The limit in functions that have loops or call themselves: for what is called there again and again, and for what makes the
/// objects that this works with. Elsewhere a call is repeated if the function around it is; if that is small it ends up in the
/// loop, and the call with it.
pub(crate) const SMALL: u32 = 16;
/// The limit for calls that pass a closure literal: inlining it saves the closure, its variables' cells and
/// the calls in a loop.
const WITH_CLOSURE: u32 = 160;
/// The limit for functions that are called in one place, whose own code then goes away.
const ONLY_CALL: u32 = 300;
/// How many times as large as their caller such functions may be together. All of their code is optimised once more in the
/// caller, and with that again in the caller's only caller: in a long chain of small functions each would be optimised as
/// often as it fits into the limit.
const ONLY_CALL_GROWTH: u32 = 2;
/// The limit for closures that are called where they are made, in one place.
const ONLY_CLOSURE: u32 = 3000;
/// The limit for other closures made in the caller.
const CLOSURE: u32 = 60;
/// The limit for what replaces the calls of a function to itself: the size of the function times the number of calls.
const RECURSION: u32 = 120;

/// Runs the pass: one level of the calls that are there now.
pub(crate) fn run(function: &mut Function, context: &mut Context<'_>) -> bool {
    let closures = closures(function);
    let sites = sites(function, context, &closures);
    if sites.is_empty() {
        return false;
    }
    replace(function, context, sites, &closures, None);
    true
}

/// Runs once over a function that is finished: replaces its calls of itself.
pub(crate) fn unroll_recursion(function: &mut Function, context: &mut Context<'_>) -> bool {
    let this = context.this;
    let mut sites = Vec::new();
    each_call(function, |call, block, index, position| {
        if call.callee == Callee::Function(this) {
            sites.push(Site { block, index, target: this, position, scope: Vec::new() });
        }
    });
    let growth = size(function).saturating_mul(sites.len() as u32);
    let makes_closures = closures(function).values().any(Option::is_some);
    if sites.is_empty() || growth > RECURSION || function.never_inline || makes_closures || loops(function) {
        return false;
    }
    let body = function.clone();
    replace(function, context, sites, &Closures::new(), Some(&body));
    true
}

/// Puts the code of what is called in place of calls: the function's own, if that is given.
fn replace(
    function: &mut Function,
    context: &mut Context<'_>,
    mut sites: Vec<Site>,
    closures: &Closures,
    own: Option<&Function>,
) {
    let homes = Homes::of(function);
    let scopes = Scopes::of(function);
    for site in &mut sites {
        site.scope = scopes.at(function, site.block, site.index);
    }
    // The last first, because inlining moves what follows a call to another block.
    sites.reverse();
    for site in &sites {
        let callee = own.or_else(|| context.code(site.target)).expect("only finished functions are wanted");
        Inliner::new(function, context, callee, &homes, closures, site).run();
        if own.is_none() {
            context.inlined(site.target);
        }
    }
}

/// Whether a function has a loop, whose iterations cost more than the calls in it.
fn loops(function: &Function) -> bool {
    let graph = Graph::new(function);
    let back =
        |id: &BlockId| graph.preds(*id).iter().any(|&pred| graph.position(pred) >= graph.position(*id));
    graph.order.iter().any(back)
}

/// The closures made in a function: their code and captures.
type Closures = SecondaryMap<Value, Option<(FunctionId, Vec<Value>)>>;

fn closures(function: &Function) -> Closures {
    let mut closures = Closures::new();
    for inst in function.blocks.values().flat_map(|block| &block.insts) {
        if let Op::Closure(id, captures) = &inst.op {
            closures[inst.results[0]] = Some((*id, captures.clone()));
        }
    }
    closures
}

/// A call to inline.
struct Site {
    block: BlockId,
    /// The index of the instruction; the number of instructions for an invoke.
    index: usize,
    target: FunctionId,
    position: PositionId,
    /// What the caller's variables keep alive during the call, see [`Scopes`].
    scope: Vec<Value>,
}

fn sites(function: &Function, context: &mut Context<'_>, closures: &Closures) -> Vec<Site> {
    let mut sites = Vec::new();
    let mut has_loop = None;
    each_call(function, |call, block, index, position| {
        let mut small = || if *has_loop.get_or_insert_with(|| loops(function)) { SMALL } else { TINY };
        if let Callee::Function(target) = call.callee
            && let Some(reason) = wanted(context, call, target, closures, &mut small)
        {
            let size = context.summary(target).size;
            context.budget = context.budget.saturating_sub(size);
            match reason {
                Reason::OnlyCall => context.only_calls += size,
                Reason::OwnClosure => context.own += context.summary(target).own,
                Reason::Other => {}
            }
            sites.push(Site { block, index, target, position, scope: Vec::new() });
        }
    });
    sites
}

/// Shows all calls with their places, see [`Site`].
fn each_call(function: &Function, mut show: impl FnMut(&Call, BlockId, usize, PositionId)) {
    for (id, block) in function.blocks.iter() {
        for (index, inst) in block.insts.iter().enumerate() {
            if let Op::Call(call) = &inst.op {
                show(call, id, index, inst.position);
            }
        }
        if let Terminator::Invoke { call, .. } = &block.terminator {
            show(call, id, block.insts.len(), block.position);
        }
    }
}

/// Why a call is inlined.
enum Reason {
    /// Nobody else calls the function.
    OnlyCall,
    /// The closure was made here, and is called nowhere else: it is a part of the function.
    OwnClosure,
    Other,
}

/// Why a call is to be inlined, if it is. What is small where it stands is asked for when it matters.
fn wanted(
    context: &Context<'_>,
    call: &Call,
    target: FunctionId,
    closures: &Closures,
    small: &mut dyn FnMut() -> u32,
) -> Option<Reason> {
    let callee = context.code(target)?;
    let summary = context.summary(target);
    if target == context.this || summary.recursive || callee.never_inline {
        return None;
    }
    let is_closure = |value: &Value| closures.get(*value).is_some_and(Option::is_some);
    let once = summary.references <= 1;
    let (reason, limit) = if callee.block.is_some() && call.args.first().is_some_and(is_closure) {
        if once { (Reason::OwnClosure, ONLY_CLOSURE) } else { (Reason::Other, CLOSURE) }
    } else if call.args.iter().any(is_closure) {
        (Reason::Other, WITH_CLOSURE)
    } else if once && summary.size > SMALL {
        // What isn't called in one place only is the end of such a chain.
        let goes_on = context.summary(context.this).references == 1;
        let together = context.own.saturating_mul(ONLY_CALL_GROWTH).max(SMALL);
        let left = if goes_on { together.saturating_sub(context.only_calls) } else { ONLY_CALL };
        (Reason::OnlyCall, ONLY_CALL.min(left))
    } else {
        let this_repeats = context.summary(context.this).recursive;
        (Reason::Other, if summary.size <= TINY || once || this_repeats { SMALL } else { small() })
    };
    (summary.size <= limit && summary.size <= context.budget).then_some(reason)
}

struct Inliner<'a, 'b, 'c> {
    function: &'a mut Function,
    context: &'a mut Context<'b>,
    callee: &'c Function,
    homes: &'c Homes,
    closures: &'c Closures,
    site: &'c Site,
    /// What stands for the callee's values.
    values: SecondaryMap<Value, PackedOption<Value>>,
    blocks: SecondaryMap<BlockId, PackedOption<BlockId>>,
    positions: Map<PositionId, PositionId>,
    /// Where non-local exits go: the unwind block, and the block that goes on with what arrived there.
    unwind: Option<(BlockId, PackedOption<BlockId>)>,
    /// Where results go.
    after: BlockId,
}

impl<'a, 'b, 'c> Inliner<'a, 'b, 'c> {
    fn new(
        function: &'a mut Function,
        context: &'a mut Context<'b>,
        callee: &'c Function,
        homes: &'c Homes,
        closures: &'c Closures,
        site: &'c Site,
    ) -> Self {
        Self {
            callee,
            after: function.entry,
            function,
            context,
            homes,
            closures,
            site,
            values: SecondaryMap::new(),
            blocks: SecondaryMap::new(),
            positions: Map::default(),
            unwind: None,
        }
    }

    fn run(mut self) {
        self.find_positions();
        let args = self.cut();
        let callee = self.callee;
        for (id, block) in callee.blocks.iter() {
            let new = self.function.add_block(self.site.position);
            self.blocks[id] = new.into();
            for &param in &block.params {
                let ValueData { ty, known } = callee.values[param];
                let value = self.function.add_param(new, ty, known);
                self.values[param] = value.into();
            }
        }
        let entry = self.block(callee.entry);
        self.function.terminate(
            self.site.block,
            Terminator::Jump(Edge::with(entry, args.clone())),
            self.site.position,
        );
        // A loop may turn out to be endless, so that nothing of the caller comes after it.
        let mut repeats: SecondaryMap<BlockId, bool> = SecondaryMap::new();
        if !self.site.scope.is_empty() {
            retreating(callee).into_iter().for_each(|(latch, _)| repeats[latch] = true);
        }
        for id in callee.blocks.keys() {
            self.copy(id, &args, repeats[id]);
        }
    }

    /// Cuts the caller's block in two around the call, whose results become parameters of the second half.
    /// Gives the arguments.
    fn cut(&mut self) -> Vec<Value> {
        let Site { block, index, position, .. } = *self.site;
        if index < self.function.blocks[block].insts.len() {
            self.after = edit::split(self.function, block, index + 1);
            let call = self.function.blocks[block].insts.pop().expect("the call");
            self.function.blocks[self.after].params = call.results;
            let Op::Call(call) = call.op else { unreachable!("the site is a call") };
            return call.args;
        }
        let terminator =
            std::mem::replace(&mut self.function.blocks[block].terminator, Terminator::Unreachable);
        let Terminator::Invoke { call, mut normal, unwind } = terminator else {
            unreachable!("the site is an invoke")
        };
        self.after = self.function.add_block(position);
        for ty in self.callee.signature.results() {
            self.function.add_param(self.after, ty, Known::Nothing);
        }
        normal.args.splice(0..0, self.function.blocks[self.after].params.iter().copied());
        self.function.terminate(self.after, Terminator::Jump(normal), position);
        self.unwind = Some((unwind, None.into()));
        call.args
    }

    fn value(&self, value: Value) -> Value {
        self.values[value].expect("operands are defined in blocks that come before")
    }

    fn block(&self, block: BlockId) -> BlockId {
        self.blocks[block].expect("all blocks have a copy")
    }

    /// Finds the positions of all code of the callee, with the table locked once.
    fn find_positions(&mut self) {
        let mut all = self.context.positions();
        let call = self.site.position;
        for block in self.callee.blocks.values() {
            for inner in block.insts.iter().map(|inst| inst.position).chain([block.position]) {
                self.positions.entry(inner).or_insert_with(|| all.inlined(inner, call));
            }
        }
    }

    fn position(&self, inner: PositionId) -> PositionId {
        self.positions[&inner]
    }

    fn copy(&mut self, id: BlockId, args: &[Value], repeats: bool) {
        let callee = self.callee;
        let mut at = self.block(id);
        let closure = callee.blocks[callee.entry].params.first().copied();
        for inst in &callee.blocks[id].insts {
            let position = self.position(inst.position);
            if let Op::GetCapture(from, index) = inst.op
                && Some(from) == closure
                && let Some((_, captures)) = self.closures.get(args[0]).and_then(Option::as_ref)
            {
                self.values[inst.results[0]] = captures[index as usize].into();
                continue;
            }
            let mut op = inst.op.clone();
            op.map_operands(|value| self.value(value));
            let results: Vec<Value> = inst
                .results
                .iter()
                .map(|&result| {
                    let new = self.function.values.push(callee.values[result]);
                    self.values[result] = new.into();
                    new
                })
                .collect();
            match op {
                Op::NewHome(ref mut exits) => exits.iter_mut().for_each(|exit| *exit = self.block(*exit)),
                Op::Call(ref call) if self.unwind.is_some() && self.context.unwinds(call) => {
                    let next = self.function.add_block(position);
                    let terminator = match call.callee {
                        Callee::Entry(Entry::unwind) => {
                            Terminator::Jump(Edge::with(self.arrival(), call.args.clone()))
                        }
                        _ => {
                            let unwind = self.unwind.expect("checked above").0;
                            Terminator::Invoke { call: call.clone(), normal: Edge::to(next), unwind }
                        }
                    };
                    self.function.blocks[next].params = results;
                    self.function.terminate(at, terminator, position);
                    at = next;
                    continue;
                }
                _ => {}
            }
            self.function.blocks[at].insts.push(Inst { op, results, position });
        }
        let position = self.position(callee.blocks[id].position);
        let leaves =
            matches!(callee.blocks[id].terminator, Terminator::Exit { .. } | Terminator::Unreachable);
        if repeats || leaves {
            self.keep_scope(at, position);
        }
        let terminator = self.terminator(&callee.blocks[id].terminator, at, position);
        self.function.terminate(at, terminator, position);
    }

    /// Keeps what is in the caller's scope alive at the end of a block.
    fn keep_scope(&mut self, block: BlockId, position: PositionId) {
        let keep = |&value: &Value| Inst { op: Op::KeepAlive(value), results: Vec::new(), position };
        let insts = &mut self.function.blocks[block].insts;
        // Nothing may follow a call that never returns.
        let at = insts.len() - usize::from(insts.last().is_some_and(|last| never_returns(&last.op)));
        insts.splice(at..at, self.site.scope.iter().map(keep));
    }

    fn terminator(&mut self, old: &Terminator, at: BlockId, position: PositionId) -> Terminator {
        match *old {
            Terminator::Return(value) => self.leave(self.value(value), false, at, position),
            Terminator::Throw(value) => self.leave(self.value(value), true, at, position),
            Terminator::Exit { home, value, exit } => {
                let (home, value) = (self.value(home), self.value(value));
                let Site { block, index, .. } = *self.site;
                if let Some(target) = self.homes.exit(home, exit, block, index) {
                    return Terminator::Jump(Edge::with(target, vec![value]));
                }
                if self.unwind.is_none() {
                    return Terminator::Exit { home, value, exit };
                }
                let (exit, inst) = edit::constant(self.function, Constant::Raw(i64::from(exit)), position);
                self.function.blocks[at].insts.push(inst);
                Terminator::Jump(Edge::with(self.arrival(), vec![home, value, exit]))
            }
            _ => {
                let mut new = old.clone();
                new.map_operands(|value| self.value(value));
                new.map_successors(|block| self.block(block));
                new
            }
        }
    }

    /// Goes on after the call with a result.
    fn leave(&mut self, value: Value, thrown: bool, at: BlockId, position: PositionId) -> Terminator {
        let mut args = vec![value];
        if self.callee.signature.throws {
            let (flag, inst) = edit::constant(self.function, Constant::Bool(thrown), position);
            self.function.blocks[at].insts.push(inst);
            args.push(flag);
        }
        Terminator::Jump(Edge::with(self.after, args))
    }

    /// The block that takes home token, word and exit number of an exit that arrives during the call.
    fn arrival(&mut self) -> BlockId {
        let (pad, known) = self.unwind.expect("the call was an invoke");
        known.expand().unwrap_or_else(|| {
            let block = edit::pad_continuation(self.function, pad);
            self.unwind = Some((pad, block.into()));
            block
        })
    }
}
