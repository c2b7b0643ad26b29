//! Everything that can be wrong with a program beyond its syntax, and the only place that puts it into
//! words.
//!
//! *Invariant:* a problem is data; types in it are printed when it is reported, while the holes of the
//! body still are what they were.

use crate::types::TypeId;
use crate::world::World;
use inko_diagnostics::{Code, Diagnostic};
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

impl What {
    fn code(self) -> Code {
        match self {
            What::Class | What::Trait | What::Constant => Code::DuplicateConstant,
            What::Method => Code::DuplicateMethod,
            What::Attribute => Code::DuplicateAttribute,
            What::Implementation => Code::DuplicateImplementation,
        }
    }
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
    /// A local with arguments.
    CallLocal,
}

impl MessageHint {
    pub(crate) fn similar(name: Option<Name>) -> Self {
        name.map_or(MessageHint::None, MessageHint::Similar)
    }

    fn text(&self) -> Option<String> {
        Some(match self {
            MessageHint::None => return None,
            MessageHint::Similar(name) => did_you_mean(name),
            MessageHint::Cast => "cast the value to a type that answers the message: `value as Type`".into(),
            MessageHint::IsStatic => "this is a static method: send it to the class".into(),
            MessageHint::IsInstance => "this is an instance method: send it to an instance".into(),
            MessageHint::NoBounds => {
                "values of a type parameter only answer the messages of its bounds".into()
            }
            MessageHint::CallLocal => "a block in a local variable is called with `.call(...)`".into(),
        })
    }
}

fn did_you_mean(name: &Name) -> String {
    format!("did you mean `{name}`?")
}

/// A mistake.
#[derive(Debug)]
#[rustfmt::skip]
pub(crate) enum Problem {
    // Modules and names.
    UnknownModule { name: Name },
    UnreadableModule { name: Name, reason: String },
    NotAMember { name: Name, module: Name, similar: Option<Name> },
    ImportClash { name: Name, first: Option<Span> },
    ExternImport { name: Name, module: Name, related: Span },
    UnknownConstant { name: Name, similar: Option<Name> },
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
    Mismatch { want: TypeId, have: TypeId },
    ReturnMismatch { want: TypeId, have: TypeId, related: Option<Span> },
    UnknownMessage { ty: TypeId, name: Name, hint: MessageHint },
    UnknownIdentifier { ty: TypeId, name: Name, hint: MessageHint },
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
    BoundNotMet { ty: TypeId, name: Name, arg: TypeId, bound: TypeId },
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
    StaticInTrait,
    CyclicTrait { name: Name },
    MissingRequiredTrait { class: TypeId, implemented: TypeId, required: TypeId },
    MissingMethod { class: TypeId, wanted_by: TypeId, name: Name, wanted: String, related: Span },
    MethodMisfit {
        wanted_by: TypeId, name: Name, wanted: String, have: String, related: Span,
    },
    DefaultClash {
        class: TypeId, wanted_by: TypeId, name: Name, wanted: String, have: String, related: Span,
    },
    // Control flow.
    ReturnOutsideMethod,
    ThrowUndeclared { ty: TypeId },
    ThrowAtModuleLevel { ty: TypeId },
    ThrowOutsideMethod,
    NeverThrows { ty: TypeId },
    MissingTry { name: Name, ty: TypeId },
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
    UnknownExternal { name: Name, similar: Option<Name> },
    ExternalArguments { name: Name, want: usize, have: usize },
    ExternalThrows { name: Name, throws: bool },
}

/// `1 argument`, `2 arguments`
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn are_given(count: usize) -> String {
    format!("{count} {} given", if count == 1 { "is" } else { "are" })
}

fn listed(names: &[Name], mark: &str) -> String {
    names.iter().map(|name| format!("`{mark}{name}`")).collect::<Vec<_>>().join(", ")
}

fn argument_count(least: usize, most: Option<usize>) -> String {
    match most {
        None => format!("at least {}", counted(least, "argument")),
        Some(most) if most == least => counted(least, "argument"),
        Some(most) => format!("{least} to {}", counted(most, "argument")),
    }
}

impl Problem {
    /// Where a diagnostic is.
    pub(crate) fn place(diagnostic: &Diagnostic) -> Span {
        diagnostic.primary.span
    }

    /// The problem in words.
    pub(crate) fn diagnostic(self, world: &World<'_>, span: Span) -> Diagnostic {
        let (code, message) = self.headline(world);
        let diagnostic = Diagnostic::new(code, span, message);
        self.explain(world, diagnostic)
    }

    /// Code and message.
    fn headline(&self, world: &World<'_>) -> (Code, String) {
        use Problem as P;
        let show = |ty: &TypeId| world.show(*ty);
        match self {
            P::UnknownModule { name } => (Code::UnknownModule, format!("there is no module `{name}`")),
            P::UnreadableModule { name, reason } => {
                (Code::UnreadableFile, format!("the file of the module `{name}` can't be read: {reason}"))
            }
            P::NotAMember { name, module, .. } => {
                (Code::UnknownModuleMember, format!("the module `{module}` doesn't define `{name}`"))
            }
            P::ImportClash { name, .. } => {
                (Code::ImportClash, format!("the name `{name}` is taken already, it can't be imported"))
            }
            P::ExternImport { name, module, .. } => (
                Code::PrivateExternal,
                format!("`{name}` is an external function, private to the module `{module}`"),
            ),
            P::UnknownConstant { name, .. } => {
                (Code::UnknownConstant, format!("`{name}` isn't defined or imported here"))
            }
            P::Duplicate { what, name, .. } => match what {
                What::Implementation => {
                    (what.code(), format!("the trait `{name}` is already implemented for this class"))
                }
                What::Attribute => (what.code(), format!("the attribute `@{name}` is already defined")),
                _ => (what.code(), format!("the {} `{name}` is defined a second time", what.text())),
            },
            P::Reserved { name } => (Code::ReservedName, format!("the name `{name}` is reserved")),
            P::DuplicateLocal { name, .. } => (
                Code::DuplicateLocal,
                format!("the local variable `{name}` is already defined in this scope"),
            ),
            P::DuplicateArgument { name, .. } => {
                (Code::DuplicateArgument, format!("there already is an argument `{name}`"))
            }
            P::DuplicateTypeParam { name, .. } => {
                (Code::DuplicateTypeParameter, format!("there already is a type parameter `{name}`"))
            }
            P::ImmutableLocal { name, .. } => {
                (Code::ImmutableLocal, format!("the local variable `{name}` can't be assigned"))
            }
            P::UnknownLocal { name, .. } => {
                (Code::UnknownLocalAssignment, format!("there is no local variable `{name}` to assign to"))
            }
            P::UnusedLocal { name } => {
                (Code::UnusedLocal, format!("the local variable `{name}` is never read"))
            }
            P::MutableConstant => (Code::MutableConstant, "a constant can't be mutable".into()),
            P::ConstantInBody { name } => (
                Code::ConstantOutsideModule,
                format!("the constant `{name}` can only be defined at the top level of a module"),
            ),
            P::UsedBeforeDefinition { name, .. } => {
                (Code::UsedBeforeDefinition, format!("the constant `{name}` is used before its definition"))
            }
            P::Mismatch { want, have } => (
                Code::TypeMismatch,
                format!("expected a value of type `{}`, but this is of type `{}`", show(want), show(have)),
            ),
            P::ReturnMismatch { want, have, .. } => (
                Code::ReturnTypeMismatch,
                format!(
                    "expected a return value of type `{}`, but this is of type `{}`",
                    show(want),
                    show(have)
                ),
            ),
            P::UnknownMessage { ty, name, .. } => (
                Code::UnknownMessage,
                format!("the type `{}` doesn't respond to the message `{name}`", show(ty)),
            ),
            P::UnknownIdentifier { ty, name, .. } => (
                Code::UnknownMessage,
                format!(
                    "`{name}` is no local variable, and neither `{}` nor the module responds to it",
                    show(ty)
                ),
            ),
            P::UnknownAttribute { ty, name, assigned, .. } => {
                let code = if *assigned { Code::UnknownAttributeAssignment } else { Code::UnknownAttribute };
                (code, format!("the type `{}` doesn't define the attribute `@{name}`", show(ty)))
            }
            P::NoAttributes { ty, name } => (
                Code::AttributeWithoutObject,
                format!("`self` is `{}` here, which has no attribute `@{name}`", show(ty)),
            ),
            P::ArgumentCount { name, least, most, have, .. } => (
                Code::WrongArgumentCount,
                format!("`{name}` takes {}, but {}", argument_count(*least, *most), are_given(*have)),
            ),
            P::UnknownKeyword { method, name, is_rest: true, .. } => (
                Code::UnknownKeywordArgument,
                format!("`{name}` of `{method}` collects the remaining arguments and can't be given by name"),
            ),
            P::UnknownKeyword { method, name, .. } => {
                (Code::UnknownKeywordArgument, format!("`{method}` has no argument `{name}`"))
            }
            P::ArgumentGivenTwice { name, .. } => {
                (Code::ArgumentGivenTwice, format!("the argument `{name}` is given twice"))
            }
            P::Uninferable { name } => {
                (Code::UninferableArgument, format!("the type of the argument `{name}` can't be inferred"))
            }
            P::UntypedArgument { name } => {
                (Code::UntypedArgument, format!("the argument `{name}` needs a type or a default"))
            }
            P::TooManyArguments => {
                (Code::TooManyArguments, "a method can't have more than 255 arguments".into())
            }
            P::TypeArgumentCount { ty, want, have } => (
                Code::WrongTypeArgumentCount,
                format!("`{}` takes {}, but {}", show(ty), counted(*want, "type argument"), are_given(*have)),
            ),
            P::MethodTypeArgumentCount { name, want, have } => (
                Code::TooManyMethodTypeArguments,
                format!("`{name}` takes {}, but {}", counted(*want, "type argument"), are_given(*have)),
            ),
            P::UnknownTypeParam { ty, name } => {
                (Code::UnknownTypeParameter, format!("`{}` has no type parameter `{name}`", show(ty)))
            }
            P::BoundNotATrait { ty } => {
                (Code::BoundNotTrait, format!("a bound must be a trait, `{}` isn't one", show(ty)))
            }
            P::NotATrait { ty } => {
                (Code::NotATrait, format!("only traits can be implemented, `{}` isn't one", show(ty)))
            }
            P::BoundNotMet { ty, name, arg, bound } => (
                Code::BoundNotMet,
                format!(
                    "`{name}` of `{}` is only available if `{}` implements `{}`",
                    show(ty),
                    show(arg),
                    show(bound)
                ),
            ),
            P::InvalidCast { from, to } => {
                (Code::InvalidCast, format!("a `{}` can't be cast to `{}`", show(from), show(to)))
            }
            P::NotAClass { name } | P::TraitAsClass { name, .. } => {
                (Code::NotAClass, format!("`{name}` isn't a class"))
            }
            P::NotAType { name, .. } => (Code::NotAType, format!("`{name}` isn't a type")),
            P::TypeAsValue { name } => (Code::TypeUsedAsValue, format!("the type `{name}` isn't a value")),
            P::BuiltInConstructor { name } => (
                Code::BuiltinConstructor,
                format!("the built-in class `{name}` can't be constructed with braces"),
            ),
            P::MissingAttributes { ty, names } => (
                Code::MissingAttribute,
                format!("{} of `{}` must be given a value", listed(names, "@"), show(ty)),
            ),
            P::AttributeGivenTwice { name, .. } => {
                (Code::AttributeGivenTwice, format!("the attribute `@{name}` is given twice"))
            }
            P::NotEmbeddable { ty } => (
                Code::NotEmbeddable,
                format!("a `{}` can't be embedded, as it doesn't implement `ToString`", show(ty)),
            ),
            P::ReceiverForExternal { name, .. } => {
                (Code::ReceiverForExternal, format!("the external function `{name}` takes no receiver"))
            }
            _ => self.headline_of_definitions(world),
        }
    }

    /// The second half of the table: definitions, control flow, patterns, the library.
    fn headline_of_definitions(&self, world: &World<'_>) -> (Code, String) {
        use Problem as P;
        let show = |ty: &TypeId| world.show(*ty);
        match self {
            P::ReopenedTrait { name, .. } => {
                (Code::CannotReopen, format!("the trait `{name}` can't be reopened, only classes can"))
            }
            P::MissingBody { name } => {
                (Code::MissingBody, format!("the method `{name}` needs a body, only traits can leave it out"))
            }
            P::StaticInTrait => (Code::StaticNotAllowed, "a trait can't have static methods".into()),
            P::CyclicTrait { name } => (Code::CyclicTrait, format!("the trait `{name}` requires itself")),
            P::MissingRequiredTrait { class, implemented, required } => (
                Code::MissingRequiredTrait,
                format!(
                    "`{}` must implement `{}`, which the trait `{}` requires",
                    show(class),
                    show(required),
                    show(implemented)
                ),
            ),
            P::MissingMethod { class, wanted_by, name, .. } => (
                Code::MissingRequiredMethod,
                format!("`{}` lacks the method `{name}` that `{}` requires", show(class), show(wanted_by)),
            ),
            P::MethodMisfit { name, wanted_by, wanted, have, .. } => (
                Code::MissingRequiredMethod,
                format!(
                    "`{name}` doesn't fit the trait `{}`: expected `{wanted}`, but this is `{have}`",
                    show(wanted_by)
                ),
            ),
            P::DefaultClash { class, wanted_by, name, wanted, have, .. } => (
                Code::DefaultMethodClash,
                format!(
                    "the default method `{name}` of `{}` is `{wanted}`, but `{}` already has `{have}`",
                    show(wanted_by),
                    show(class)
                ),
            ),
            P::ReturnOutsideMethod => {
                (Code::ReturnOutsideMethod, "`return` can only be used in methods and lambdas".into())
            }
            P::ThrowUndeclared { ty } => (
                Code::ThrowUndeclared,
                format!("a value of type `{}` is thrown here, but no throw type is declared", show(ty)),
            ),
            P::ThrowAtModuleLevel { ty } => (
                Code::ThrowAtModuleLevel,
                format!("a value of type `{}` can't be thrown at the top level of a module", show(ty)),
            ),
            P::ThrowOutsideMethod => {
                (Code::ThrowOutsideMethod, "`throw` can only be used in methods and lambdas".into())
            }
            P::NeverThrows { ty } => {
                (Code::NeverThrows, format!("`{}` is declared to be thrown, but never is", show(ty)))
            }
            P::MissingTry { name, ty } => {
                (Code::MissingTry, format!("`{name}` can throw a `{}`, so it needs a `try`", show(ty)))
            }
            P::UselessTry => (Code::UselessTry, "this `try` is useless, as nothing is thrown".into()),
            P::ReturnAndYield => {
                (Code::ReturnAndYield, "a method can't have both a return type and a yield type".into())
            }
            P::ReturnInGenerator => (Code::ReturnInGenerator, "a generator can't return a value".into()),
            P::YieldOutsideMethod => (Code::YieldOutsideMethod, "`yield` can only be used in methods".into()),
            P::YieldUndeclared => {
                (Code::YieldUndeclared, "`yield` can only be used in methods with a yield type".into())
            }
            P::NeverYields { ty } => (
                Code::NeverYields,
                format!("the method is declared to yield `{}`, but never yields", show(ty)),
            ),
            P::ConditionNotBoolean { ty } => (
                Code::ConditionNotBoolean,
                format!("expected a `Boolean`, but this is of type `{}`", show(ty)),
            ),
            P::NotAPattern { ty } => {
                (Code::NotAPattern, format!("a `{}` can't be used as a pattern", show(ty)))
            }
            P::TypePatternWithoutInput => {
                (Code::TypePatternWithoutInput, "a `match` without input can't test for types".into())
            }
            P::PatternOnAny => {
                (Code::PatternOnAny, "an input of type `Any` can only be tested for types".into())
            }
            P::ErasedPattern { name } => (
                Code::NotAClass,
                format!("`{name}` is neither a class nor a trait that values can be tested for"),
            ),
            P::UnknownIntrinsic { name } => {
                (Code::UnknownIntrinsic, format!("there is no intrinsic `{name}`"))
            }
            P::UnknownExternal { name, .. } => {
                (Code::UnknownExternal, format!("the runtime has no function `{name}`"))
            }
            P::ExternalArguments { name, want, have } => (
                Code::UnknownExternal,
                format!("the runtime's `{name}` takes {}, not {have}", counted(*want, "argument")),
            ),
            P::ExternalThrows { name, throws } => (
                Code::UnknownExternal,
                format!(
                    "the runtime's `{name}` {}",
                    if *throws { "throws, so it needs a throw type" } else { "never throws" }
                ),
            ),
            _ => (Code::Unsupported, "this isn't supported".into()),
        }
    }

    /// Remarks, other places and what to do.
    fn explain(self, world: &World<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
        use Problem as P;
        let text = |ty: TypeId| world.show(ty);
        let first_text = "it was first defined here";
        match self {
            P::NotAMember { similar, .. }
            | P::UnknownConstant { similar, .. }
            | P::UnknownLocal { similar, .. }
            | P::UnknownAttribute { similar, .. }
            | P::UnknownKeyword { similar, .. }
            | P::UnknownExternal { similar, .. } => {
                if let Some(similar) = similar {
                    diagnostic.hint = Some(did_you_mean(&similar));
                }
            }
            P::ImportClash { first, .. } => {
                diagnostic = match first {
                    Some(first) => diagnostic.related(first, "the name is taken by this"),
                    None => diagnostic.label("every module has this name already"),
                };
                diagnostic = diagnostic.hint("import it under another name with `as`");
            }
            P::Duplicate { first, .. }
            | P::DuplicateLocal { first, .. }
            | P::DuplicateArgument { first, .. }
            | P::DuplicateTypeParam { first, .. }
            | P::AttributeGivenTwice { first, .. }
            | P::ArgumentGivenTwice { first, .. } => {
                diagnostic = diagnostic.related(first, first_text);
            }
            P::UsedBeforeDefinition { first, .. } => {
                diagnostic = diagnostic.related(first, "it is defined here");
            }
            P::ImmutableLocal { name, first, is_let } => {
                diagnostic = diagnostic.related(first, "it is defined here");
                diagnostic = diagnostic.hint(if is_let {
                    format!("define it with `let mut {name}`")
                } else {
                    "arguments, match bindings and error variables are always immutable".into()
                });
            }
            P::UnusedLocal { name } => {
                diagnostic = diagnostic.hint(format!("if that is intended, name it `_{name}`"));
            }
            P::Mismatch { want, have } => {
                diagnostic = diagnostic.label(format!("expected `{}`, got `{}`", text(want), text(have)));
            }
            P::ReturnMismatch { want, have, related } => {
                diagnostic = diagnostic.label(format!("expected `{}`, got `{}`", text(want), text(have)));
                if let Some(related) = related {
                    diagnostic = diagnostic.related(related, "the return type is given here");
                }
            }
            P::UnknownMessage { hint, .. } | P::UnknownIdentifier { hint, .. } => {
                diagnostic.hint = hint.text();
            }
            P::ArgumentCount { missing, related, .. } => {
                if !missing.is_empty() && missing.iter().all(|name| !name.is_empty()) {
                    diagnostic = diagnostic.label(format!("missing: {}", listed(&missing, "")));
                }
                if let Some(related) = related {
                    diagnostic = diagnostic.related(related, "the method is defined here");
                }
            }
            P::ExternImport { related, .. }
            | P::ReceiverForExternal { related, .. }
            | P::TraitAsClass { related, .. }
            | P::ReopenedTrait { related, .. }
            | P::NotAType { related: Some(related), .. } => {
                diagnostic = diagnostic.related(related, "it is defined here");
            }
            P::MissingMethod { wanted, related, .. } => {
                diagnostic = diagnostic.related(related, "it is required here");
                diagnostic = diagnostic.hint(format!("define `{wanted}`"));
            }
            P::MethodMisfit { related, .. } | P::DefaultClash { related, .. } => {
                diagnostic = diagnostic.related(related, "the present method is defined here");
            }
            P::BuiltInConstructor { .. } => {
                diagnostic = diagnostic.hint("send `new` to the class instead");
            }
            P::Uninferable { .. } => {
                diagnostic = diagnostic.hint("give it a type: `do (name: Type) { ... }`");
            }
            P::ThrowUndeclared { ty } => {
                diagnostic = diagnostic.hint(format!("declare the throw type: `!! {}`", text(ty)));
            }
            P::MissingTry { .. } => {
                diagnostic =
                    diagnostic.hint("handle the error with `try ... else`, or pass it on with `try`");
            }
            P::NeverThrows { .. } => diagnostic = diagnostic.hint("remove the throw type"),
            P::UselessTry => diagnostic = diagnostic.hint("remove the `try`"),
            P::PatternOnAny => diagnostic = diagnostic.hint("cast the input, or test with `as Type`"),
            _ => {}
        }
        diagnostic
    }
}
