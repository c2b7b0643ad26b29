//! The typed tree: what a checked program is, with every name resolved and every type known.
//!
//! Lowering reads nothing else. It is complete: conversions are implied by comparing the *declared* type
//! of a parameter, attribute or result (which decides how a value is passed) with the *instantiated* type
//! in [`Expr::ty`]; where the declared type is erased (a type parameter, `Any`, a trait) and the
//! instantiated one is concrete, lowering verifies the value.

use crate::intrinsic::Intrinsic;
use crate::types::{ClassId, ModuleId, ParamId, TraitId, TypeId, Types};
use cranelift_entity::{PrimaryMap, entity_impl};
use indexmap::IndexMap;
use inko_abi::entry::Entry;
use inko_syntax::{FileId, Name, Span};

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

/// What a body is the body of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyOwner {
    /// A method.
    Method(MethodId),
    /// A lambda literal; the flag tells an explicit `fn` from a brace block that became a lambda.
    Lambda {
        /// Written with `fn`.
        explicit: bool,
    },
    /// A module's statements.
    Module,
}

/// The code of a method, a lambda or a module.
#[derive(Debug)]
pub struct Body {
    /// What it is the body of.
    pub owner: BodyOwner,
    /// The module in whose file it stands; `self` of lambdas.
    pub module: ModuleId,
    /// The type of `self` inside.
    pub self_type: TypeId,
    /// All locals, arguments and those of nested closures included.
    pub locals: PrimaryMap<LocalId, Local>,
    /// The arguments, in order.
    pub params: Vec<BodyParam>,
    /// What it throws.
    pub throws: Option<TypeId>,
    /// What it returns. For generators: `Nil`'s type.
    pub returns: TypeId,
    /// Whether the value of `code` is dropped in favour of `Nil`.
    pub ignore_return: bool,
    /// The code.
    pub code: Expr,
    /// The number of closures in it; their ids are below it.
    pub closures: u32,
    /// The definition or literal.
    pub span: Span,
}

/// A local variable or argument.
#[derive(Debug)]
pub struct Local {
    /// The name.
    pub name: Name,
    /// The type.
    pub ty: TypeId,
    /// Whether it is assigned after its definition anywhere.
    pub assigned: bool,
    /// The closure whose scope it belongs to, `None` for the body itself.
    pub closure: Option<ClosureId>,
    /// Where it is defined.
    pub span: Span,
}

/// An argument, seen from inside.
#[derive(Debug)]
pub struct BodyParam {
    /// The variable.
    pub local: LocalId,
    /// The default.
    pub default: Option<Expr>,
    /// Whether it is a rest argument.
    pub rest: bool,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// Its type.
    pub ty: TypeId,
    /// Where it stands; traces use the line of its start (for calls: of the message's name).
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug)]
pub enum ExprKind {
    /// `Nil`.
    Nil,
    /// `True` or `False`.
    Boolean(bool),
    /// An integer in decimal.
    Integer(Name),
    /// A float.
    Float(f64),
    /// A string.
    String(Name),
    /// A template string; each part has type `String`.
    Concat(Vec<Expr>),
    /// `self`.
    SelfRef,
    /// A local.
    Local(LocalId),
    /// A definition or assignment of a local; gives the value. Executing a definition makes a new
    /// variable (closures made in an earlier round of a loop keep theirs).
    SetLocal {
        /// The variable.
        local: LocalId,
        /// Its new value.
        value: Box<Expr>,
        /// Whether this is its `let`.
        define: bool,
    },
    /// An attribute of `self`, by index.
    Attribute(u32),
    /// An assignment to an attribute of `self`; gives the value.
    SetAttribute(u32, Box<Expr>),
    /// A constant.
    Constant(ConstantId),
    /// The `let` of a constant; gives the value.
    DefineConstant(ConstantId, Box<Expr>),
    /// A module object.
    Module(ModuleId),
    /// A class object.
    ClassObject(ClassId),
    /// A trait as a value, of the class `Trait`.
    TraitObject(TraitId),
    /// `C { @a = x }`: attribute indexes with values, in written order.
    Construct(ClassId, Vec<(u32, Expr)>),
    /// A send of any kind.
    Call(Box<Call>),
    /// A closure literal.
    Closure(Box<Closure>),
    /// A lambda literal.
    Lambda(BodyId),
    /// A cast to the type of this expression.
    Cast(Box<Expr>),
    /// Several expressions; gives the last one's value, `Nil` if there is none.
    Sequence(Vec<Expr>),
    /// Leaves the body (through closures); gives `Nil` without value.
    Return(Option<Box<Expr>>),
    /// Suspends the generator; gives the value.
    Yield(Box<Expr>),
    /// Throws: to the innermost `try` that lexically contains it within its boundary, else out of the
    /// body (`local`: the innermost closure or body).
    Throw {
        /// Whether it belongs to the innermost block of any kind.
        local: bool,
        /// The value.
        value: Box<Expr>,
    },
    /// Catches or passes on what its operand throws.
    Try(Box<Try>),
    /// A `match`.
    Match(Box<Match>),
    /// A mistake that was reported; never lowered.
    Error,
}

/// A send.
#[derive(Debug)]
pub struct Call {
    /// What it calls.
    pub target: Target,
    /// The receiver. `None` for static methods, module methods, external functions and intrinsics.
    pub receiver: Option<Expr>,
    /// The arguments in written order, with the parameters they are bound to. Several with the index of
    /// a rest parameter are collected in order. A parameter without argument is optional or rest.
    pub args: Vec<(u32, Expr)>,
    /// The instantiated throw type, `None` if it is `Never` or there is none.
    pub throws: Option<TypeId>,
}

impl Drop for Call {
    /// Frees the links of a chain one after the other: there may be more than the stack has room for.
    fn drop(&mut self) {
        let mut receiver = self.receiver.take();
        while let Some(Expr { kind: ExprKind::Call(link), .. }) = &mut receiver {
            receiver = link.receiver.take();
        }
    }
}

impl Call {
    /// The calls of the chain that ends in this one, from the first to this: each is the receiver of the next.
    pub fn chain<'c>(&'c self, expr: &'c Expr) -> Vec<(&'c Expr, &'c Call)> {
        let mut links = vec![(expr, self)];
        let mut link = self;
        while let Some(receiver @ Expr { kind: ExprKind::Call(call), .. }) = &link.receiver {
            links.push((receiver, &**call));
            link = call;
        }
        links.reverse();
        links
    }
}

/// What a send calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A known method. For instance methods the receiver is of class `class`; `method` may then be a
    /// default method of a trait, which is compiled for that class.
    Method {
        /// The method.
        method: MethodId,
        /// The class of the receiver; for module methods and static methods `None`.
        class: Option<ClassId>,
    },
    /// A method of a trait, to be found by the class of the receiver.
    Dynamic(MethodId),
    /// `call` of the block that is the receiver.
    Block,
    /// An intrinsic.
    Intrinsic(Intrinsic),
}

/// A closure literal.
#[derive(Debug)]
pub struct Closure {
    /// Its number in the body.
    pub id: ClosureId,
    /// Its arguments.
    pub params: Vec<BodyParam>,
    /// What it throws to its caller.
    pub throws: Option<TypeId>,
    /// What it returns.
    pub returns: TypeId,
    /// Its code; its value is the closure's.
    pub code: Expr,
}

/// A `try`.
#[derive(Debug)]
pub struct Try {
    /// The operand.
    pub operand: Expr,
    /// What happens with what it throws.
    pub handler: TryHandler,
}

/// What a `try` does with a thrown value.
#[derive(Debug)]
pub enum TryHandler {
    /// Passes it on like a `throw` in the same place (`local`: like a `local throw`).
    Rethrow {
        /// Whether `local` was written.
        local: bool,
    },
    /// Evaluates another expression.
    Else {
        /// The error variable.
        variable: Option<LocalId>,
        /// The expression.
        value: Expr,
    },
    /// Panics with the text that the expression gives for the error in the variable.
    Panic {
        /// The error variable.
        variable: LocalId,
        /// A `String`.
        message: Expr,
    },
}

/// A `match`.
#[derive(Debug)]
pub struct Match {
    /// The input and the variable that holds it (a fresh one if the program gives no name).
    pub input: Option<(LocalId, Expr)>,
    /// The arms in order.
    pub arms: Vec<Arm>,
    /// The value of `else`; `Nil` if absent.
    pub otherwise: Option<Expr>,
}

/// An arm of a `match`.
#[derive(Debug)]
pub struct Arm {
    /// The tests in order; the arm is taken at the first that holds, if the guard holds too.
    pub tests: Vec<Test>,
    /// The variable that holds the input at the type tested for, for type arms.
    pub narrowed: Option<LocalId>,
    /// The guard, a `Boolean`.
    pub guard: Option<Expr>,
    /// The body.
    pub body: Expr,
}

/// A test of an arm.
#[derive(Debug)]
pub enum Test {
    /// A `Boolean`: the condition itself, or `pattern =~ input`.
    Condition(Expr),
    /// Whether the input is exactly of a class.
    Class(ClassId),
    /// Whether the input's class implements a trait.
    Trait(TraitId),
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
