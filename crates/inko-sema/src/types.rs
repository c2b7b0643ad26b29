//! Types, interned: two types are the same type exactly when their ids are equal.
//!
//! Structure follows appendix B.1 of the language reference.

use cranelift_entity::entity_impl;
use indexmap::IndexSet;

/// A class, built-in ones and the classes of module objects included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(u32);
entity_impl!(ClassId, "class");

/// A trait.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraitId(u32);
entity_impl!(TraitId, "trait");

/// A type parameter of a class, trait, method or block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamId(u32);
entity_impl!(ParamId, "param");

/// A module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(u32);
entity_impl!(ModuleId, "module");

/// A unification variable of one body; none is left in a finished tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoleId(u32);
entity_impl!(HoleId, "hole");

/// An interned [`Type`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(u32);
entity_impl!(TypeId, "type");

/// A type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// An instance of a class, one argument for each parameter of the class.
    Class(ClassId, Vec<TypeId>),
    /// The class itself as a value.
    ClassObject(ClassId),
    /// A value of unknown class that implements a trait.
    Trait(TraitId, Vec<TypeId>),
    /// A type parameter seen from outside the body that declares it.
    Param(ParamId),
    /// A type parameter seen from inside the body that declares it.
    Rigid(ParamId),
    /// A block.
    Block(BlockType),
    /// A module object.
    Module(ModuleId),
    /// The top type.
    Any,
    /// The bottom type.
    Never,
    /// `Self`, where it is resolved late.
    SelfType,
    /// The type of a failed expression; fits everything, so that one mistake gives one message.
    Error,
    /// Not known yet.
    Hole(HoleId),
}

/// Closure or lambda.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BlockKind {
    /// `do`: has `self` and the locals of its surroundings.
    Closure,
    /// `fn`: has the module as `self` and no surroundings.
    Lambda,
}

/// The type of a block value. Methods have signatures of their own.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BlockType {
    /// Closure or lambda.
    pub kind: BlockKind,
    /// The argument types; for a rest argument the type of the array.
    pub params: Vec<TypeId>,
    /// The arguments' names, for keyword arguments; empty for annotations, whose arguments are nameless.
    pub names: Vec<inko_syntax::Name>,
    /// The number of trailing-or-not optional arguments is given by `true` here, one flag an argument;
    /// empty means that all are required.
    pub optional: Vec<bool>,
    /// Whether the last argument is a rest argument.
    pub rest: bool,
    /// What it throws.
    pub throws: Option<TypeId>,
    /// What it returns.
    pub returns: TypeId,
    /// Set when an annotation has no `->`: any result fits, and `call` returns `Any`.
    pub ignore_return: bool,
}

/// The table of all types.
#[derive(Debug, Default)]
pub struct Types {
    all: IndexSet<Type, foldhash::fast::RandomState>,
}

impl Types {
    /// The id of a type; the same for equal types.
    pub fn intern(&mut self, ty: Type) -> TypeId {
        TypeId(self.all.insert_full(ty).0 as u32)
    }

    /// The type of an id of this table.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.all[id.0 as usize]
    }
}
