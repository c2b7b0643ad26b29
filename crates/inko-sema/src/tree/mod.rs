//! The typed tree: what a checked program is, with every name resolved and every type known. Here are the program and
//! its definitions, their bodies are in `code`.
//!
//! Lowering reads nothing else. It is complete: conversions are implied by comparing the *declared* type
//! of a parameter, attribute or result (which decides how a value is passed) with the *instantiated* type
//! in [`Expr::ty`]; where the declared type is erased (a type parameter, `Any`, a trait) and the
//! instantiated one is concrete, lowering verifies the value.

mod code;
mod ids;

pub use code::{
    Arm, Body, BodyOwner, BodyParam, Call, Closure, Expr, ExprKind, Local, Match, Target, Test, Try,
    TryHandler,
};
pub use ids::{BodyId, ClosureId, ConstantId, LocalId, MethodId};

use crate::types::{ClassId, ModuleId, ParamId, TraitId, TypeId, Types};
use cranelift_entity::PrimaryMap;
use indexmap::IndexMap;
use inko_abi::entry::Entry;
use inko_syntax::{FileId, Name, Span};

/// A checked program.
#[derive(Debug, Default)]
pub struct Program {
    /// The types.
    pub types: Types,
    /// The modules.
    pub modules: PrimaryMap<ModuleId, Module>,
    /// The classes.
    pub classes: PrimaryMap<ClassId, Class>,
    /// The traits.
    pub traits: PrimaryMap<TraitId, Trait>,
    /// The type parameters.
    pub params: PrimaryMap<ParamId, TypeParam>,
    /// The methods.
    pub methods: PrimaryMap<MethodId, Method>,
    /// The constants.
    pub constants: PrimaryMap<ConstantId, Constant>,
    /// The bodies.
    pub bodies: PrimaryMap<BodyId, Body>,
    /// The modules in the order in which their bodies run; the main module is the last.
    pub order: Vec<ModuleId>,
    /// The built-in classes by their number in `inko_abi::class`.
    pub built_in: IndexMap<u32, ClassId>,
    /// `std::option::Option`, for `?T`.
    pub option: Option<ClassId>,
    /// `std::module::Module`, the static type of any module; each module object has a class of its own.
    pub module_class: Option<ClassId>,
    /// The class `Trait`, whose instances are the traits themselves.
    pub trait_class: Option<ClassId>,
}

impl Program {
    /// The method that a receiver of class `class` runs for `name`: its own, or the default of the
    /// first trait it implements that has one.
    pub fn find_method(&self, class: ClassId, name: &str) -> Option<MethodId> {
        let class = &self.classes[class];
        class.methods.get(name).copied().or_else(|| {
            let mut defaults =
                class.traits.keys().filter_map(|&id| self.traits[id].methods.get(name).copied());
            defaults.find(|&method| self.methods[method].body.is_some())
        })
    }
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// The full name, such as `std::option`.
    pub name: Name,
    /// Its file.
    pub file: FileId,
    /// The class of the module object; its only instance is [`ExprKind::Module`].
    pub class: ClassId,
    /// The statements at module level.
    pub body: BodyId,
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// The name.
    pub name: Name,
    /// The module that defines it.
    pub module: ModuleId,
    /// The number of a built-in class (`inko_abi::class`); `None` for classes with attributes and for
    /// the classes of modules.
    pub built_in: Option<u32>,
    /// Its type parameters.
    pub type_params: Vec<ParamId>,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// Its instance methods (class body, reopenings, implementations) by name. Default methods of
    /// traits are not here; see [`Program::find_method`].
    pub methods: IndexMap<Name, MethodId>,
    /// Its static methods by name.
    pub statics: IndexMap<Name, MethodId>,
    /// The traits it implements, in order, with the traits' type arguments.
    pub traits: IndexMap<TraitId, Vec<TypeId>>,
    /// Where it is defined.
    pub span: Span,
}

/// An attribute of a class.
#[derive(Debug)]
pub struct Attribute {
    /// The name, without `@`.
    pub name: Name,
    /// The declared type.
    pub ty: TypeId,
    /// Where it is defined.
    pub span: Span,
}

/// A trait.
#[derive(Debug)]
pub struct Trait {
    /// The name.
    pub name: Name,
    /// The module that defines it.
    pub module: ModuleId,
    /// Its type parameters.
    pub type_params: Vec<ParamId>,
    /// The traits it requires, with arguments.
    pub required: IndexMap<TraitId, Vec<TypeId>>,
    /// Its methods by name: required ones have no body.
    pub methods: IndexMap<Name, MethodId>,
    /// Where it is defined.
    pub span: Span,
}

/// A type parameter.
#[derive(Debug)]
pub struct TypeParam {
    /// The name.
    pub name: Name,
    /// The bounds: trait types.
    pub bounds: Vec<TypeId>,
    /// Where it is defined.
    pub span: Span,
}

/// What a method belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A method of a module object.
    Module(ModuleId),
    /// An instance or static method of a class.
    Class(ClassId),
    /// A required or default method.
    Trait(TraitId),
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// The message name.
    pub name: Name,
    /// What it belongs to.
    pub owner: Owner,
    /// The module in whose file it stands.
    pub module: ModuleId,
    /// Whether it is static.
    pub is_static: bool,
    /// Its own type parameters.
    pub type_params: Vec<ParamId>,
    /// Its arguments.
    pub params: Vec<Param>,
    /// The declared throw type.
    pub throws: Option<TypeId>,
    /// The declared return type; `Nil`'s type when there is none.
    pub returns: TypeId,
    /// Set when no return type was written: the value of the body is dropped.
    pub ignore_return: bool,
    /// The declared yield type; makes the method a generator.
    pub yields: Option<TypeId>,
    /// The bounds of its `when` clause, for parameters of the owner.
    pub bounds: Vec<(ParamId, Vec<TypeId>)>,
    /// The body; none for required methods and external functions.
    pub body: Option<BodyId>,
    /// The runtime's entry point of an external function.
    pub external: Option<Entry>,
    /// The whole definition.
    pub span: Span,
    /// The name in the definition.
    pub name_span: Span,
}

/// An argument of a method, seen from callers.
#[derive(Debug, Clone)]
pub struct Param {
    /// The name.
    pub name: Name,
    /// The declared type; for a rest argument the type of the array.
    pub ty: TypeId,
    /// Whether it may be left out. Its default is evaluated by the callee.
    pub optional: bool,
    /// Whether it collects the remaining arguments in an array.
    pub rest: bool,
    /// Where it is defined.
    pub span: Span,
}

/// A constant.
#[derive(Debug)]
pub struct Constant {
    /// The name.
    pub name: Name,
    /// The module.
    pub module: ModuleId,
    /// The type.
    pub ty: TypeId,
    /// Where it is defined.
    pub span: Span,
}
