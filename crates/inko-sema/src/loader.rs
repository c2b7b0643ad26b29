//! Which modules belong to a program, and in which order their bodies run.
//!
//! *Invariant:* only modules that are imported (implicitly too) are loaded, each once.
//! *Invariant:* a module comes after everything it imports, except where imports form a cycle: there, the
//! module that was entered first comes last, as at run time (§5.14 of the reference).

use crate::map::Map;
use inko_syntax::ast::{Item, Module};
use inko_syntax::{FileId, Name, Span};

/// A module in the form in which the checker takes it.
#[derive(Debug)]
pub struct ParsedModule {
    /// The full name, such as `std::option`; `main` for a main file outside of the source directories.
    pub name: Name,
    /// Its file.
    pub file: FileId,
    /// Its syntax tree. Syntax errors are reported by whoever parsed it.
    pub module: Module,
}

/// What a loader answers.
#[derive(Debug)]
pub enum Loaded {
    /// The module.
    Module(FileId, Module),
    /// There is no such module.
    Missing,
    /// There is a file, but it can't be read, for the reason given.
    Unreadable(String),
}

/// Finds modules by name; the only way in which the checker reaches files.
pub trait Loader {
    /// Loads and parses the module with a full name such as `std::fs::file`. Asked once for each name.
    fn load(&mut self, name: &str) -> Loaded;

    /// What to say about the remedy when the module doesn't exist. Asked right after the answer that it is missing.
    fn advise(&self, name: &str) -> Advice {
        let _ = name;
        Advice::default()
    }
}

/// How to get a module that doesn't exist where it was looked for.
#[derive(Debug, Default)]
pub struct Advice {
    /// The full names of the modules that stand beside where it was looked for.
    pub neighbours: Vec<Name>,
    /// The full names of the modules below it, if there are any.
    pub below: Vec<Name>,
    /// A remedy in words, for when none of the neighbours can be meant.
    pub remedy: Option<String>,
}

/// A module that could not be loaded.
pub(crate) struct Failure {
    /// Its name.
    pub(crate) name: Name,
    /// Where it was first imported; the start of the main module for implicit imports.
    pub(crate) span: Span,
    /// Why.
    pub(crate) reason: Reason,
}

/// Why a module could not be loaded.
pub(crate) enum Reason {
    /// There is a file, but it can't be read.
    Unreadable(String),
    /// There is none.
    Missing(Advice),
}

/// All modules of a program in the order in which their bodies run.
pub(crate) struct Collected {
    pub(crate) modules: Vec<ParsedModule>,
    pub(crate) failures: Vec<Failure>,
}

/// The module that defines the classes which the compiler knows.
pub(crate) const BOOTSTRAP: &str = "std::bootstrap";
const INIT: &str = "std::init";

/// What modules outside of `std` import without saying so.
pub(crate) const PRELUDE: &[(&str, &str)] = &[
    ("std::option", "Option"),
    ("std::map", "Map"),
    ("std::range", "Range"),
    ("std::loop", "loop"),
    ("std::loop", "while"),
];

/// Modules whose definitions the checker itself refers to.
const NEEDED: &[&str] = &["std::option", "std::iterator"];

/// Whether a module gets the prelude.
pub(crate) fn has_prelude(module: &str) -> bool {
    module != "std" && !module.starts_with("std::")
}

/// The module that an import names.
pub(crate) fn import_path(path: &[inko_syntax::ast::Ident]) -> Name {
    match path {
        [only] => only.name.clone(),
        _ => path.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join("::").into(),
    }
}

/// The modules that a module imports, implicit ones first.
fn imports(name: &str, module: &Module) -> Vec<(Name, Option<Span>)> {
    let mut found: Vec<(Name, Option<Span>)> = Vec::new();
    if name != BOOTSTRAP {
        found.push((BOOTSTRAP.into(), None));
        if name != INIT {
            found.push((INIT.into(), None));
        }
    }
    if has_prelude(name) {
        found.extend(PRELUDE.iter().map(|(path, _)| (Name::from(*path), None)));
        found.extend(NEEDED.iter().map(|path| (Name::from(*path), None)));
    }
    for item in &module.items {
        if let Item::Import(import) = item {
            let path = &import.path;
            let span = match (path.first(), path.last()) {
                (Some(first), Some(last)) => first.span.to(last.span),
                _ => import.span,
            };
            found.push((import_path(path), Some(span)));
        }
    }
    found
}

/// One module on the way down: its imports and how many of them have been followed.
struct Visit {
    module: ParsedModule,
    imports: Vec<(Name, Option<Span>)>,
    next: usize,
}

impl Visit {
    fn new(module: ParsedModule) -> Self {
        let imports = imports(&module.name, &module.module);
        Self { module, imports, next: 0 }
    }
}

/// Loads everything that `main` reaches, depth first. Uses a stack of its own, as chains of imports may
/// be longer than the machine's stack is deep.
pub(crate) fn collect(sources: &mut dyn Loader, main: ParsedModule) -> Collected {
    let start = Span::new(main.file, 0, 0);
    let mut collected = Collected { modules: Vec::new(), failures: Vec::new() };
    let mut seen: Map<Name, ()> = Map::default();
    seen.insert(main.name.clone(), ());
    let mut stack = vec![Visit::new(main)];
    while let Some(top) = stack.last_mut() {
        let Some((name, span)) = top.imports.get(top.next).cloned() else {
            if let Some(done) = stack.pop() {
                collected.modules.push(done.module);
            }
            continue;
        };
        top.next += 1;
        if seen.insert(name.clone(), ()).is_some() {
            continue;
        }
        let reason = match sources.load(&name) {
            Loaded::Module(file, module) => {
                stack.push(Visit::new(ParsedModule { name, file, module }));
                continue;
            }
            Loaded::Missing => Reason::Missing(sources.advise(&name)),
            Loaded::Unreadable(reason) => Reason::Unreadable(reason),
        };
        collected.failures.push(Failure { name, span: span.unwrap_or(start), reason });
    }
    collected
}
