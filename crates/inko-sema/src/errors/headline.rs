//! The code and the message of every problem.

use super::MessageHint;
use super::{Problem, What};
use crate::types::TypeId;
use crate::world::{View, World};
use inko_diagnostics::Code;
use inko_syntax::Name;

/// `1 argument`, `2 arguments`
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn are_given(count: usize) -> String {
    format!("{count} {} given", if count == 1 { "is" } else { "are" })
}

pub(super) fn listed(names: &[Name], mark: &str) -> String {
    names.iter().map(|name| format!("`{mark}{name}`")).collect::<Vec<_>>().join(", ")
}

fn argument_count(least: usize, most: Option<usize>) -> String {
    match most {
        None => format!("at least {}", counted(least, "argument")),
        Some(most) if most == least => counted(least, "argument"),
        Some(most) => format!("{least} to {}", counted(most, "argument")),
    }
}

impl What {
    fn text(self) -> &'static str {
        match self {
            What::Class => "class",
            What::Trait => "trait",
            What::Constant => "constant",
            What::Method => "method",
            What::Attribute => "attribute",
            What::Implementation => "implementation",
        }
    }

    fn code(self) -> Code {
        match self {
            What::Class | What::Trait | What::Constant => Code::DuplicateConstant,
            What::Method => Code::DuplicateMethod,
            What::Attribute => Code::DuplicateAttribute,
            What::Implementation => Code::DuplicateImplementation,
        }
    }
}

impl Problem {
    /// Code and message.
    pub(super) fn headline(&self, world: &World<'_>) -> (Code, String) {
        use Problem as P;
        let show = |ty: &TypeId| world.show(*ty);
        match self {
            P::UnknownModule { name, .. } => (Code::UnknownModule, format!("there is no module `{name}`")),
            P::UnreadableModule { name, reason } => {
                (Code::UnreadableFile, format!("the file of the module `{name}` can't be read: {reason}"))
            }
            P::NotAMember { name, module, .. } => {
                (Code::UnknownModuleMember, format!("the module `{module}` doesn't define `{name}`"))
            }
            P::ImportClash { name, .. } => {
                (Code::ImportClash, format!("the name `{name}` is taken already, it can't be imported"))
            }
            P::RedundantImport { name, .. } => {
                (Code::RedundantImport, format!("`{name}` needs no import, it is visible here already"))
            }
            P::AmbiguousName { name, .. } => (
                Code::AmbiguousName,
                format!("it isn't known which `{name}` is meant, imports bring several"),
            ),
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
            P::PatternMismatch { pattern, input } => {
                let (pattern, input) = world.show_both(*pattern, *input);
                let text = format!("a pattern of type `{pattern}` can't match an input of type `{input}`");
                (Code::TypeMismatch, text)
            }
            P::ErrorWithoutText { ty } => (
                Code::UnknownMessage,
                format!(
                    "`try!` panics with the error's text, but `{}` doesn't respond to `to_string`",
                    show(ty)
                ),
            ),
            P::Mismatch { want, have, .. } => {
                let (want, have) = world.show_both(*want, *have);
                let text = format!("expected a value of type `{want}`, but this is of type `{have}`");
                (Code::TypeMismatch, text)
            }
            P::RestMismatch { rest, have, .. } => {
                let (rest, have) = (show(rest), show(have));
                let text = format!("expected the values of an `{rest}`, but this is of type `{have}`");
                (Code::TypeMismatch, text)
            }
            P::ReturnMismatch { want, have, .. } => {
                let (want, have) = world.show_both(*want, *have);
                let text = format!("expected a return value of type `{want}`, but this is of type `{have}`");
                (Code::ReturnTypeMismatch, text)
            }
            P::UnknownMessage { ty, name, .. } => (
                Code::UnknownMessage,
                format!("the type `{}` doesn't respond to the message `{name}`", show(ty)),
            ),
            P::BlockAfterLocal { local, .. } => {
                (Code::UnknownMessage, format!("`{local}` is a local variable, which takes no block"))
            }
            P::UnknownIdentifier { ty, name, hint, .. } => (
                Code::UnknownMessage,
                match world.view(*ty) {
                    _ if matches!(hint, MessageHint::CallLocal | MessageHint::Subtract) => {
                        format!("`{name}` is a local variable, which takes no arguments")
                    }
                    View::Module(_) => format!("there is no local variable or method `{name}` here"),
                    _ => format!(
                        "there is no local variable or method `{name}` here, in a method of `{}`",
                        show(ty)
                    ),
                },
            ),
            P::UnknownAttribute { ty, name, assigned, .. } => {
                let code = if *assigned { Code::UnknownAttributeAssignment } else { Code::UnknownAttribute };
                (code, format!("the type `{}` doesn't define the attribute `@{name}`", show(ty)))
            }
            P::NoAttributes { ty, name } => (
                Code::AttributeWithoutObject,
                format!("`self` is `{}` here, which has no attribute `@{name}`", show(ty)),
            ),
            // The number alone would be right.
            P::ArgumentCount { name, least, have, missing, .. } if !missing.is_empty() && have >= least => {
                let verb = if missing.len() == 1 { "isn't" } else { "aren't" };
                let text = format!("{} of `{name}` {verb} given", listed(missing, ""));
                (Code::WrongArgumentCount, format!("the required {text}"))
            }
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
            P::BoundNotMet { ty, name, arg, bound, .. } => (
                Code::BoundNotMet,
                format!(
                    "`{name}` of `{}` is only available if `{}` implements `{}`",
                    show(ty),
                    show(arg),
                    show(bound)
                ),
            ),
            P::InvalidCast { from, to } => {
                let (from, to) = world.show_both(*from, *to);
                (Code::InvalidCast, format!("a value of type `{from}` can't be cast to `{to}`"))
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
                format!(
                    "a value of type `{}` can't be embedded, as it doesn't implement `ToString`",
                    show(ty)
                ),
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
            P::StaticOutsideClass { place } => {
                (Code::StaticNotAllowed, format!("{place} can't have static methods"))
            }
            P::CyclicTrait { name } => (Code::CyclicTrait, format!("the trait `{name}` requires itself")),
            P::MissingRequiredTrait { class, implemented, required, .. } => (
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
            P::ThrowUndeclared { ty, .. } => (
                Code::ThrowUndeclared,
                format!("a value of type `{}` is thrown here, but no throw type is declared", show(ty)),
            ),
            P::ThrowAtModuleLevel { ty } => (
                Code::ThrowAtModuleLevel,
                format!("a value of type `{}` can't be thrown at the top level of a module", show(ty)),
            ),
            P::ThrowOutsideMethod { keyword } => (
                Code::ThrowOutsideMethod,
                format!(
                    "`{}` throws out of the method or lambda around it, and there is none",
                    keyword.text()
                ),
            ),
            P::ThrowMismatch { want, have, .. } => {
                let (want, have) = world.show_both(*want, *have);
                let text = format!("expected a thrown value of type `{want}`, but this is of type `{have}`");
                (Code::TypeMismatch, text)
            }
            P::NeverThrows { ty } => {
                (Code::NeverThrows, format!("`{}` is declared to be thrown, but never is", show(ty)))
            }
            P::MissingTry { name, ty, .. } => (
                Code::MissingTry,
                format!("`{name}` can throw a value of type `{}`, so it needs a `try`", show(ty)),
            ),
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
                (Code::NotAPattern, format!("a value of type `{}` can't be used as a pattern", show(ty)))
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
            P::ExternalOutsideLibrary => (
                Code::ExternalOutsideLibrary,
                "only the standard library can declare external functions".into(),
            ),
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
            _ => unreachable!("the first half of the table has this problem"),
        }
    }
}
