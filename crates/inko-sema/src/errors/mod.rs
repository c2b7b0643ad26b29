//! Everything that can be wrong with a program beyond its syntax, and the only place that puts it into
//! words: `headline` makes codes and messages, `explain` adds remarks, other places and hints.
//!
//! *Invariant:* a problem is data; types in it are printed when it is reported, while the holes of the
//! body still are what they were.

mod explain;
mod headline;
mod remedy;

use crate::types::TypeId;
use crate::world::World;
use inko_diagnostics::Diagnostic;
use inko_syntax::{Name, Span};

/// What is defined twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    Class,
    Trait,
    Constant,
    Method,
    Attribute,
    Implementation,
}

/// What throws: both may have a `local` before them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Keyword {
    Throw,
    Try,
}

impl Keyword {
    /// The keyword as it is written.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Keyword::Throw => "throw",
            Keyword::Try => "try",
        }
    }
}

/// What may help with an unknown module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ModuleHint {
    /// It is a method of a module.
    Method {
        module: Name,
        method: Name,
    },
    Similar(Name),
    /// There are modules below it.
    Below(Vec<Name>),
    /// What the loader suggests.
    Remedy(String),
}

/// What may help with an unknown message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum MessageHint {
    None,
    Similar(Name),
    /// The receiver is `Any`.
    Cast,
    /// The class object answers the message, its instances don't.
    IsStatic,
    /// Instances answer the message, the class object doesn't.
    IsInstance,
    /// The receiver is of a type parameter without bounds.
    NoBounds,
    /// Nothing has fixed the receiver's type yet.
    Open,
    /// The module has no such method, but a class, trait or constant of this name.
    Import(Name),
    /// A module of the library has this name, but isn't imported.
    ImportModule(&'static str),
    /// A word of other languages; how to say it here.
    Foreign(&'static str),
    /// The class has no `new`, but is constructed with braces.
    Construct(Name),
    /// An attribute of this name and type has no method that reads it.
    Private(Name, TypeId),
    /// The value inside of the `Option` answers the message.
    Optional,
    /// A local with arguments.
    CallLocal,
    /// A local with a negative number as its argument.
    Subtract,
    /// A local that lambdas and methods can't reach.
    Captures,
}

impl MessageHint {
    pub(crate) fn similar(name: Option<Name>) -> Self {
        name.map_or(MessageHint::None, MessageHint::Similar)
    }
}

/// Where it is said that a value must have a type, and what stands there.
pub(crate) type Because = Option<(Span, &'static str)>;

/// A mistake.
#[derive(Debug)]
#[rustfmt::skip]
pub(crate) enum Problem {
    // Modules and names.
    UnknownModule { name: Name, hint: Option<ModuleHint> },
    UnreadableModule { name: Name, reason: String },
    NotAMember { name: Name, module: Name, similar: Option<Name> },
    ImportClash { name: Name, first: Option<Span> },
    RedundantImport { name: Name, first: Option<Span> },
    /// A `*` import, and another one or, without a place, what every module has.
    AmbiguousName { name: Name, first: Span, second: Option<Span> },
    ExternImport { name: Name, module: Name, related: Span },
    UnknownConstant { name: Name, similar: Option<Name>, module: Option<Name> },
    Duplicate { what: What, name: Name, first: Span },
    Reserved { name: Name },
    DuplicateLocal { name: Name, first: Span },
    DuplicateArgument { name: Name, first: Span },
    DuplicateTypeParam { name: Name, first: Span },
    ImmutableLocal { name: Name, first: Span, is_let: bool },
    UnknownLocal { name: Name, similar: Option<Name> },
    UnusedLocal { name: Name },
    MutableConstant,
    ConstantInBody { name: Name },
    UsedBeforeDefinition { name: Name, first: Span },
    // Types.
    Mismatch { want: TypeId, have: TypeId, because: Because },
    /// The argument is one of those that `rest`, an array, collects.
    RestMismatch { rest: TypeId, want: TypeId, have: TypeId, because: Because },
    PatternMismatch { pattern: TypeId, input: TypeId },
    ReturnMismatch { want: TypeId, have: TypeId, related: Option<Span> },
    UnknownMessage { ty: TypeId, name: Name, hint: MessageHint },
    /// `name` was to take the block that the variable before it has got.
    BlockAfterLocal { name: Name, local: Name },
    UnknownIdentifier { ty: TypeId, name: Name, hint: MessageHint, outer: Option<Span> },
    UnknownAttribute { ty: TypeId, name: Name, assigned: bool, similar: Option<Name> },
    NoAttributes { ty: TypeId, name: Name },
    ArgumentCount {
        name: Name, least: usize, most: Option<usize>, have: usize, missing: Vec<Name>, related: Option<Span>,
    },
    UnknownKeyword { method: Name, name: Name, is_rest: bool, similar: Option<Name> },
    ArgumentGivenTwice { name: Name, first: Span },
    Uninferable { name: Name },
    UntypedArgument { name: Name },
    TooManyArguments,
    TypeArgumentCount { ty: TypeId, want: usize, have: usize },
    MethodTypeArgumentCount { name: Name, want: usize, have: usize },
    UnknownTypeParam { ty: TypeId, name: Name },
    BoundNotATrait { ty: TypeId },
    NotATrait { ty: TypeId },
    BoundNotMet { ty: TypeId, name: Name, arg: TypeId, bound: TypeId, related: Span },
    InvalidCast { from: TypeId, to: TypeId },
    NotAClass { name: Name },
    TraitAsClass { name: Name, related: Span },
    NotAType { name: Name, related: Option<Span> },
    TypeAsValue { name: Name },
    BuiltInConstructor { name: Name },
    MissingAttributes { ty: TypeId, names: Vec<Name> },
    AttributeGivenTwice { name: Name, first: Span },
    NotEmbeddable { ty: TypeId },
    ReceiverForExternal { name: Name, related: Span },
    // Traits and definitions.
    ReopenedTrait { name: Name, related: Span },
    MissingBody { name: Name },
    StaticOutsideClass { place: &'static str },
    CyclicTrait { name: Name },
    MissingRequiredTrait { class: TypeId, implemented: TypeId, required: TypeId, related: Span },
    MissingMethod { class: TypeId, wanted_by: TypeId, name: Name, wanted: String, related: Span },
    MethodMisfit {
        wanted_by: TypeId, name: Name, wanted: String, have: String, related: Span, required: Span,
    },
    DefaultClash {
        class: TypeId, wanted_by: TypeId, name: Name, wanted: String, have: String, related: Span,
    },
    // Control flow.
    ReturnOutsideMethod,
    ThrowUndeclared { ty: TypeId, method: Option<Span>, in_closure: Option<Keyword> },
    ThrowMismatch { want: TypeId, have: TypeId, related: Option<Span>, in_closure: Option<Keyword> },
    ThrowAtModuleLevel { ty: TypeId },
    ThrowOutsideMethod { keyword: Keyword },
    NeverThrows { ty: TypeId },
    MissingTry { name: Name, ty: TypeId, related: Option<Span> },
    ErrorWithoutText { ty: TypeId },
    UselessTry,
    ReturnAndYield,
    ReturnInGenerator,
    YieldOutsideMethod,
    YieldUndeclared,
    NeverYields { ty: TypeId },
    // Patterns.
    ConditionNotBoolean { ty: TypeId },
    NotAPattern { ty: TypeId },
    TypePatternWithoutInput,
    PatternOnAny,
    ErasedPattern { name: Name },
    // The compiler and its library.
    UnknownIntrinsic { name: Name },
    ExternalOutsideLibrary,
    UnknownExternal { name: Name, similar: Option<Name> },
    ExternalArguments { name: Name, want: usize, have: usize },
    ExternalThrows { name: Name, throws: bool },
}

impl Problem {
    /// The problem in words.
    pub(crate) fn diagnostic(self, world: &World<'_>, span: Span) -> Diagnostic {
        let (code, message) = self.headline(world);
        let diagnostic = Diagnostic::new(code, span, message);
        self.explain(world, diagnostic)
    }
}
