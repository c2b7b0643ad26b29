//! Programs: functions, classes, selectors and constants.

use super::function::Function;
use super::ids::*;
use super::positions::Positions;
use super::reflection::Reflection;
use super::types::*;
use cranelift_entity::PrimaryMap;
use inko_syntax::Name;
use std::collections::BTreeMap;

/// A program.
#[derive(Debug, Default)]
pub struct Program {
    /// The functions.
    pub functions: PrimaryMap<FunctionId, Function>,
    /// Classes by number (`inko_abi::class`); numbers without a class are `None`.
    pub classes: Vec<Option<Class>>,
    /// The trait methods that are called dynamically.
    pub selectors: PrimaryMap<SelectorId, Selector>,
    /// The module constants.
    pub globals: PrimaryMap<GlobalId, Global>,
    /// Source positions.
    pub positions: Positions,
    /// The program itself: a function in closure convention (one parameter, the closure) that runs all
    /// module bodies in order.
    pub main: Option<FunctionId>,
    /// What mirrors see; `None` in programs without mirrors.
    pub reflection: Option<Reflection>,
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// The name.
    pub name: Name,
    /// The types of its attributes: `Word` or `Float` (the first 64 only).
    pub fields: Vec<Ty>,
    /// The names of its attributes.
    pub field_names: Vec<Name>,
    /// Whether it is the class of a module object, which exists once, as static data.
    pub is_module: bool,
}

/// A trait method with its implementations.
#[derive(Debug, Clone)]
pub struct Selector {
    /// `Trait.method`, for messages.
    pub name: Name,
    /// The common signature; the receiver is the first parameter, a word.
    pub signature: Signature,
    /// The implementations by class number, all of exactly this signature.
    pub targets: BTreeMap<u32, FunctionId>,
}

/// A module constant.
#[derive(Debug, Clone)]
pub struct Global {
    /// The name, for messages.
    pub name: Name,
}
