//! The two kinds of functions that no Inko source stands for: the entry into Inko code from the runtime, and
//! the stubs in dispatch tables.
//!
//! Neither has rows in the tables. A stack walk that reaches the trampoline's return address has reached the
//! end of the process's Inko frames; stubs leave no frame.

use crate::convention::{entry_signature, inko_signature};
use crate::safepoint::Site;
use crate::symbols::Symbol;
use cranelift_codegen::ir::{
    AbiParam, DebugTag, ExtFuncData, Function, InstBuilder, MemFlagsData, Signature, types,
};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_entity::EntityRef;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use inko_abi::entry::Entry;
use inko_abi::object::CLOSURE_CODE;
use inko_abi::word::TAG_REFERENCE;
use inko_ir::ir::{PositionId, Selector, Signature as InkoSignature};

/// The signature of `inko_call_closure`: process, closure -> word, status.
pub(crate) fn call_signature() -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params = vec![AbiParam::new(types::I64); 2];
    signature.returns = vec![AbiParam::new(types::I64); 2];
    signature
}

/// Emits `inko_call_closure`.
pub(crate) fn call_closure(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
) -> Vec<Site> {
    function.signature = call_signature();
    let mut builder = FunctionBuilder::new(function, context);
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let (process, closure) = (builder.block_params(block)[0], builder.block_params(block)[1]);
    builder.ins().set_pinned_reg(process);
    let at = CLOSURE_CODE - TAG_REFERENCE as i32;
    let code = builder.ins().load(types::I64, MemFlagsData::trusted(), closure, at);
    let signature = builder.import_signature(inko_signature(&InkoSignature::closure(0)));
    let call = builder.ins().call_indirect(signature, code, &[closure]);
    builder.func.debug_tags.set(call, [DebugTag::User(0)]);
    let results = builder.inst_results(call).to_vec();
    let status = builder.ins().uextend(types::I64, results[1]);
    builder.ins().return_(&[results[0], status]);
    builder.finalize(isa.frontend_config());
    vec![Site { position: PositionId::new(0), slots: Vec::new(), is_leaf: true }]
}

/// Emits the stub of a selector: it goes on to `panic_dispatch` with the receiver and the index of the
/// selector's name, as if the caller had called that.
pub(crate) fn stub(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
    selector: &Selector,
    name: u32,
) {
    function.signature = inko_signature(&selector.signature);
    let mut panic = entry_signature(Entry::panic_dispatch, true);
    panic.returns.clone_from(&function.signature.returns);
    let mut builder = FunctionBuilder::new(function, context);
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let receiver = builder.block_params(block)[0];
    let process = builder.ins().get_pinned_reg(types::I64);
    let name = builder.ins().iconst(types::I64, i64::from(name));
    let signature = builder.import_signature(panic);
    let target = Symbol::Entry(Entry::panic_dispatch).import(builder.func);
    let data = ExtFuncData { name: target, signature, colocated: true, patchable: false };
    let target = builder.import_function(data);
    builder.ins().return_call(target, &[process, receiver, name]);
    builder.finalize(isa.frontend_config());
}
