//! How things are represented: class numbers, shapes of types, conventions of methods, attributes.
//!
//! *Invariant:* a [`Shape`] depends on a type only, and on the class that stands for `Self`; so two
//! places of one declared type agree on how a value travels between them.

use inko_abi::class;
use inko_ir::ir::{Check, Class, Known, Signature, Ty};
use inko_sema::tree::{MethodId, Owner, Program};
use inko_sema::types::{BlockKind, ClassId, Type, TypeId};

/// Attributes from this one on are words: the class table marks doubles in 64 bits.
const FLOAT_FIELDS: usize = 64;

/// What is trusted of a value, derived from a static type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Nothing: type parameters, traits, `Any`, late `Self` of an unknown class.
    Erased,
    /// There is no value: the code that has it is never reached.
    Never,
    /// An integer of any size.
    Integer,
    /// A float.
    Float,
    /// A boolean.
    Boolean,
    /// Of exactly the class with this number.
    Class(u32),
    /// A closure or lambda.
    Block {
        /// The number of arguments.
        arity: u32,
        /// Whether it is a lambda.
        lambda: bool,
    },
}

impl Shape {
    /// `Nil`.
    pub(crate) const NIL: Shape = Shape::Class(class::NIL);
    /// A string.
    pub(crate) const STRING: Shape = Shape::Class(class::STRING);
    /// An array.
    pub(crate) const ARRAY: Shape = Shape::Class(class::ARRAY);

    /// The shape of instances of the class with this number.
    pub(crate) fn of_class(number: u32) -> Shape {
        match number {
            class::INTEGER => Shape::Integer,
            class::FLOAT => Shape::Float,
            class::BOOLEAN => Shape::Boolean,
            _ => Shape::Class(number),
        }
    }

    /// How such values are represented where nothing forces a word.
    pub(crate) fn ty(self) -> Ty {
        match self {
            Shape::Float => Ty::Float,
            Shape::Boolean => Ty::Bool,
            _ => Ty::Word,
        }
    }

    /// What is known of such values as words.
    pub(crate) fn known(self) -> Known {
        match self {
            Shape::Erased | Shape::Never => Known::Nothing,
            Shape::Integer => Known::Integer,
            Shape::Float => Known::Class(class::FLOAT),
            Shape::Boolean => Known::Class(class::BOOLEAN),
            Shape::Class(number) => Known::Class(number),
            Shape::Block { .. } => Known::Class(class::BLOCK),
        }
    }

    /// Whether every value of this shape has the other one.
    pub(crate) fn fits(self, other: Shape) -> bool {
        match (self, other) {
            (Shape::Never, _) | (_, Shape::Erased) => true,
            (Shape::Block { arity: from, lambda }, Shape::Block { arity, lambda: wanted }) => {
                from == arity && (lambda || !wanted)
            }
            (Shape::Block { .. }, Shape::Class(class::BLOCK)) => true,
            _ => self == other,
        }
    }

    /// The test for it; `None` if there is nothing to test.
    pub(crate) fn check(self) -> Option<Check> {
        Some(match self {
            Shape::Erased | Shape::Never => return None,
            Shape::Integer => Check::Integer,
            Shape::Float => Check::Float,
            Shape::Boolean => Check::Boolean,
            Shape::Class(class::NIL) => Check::Nil,
            Shape::Class(number) => Check::Class(number),
            Shape::Block { arity, lambda } => Check::Block { arity, lambda },
        })
    }

    /// The shape that values have where code of this shape was reached after all: a merge whose
    /// static type is `Never` may have an arm that is not.
    pub(crate) fn or_erased(self) -> Shape {
        if self == Shape::Never { Shape::Erased } else { self }
    }
}

/// The number of a class.
pub(crate) fn number(program: &Program, id: ClassId) -> u32 {
    program.classes[id].built_in.unwrap_or(class::FIRST_USER + id.as_u32())
}

/// The test for `Module`: each module has a class of its own.
pub(crate) fn any_module(program: &Program) -> Check {
    let mut numbers: Vec<u32> =
        program.modules.values().map(|module| number(program, module.class)).collect();
    numbers.sort_unstable();
    Check::Classes(numbers)
}

/// The shape of instances of a class.
pub(crate) fn class_shape(program: &Program, id: ClassId) -> Shape {
    Shape::of_class(number(program, id))
}

/// The shape of a type, where `Self` is an instance of `self_class`.
pub(crate) fn shape(program: &Program, ty: TypeId, self_class: Option<ClassId>) -> Shape {
    match program.types.get(ty) {
        Type::Class(id, _) if Some(*id) == program.module_class => Shape::Erased,
        Type::Class(id, _) => class_shape(program, *id),
        Type::Block(block) => {
            Shape::Block { arity: block.params.len() as u32, lambda: block.kind == BlockKind::Lambda }
        }
        Type::SelfType => self_class.map_or(Shape::Erased, |id| class_shape(program, id)),
        Type::Never => Shape::Never,
        Type::Module(id) => class_shape(program, program.modules[*id].class),
        // Class objects are never told apart by a check: static methods are bound by type, and all that
        // can be done with one as a value goes through `Any` or a trait.
        Type::ClassObject(_) => Shape::Erased,
        Type::Trait(..) | Type::Param(_) | Type::Rigid(_) | Type::Any | Type::Error | Type::Hole(_) => {
            Shape::Erased
        }
    }
}

/// A parameter of a convention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    /// What is trusted of the argument, if it is given.
    pub(crate) shape: Shape,
    /// The declared type, for messages.
    pub(crate) declared: Option<TypeId>,
    /// Whether it may be `Undefined`.
    pub(crate) optional: bool,
    /// Whether it collects the remaining arguments.
    pub(crate) rest: bool,
}

impl Param {
    /// How it is passed: an optional one may be `Undefined`, which only a word can be.
    pub(crate) fn ty(&self) -> Ty {
        if self.optional { Ty::Word } else { self.shape.ty() }
    }
}

/// How a method is called.
#[derive(Clone, Debug)]
pub(crate) struct Convention {
    /// The receiver, for instance methods.
    pub(crate) receiver: Option<Shape>,
    /// The parameters.
    pub(crate) params: Vec<Param>,
    /// The result.
    pub(crate) returns: Shape,
    /// Whether it returns a flag too.
    pub(crate) throws: bool,
}

impl Convention {
    /// How the result is returned.
    pub(crate) fn returns_ty(&self) -> Ty {
        if self.throws { Ty::Word } else { self.returns.ty() }
    }

    /// The signature.
    pub(crate) fn signature(&self) -> Signature {
        let receiver = self.receiver.map(Shape::ty);
        let params = receiver.into_iter().chain(self.params.iter().map(Param::ty)).collect();
        Signature { params, returns: self.returns_ty(), throws: self.throws }
    }
}

/// The class that stands for `Self` in a method when it is compiled for `class`.
pub(crate) fn self_class(program: &Program, id: MethodId, class: Option<ClassId>) -> Option<ClassId> {
    match program.methods[id].owner {
        Owner::Class(owner) => Some(owner),
        Owner::Trait(_) => class,
        Owner::Module(_) => None,
    }
}

/// The convention of a method, compiled for receivers of `class`; without one, as a selector.
pub(crate) fn convention(program: &Program, id: MethodId, class: Option<ClassId>) -> Convention {
    let method = &program.methods[id];
    let class = self_class(program, id, class);
    let is_instance = !method.is_static && !matches!(method.owner, Owner::Module(_));
    let receiver = is_instance.then(|| class.map_or(Shape::Erased, |id| class_shape(program, id)));
    let param = |param: &inko_sema::tree::Param| Param {
        shape: shape(program, param.ty, class),
        declared: Some(param.ty),
        optional: param.optional,
        rest: param.rest,
    };
    let params = method.params.iter().map(param).collect();
    if method.yields.is_some() {
        let returns = Shape::Class(class::GENERATOR);
        return Convention { receiver, params, returns, throws: false };
    }
    let returns = if method.ignore_return { Shape::NIL } else { shape(program, method.returns, class) };
    let throws = method.throws.is_some_and(|ty| *program.types.get(ty) != Type::Never);
    Convention { receiver, params, returns, throws }
}

/// How an attribute is stored.
pub(crate) fn field_ty(program: &Program, id: ClassId, index: usize) -> Ty {
    let float = index < FLOAT_FIELDS && field_shape(program, id, index) == Shape::Float;
    if float { Ty::Float } else { Ty::Word }
}

/// The shape of an attribute.
pub(crate) fn field_shape(program: &Program, id: ClassId, index: usize) -> Shape {
    shape(program, program.classes[id].attributes[index].ty, Some(id))
}

/// The class table.
pub(crate) fn classes(program: &Program) -> Vec<Option<Class>> {
    let count = class::FIRST_USER as usize + program.classes.len();
    let mut rows: Vec<Option<Class>> = vec![None; count];
    for &(name, number) in class::BUILT_IN {
        rows[number as usize] =
            Some(Class { name: name.into(), fields: Vec::new(), field_names: Vec::new(), is_module: false });
    }
    let mut is_module = vec![false; program.classes.len()];
    for module in program.modules.values() {
        is_module[module.class.as_u32() as usize] = true;
    }
    for (id, class) in program.classes.iter().filter(|(_, class)| class.built_in.is_none()) {
        rows[number(program, id) as usize] = Some(Class {
            name: class.name.clone(),
            fields: (0..class.attributes.len()).map(|index| field_ty(program, id, index)).collect(),
            field_names: class.attributes.iter().map(|attribute| attribute.name.clone()).collect(),
            is_module: is_module[id.as_u32() as usize],
        });
    }
    rows
}
