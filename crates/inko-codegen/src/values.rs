//! Typed wrappers over Cranelift's values.
//!
//! *Invariant:* no bare `clif::Value` crosses a function boundary of the emitter, except inside lists of call
//! arguments: its wrapper says how it is represented.

use cranelift_codegen::ir::{self as clif, AbiParam, types};
use inko_ir::ir::Ty;

/// A tagged word (`i64`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Word(pub(crate) clif::Value);

/// A double (`f64`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Float(pub(crate) clif::Value);

/// A flag (`i8`), 0 or 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flag(pub(crate) clif::Value);

/// A raw integer (`i64`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Raw(pub(crate) clif::Value);

/// An untagged address (`i64`). Addresses of objects must not be kept over a safepoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Address(pub(crate) clif::Value);

/// A value of any type of the intermediate representation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scalar {
    Word(Word),
    Float(Float),
    Flag(Flag),
    Raw(Raw),
}

impl Scalar {
    /// Wraps a value of the type.
    pub(crate) fn new(ty: Ty, value: clif::Value) -> Self {
        match ty {
            Ty::Word => Scalar::Word(Word(value)),
            Ty::Float => Scalar::Float(Float(value)),
            Ty::Bool => Scalar::Flag(Flag(value)),
            Ty::Raw => Scalar::Raw(Raw(value)),
        }
    }

    /// The bare value, for lists of arguments.
    pub(crate) fn clif(self) -> clif::Value {
        match self {
            Scalar::Word(Word(value))
            | Scalar::Float(Float(value))
            | Scalar::Flag(Flag(value))
            | Scalar::Raw(Raw(value)) => value,
        }
    }
}

/// The machine type of a type.
pub(crate) fn machine_type(ty: Ty) -> clif::Type {
    match ty {
        Ty::Word | Ty::Raw => types::I64,
        Ty::Float => types::F64,
        Ty::Bool => types::I8,
    }
}

/// A parameter or result of an Inko function.
pub(crate) fn abi_param(ty: Ty) -> AbiParam {
    AbiParam::new(machine_type(ty))
}
