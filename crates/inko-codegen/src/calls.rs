//! Calls: of Inko functions, of implementations of selectors, of closures and of the runtime.
//!
//! | callee           | convention     | process        | results                             |
//! |------------------|----------------|----------------|-------------------------------------|
//! | Inko function    | `tail`         | pinned (r15)   | value in rax or xmm0; status in the |
//! |                  |                |                | next integer register (rcx or rax)  |
//! | runtime entry    | C              | first argument | rax or xmm0; thrown: rax and rdx    |
//! | slow path        | `preserve_all` | pinned (r15)   | in the process head, as the         |
//! |                  |                |                | arguments; registers are preserved  |
//!
//! A runtime entry with an unwind edge is called by the `tail` convention, whose arguments lie in the same
//! registers: Cranelift then takes all registers for lost on the exceptional edge, as they are. The second
//! integer result of `tail` is rcx, the third rdx, so a status is the third of three results.
//!
//! *Invariant:* every call carries the index of its [`Site`], as its debug tag or, with an unwind edge, as
//! the tag of its exception handler; the tables are made of both.

use crate::convention::{entry_signature, inko_signature};
use crate::emitter::Emitter;
use crate::liveness::{Barrier, call_barrier};
use crate::safepoint::{Site, Slot};
use crate::symbols::Symbol;
use crate::values::{Flag, Raw, Scalar, Word, machine_type};
use cranelift_codegen::ir::{self as clif, DebugTag, ExtFuncData, InstBuilder, SigRef, types};
use cranelift_codegen::isa::CallConv;
use inko_abi::entry::{Effect, Entry, Returns};
use inko_abi::object::CLOSURE_CODE;
use inko_abi::process::{STOP, offset};
use inko_ir::ir::*;
use inko_ir::visit::entry_results;

/// Where the code of a callee is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Code {
    Direct(clif::FuncRef),
    Indirect(Raw),
}

/// A call that is ready to be made.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) code: Code,
    pub(crate) signature: SigRef,
    pub(crate) args: Vec<clif::Value>,
    /// The types of the results in the intermediate representation.
    pub(crate) results: Vec<Ty>,
    /// The runtime function that it is, and whether it is called by the `tail` convention.
    entry: Option<(Entry, bool)>,
}

impl Emitter<'_> {
    /// The process block.
    pub(crate) fn process(&mut self) -> Raw {
        Raw(self.builder.ins().get_pinned_reg(types::I64))
    }

    /// Notes a call; the index of its site.
    pub(crate) fn site(&mut self, slots: Vec<Slot>, is_leaf: bool) -> u32 {
        self.sites.push(Site { position: self.position, slots, is_leaf });
        self.sites.len() as u32 - 1
    }

    fn tag(&mut self, inst: clif::Inst, slots: Vec<Slot>, is_leaf: bool) {
        let site = self.site(slots, is_leaf);
        self.builder.func.debug_tags.set(inst, [DebugTag::User(site)]);
    }

    fn import(&mut self, symbol: Symbol, signature: SigRef) -> clif::FuncRef {
        if let Some(&function) = self.imports.get(&(symbol, signature)) {
            return function;
        }
        let name = symbol.import(self.builder.func);
        let data = ExtFuncData { name, signature, colocated: true, patchable: false };
        let function = self.builder.import_function(data);
        self.imports.insert((symbol, signature), function);
        function
    }

    fn inko_sig(&mut self, signature: &Signature) -> SigRef {
        if let Some(&reference) = self.signatures.get(signature) {
            return reference;
        }
        let reference = self.builder.import_signature(inko_signature(signature));
        self.signatures.insert(signature.clone(), reference);
        reference
    }

    fn entry_function(&mut self, entry: Entry, as_tail: bool) -> (clif::FuncRef, SigRef) {
        if let Some(&found) = self.entries.get(&(entry, as_tail)) {
            return found;
        }
        let signature = self.builder.import_signature(entry_signature(entry, as_tail));
        let found = (self.import(Symbol::Entry(entry), signature), signature);
        self.entries.insert((entry, as_tail), found);
        found
    }

    /// The address of a function's code.
    pub(crate) fn code_address(&mut self, function: FunctionId) -> Raw {
        let program = self.unit.program;
        let signature = self.inko_sig(&program.functions[function].signature);
        let function = self.import(Symbol::Function(function), signature);
        Raw(self.builder.ins().func_addr(types::I64, function))
    }

    /// Calls the runtime with words that survive in `slots`; leaves take none.
    pub(crate) fn runtime(&mut self, entry: Entry, args: &[clif::Value], slots: Vec<Slot>) -> clif::Inst {
        let (function, _) = self.entry_function(entry, false);
        let mut all = vec![self.process().0];
        all.extend(args);
        let inst = self.builder.ins().call(function, &all);
        let is_leaf = entry.signature().effect == Effect::Leaf;
        self.tag(inst, slots, is_leaf);
        inst
    }

    /// Calls the runtime where a fast path gives up, with words that survive in `slots`: all registers are
    /// preserved, so that the fast path may keep values in any of them.
    pub(crate) fn slow_path(&mut self, entry: Entry, args: &[clif::Value], slots: Vec<Slot>) {
        let function = match self.slow.get(&entry) {
            Some(&function) => function,
            None => {
                let signature = self.builder.import_signature(clif::Signature::new(CallConv::PreserveAll));
                let function = self.import(Symbol::Slow(entry), signature);
                self.slow.insert(entry, function);
                function
            }
        };
        let process = self.process();
        let flags = self.flags();
        for (index, &arg) in args.iter().enumerate() {
            let at = offset::SLOW_ARGUMENTS + 8 * index as i32;
            self.builder.ins().store(flags, arg, process.0, at);
        }
        let inst = self.builder.ins().call(function, &[]);
        let is_leaf = entry.signature().effect == Effect::Leaf;
        self.tag(inst, slots, is_leaf);
    }

    /// The result of the slow path that was just called.
    pub(crate) fn slow_result(&mut self, ty: clif::Type) -> clif::Value {
        let process = self.process();
        let flags = self.flags();
        self.builder.ins().load(ty, flags, process.0, offset::SLOW_RESULT)
    }

    /// Calls a slow path that does not collect; its result.
    pub(crate) fn slow_value(&mut self, entry: Entry, args: &[clif::Value]) -> clif::Value {
        debug_assert_ne!(entry.signature().effect, Effect::Safepoint);
        self.slow_path(entry, args, Vec::new());
        let Returns::Value(kind) = entry.signature().returns else {
            unreachable!("slow paths return values")
        };
        self.slow_result(machine_type(Ty::of(kind)))
    }

    /// Calls a function of the runtime that does not return, and ends the block.
    pub(crate) fn panic_entry(&mut self, entry: Entry, args: &[clif::Value]) {
        debug_assert_eq!(entry.signature().effect, Effect::Never);
        match entry.slow_symbol() {
            Some(_) => self.slow_path(entry, args, Vec::new()),
            None => {
                self.runtime(entry, args, Vec::new());
            }
        }
        self.unreachable();
    }

    /// Prepares a call; `unwinds` if it has an unwind edge.
    pub(crate) fn target(&mut self, call: &Call, unwinds: bool) -> Target {
        let mut args: Vec<clif::Value> = call.args.iter().map(|&arg| self.scalar(arg).clif()).collect();
        let program = self.unit.program;
        match call.callee {
            Callee::Function(id) => {
                let signature = &program.functions[id].signature;
                let sig = self.inko_sig(signature);
                let code = Code::Direct(self.import(Symbol::Function(id), sig));
                Target { code, signature: sig, args, results: signature.results(), entry: None }
            }
            Callee::Selector(id) => {
                let signature = &program.selectors[id].signature;
                let sig = self.inko_sig(signature);
                let code = Code::Indirect(self.implementation(id, Word(args[0])));
                Target { code, signature: sig, args, results: signature.results(), entry: None }
            }
            Callee::Closure => {
                let signature = Signature::closure(args.len() - 1);
                let sig = self.inko_sig(&signature);
                let code = Code::Indirect(Raw(self.load_word(Word(args[0]), CLOSURE_CODE).0));
                Target { code, signature: sig, args, results: signature.results(), entry: None }
            }
            Callee::Entry(entry) => {
                let (function, sig) = self.entry_function(entry, unwinds);
                args.insert(0, self.process().0);
                Target {
                    code: Code::Direct(function),
                    signature: sig,
                    args,
                    results: entry_results(entry),
                    entry: Some((entry, unwinds)),
                }
            }
        }
    }

    /// The machine types of what a call returns.
    pub(crate) fn returned_types(&self, target: &Target) -> Vec<clif::Type> {
        let signature = &self.builder.func.dfg.signatures[target.signature];
        signature.returns.iter().map(|param| param.value_type).collect()
    }

    /// Makes the results of the intermediate representation of what a call returned.
    pub(crate) fn adapt(&mut self, target: &Target, returned: &[clif::Value]) -> Vec<Scalar> {
        match target.entry {
            Some((entry, as_tail)) if entry.signature().returns == Returns::Throws => {
                let status = returned[if as_tail { 2 } else { 1 }];
                let flag = Flag(self.builder.ins().ireduce(types::I8, status));
                vec![Scalar::Word(Word(returned[0])), Scalar::Flag(flag)]
            }
            _ => target
                .results
                .iter()
                .zip(returned)
                .map(|(&ty, &value)| {
                    debug_assert_eq!(self.builder.func.dfg.value_type(value), machine_type(ty));
                    Scalar::new(ty, value)
                })
                .collect(),
        }
    }

    /// A call without an unwind edge.
    pub(crate) fn call(&mut self, call: &Call) -> Vec<Scalar> {
        let target = self.target(call, false);
        let inst = match target.code {
            Code::Direct(function) => self.builder.ins().call(function, &target.args),
            Code::Indirect(code) => self.builder.ins().call_indirect(target.signature, code.0, &target.args),
        };
        let effect = target.entry.map(|(entry, _)| entry.signature().effect);
        let is_hot = call_barrier(call) == Barrier::Hot;
        let slots = if is_hot { self.hot_slots() } else { Vec::new() };
        self.tag(inst, slots, effect == Some(Effect::Leaf));
        if is_hot {
            self.moved();
        }
        let returned = self.builder.inst_results(inst).to_vec();
        self.adapt(&target, &returned)
    }

    // Polls.

    /// The limit of the stack. The process block is fetched anew each time, or Cranelift would take one load for all
    /// polls.
    fn stack_limit(&mut self) -> clif::Value {
        let process = self.process();
        let flags = self.flags();
        self.builder.ins().load(types::I64, flags, process.0, offset::STACK_LIMIT)
    }

    /// Whether the stack pointer is below the limit: the stack is full, or somebody wants us to stop.
    fn must_stop(&mut self) -> Flag {
        let pointer = self.builder.ins().get_stack_pointer(types::I64);
        let limit = self.stack_limit();
        let condition = clif::condcodes::IntCC::UnsignedLessThan;
        Flag(self.builder.ins().icmp(condition, pointer, limit))
    }

    /// A yield point at a back edge. The stack was checked at the entry; here it matters only whether somebody wants us
    /// to stop.
    pub(crate) fn poll(&mut self) {
        let limit = self.stack_limit();
        let stop = self.builder.ins().icmp_imm_s(clif::condcodes::IntCC::Equal, limit, STOP as i64);
        let cold = self.cold_block();
        let on = if self.is_rare(self.at.0) { self.cold_block() } else { self.builder.create_block() };
        self.branch(Flag(stop), cold, on);
        self.enter(cold);
        self.cold_safepoint(|this, slots| this.slow_path(Entry::poll, &[], slots));
        self.builder.ins().jump(on, &[]);
        self.enter(on);
    }

    /// The check at the function's entry of a baseline plan: the parameters are in their slots.
    pub(crate) fn check_stack_with_slots(&mut self) {
        let stop = self.must_stop();
        let cold = self.cold_block();
        let on = self.builder.create_block();
        self.branch(stop, cold, on);
        self.enter(cold);
        let params = &self.function.blocks[self.function.entry].params;
        let numbers = params.iter().filter_map(|&param| self.plan.liveness.tracked(param));
        let slots = numbers.filter_map(|number| self.plan.hot_slot(number)).collect();
        self.slow_path(Entry::poll, &[], slots);
        self.builder.ins().jump(on, &[]);
        self.enter(on);
        self.moved();
    }

    /// The check at the function's entry. Takes and gives the parameters, which may move.
    pub(crate) fn check_stack(&mut self, params: &[clif::Value]) -> Vec<clif::Value> {
        let stop = self.must_stop();
        let cold = self.cold_block();
        let on = self.builder.create_block();
        let entry = &self.function.blocks[self.function.entry];
        let moves = |value: &Value| self.plan.liveness.tracked(*value).is_some();
        let tracked: Vec<bool> = entry.params.iter().map(moves).collect();
        let (mut before, mut joined) = (Vec::new(), Vec::new());
        for (&param, &moves) in params.iter().zip(&tracked) {
            if moves {
                before.push(clif::BlockArg::from(param));
                joined.push(self.builder.append_block_param(on, types::I64));
            } else {
                joined.push(param);
            }
        }
        self.builder.ins().brif(stop.0, cold, &[], on, &before);
        self.enter(cold);
        let slots: Vec<Slot> =
            (0..before.len()).map(|index| Slot(self.plan.scratch + index as u32)).collect();
        let words = params.iter().zip(&tracked).filter(|&(_, &moves)| moves);
        for ((&word, _), &slot) in words.zip(&slots) {
            self.store_slot(slot, Word(word));
        }
        self.slow_path(Entry::poll, &[], slots.clone());
        let after: Vec<clif::BlockArg> = slots.iter().map(|&slot| self.load_slot(slot).0.into()).collect();
        self.builder.ins().jump(on, &after);
        self.enter(on);
        joined
    }
}
