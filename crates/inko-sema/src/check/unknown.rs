//! What may help with a message or a name that nothing answers to.
//!
//! *Invariant:* nothing here decides whether a program is valid.

use super::Checker;
use crate::errors::MessageHint;
use crate::suggest;
use crate::types::TypeId;
use crate::world::View;
use inko_syntax::Name;

/// The modules of the library that programs name most.
const MODULES: [(&str, &str); 9] = [
    ("dir", "std::fs::dir"),
    ("env", "std::env"),
    ("file", "std::fs::file"),
    ("process", "std::process"),
    ("stderr", "std::stdio::stderr"),
    ("stdin", "std::stdio::stdin"),
    ("stdout", "std::stdio::stdout"),
    ("time", "std::time"),
    ("vm", "std::vm"),
];

/// What a word that means nothing here, but something in many other languages or in the library, should be.
pub(super) fn foreign(name: &str) -> MessageHint {
    if let Some((_, module)) = MODULES.iter().find(|(last, _)| *last == name) {
        return MessageHint::ImportModule(module);
    }
    MessageHint::Foreign(match name {
        "true" => "the constant is called `True`",
        "false" => "the constant is called `False`",
        "nil" | "null" | "none" => {
            "the constant is called `Nil`; a missing value of type `?T` is `Option.none`"
        }
        "if" | "unless" => {
            "conditions are messages: `value.if_true { ... }`, `value.if(true: { ... }, false: { ... })`"
        }
        "and" | "or" => "these are messages: `left.and { right }`, `left.or { right }`",
        "not" => "send `false?` to the value",
        "break" | "continue" | "next" => "loops are methods that call blocks: leave them with `return`",
        "this" => "an object calls itself `self`",
        "super" => "classes inherit nothing; methods can be shared by a trait",
        "print" | "println" | "puts" => "send `print` to `stdout`, after `import std::stdio::stdout`",
        "catch" | "rescue" | "finally" => "errors are caught with `try ... else (error) { ... }`",
        _ => return MessageHint::None,
    })
}

/// What an operator may mean whose left side is a `Boolean`, often a comparison that wasn't to be its operand.
fn operator(name: &Name) -> MessageHint {
    MessageHint::Foreign(match name.as_str() {
        "&&" => "write `left.and { right }`",
        "||" => "write `left.or { right }`",
        _ => "all operators bind alike, from left to right: put what belongs together in parentheses",
    })
}

impl Checker<'_, '_> {
    /// The hint about a message that a value of the type doesn't answer.
    pub(super) fn message_hint(&mut self, ty: TypeId, name: &Name) -> MessageHint {
        let program = &self.world.program;
        match self.world.view(ty) {
            View::Any => MessageHint::Cast,
            View::Class(class) if program.classes[class].statics.contains_key(name) => MessageHint::IsStatic,
            View::ClassObject(class) if program.find_method(class, name).is_some() => MessageHint::IsInstance,
            View::ClassObject(class)
                if name.as_str() == "new" && program.classes[class].built_in.is_none() =>
            {
                MessageHint::Construct(program.classes[class].name.clone())
            }
            View::Param(_) | View::Rigid(_) if self.world.bounds_of(ty).is_empty() => MessageHint::NoBounds,
            View::Module(module) if self.world.scopes[module].members.contains_key(name) => {
                MessageHint::Import(self.world.module_name(module))
            }
            View::Class(class) => {
                let class_data = &self.world.program.classes[class];
                let attribute = class_data.attributes.iter().find(|known| known.name == *name);
                if let Some(attribute) = attribute {
                    return MessageHint::Private(name.clone(), attribute.ty);
                }
                let inner = self.world.args(ty).first().copied().filter(|_| class == self.world.core.option);
                if let Some(inner) = inner
                    && self.world.find_method(inner, name).is_some()
                {
                    return MessageHint::Optional;
                }
                if ty == self.world.core.boolean && !name.starts_with(|c: char| c.is_alphabetic() || c == '_')
                {
                    return operator(name);
                }
                self.similar_message(ty, name)
            }
            _ => self.similar_message(ty, name),
        }
    }

    fn similar_message(&mut self, ty: TypeId, name: &Name) -> MessageHint {
        let names = self.world.message_names(ty);
        MessageHint::similar(suggest::closest(name, names.iter()))
    }
}
