//! The numbers of what the tree consists of.

use cranelift_entity::entity_impl;

/// A method: of a module, a class (static or not) or a trait (required or default).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodId(u32);
entity_impl!(MethodId, "method");

/// A module-level constant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstantId(u32);
entity_impl!(ConstantId, "constant");

/// A body: of a method, a lambda or a module. Closures belong to the body they stand in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(u32);
entity_impl!(BodyId, "body");

/// A local variable or argument, numbered within its body, those of nested closures included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(u32);
entity_impl!(LocalId, "local");

/// A closure literal, numbered within its body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClosureId(u32);
entity_impl!(ClosureId, "closure");
