//! From one function to its machine code and all that is to be known of it: relocations, call sites with
//! offsets, lines, unwind information.
//!
//! Call sites are found by order: Cranelift lists the return addresses of all calls in the order of the code,
//! and the debug tags of calls in the same order (calls with handlers have theirs in the list itself). A
//! function where their numbers differ is refused. The offsets of debug tags alone would not do: they lie
//! after the instructions that follow a call as parts of it.

use crate::Error;
use crate::convention::inko_signature;
use crate::emitter::{Emitter, Unit};
use crate::listing::Listing;
use crate::safepoint::{Plan, Site};
use crate::symbols::Symbol;
use cranelift_codegen::MachDebugTagPos;
use cranelift_codegen::binemit::{Addend, CodeOffset, Reloc};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{DebugTag, ExternalName, Function};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::{CompiledCode, Context, FinalizedMachExceptionHandler, FinalizedRelocTarget};
use cranelift_entity::EntityRef;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use inko_ir::graph::Graph;
use inko_ir::ir::{Block, Callee, FunctionId, Op, PositionId, Terminator};

/// A compiled function.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) code: Vec<u8>,
    pub(crate) alignment: u64,
    pub(crate) relocations: Vec<Relocation>,
    /// The distance from the stack pointer to the frame pointer at calls.
    pub(crate) frame_size: u32,
    pub(crate) sites: Vec<CompiledSite>,
    /// Where code of which position starts, ascending.
    pub(crate) lines: Vec<(CodeOffset, PositionId)>,
    pub(crate) unwind: Option<UnwindInfo>,
    pub(crate) listing: Listing,
}

/// A place in the code where an address goes.
#[derive(Debug)]
pub(crate) struct Relocation {
    pub(crate) offset: CodeOffset,
    pub(crate) kind: Reloc,
    pub(crate) symbol: Symbol,
    pub(crate) addend: Addend,
}

/// A call site in the code.
#[derive(Debug)]
pub(crate) struct CompiledSite {
    /// The return address.
    pub(crate) offset: CodeOffset,
    pub(crate) landing_pad: CodeOffset,
    /// The live slots as offsets from the stack pointer.
    pub(crate) slots: Vec<u32>,
    pub(crate) position: PositionId,
}

/// What one thread needs to compile functions.
pub(crate) struct Compiler<'a> {
    unit: &'a Unit<'a>,
    context: Context,
    builders: FunctionBuilderContext,
    listings: crate::Listings,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(unit: &'a Unit<'a>, listings: crate::Listings) -> Self {
        Self { unit, context: Context::new(), builders: FunctionBuilderContext::new(), listings }
    }

    /// Compiles a function of the program.
    pub(crate) fn function(&mut self, id: FunctionId) -> Result<Compiled, Error> {
        let function = &self.unit.program.functions[id];
        let plan = Plan::new(function, self.unit.baseline);
        let unit = self.unit;
        let isa = if repeats(function, id, &plan.liveness.graph) { unit.isa } else { unit.straight };
        self.compile_for(isa, &function.symbol, |clif, builders, _| {
            clif.signature = inko_signature(&function.signature);
            let builder = FunctionBuilder::new(clif, builders);
            Emitter::new(builder, unit, function, &plan).run()
        })
    }

    /// Compiles what `emit` makes and says the call sites of.
    pub(crate) fn compile(
        &mut self,
        symbol: &str,
        emit: impl FnOnce(&mut Function, &mut FunctionBuilderContext, &dyn TargetIsa) -> Vec<Site>,
    ) -> Result<Compiled, Error> {
        self.compile_for(self.unit.straight, symbol, emit)
    }

    fn compile_for(
        &mut self,
        isa: &dyn TargetIsa,
        symbol: &str,
        emit: impl FnOnce(&mut Function, &mut FunctionBuilderContext, &dyn TargetIsa) -> Vec<Site>,
    ) -> Result<Compiled, Error> {
        self.context.clear();
        self.context.set_disasm(self.listings.asm);
        let sites = emit(&mut self.context.func, &mut self.builders, isa);
        let mut listing = Listing::default();
        if self.listings.clif {
            listing.clif(symbol, &self.context.func, &self.unit.program.positions);
        }
        let mut plane = ControlPlane::default();
        if let Err(error) = self.context.compile(isa, &mut plane) {
            let error = cranelift_codegen::print_errors::pretty_error(error.func, error.inner);
            return Err(Error::new(format!("{symbol}: {error}")));
        }
        let compiled = self.context.take_compiled_code().expect("compilation succeeded");
        if self.listings.asm {
            listing.asm(symbol, &compiled);
        }
        let sites = locate(symbol, &compiled, sites)?;
        let unwind =
            compiled.create_unwind_info(isa).map_err(|error| Error::new(format!("{symbol}: {error}")))?;
        let layout = compiled.buffer.frame_layout().expect("all code has a frame layout");
        Ok(Compiled {
            alignment: u64::from(compiled.buffer.alignment),
            relocations: relocations(symbol, &compiled, &self.context.func)?,
            frame_size: layout.frame_to_fp_offset,
            sites,
            lines: lines(&compiled),
            unwind,
            listing,
            code: compiled.buffer.data().to_vec(),
        })
    }
}

/// Whether a function has a loop or calls itself.
fn repeats(function: &inko_ir::ir::Function, id: FunctionId, graph: &Graph) -> bool {
    graph.order.iter().enumerate().any(|(at, &block)| {
        graph.preds(block).iter().any(|&pred| graph.position(pred) >= at)
            || each_callee(&function.blocks[block]).any(|callee| callee == Callee::Function(id))
    })
}

fn each_callee(block: &Block) -> impl Iterator<Item = Callee> {
    let calls = block.insts.iter().filter_map(|inst| match &inst.op {
        Op::Call(call) => Some(call.callee),
        _ => None,
    });
    let last = match &block.terminator {
        Terminator::Invoke { call, .. } => Some(call.callee),
        _ => None,
    };
    calls.chain(last)
}

/// Finds the call sites in the code.
fn locate(symbol: &str, compiled: &CompiledCode, sites: Vec<Site>) -> Result<Vec<CompiledSite>, Error> {
    let buffer = &compiled.buffer;
    // What prepares a call's arguments carries the tag too, at other places than after a call.
    let after_calls = buffer.debug_tags().filter(|list| list.pos == MachDebugTagPos::Post);
    let tags = after_calls.flat_map(|list| list.tags);
    let mut indices = tags.filter_map(|tag| match tag {
        DebugTag::User(index) => Some(*index),
        DebugTag::StackSlot(_) => None,
    });
    let mismatch = || Error::new(format!("{symbol}: calls and call sites do not match"));
    let layout = buffer.frame_layout().expect("all code has a frame layout");
    // Our slots are the only explicit stack slot of a function.
    let base = layout.stackslots.values().next().map_or(0, |slot| slot.offset);
    let mut all = Vec::new();
    // A stub's jump is listed as a call too, but has no return address.
    for call in buffer.call_sites().filter(|_| !sites.is_empty()) {
        let (index, landing_pad) = match call.exception_handlers.first() {
            Some(FinalizedMachExceptionHandler::Tag(tag, offset)) => (tag.as_u32(), *offset),
            _ => (indices.next().ok_or_else(mismatch)?, 0),
        };
        let site = sites.get(index as usize).ok_or_else(mismatch)?;
        if site.is_leaf {
            continue;
        }
        let slots = site.slots.iter().map(|slot| base + slot.offset() as u32);
        all.push(CompiledSite {
            offset: call.ret_addr,
            landing_pad,
            slots: slots.collect(),
            position: site.position,
        });
    }
    if indices.next().is_some() {
        return Err(mismatch());
    }
    Ok(all)
}

fn relocations(symbol: &str, compiled: &CompiledCode, function: &Function) -> Result<Vec<Relocation>, Error> {
    let relocation = |found: &cranelift_codegen::FinalizedMachReloc| match &found.target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => Ok(Relocation {
            offset: found.offset,
            kind: found.kind,
            symbol: Symbol::from_external(&function.params.user_named_funcs()[*name]),
            addend: found.addend,
        }),
        other => Err(Error::new(format!("{symbol}: unexpected relocation against {other:?}"))),
    };
    compiled.buffer.relocs().iter().map(relocation).collect()
}

/// The starts of the runs of code of one position.
fn lines(compiled: &CompiledCode) -> Vec<(CodeOffset, PositionId)> {
    let mut lines: Vec<(CodeOffset, PositionId)> = Vec::new();
    for range in compiled.buffer.get_srclocs_sorted() {
        if range.loc.is_default() {
            continue;
        }
        let position = PositionId::new(range.loc.bits() as usize);
        if lines.last().is_none_or(|&(_, last)| last != position) {
            lines.push((range.start, position));
        }
    }
    lines
}
