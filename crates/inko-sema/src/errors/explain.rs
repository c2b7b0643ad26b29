//! What goes with the message of a problem: remarks, other places, and what to do about it.

use super::headline::listed;
use super::{MessageHint, Problem};
use crate::types::TypeId;
use crate::world::World;
use inko_diagnostics::Diagnostic;
use inko_syntax::Name;

fn did_you_mean(name: &Name) -> String {
    format!("did you mean `{name}`?")
}

impl MessageHint {
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

impl Problem {
    /// Remarks, other places and what to do.
    pub(super) fn explain(self, world: &World<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
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
