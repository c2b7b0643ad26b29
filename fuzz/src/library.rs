//! The standard library, read and parsed once: a program that is checked gets copies of the trees.

use inko_sema::{Loaded, Loader};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, SourceMap};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// All modules of the library.
pub static LIBRARY: LazyLock<Library> = LazyLock::new(Library::read);

/// Parsed modules by name, and their texts.
pub struct Library {
    /// The texts of all modules.
    pub map: SourceMap,
    modules: HashMap<String, (FileId, Module)>,
}

impl Library {
    fn read() -> Self {
        let mut library = Library { map: SourceMap::default(), modules: HashMap::new() };
        for (name, text) in programs(&["std"]) {
            let file = library.map.add(name.clone(), text);
            let parsed = inko_syntax::parse(file, library.map.file(file).text());
            let module = name.trim_end_matches(".inko").replace('/', "::");
            library.modules.insert(module, (file, parsed.module));
        }
        library
    }
}

/// Hands out copies of the library's modules; there are no others.
pub struct Modules;

impl Loader for Modules {
    fn load(&mut self, name: &str) -> Loaded {
        let found = LIBRARY.modules.get(name).cloned();
        found.map_or(Loaded::Missing, |(file, module)| Loaded::Module(file, module))
    }
}

/// The programs below directories of the repository: paths and texts, sorted by path.
pub fn programs(directories: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pending: Vec<PathBuf> = directories.iter().map(|directory| root.join(directory)).collect();
    let mut found = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).expect("the directory can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "inko") {
                let relative = path.strip_prefix(&root).expect("it is below").display().to_string();
                found.push((relative, std::fs::read_to_string(&path).expect("the program can be read")));
            }
        }
    }
    found.sort();
    found
}
