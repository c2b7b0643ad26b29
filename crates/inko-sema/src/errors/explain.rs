//! What goes with the message of a problem: remarks, other places, and what to do about it.

use super::headline::listed;
use super::remedy;
use super::{MessageHint, ModuleHint, Problem};
use crate::types::TypeId;
use crate::world::{View, World};
use inko_diagnostics::Diagnostic;
use inko_syntax::Name;

fn did_you_mean(name: &Name) -> String {
    format!("did you mean `{name}`?")
}

impl MessageHint {
    fn text(&self, world: &World<'_>) -> Option<String> {
        Some(match self {
            MessageHint::None => return None,
            MessageHint::Similar(name) => did_you_mean(name),
            MessageHint::Cast => "cast the value to a type that answers the message: `value as Type`".into(),
            MessageHint::IsStatic => "this is a static method: send it to the class".into(),
            MessageHint::IsInstance => "this is an instance method: send it to an instance".into(),
            MessageHint::NoBounds => {
                "values of a type parameter only answer the messages of its bounds".into()
            }
            MessageHint::Open => {
                "its type isn't known up to here: give the variable one, as in `let items: Array!(Integer) = Array.new`"
                    .into()
            }
            MessageHint::Import(module) => {
                format!("a module only answers its methods: import the name with `import {module}::...`")
            }
            MessageHint::ImportModule(module) => format!("import it: `import {module}`"),
            MessageHint::Foreign(remedy) => (*remedy).into(),
            MessageHint::Construct(class) => {
                format!("construct it with `{class} {{ ... }}`, or define `static def new` in it")
            }
            MessageHint::Private(name, ty) => format!(
                "attributes are private: to read it from outside, define `def {name} -> {} {{ @{name} }}`",
                world.show(*ty)
            ),
            MessageHint::Optional => {
                "the value may be missing: take it out with `get_or`, `let`, `map` or `get` first".into()
            }
            MessageHint::Captures => {
                "methods and lambdas can't use the variables around them: pass the value as an argument"
                    .into()
            }
            MessageHint::CallLocal => "a block in a variable is called with `.call(...)`".into(),
            MessageHint::Subtract => "to subtract, put a blank before and after the `-`".into(),
        })
    }
}

/// The most modules that are listed.
const LISTED: usize = 8;

/// How to import modules that are below one that doesn't exist.
fn below(modules: &[Name]) -> String {
    let shown = &modules[..modules.len().min(LISTED)];
    let more = if shown.len() < modules.len() { ", ..." } else { "" };
    let example = shown.first().map_or("", |first| first);
    format!(
        "the modules below it are imported one by one, as in `import {example}`: {}{more}",
        listed(shown, "")
    )
}

/// Adds where the type is defined, if that is in the program.
fn defined(world: &World<'_>, diagnostic: Diagnostic, ty: TypeId) -> Diagnostic {
    match world.definition(ty) {
        Some(place) => diagnostic.related(place, "the type is defined here"),
        None => diagnostic,
    }
}

/// A class as it is written after `for`.
fn bare(world: &World<'_>, class: TypeId) -> Name {
    match world.view(class) {
        View::Class(class) => world.program.classes[class].name.clone(),
        _ => world.show(class).into(),
    }
}

impl Problem {
    /// Remarks, other places and what to do.
    pub(super) fn explain(self, world: &World<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
        use Problem as P;
        let text = |ty: TypeId| world.show(ty);
        let first_text = "it was first defined here";
        match self {
            P::UnknownLocal { name, similar } => {
                diagnostic.hint = Some(match similar {
                    Some(similar) => did_you_mean(&similar),
                    None => format!("define it: `let mut {name} = ...`"),
                });
            }
            P::NotAMember { similar, .. }
            | P::UnknownKeyword { similar, .. }
            | P::UnknownExternal { similar, .. } => {
                if let Some(similar) = similar {
                    diagnostic.hint = Some(did_you_mean(&similar));
                }
            }
            P::UnknownAttribute { similar, ty, .. } => {
                if let Some(similar) = similar {
                    diagnostic.hint = Some(did_you_mean(&format!("@{similar}").into()));
                }
                diagnostic = defined(world, diagnostic, ty);
            }
            P::UnknownConstant { name, similar, module } => {
                diagnostic.hint = match (module, similar) {
                    (Some(module), _) => Some(format!("import it: `import {module}::{name}`")),
                    (None, similar) => similar.map(|similar| did_you_mean(&similar)),
                };
            }
            P::UnknownModule { hint: Some(hint), .. } => {
                diagnostic = diagnostic.hint(match hint {
                    ModuleHint::Method { module, method } => {
                        format!("methods are imported in parentheses: `import {module}::({method})`")
                    }
                    ModuleHint::Similar(name) => did_you_mean(&name),
                    ModuleHint::Below(modules) => below(&modules),
                    ModuleHint::Remedy(remedy) => remedy,
                });
            }
            P::ImportClash { first, .. } => {
                diagnostic = match first {
                    Some(first) => diagnostic.related(first, "the name is taken by this"),
                    None => diagnostic.label("every module has this name already"),
                };
                diagnostic = diagnostic.hint("import it under another name with `as`");
            }
            P::RedundantImport { first, .. } => {
                diagnostic = match first {
                    Some(first) => diagnostic.related(first, "it is visible since this"),
                    None => diagnostic.label("every module has this name already"),
                };
                diagnostic = diagnostic.hint("remove it from the imports");
            }
            P::AmbiguousName { name, first, second } => {
                diagnostic = diagnostic.related(first, "this import brings one");
                diagnostic = match second {
                    Some(second) => diagnostic.related(second, "this import brings another one"),
                    None => diagnostic.label("every module has another one"),
                };
                diagnostic = diagnostic.hint(format!(
                    "import the one that is meant under a name of its own: `import module::({name} as ...)`"
                ));
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
            P::Mismatch { want, have, because } | P::RestMismatch { want, have, because, .. } => {
                let (wanted, given) = world.show_both(want, have);
                diagnostic = diagnostic.label(format!("expected `{wanted}`, got `{given}`"));
                if let Some((place, what)) = because
                    && !world.is_foreign(place)
                {
                    diagnostic = diagnostic.related(place, what);
                }
                diagnostic.hint = remedy::mismatch(world, want, have);
            }
            P::PatternMismatch { input, .. } => {
                diagnostic = diagnostic.label(format!("the input is of type `{}`", text(input)));
            }
            P::ReturnMismatch { want, have, related } => {
                let (wanted, given) = world.show_both(want, have);
                diagnostic = diagnostic.label(format!("expected `{wanted}`, got `{given}`"));
                if let Some(related) = related {
                    diagnostic = diagnostic.related(related, "the return type is given here");
                }
                diagnostic.hint = remedy::mismatch(world, want, have);
            }
            P::UnknownMessage { hint, ty, .. } => {
                diagnostic.hint = hint.text(world);
                diagnostic = defined(world, diagnostic, ty);
            }
            P::BlockAfterLocal { name, .. } => {
                diagnostic = diagnostic.hint(match name.as_str() {
                    "while" => "the condition is a block, too: `while({ ... }) { ... }`".into(),
                    _ => {
                        format!("put the arguments before the block in parentheses: `{name}(...) {{ ... }}`")
                    }
                });
            }
            P::UnknownIdentifier { hint, outer, .. } => {
                diagnostic.hint = hint.text(world);
                if let Some(outer) = outer {
                    let what = match hint {
                        MessageHint::Captures => "this variable is out of reach",
                        _ => "the variable is defined here",
                    };
                    diagnostic = diagnostic.related(outer, what);
                }
            }
            P::ArgumentCount { missing, related, .. } => {
                if !missing.is_empty() && missing.iter().all(|name| !name.is_empty()) {
                    diagnostic = diagnostic.label(format!("missing: {}", listed(&missing, "")));
                }
                if let Some(related) = related.filter(|&related| !world.is_foreign(related)) {
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
            P::MissingRequiredTrait { class, required, related, .. } => {
                if !world.is_foreign(related) {
                    diagnostic = diagnostic.related(related, "the trait is defined here");
                }
                diagnostic =
                    diagnostic.hint(format!("add `impl {} for {}`", text(required), bare(world, class)));
            }
            P::BoundNotMet { related, arg, bound, .. } => {
                if !world.is_foreign(related) {
                    diagnostic = diagnostic.related(related, "the bound is given here");
                }
                diagnostic.hint = remedy::mismatch(world, bound, arg);
            }
            P::MethodMisfit { related, required, .. } => {
                // The primary place may be the method itself.
                if diagnostic.primary.span != related {
                    diagnostic = diagnostic.related(related, "the present method is defined here");
                }
                if !world.is_foreign(required) {
                    diagnostic = diagnostic.related(required, "the trait's method is defined here");
                }
            }
            P::DefaultClash { related, .. } => {
                diagnostic = diagnostic.related(related, "the present method is defined here");
            }
            P::BuiltInConstructor { .. } => {
                diagnostic = diagnostic.hint("send `new` to the class instead");
            }
            P::Uninferable { .. } => {
                diagnostic = diagnostic.hint("give it a type: `do (name: Type) { ... }`");
            }
            P::ThrowUndeclared { ty, method, in_closure } => {
                if let Some(method) = method {
                    diagnostic = diagnostic.related(method, "this method would throw it");
                }
                let ty = text(ty);
                diagnostic = diagnostic.hint(match in_closure {
                    Some(keyword) => format!(
                        "if the caller of the closure is to catch it, write `local {}`; \
                         else add `!! {ty}` to the method, or catch it with `try ... else`",
                        keyword.text()
                    ),
                    None => format!("add `!! {ty}` to the method, or catch it with `try ... else`"),
                });
            }
            P::ThrowMismatch { want, have, related, in_closure } => {
                let (wanted, given) = world.show_both(want, have);
                diagnostic = diagnostic.label(format!("expected `{wanted}`, got `{given}`"));
                if let Some(related) = related {
                    diagnostic = diagnostic.related(related, "the throw type is given here");
                }
                diagnostic.hint = match in_closure {
                    Some(keyword) => Some(format!(
                        "if the caller of the closure is to catch it, write `local {}`",
                        keyword.text()
                    )),
                    None => remedy::mismatch(world, want, have),
                };
            }
            P::ThrowAtModuleLevel { .. } => {
                diagnostic = diagnostic
                    .hint("catch it with `try ... else`, or end the program with `try!` or `process.panic`");
            }
            P::MissingTry { related, .. } => {
                if let Some(related) = related.filter(|&related| !world.is_foreign(related)) {
                    diagnostic = diagnostic.related(related, "this method throws");
                }
                diagnostic =
                    diagnostic.hint("handle the error with `try ... else`, or pass it on with `try`");
            }
            P::ErrorWithoutText { ty } => {
                diagnostic = defined(world, diagnostic, ty);
                diagnostic = diagnostic.hint("implement `ToString` for it, or use `try ... else`");
            }
            P::NotEmbeddable { ty } => {
                diagnostic = defined(world, diagnostic, ty);
                diagnostic.hint = Some(match world.view(ty) {
                    View::Any => "cast it: `{value as Type}`".into(),
                    View::Param(_) | View::Rigid(_) => "give the type parameter the bound `ToString`".into(),
                    _ => "implement `std::conversion::ToString` for it".into(),
                });
            }
            P::InvalidCast { from, to } => {
                diagnostic.hint =
                    remedy::mismatch(world, to, from).filter(|hint| hint.starts_with("convert"));
            }
            P::ConditionNotBoolean { .. } => {
                diagnostic = diagnostic.hint("for the truthiness of a value, send it `truthy?`");
            }
            P::NotAPattern { ty } => {
                diagnostic = defined(world, diagnostic, ty);
                diagnostic = diagnostic.hint("patterns implement `std::operators::Match`");
            }
            P::TypePatternWithoutInput => {
                diagnostic = diagnostic.hint("give it an input: `match(value) { ... }`");
            }
            P::ReturnAndYield => {
                diagnostic = diagnostic.hint("a generator has a yield type only: remove `->`")
            }
            P::ExternalOutsideLibrary => {
                diagnostic = diagnostic.hint("what the runtime offers is in the library's modules");
            }
            P::ThrowOutsideMethod { keyword } => {
                let keyword = keyword.text();
                diagnostic = diagnostic
                    .hint(format!("`local {keyword}` throws out of the closure only, to its caller"));
            }
            P::YieldOutsideMethod => {
                diagnostic =
                    diagnostic.hint("generators are methods with a yield type: `def name => Type { ... }`");
            }
            P::YieldUndeclared => diagnostic = diagnostic.hint("give the method a yield type: `=> Type`"),
            P::NeverYields { .. } => {
                diagnostic = diagnostic.hint("yield values with `yield`, or use `->` for a return type");
            }
            P::ReturnInGenerator => {
                diagnostic = diagnostic.hint("`yield` gives values; a plain `return` ends the generator");
            }
            P::ReturnOutsideMethod => {
                diagnostic = diagnostic.hint("at the top level, leave a program with `std::vm::(exit)`");
            }
            P::MissingAttributes { ty, .. } => diagnostic = defined(world, diagnostic, ty),
            P::MutableConstant => {
                diagnostic = diagnostic.hint("remove the `mut`, or use a variable: `let mut name = ...`");
            }
            P::ConstantInBody { .. } => {
                diagnostic = diagnostic.hint("variables have names in lower case: `let name = ...`");
            }
            P::NeverThrows { .. } => diagnostic = diagnostic.hint("remove the throw type"),
            P::UselessTry => diagnostic = diagnostic.hint("remove the `try`"),
            P::PatternOnAny => diagnostic = diagnostic.hint("cast the input, or test with `as Type`"),
            _ => {}
        }
        diagnostic
    }
}
