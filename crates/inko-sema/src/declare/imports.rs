//! Second step: the globals of every module (§3.2, §3.3 of the reference).

use crate::errors::{ModuleHint, Problem};
use crate::loader::{Advice, BOOTSTRAP, Collected, PRELUDE, Reason, has_prelude, import_path};
use crate::suggest;
use crate::types::ModuleId;
use crate::world::{Origin, Symbol, World};
use inko_syntax::ast::{self, Item, Selection};
use inko_syntax::{Name, Span};

pub(super) fn bind(world: &mut World<'_>, collected: &Collected) {
    for failure in &collected.failures {
        let name = failure.name.clone();
        let problem = match &failure.reason {
            Reason::Unreadable(reason) => Problem::UnreadableModule { name, reason: reason.clone() },
            Reason::Missing(advice) => {
                let hint = hint(world, &name, advice);
                Problem::UnknownModule { name, hint }
            }
        };
        world.report(failure.span, problem);
    }
    for module in world.sources.keys().collect::<Vec<_>>() {
        implicit(world, module);
        let source = world.sources[module];
        for item in &source.items {
            if let Item::Import(import) = item {
                explicit(world, module, import);
            }
        }
    }
}

/// How to import what a path means that isn't one of a module: a method or a misspelled module.
fn hint(world: &World<'_>, path: &Name, advice: &Advice) -> Option<ModuleHint> {
    if let Some((module, method)) = method_of(world, path) {
        return Some(ModuleHint::Method { module, method });
    }
    let similar = suggest::closest(path, advice.neighbours.iter());
    similar.map(ModuleHint::Similar).or_else(|| advice.remedy.clone().map(ModuleHint::Remedy))
}

/// The module and the method that a path names which isn't one of a module.
fn method_of(world: &World<'_>, path: &Name) -> Option<(Name, Name)> {
    let (module, method) = path.rsplit_once("::")?;
    let (module, method) = (Name::from(module), Name::from(method));
    let found = exported(world, *world.by_name.get(&module)?, &method);
    matches!(found, Some(Symbol::Method(..))).then_some((module, method))
}

fn implicit(world: &mut World<'_>, module: ModuleId) {
    let name = world.module_name(module);
    if name != BOOTSTRAP
        && let Some(&bootstrap) = world.by_name.get(BOOTSTRAP)
    {
        let all: Vec<(Name, Symbol)> =
            world.scopes[bootstrap].members.iter().map(|(name, symbol)| (name.clone(), *symbol)).collect();
        for (name, symbol) in all {
            world.scopes[module].globals.insert(name, (symbol, Origin::Implicit));
        }
    }
    if !has_prelude(&name) {
        return;
    }
    for &(path, name) in PRELUDE {
        let name = Name::from(name);
        let Some(&from) = world.by_name.get(path) else { continue };
        if let Some(symbol) = exported(world, from, &name) {
            world.scopes[module].globals.insert(name, (symbol, Origin::Implicit));
        }
    }
}

/// What a module offers under a name, external functions excepted.
fn exported(world: &World<'_>, module: ModuleId, name: &Name) -> Option<Symbol> {
    let scope = &world.scopes[module];
    if let Some(&symbol) = scope.members.get(name) {
        return Some(symbol);
    }
    let own = &world.program.classes[world.program.modules[module].class].methods;
    let method = scope.methods.get(name).or_else(|| own.get(name));
    method.map(|&method| Symbol::Method(module, method))
}

fn explicit(world: &mut World<'_>, module: ModuleId, import: &ast::Import) {
    let path = import_path(&import.path);
    // A module that could not be loaded was reported; what is imported from it is poisoned.
    let from = world.by_name.get(&path).copied();
    match &import.selection {
        Selection::Module => {
            let symbol = from.map_or(Symbol::Poison, Symbol::Module);
            if let Some(last) = import.path.last() {
                add(world, module, &last.name, symbol, last.span);
            }
        }
        Selection::Constant(name) => one(world, module, from, name, &name.name, name.span),
        Selection::All(span) => {
            if let Some(from) = from {
                all(world, module, from, *span);
            }
        }
        Selection::Symbols(symbols) => {
            for symbol in symbols {
                let bound = symbol.alias.as_ref().unwrap_or(&symbol.name);
                if !symbol.is_self {
                    one(world, module, from, &symbol.name, &bound.name, bound.span);
                } else if let Some(last) = import.path.last() {
                    let name = symbol.alias.as_ref().map_or(&last.name, |alias| &alias.name);
                    let value = from.map_or(Symbol::Poison, Symbol::Module);
                    add(world, module, name, value, bound.span);
                }
            }
        }
    }
}

/// Imports one symbol under a name.
fn one(
    world: &mut World<'_>,
    module: ModuleId,
    from: Option<ModuleId>,
    name: &ast::Ident,
    bound: &Name,
    span: Span,
) {
    let Some(from) = from else {
        add(world, module, bound, Symbol::Poison, span);
        return;
    };
    let symbol = exported(world, from, &name.name);
    if symbol.is_none() {
        let path = world.module_name(from);
        let scope = &world.scopes[from];
        let problem = match scope.externs.get(&name.name) {
            Some(&method) => {
                let related = world.program.methods[method].name_span;
                Problem::ExternImport { name: name.name.clone(), module: path, related }
            }
            None => {
                let names = scope.members.keys().chain(scope.methods.keys());
                let similar = suggest::closest(&name.name, names);
                Problem::NotAMember { name: name.name.clone(), module: path, similar }
            }
        };
        world.report(name.span, problem);
    }
    add(world, module, bound, symbol.unwrap_or(Symbol::Poison), span);
}

/// Imports everything that a module defines.
fn all(world: &mut World<'_>, module: ModuleId, from: ModuleId, span: Span) {
    let scope = &world.scopes[from];
    let members = scope.members.iter().map(|(name, symbol)| (name.clone(), *symbol));
    let own = &world.program.classes[world.program.modules[from].class].methods;
    let methods = scope.methods.iter().chain(own);
    let methods = methods.map(|(name, method)| (name.clone(), Symbol::Method(from, *method)));
    let mut found: Vec<(Name, Symbol)> = members.chain(methods).collect();
    // The table has no order; messages about clashes need one.
    found.sort_by(|left, right| left.0.cmp(&right.0));
    for (name, symbol) in found {
        add(world, module, &name, symbol, span);
    }
}

/// Binds a global, unless the name is `_` or taken.
fn add(world: &mut World<'_>, module: ModuleId, name: &Name, symbol: Symbol, span: Span) {
    if name == "_" {
        return;
    }
    let scope = &world.scopes[module];
    let member = scope.members.get(name).copied();
    let method = scope.methods.get(name).or_else(|| scope.externs.get(name));
    let own = member.or_else(|| method.map(|&method| Symbol::Method(module, method)));
    if let Some(own) = own {
        if let Some(first) = world.place(own) {
            world.report(span, Problem::ImportClash { name: name.clone(), first: Some(first) });
        }
        return;
    }
    let first = match scope.globals.get(name) {
        None => {
            world.scopes[module].globals.insert(name.clone(), (symbol, Origin::Import(span)));
            return;
        }
        Some((_, Origin::Import(first))) => Some(*first),
        Some((_, Origin::Implicit)) => None,
    };
    // Which of the two is meant isn't known, so the uses of the name aren't judged.
    if scope.globals.get(name).is_some_and(|(other, _)| *other != symbol) {
        world.scopes[module].globals.insert(name.clone(), (Symbol::Poison, Origin::Import(span)));
    }
    world.report(span, Problem::ImportClash { name: name.clone(), first });
}
