//! One function: from the intermediate representation to Cranelift's, block by block in reverse postorder.
//!
//! Every operation is emitted by the file of its concern (`integer`, `float`, `memory`, `array`, `check`,
//! `calls`); `ops` tells which. What they share is in `emitter`.

use crate::emitter::Emitter;
use crate::safepoint::{Site, calls};
use crate::values::Scalar;
use cranelift_codegen::ir::{self as clif, BlockArg, InstBuilder};
use cranelift_entity::SecondaryMap;
use inko_ir::ir::*;

impl Emitter<'_> {
    /// Emits the whole function; the call sites that its debug tags refer to.
    pub(crate) fn run(mut self) -> Vec<Site> {
        self.count_facts();
        let plan = self.plan;
        let graph = &plan.liveness.graph;
        // The entry has one predecessor more: the prologue.
        let mut missing: SecondaryMap<BlockId, usize> = SecondaryMap::with_default(0);
        for &id in &graph.order {
            missing[id] = graph.preds(id).len();
            if missing[id] == 0 {
                let clif = self.clif_block(id);
                self.builder.seal_block(clif);
            }
        }
        self.prologue();
        for &id in &graph.order {
            // The prologue has begun the entry, unless something jumps there.
            if id != self.function.entry || !graph.preds(id).is_empty() {
                let clif = self.clif_block(id);
                self.builder.switch_to_block(clif);
                self.valid = plan.wanted[id].clone();
                let params = self.builder.block_params(clif).to_vec();
                self.define_params(id, &params);
            }
            self.block(id);
            self.function.blocks[id].terminator.each_successor(|next| {
                missing[next] -= 1;
                if missing[next] == 0 {
                    let clif = self.clif_block(next);
                    self.builder.seal_block(clif);
                }
            });
        }
        self.builder.finalize(self.unit.isa.frontend_config());
        self.sites
    }

    /// Emits what comes before the entry, and goes to it.
    fn prologue(&mut self) {
        let start = self.builder.create_block();
        self.builder.append_block_params_for_function_params(start);
        self.builder.switch_to_block(start);
        self.builder.seal_block(start);
        self.set_position(self.function.position);
        let mut args = self.builder.block_params(start).to_vec();
        let (id, plan) = (self.function.entry, self.plan);
        let falls_through = plan.liveness.graph.preds(id).is_empty();
        let from_slots = falls_through && plan.saves_params;
        if self.needs_check() && !from_slots {
            args = self.check_stack(&args);
        }
        if falls_through {
            self.define_params(id, &args);
            if from_slots {
                self.set_position(self.function.position);
                self.check_stack_with_slots();
            }
        } else {
            let args: Vec<BlockArg> = args.into_iter().map(BlockArg::from).collect();
            let entry = self.clif_block(id);
            self.builder.ins().jump(entry, &args);
        }
    }

    fn define_params(&mut self, id: BlockId, values: &[clif::Value]) {
        let function = self.function;
        let block = &function.blocks[id];
        self.set_position(block.insts.first().map_or(block.position, |inst| inst.position));
        for (&param, &value) in block.params.iter().zip(values) {
            self.define(param, Scalar::new(function.values[param].ty, value));
        }
    }

    /// Whether the function must compare the stack pointer with the limit when it is entered. A function
    /// that calls no other one cannot recurse, and its frame fits the reserve that runtime functions have.
    fn needs_check(&self) -> bool {
        let large = self.plan.size > 256 || self.function.values.len() > 2048;
        large || calls(self.function, &self.plan.liveness.graph)
    }

    /// Emits the operations of a block whose parameters are defined.
    fn block(&mut self, id: BlockId) {
        let function = self.function;
        let block = &function.blocks[id];
        self.begin_facts(id);
        for (index, inst) in block.insts.iter().enumerate() {
            self.at = (id, index);
            self.set_position(inst.position);
            if index + 1 == block.insts.len() && self.fused(inst, &block.terminator) {
                return self.end_facts(id);
            }
            if self.is_verified_next(inst, block.insts.get(index + 1)) {
                continue;
            }
            self.instruction(inst);
            self.learn(inst);
        }
        self.at = (id, block.insts.len());
        self.set_position(block.position);
        self.terminator(&block.terminator);
        self.end_facts(id);
    }
}
