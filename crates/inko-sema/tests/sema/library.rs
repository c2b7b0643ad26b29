//! The real standard library: every module of it must check without a diagnostic.

use crate::support::show_all;
use inko_sema::{Loaded, Loader, ParsedModule};
use inko_syntax::{SourceMap, parse};
use std::path::{Path, PathBuf};

/// Modules from the library's directory.
struct Library {
    root: PathBuf,
    map: SourceMap,
}

impl Loader for Library {
    fn load(&mut self, name: &str) -> Loaded {
        let path = self.root.join(name.replace("::", "/")).with_extension("inko");
        let Ok(text) = std::fs::read_to_string(&path) else { return Loaded::Missing };
        let file = self.map.add(path.display().to_string(), text.as_str());
        let parsed = parse(file, &text);
        assert!(parsed.errors.is_empty(), "{}: {:#?}", path.display(), parsed.errors);
        Loaded::Module(file, parsed.module)
    }
}

/// The names of all modules below a directory.
fn modules(directory: &Path, prefix: &str, names: &mut Vec<String>) {
    let entries = std::fs::read_dir(directory).expect("the library is there");
    for entry in entries {
        let path = entry.expect("directories can be read").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("names are text");
        let name = format!("{prefix}::{stem}");
        if path.is_dir() {
            modules(&path, &name, names);
        } else if path.extension().is_some_and(|extension| extension == "inko") {
            names.push(name);
        }
    }
}

fn check(text: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut library = Library { root, map: SourceMap::default() };
    let file = library.map.add("main.inko", text);
    let parsed = parse(file, text);
    assert!(parsed.errors.is_empty(), "{:#?}", parsed.errors);
    let main = ParsedModule { name: "main".into(), file, module: parsed.module };
    let checked = inko_sema::check(&mut library, main);
    show_all(&checked.diagnostics, &library.map)
}

#[test]
fn all_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let mut names = Vec::new();
    modules(&root, "std", &mut names);
    names.retain(|name| !name.starts_with("std::tests::"));
    names.sort();
    let imports: String = names.iter().map(|name| format!("import {name}::(self as _)\n")).collect();
    assert_eq!(check(&imports), "");
}

/// All sources below a directory.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("the programs are there") {
        let path = entry.expect("directories can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "inko") {
            found.push(path);
        }
    }
}

/// The programs that are run from end to end elsewhere.
#[test]
fn programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    sources(&root.join("tests/programs"), &mut paths);
    // Programs of several modules need a directory to look them up in, which these checks don't have.
    paths.retain(|path| !std::fs::read_to_string(path).is_ok_and(|text| text.contains("# include:")));
    paths.retain(|path| !path.iter().any(|part| part == "modules"));
    sources(&root.join("examples"), &mut paths);
    let mut all = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("programs are text");
        // Some of them define variables just to show how.
        let found: String = check(&text).lines().filter(|line| !line.starts_with("UnusedLocal")).collect();
        if !found.is_empty() {
            all.push_str(&format!("{}\n{found}\n", path.display()));
        }
    }
    assert_eq!(all, "");
}
