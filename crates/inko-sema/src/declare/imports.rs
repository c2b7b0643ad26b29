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
    if !advice.below.is_empty() {
        let mut below = advice.below.clone();
        below.sort();
        return Some(ModuleHint::Below(below));
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
                add(world, module, &last.name, symbol, last.span, By::Name);
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
                    add(world, module, name, value, bound.span, By::Name);
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
        add(world, module, bound, Symbol::Poison, span, By::Name);
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
    add(world, module, bound, symbol.unwrap_or(Symbol::Poison), span, By::Name);
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
        add(world, module, &name, symbol, span, By::All);
    }
}

/// How an import names what it binds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    /// With everything else of its module, by `*`.
    All,
}

/// Binds a global, unless the name is `_` or taken.
fn add(world: &mut World<'_>, module: ModuleId, name: &Name, symbol: Symbol, span: Span, by: By) {
    if name == "_" {
        return;
    }
    if let Some(own) = own(world, module, name) {
        if by == By::Name {
            taken(world, name, own == symbol, world.place(own), span);
        }
        return;
    }
    let Some(&(present, origin)) = world.scopes[module].globals.get(name) else {
        let origin = if by == By::Name { Origin::Import(span) } else { Origin::All(span) };
        world.scopes[module].globals.insert(name.clone(), (symbol, origin));
        return;
    };
    let same = present == symbol;
    let global = match (by, origin) {
        (By::All, _) if same => return,
        // Neither of them asks for this name, so nothing is wrong as long as it isn't used.
        (By::All, Origin::All(first)) => (Symbol::Ambiguous, Origin::Several(first, Some(span))),
        (By::All, Origin::Implicit) => (Symbol::Ambiguous, Origin::Several(span, None)),
        (By::All, Origin::Several(..)) => return,
        (By::Name, _) | (By::All, Origin::Import(_)) => {
            if symbol != Symbol::Poison && present != Symbol::Poison {
                taken(world, name, same, origin.place(), span);
            }
            if same {
                return;
            }
            // Which of the two is meant isn't known, so the uses of the name aren't judged.
            (Symbol::Poison, Origin::Import(span))
        }
    };
    world.scopes[module].globals.insert(name.clone(), global);
}

/// What a module itself defines under a name.
fn own(world: &World<'_>, module: ModuleId, name: &Name) -> Option<Symbol> {
    let scope = &world.scopes[module];
    let class = &world.program.classes[world.program.modules[module].class];
    let method =
        scope.methods.get(name).or_else(|| scope.externs.get(name)).or_else(|| class.methods.get(name));
    scope.members.get(name).copied().or_else(|| method.map(|&method| Symbol::Method(module, method)))
}

/// Reports an import of a name that something has already: the same thing, or another one.
fn taken(world: &mut World<'_>, name: &Name, same: bool, first: Option<Span>, span: Span) {
    let name = name.clone();
    let problem =
        if same { Problem::RedundantImport { name, first } } else { Problem::ImportClash { name, first } };
    world.report(span, problem);
}
