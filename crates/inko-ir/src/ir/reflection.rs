//! What mirrors see of a program: names, attributes, methods and traits. Passes neither read nor change it.

use super::ids::PositionId;
use inko_syntax::Name;

/// All that can be reflected upon.
#[derive(Debug, Default)]
pub struct Reflection {
    /// The classes by number; those that no value has are `None`.
    pub classes: Vec<Option<Class>>,
    /// The traits by number.
    pub traits: Vec<Trait>,
    /// The modules.
    pub modules: Vec<Module>,
}

/// A class.
#[derive(Debug, Default)]
pub struct Class {
    /// For each attribute the number of the class that its values must have, `inko_abi::class::NONE` if any will do.
    pub attributes: Vec<u32>,
    /// Its methods, those of traits and static ones included; for the class of a module object, those of the module, too.
    pub methods: Vec<Method>,
    /// The numbers of the traits that it implements.
    pub traits: Vec<u32>,
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// The name.
    pub name: Name,
    /// Where it is defined.
    pub position: PositionId,
    /// Its arguments.
    pub arguments: Arguments,
}

/// The arguments of a method or a block.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// The names in order.
    pub names: Vec<Name>,
    /// How many have no default and collect nothing.
    pub required: u32,
}

/// A trait.
#[derive(Debug)]
pub struct Trait {
    /// The number of the class of traits.
    pub class: u32,
    /// The name.
    pub name: Name,
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// The number of its object's class.
    pub class: u32,
    /// The full name.
    pub name: Name,
    /// The path of its file.
    pub file: Name,
}
