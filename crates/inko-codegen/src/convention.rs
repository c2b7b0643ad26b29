//! The machine signatures of what is called: Inko functions and functions of the runtime. `calls` has the table of
//! the conventions.

use crate::values::abi_param;
use cranelift_codegen::ir::{self as clif, AbiParam, types};
use cranelift_codegen::isa::CallConv;
use inko_abi::entry::{Entry, Kind, Returns};
use inko_ir::ir::{Signature, Ty};

/// The machine signature of Inko functions.
pub(crate) fn inko_signature(signature: &Signature) -> clif::Signature {
    let mut clif = clif::Signature::new(CallConv::Tail);
    clif.params = signature.params.iter().map(|&ty| abi_param(ty)).collect();
    clif.returns = signature.results().into_iter().map(abi_param).collect();
    clif
}

/// The machine signature of a function of the runtime.
pub(crate) fn entry_signature(entry: Entry, as_tail: bool) -> clif::Signature {
    let row = entry.signature();
    let convention = match entry {
        _ if as_tail => CallConv::Tail,
        _ => CallConv::SystemV,
    };
    let mut clif = clif::Signature::new(convention);
    clif.params.push(AbiParam::new(types::I64));
    clif.params.extend(row.params.iter().map(|&kind| match kind {
        // C compilers expect flags widened by the caller.
        Kind::Bool => AbiParam::new(types::I8).uext(),
        _ => abi_param(Ty::of(kind)),
    }));
    let words = |count: usize| vec![AbiParam::new(types::I64); count];
    clif.returns = match row.returns {
        Returns::Nothing => Vec::new(),
        Returns::Value(kind) => vec![abi_param(Ty::of(kind))],
        Returns::Throws => words(if as_tail { 3 } else { 2 }),
    };
    clif
}
