//! Bodies, and the expressions in them.

use super::ids::{BodyId, ClosureId, ConstantId, LocalId, MethodId};
use crate::intrinsic::Intrinsic;
use crate::types::{ClassId, ModuleId, TraitId, TypeId};
use cranelift_entity::PrimaryMap;
use inko_syntax::{Name, Span};

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
