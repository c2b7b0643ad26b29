//! The syntax tree, close to the text: every node has the exact span it covers, nothing is desugared
//! except string escapes and number literals.
//!
//! *Invariant:* the tree says what was written, not what it means. `foo` is an [`ExprKind::Identifier`]
//! whether it is a local, a message to `self` or an import; the type checker decides.
//! *Invariant:* only the receivers of messages nest without limit, as in `a.b.c` and `1 + 2 + 3`: whoever walks a
//! tree goes along them in a loop, from [`Expr::links`].

use crate::{Name, Span};

/// A name with the place where it was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Ident {
    /// The text, without `@` for attributes, with a trailing `?` where one was written.
    pub name: Name,
    /// The place, including the `@` of attributes.
    pub span: Span,
}

/// A comment, from `#` to the end of its line.
#[derive(Clone, PartialEq, Debug)]
pub struct Comment {
    /// The text after `#`, with one leading blank removed.
    pub text: Name,
    /// The place, from the `#`.
    pub span: Span,
}

/// A file.
#[derive(Clone, PartialEq, Debug)]
pub struct Module {
    /// The top-level items in source order.
    pub items: Vec<Item>,
    /// All comments in source order; documentation is the run of comments directly above an item.
    pub comments: Vec<Comment>,
    /// The whole file.
    pub span: Span,
}

/// What may stand at the top level of a file.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// `import a::b::(C, d as e)`
    Import(Import),
    /// `class C!(T) { ... }`
    Class(Class),
    /// `trait T: A + B { ... }`
    Trait(Trait),
    /// `impl T!(A) for C { ... }`
    Impl(Impl),
    /// `impl C { ... }`
    Reopen(Reopen),
    /// `def m { ... }`
    Method(Method),
    /// `extern def f(a: A) -> B`
    Extern(Method),
    /// Any expression, `let` included.
    Expr(Expr),
}

/// An import.
#[derive(Clone, PartialEq, Debug)]
pub struct Import {
    /// The segments of the module's path.
    pub path: Vec<Ident>,
    /// What is taken from the module.
    pub selection: Selection,
    /// The whole import.
    pub span: Span,
}

/// What an import binds.
#[derive(Clone, PartialEq, Debug)]
pub enum Selection {
    /// `import a::b`: the module itself, under its last segment.
    Module,
    /// `import a::b::C`: one constant.
    Constant(Ident),
    /// `import a::b::*`: everything; the span is the `*`.
    All(Span),
    /// `import a::b::(c, D as E, self)`: the listed symbols.
    Symbols(Vec<ImportSymbol>),
}

/// One symbol of an import list.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportSymbol {
    /// The member's name, or `self` for the module.
    pub name: Ident,
    /// Whether the name is the keyword `self`.
    pub is_self: bool,
    /// The name it is bound to, when one is given; `_` binds nothing.
    pub alias: Option<Ident>,
}

/// A class definition.
#[derive(Clone, PartialEq, Debug)]
pub struct Class {
    /// The class's name.
    pub name: Ident,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// Its attributes, in order.
    pub attributes: Vec<AttributeDef>,
    /// Its methods, static ones included, in order.
    pub methods: Vec<Method>,
    /// The whole definition.
    pub span: Span,
}

/// `@name: Type` in a class body.
#[derive(Clone, PartialEq, Debug)]
pub struct AttributeDef {
    /// The attribute's name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
}

/// A trait definition.
#[derive(Clone, PartialEq, Debug)]
pub struct Trait {
    /// The trait's name.
    pub name: Ident,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// The traits that implementers must implement too.
    pub required: Vec<Type>,
    /// Required methods (no body) and default methods.
    pub methods: Vec<Method>,
    /// The whole definition.
    pub span: Span,
}

/// `impl Trait!(Args) for Class { ... }`
#[derive(Clone, PartialEq, Debug)]
pub struct Impl {
    /// The trait's name.
    pub trait_name: Ident,
    /// The trait's type arguments.
    pub type_args: Vec<Type>,
    /// The class (or `ThisModule`) it is implemented for.
    pub class: Ident,
    /// The methods.
    pub methods: Vec<Method>,
    /// The whole implementation.
    pub span: Span,
}

/// `impl Class { ... }`
#[derive(Clone, PartialEq, Debug)]
pub struct Reopen {
    /// The class that is reopened.
    pub class: Ident,
    /// The methods, static ones included.
    pub methods: Vec<Method>,
    /// The whole block.
    pub span: Span,
}

/// A type parameter with its bounds: `T: A + B`. Also one entry of a `when` clause.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeParam {
    /// The parameter's name.
    pub name: Ident,
    /// The traits it must implement.
    pub bounds: Vec<Type>,
}

/// A method definition, a required method (no body) or an external function.
#[derive(Clone, PartialEq, Debug)]
pub struct Method {
    /// The message name: `foo`, `foo?`, `Foo`, `foo=`, `[]`, `[]=`, `+`, `class`, ...
    pub name: Ident,
    /// Whether it was defined with `static def`.
    pub is_static: bool,
    /// Its own type parameters.
    pub type_params: Vec<TypeParam>,
    /// Its arguments.
    pub params: Vec<Param>,
    /// The type after `!!`.
    pub throws: Option<Type>,
    /// The type after `->`.
    pub returns: Option<Type>,
    /// The type after `=>`.
    pub yields: Option<Type>,
    /// The bounds after `when`.
    pub bounds: Vec<TypeParam>,
    /// The body; required methods and external functions have none.
    pub body: Option<Body>,
    /// The whole definition.
    pub span: Span,
}

/// An argument of a method, closure or lambda.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// The argument's name.
    pub name: Ident,
    /// Whether it collects the remaining arguments (`*rest`).
    pub rest: bool,
    /// Its type, if given.
    pub ty: Option<Type>,
    /// Its default, if given.
    pub default: Option<Expr>,
}

/// `{ expressions }`
#[derive(Clone, PartialEq, Debug)]
pub struct Body {
    /// The expressions in order; the value of the body is the last one's.
    pub exprs: Vec<Expr>,
    /// The body with its braces.
    pub span: Span,
}

/// A type.
#[derive(Clone, PartialEq, Debug)]
pub struct Type {
    /// What kind of type.
    pub kind: TypeKind,
    /// The whole type.
    pub span: Span,
}

/// The kinds of types.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeKind {
    /// `Name!(Args)`; `Self`, `Any` and `Never` are names here.
    Named(Ident, Vec<Type>),
    /// `?T`
    Optional(Box<Type>),
    /// `do (A, B) !! E -> R` or `fn ...`
    Block {
        /// `fn` instead of `do`.
        is_lambda: bool,
        /// The argument types.
        params: Vec<Type>,
        /// The type after `!!`.
        throws: Option<Box<Type>>,
        /// The type after `->`.
        returns: Option<Box<Type>>,
    },
    /// A type that could not be parsed; an error was reported.
    Error,
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What kind of expression.
    pub kind: ExprKind,
    /// The whole expression. For sends this runs from the receiver to the last argument; the place of
    /// the message is that of its name.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// An integer: its decimal digits with an optional `-`, of any size, without underscores or prefix.
    Integer(Name),
    /// A float.
    Float(f64),
    /// A quoted string, escapes processed.
    String(Name),
    /// A template string.
    Template(Vec<TemplatePart>),
    /// `self`
    SelfRef,
    /// `@name`
    Attribute(Ident),
    /// `Name`
    Constant(Ident),
    /// `::name` or `::Name`
    Global(Ident),
    /// `name`, `name(args)`, `name!(T)(args)` without receiver.
    Identifier {
        /// The name.
        name: Ident,
        /// Explicit type arguments.
        type_args: Vec<Type>,
        /// The arguments; `None` when there was no argument list at all.
        args: Option<Vec<Arg>>,
    },
    /// `receiver.name(args)`, `a + b` (name `+`), `a[b]` (name `[]`), `a[b] = c` (name `[]=`),
    /// `a.b = c` (name `b=`).
    Send(Box<Message>),
    /// `name = value`
    Assign(Ident, Box<Expr>),
    /// `@name = value`
    AssignAttribute(Ident, Box<Expr>),
    /// `name op= value`; the second is the operator without `=`.
    CompoundAssign(Ident, Ident, Box<Expr>),
    /// `@name op= value`; the second is the operator without `=`.
    CompoundAssignAttribute(Ident, Ident, Box<Expr>),
    /// `let name: T = value`
    Let {
        /// The variable or constant.
        name: Ident,
        /// Whether the name is a constant.
        is_constant: bool,
        /// The `mut` keyword's place, if there.
        mutable: Option<Span>,
        /// The annotated type.
        ty: Option<Type>,
        /// The value.
        value: Box<Expr>,
    },
    /// `Name { @a = x, ... }`; `Self { ... }` too.
    Construct(Ident, Vec<(Ident, Expr)>),
    /// A closure or lambda.
    Block(Box<Block>),
    /// `value as Type`
    Cast(Box<Expr>, Type),
    /// `( e )`
    Group(Box<Expr>),
    /// `return e`
    Return(Option<Box<Expr>>),
    /// `yield e`
    Yield(Option<Box<Expr>>),
    /// `throw e`, `local throw e`
    Throw {
        /// Whether `local` stands before it.
        local: bool,
        /// The thrown value.
        value: Box<Expr>,
    },
    /// `try e`, `local try e`, `try e else (x) y`
    Try {
        /// Whether `local` stands before it.
        local: bool,
        /// The operand; braces around it are not kept.
        operand: Box<Expr>,
        /// The part after `else`.
        handler: Option<Box<Handler>>,
    },
    /// `try! e`
    TryPanic(Box<Expr>),
    /// `match(let x = e) { arms }`
    Match(Box<Match>),
    /// Something that could not be parsed; an error was reported.
    Error,
}

/// A message with its receiver.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// The receiver, often the result of another message.
    pub receiver: Expr,
    /// The message.
    pub name: Ident,
    /// Explicit type arguments.
    pub type_args: Vec<Type>,
    /// The arguments, a trailing block last.
    pub args: Vec<Arg>,
}

impl Drop for Message {
    /// Frees the links of a chain one after the other: there may be more than the stack has room for.
    fn drop(&mut self) {
        let mut receiver = self.take_receiver();
        while let ExprKind::Send(link) = &mut receiver.kind {
            receiver = link.take_receiver();
        }
    }
}

impl Message {
    fn take_receiver(&mut self) -> Expr {
        let span = self.receiver.span;
        std::mem::replace(&mut self.receiver, Expr { kind: ExprKind::Error, span })
    }
}

impl Expr {
    /// The start of the chain of messages that this is, and its links from the first to the last, each with the span
    /// of the chain up to there. An expression that isn't a send is the start of a chain without links.
    pub fn links(&self) -> (&Expr, Vec<(&Message, Span)>) {
        let mut start = self;
        let mut links = Vec::new();
        while let ExprKind::Send(link) = &start.kind {
            links.push((&**link, start.span));
            start = &link.receiver;
        }
        links.reverse();
        (start, links)
    }
}

/// A piece of a template string.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplatePart {
    /// Text, escapes processed.
    Text(Name, Span),
    /// `{ expression }`
    Expr(Expr),
}

/// An argument of a send.
#[derive(Clone, PartialEq, Debug)]
pub struct Arg {
    /// The keyword, if given.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// How a block literal was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockForm {
    /// `{ ... }`
    Brace,
    /// `do (...) { ... }`
    Do,
    /// `fn (...) { ... }`
    Fn,
}

/// A closure or lambda literal.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// How it was written.
    pub form: BlockForm,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// Its arguments.
    pub params: Vec<Param>,
    /// The type after `!!`.
    pub throws: Option<Type>,
    /// The type after `->`.
    pub returns: Option<Type>,
    /// The body.
    pub body: Body,
}

/// The part of a `try` after `else`.
#[derive(Clone, PartialEq, Debug)]
pub struct Handler {
    /// The error variable.
    pub variable: Option<Ident>,
    /// The body; a single expression without braces is a body of one.
    pub body: Body,
}

/// A `match`.
#[derive(Clone, PartialEq, Debug)]
pub struct Match {
    /// The name bound to the input.
    pub binding: Option<Ident>,
    /// The input.
    pub input: Option<Expr>,
    /// The arms in order.
    pub arms: Vec<MatchArm>,
    /// The body of `else`.
    pub otherwise: Option<Body>,
}

/// One arm of a `match`.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchArm {
    /// What it tests.
    pub pattern: Pattern,
    /// The guard after `when`.
    pub guard: Option<Expr>,
    /// The body.
    pub body: Body,
    /// The whole arm.
    pub span: Span,
}

/// The pattern of a match arm.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// `as Type`
    Type(Ident),
    /// `a, b, c`
    Exprs(Vec<Expr>),
}
