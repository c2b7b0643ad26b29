//! Control flow: terminators, and conditions that take more than one comparison.

use crate::calls::{Code, Target};
use crate::emitter::Emitter;
use crate::liveness::{Barrier, call_barrier};
use crate::values::{Flag, Scalar, machine_type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as clif, BlockArg, InstBuilder, types};
use inko_abi::entry::Entry;
use inko_abi::word;
use inko_ir::ir::*;

/// Where the outcome of a condition goes.
///
/// A comparison of integers has a fast and a slow path. If nothing but the branch that follows it uses its
/// result, both paths branch to the targets themselves and no flag is ever made.
pub(crate) enum Outcome {
    /// To a block that takes it as a parameter.
    Value(clif::Block),
    /// To one of two edges.
    Branch { then: (clif::Block, Vec<BlockArg>), otherwise: (clif::Block, Vec<BlockArg>) },
}

impl Emitter<'_> {
    /// Ends the block with an outcome that is computed.
    pub(crate) fn conclude(&mut self, outcome: &Outcome, flag: Flag) {
        match outcome {
            Outcome::Value(join) => {
                self.builder.ins().jump(*join, &[flag.0.into()]);
            }
            Outcome::Branch { then, otherwise } => {
                self.builder.ins().brif(flag.0, then.0, &then.1, otherwise.0, &otherwise.1);
            }
        }
    }

    /// Ends the block with an outcome that is known.
    pub(crate) fn conclude_known(&mut self, outcome: &Outcome, flag: bool) {
        let (target, args) = self.known_edge(outcome, flag);
        self.builder.ins().jump(target, &args);
    }

    /// Ends the block: the outcome is `false` unless a condition holds, where the code goes on in the block `on`.
    pub(crate) fn fail_unless(&mut self, outcome: &Outcome, condition: Flag, on: clif::Block) {
        let (target, args) = self.known_edge(outcome, false);
        self.builder.ins().brif(condition.0, on, &[], target, &args);
        self.enter(on);
    }

    /// Ends the block: the outcome is `true` if a condition holds, else the code goes on in the block `on`.
    pub(crate) fn succeed_if(&mut self, outcome: &Outcome, condition: Flag, on: clif::Block) {
        let (target, args) = self.known_edge(outcome, true);
        self.builder.ins().brif(condition.0, target, &args, on, &[]);
        self.enter(on);
    }

    /// Where an outcome that is known goes.
    fn known_edge(&mut self, outcome: &Outcome, flag: bool) -> (clif::Block, Vec<BlockArg>) {
        match outcome {
            Outcome::Value(join) => {
                let flag = self.builder.ins().iconst(types::I8, i64::from(flag));
                (*join, vec![flag.into()])
            }
            Outcome::Branch { then, otherwise } => {
                let edge = if flag { then } else { otherwise };
                (edge.0, edge.1.clone())
            }
        }
    }

    /// Emits a condition whose paths end in [`Emitter::conclude`], and makes a flag of it.
    pub(crate) fn as_flag(&mut self, condition: impl FnOnce(&mut Self, &Outcome)) -> Flag {
        let join = self.builder.create_block();
        let flag = self.builder.append_block_param(join, types::I8);
        condition(self, &Outcome::Value(join));
        self.enter(join);
        Flag(flag)
    }

    /// Emits a condition together with the branch that follows it, if it is the only use and worth it.
    pub(crate) fn fused(&mut self, inst: &Inst, terminator: &Terminator) -> bool {
        let Terminator::Branch { condition, then, otherwise } = terminator else { return false };
        let fits = match &inst.op {
            Op::IntegerCompare(compare, a, b) => self.compare_has_slow_path(*compare, *a, *b),
            Op::Test(..) => true,
            Op::UnboxBool(_) => self.verified_here(inst).is_some(),
            _ => false,
        };
        if !fits || inst.results[0] != *condition || self.plan.liveness.uses[*condition] != 1 {
            return false;
        }
        // Nothing moves between the condition and the branch: what the edges pass may be fetched before.
        let then = self.edge(then);
        let otherwise = self.edge(otherwise);
        let outcome = Outcome::Branch { then, otherwise };
        match &inst.op {
            Op::IntegerCompare(compare, a, b) => self.compare_integers(*compare, *a, *b, &outcome),
            Op::Test(value, check) => self.test(*value, check, &outcome),
            Op::UnboxBool(value) => self.branch_verified(inst, *value, &outcome),
            _ => unreachable!("checked above"),
        }
        true
    }

    /// Branches by a word that should be a boolean, and panics if it is none.
    fn branch_verified(&mut self, inst: &Inst, value: Value, outcome: &Outcome) {
        let (name, position) = self.verified_here(inst).expect("the caller has asked");
        let word = self.word(value);
        let is_true = self.builder.ins().icmp_imm_s(IntCC::Equal, word.0, word::TRUE as i64);
        let other = self.builder.create_block();
        self.succeed_if(outcome, Flag(is_true), other);
        let is_false = self.builder.ins().icmp_imm_s(IntCC::Equal, word.0, word::FALSE as i64);
        let failed = self.cold_block();
        let (target, args) = self.known_edge(outcome, false);
        self.builder.ins().brif(is_false, target, &args, failed, &[]);
        self.enter(failed);
        self.set_position(position);
        self.panic_cast(word, name);
    }

    /// The target and the arguments of an edge; loads what its block expects in registers.
    fn edge(&mut self, edge: &Edge) -> (clif::Block, Vec<BlockArg>) {
        let args = edge.args.iter().map(|&value| BlockArg::from(self.scalar(value).clif())).collect();
        self.prepare(edge.block);
        (self.clif_block(edge.block), args)
    }

    pub(crate) fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(edge) => {
                let (block, args) = self.edge(edge);
                self.builder.ins().jump(block, &args);
            }
            Terminator::Branch { condition, then, otherwise } => {
                let condition = self.flag(*condition);
                let then = self.edge(then);
                let otherwise = self.edge(otherwise);
                self.builder.ins().brif(condition.0, then.0, &then.1, otherwise.0, &otherwise.1);
            }
            Terminator::Return(value) => self.leave(*value, 0),
            Terminator::Throw(value) => self.leave(*value, 1),
            Terminator::Exit { home, value, exit } => {
                let home = self.word(*home);
                let value = self.word(*value);
                let exit = self.builder.ins().iconst(types::I64, i64::from(*exit));
                self.panic_entry(Entry::unwind, &[home.0, value.0, exit]);
            }
            Terminator::Invoke { call, normal, unwind } => self.invoke(call, normal, *unwind),
            Terminator::Unreachable => self.unreachable(),
        }
    }

    fn leave(&mut self, value: Value, status: i64) {
        let mut results = vec![self.scalar(value).clif()];
        if self.function.signature.throws {
            results.push(self.builder.ins().iconst(types::I8, status));
        }
        self.builder.ins().return_(&results);
    }

    /// The end of a path that no execution reaches.
    pub(crate) fn unreachable(&mut self) {
        self.builder.ins().trap(clif::TrapCode::unwrap_user(1));
    }

    fn invoke(&mut self, call: &Call, normal: &Edge, unwind: BlockId) {
        let target = self.target(call, true);
        let results = target.results.clone();
        // The call's own block for the normal return: what the edge passes is loaded there.
        let returned = self.builder.create_block();
        let types: Vec<clif::Type> = self.returned_types(&target);
        let values: Vec<clif::Value> =
            types.iter().map(|&ty| self.builder.append_block_param(returned, ty)).collect();
        let pad = self.clif_block(unwind);
        let is_hot = call_barrier(call) == Barrier::Hot;
        let slots = if is_hot { self.hot_slots() } else { Vec::new() };
        let site = self.site(slots, false);
        self.try_call(&target, returned, pad, site);
        self.moved();
        self.enter(returned);
        let mut args: Vec<BlockArg> = Vec::new();
        for (value, ty) in self.adapt(&target, &values).into_iter().zip(results) {
            debug_assert_eq!(self.builder.func.dfg.value_type(value.clif()), machine_type(ty));
            args.push(value.clif().into());
        }
        let (block, rest) = self.edge(normal);
        args.extend(rest);
        self.builder.ins().jump(block, &args);
    }

    /// Emits the call with its two edges. Cranelift drops the debug tags of branches, but keeps the tag of an
    /// exception handler: it is the index of the site.
    fn try_call(&mut self, target: &Target, returned: clif::Block, pad: clif::Block, site: u32) {
        let count = self.returned_types(target).len() as u32;
        let pool = &mut self.builder.func.dfg.value_lists;
        let normal = clif::BlockCall::new(returned, (0..count).map(BlockArg::TryCallRet), pool);
        let pad = clif::BlockCall::new(pad, [], pool);
        let handler = clif::ExceptionTableItem::Tag(clif::ExceptionTag::from_u32(site), pad);
        let table = clif::ExceptionTableData::new(target.signature, normal, [handler]);
        let table = self.builder.func.dfg.exception_tables.push(table);
        match target.code {
            Code::Direct(function) => self.builder.ins().try_call(function, &target.args, table),
            Code::Indirect(code) => self.builder.ins().try_call_indirect(code.0, &target.args, table),
        };
    }

    /// Emits an operation that has no barrier of its own and one flag as its result.
    pub(crate) fn define_flag(&mut self, inst: &Inst, flag: Flag) {
        self.define(inst.results[0], Scalar::Flag(flag));
    }
}
