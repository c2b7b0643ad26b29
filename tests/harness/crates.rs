//! The shape of the compiler: which crate may depend on which, the drawing of it, and circles of files within a crate.
//!
//! What is allowed is a table in `docs/architecture.md`; what there is comes from `cargo metadata`. The drawing stands
//! in the same document; `UPDATE=1` draws it anew.

use inko_testing::suite::{child, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The document with the table and the drawing.
const DOCUMENT: &str = "docs/architecture.md";
/// What stands before and after the drawing.
const DRAWING: (&str, &str) = ("<!-- drawn by `just crates` -->\n", "<!-- end of the drawing -->\n");
/// How the table of what is allowed begins.
const TABLE: &str = "| crate | may depend on |\n|---|---|\n";
/// The crate that only tests may depend on.
const FOR_TESTS: &str = "inko-testing";

/// Circles of files that are known, by crate: files of which each can be reached from each.
///
/// FIXME: there should be none. The table may only become shorter.
const KNOWN_CIRCLES: &[(&str, &[&str])] = &[(
    "inko-runtime",
    &[
        "ffi/mod.rs",
        "generator.rs",
        "handle.rs",
        "heap/external.rs",
        "heap/message.rs",
        "panic.rs",
        "process.rs",
        "resource.rs",
        "scheduler/mod.rs",
        "socket.rs",
        "switch.rs",
        "walk.rs",
    ],
)];

/// Arrows from crates to those they depend on.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// A crate of the workspace.
struct Crate {
    name: String,
    /// The file that its modules hang on.
    main: PathBuf,
    dependencies: BTreeSet<String>,
    of_tests: BTreeSet<String>,
}

/// The crates of the workspace, by name.
fn crates() -> Vec<Crate> {
    let cargo = Path::new(env!("CARGO"));
    let mut command = child(cargo);
    // Its neighbour rather than one that looks for a toolchain in the home directory.
    let compiler = cargo.with_file_name("rustc");
    if compiler.exists() {
        command.env("RUSTC", compiler);
    }
    command.current_dir(root()).args(["metadata", "--format-version", "1", "--offline", "--no-deps"]);
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let mut crates: Vec<Crate> = packages
        .iter()
        .map(|package| {
            let of_kind = |wanted: fn(&Value) -> bool| {
                let all = package["dependencies"].as_array().expect("a list");
                let found = all.iter().filter(|dependency| wanted(&dependency["kind"]));
                found
                    .map(|dependency| text(&dependency["name"]))
                    .filter(|name| names.contains(name))
                    .collect()
            };
            // Programs and libraries, and no tests.
            let targets = package["targets"].as_array().expect("a list");
            let is_main = |target: &&Value| {
                let kinds = target["kind"].as_array().expect("a list");
                kinds.iter().any(|kind| ["lib", "rlib", "bin"].contains(&kind.as_str().unwrap_or_default()))
            };
            let main = targets.iter().find(is_main).expect("a crate has a library or a program");
            Crate {
                name: text(&package["name"]),
                main: text(&main["src_path"]).into(),
                dependencies: of_kind(|kind| kind != "dev"),
                of_tests: of_kind(|kind| kind == "dev"),
            }
        })
        .collect();
    crates.sort_by(|left, right| left.name.cmp(&right.name));
    crates
}

fn document() -> String {
    std::fs::read_to_string(root().join(DOCUMENT)).expect("the document is there")
}

/// What the table of the document allows.
fn allowed() -> Arrows {
    let document = document();
    let (_, rows) = document.split_once(TABLE).expect("the document has the table");
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`').filter(|word| word.starts_with("inko")).map(str::to_owned).collect()
    };
    rows.lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let name = names(cells[1]).pop_first().expect("a row begins with a crate");
            (name, names(cells[2]))
        })
        .collect()
}

#[test]
fn crates_depend_on_what_the_table_allows() {
    let allowed = allowed();
    let crates = crates();
    let there: BTreeSet<&String> = crates.iter().map(|found| &found.name).collect();
    assert_eq!(there, allowed.keys().collect(), "the table of {DOCUMENT} has a row for each crate");
    for found in &crates {
        let may = &allowed[&found.name];
        let too_much: Vec<&String> = found.dependencies.difference(may).collect();
        assert!(too_much.is_empty(), "{} must not depend on {too_much:?}, says {DOCUMENT}", found.name);
        assert!(
            !found.dependencies.contains(FOR_TESTS),
            "{} depends on {FOR_TESTS} outside tests",
            found.name
        );
        // What runs in a compiled program sees the compiler not even in tests.
        if found.name == "inko-runtime" {
            assert!(found.of_tests.is_subset(may), "tests of the runtime depend on {:?}", found.of_tests);
        }
    }
}

/// Leaves out the arrows that others imply.
fn reduced(arrows: &Arrows) -> Arrows {
    let implied = |from: &String, to: &String| {
        arrows[from].iter().any(|between| between != to && reaches(arrows, between, to))
    };
    let keep = |(from, to): (&String, &BTreeSet<String>)| {
        (from.clone(), to.iter().filter(|to| !implied(from, to)).cloned().collect())
    };
    arrows.iter().map(keep).collect()
}

/// Whether a way leads from one to another. The arrows must not go round in circles.
fn reaches(arrows: &Arrows, from: &String, to: &String) -> bool {
    from == to || arrows[from].iter().any(|next| reaches(arrows, next, to))
}

/// The crates as a Mermaid drawing.
fn drawing() -> String {
    let arrows = crates().into_iter().map(|found| (found.name, found.dependencies)).collect();
    let mut text = String::from("```mermaid\ngraph TD\n");
    for (from, to) in reduced(&arrows) {
        if to.is_empty() {
            text += &format!("    {from}\n");
        }
        for to in to {
            text += &format!("    {from} --> {to}\n");
        }
    }
    text + "```\n"
}

#[test]
fn the_drawing_shows_the_crates() {
    let document = document();
    let (before, rest) = document.split_once(DRAWING.0).expect("the document has a place for the drawing");
    let (_, after) = rest.split_once(DRAWING.1).expect("the drawing has an end");
    let wanted = [before, DRAWING.0, &drawing(), DRAWING.1, after].concat();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join(DOCUMENT), wanted).expect("the document can be written");
    } else {
        assert!(document == wanted, "the drawing in {DOCUMENT} isn't what there is; `just crates` draws it");
    }
}

#[test]
fn files_have_no_new_circles() {
    let mut found = Vec::new();
    for krate in crates() {
        for circle in circles(&uses(&krate.main)) {
            found.push((krate.name.clone(), circle));
        }
    }
    let known = KNOWN_CIRCLES.iter().map(|(name, files)| {
        (name.to_string(), files.iter().map(|file| file.to_string()).collect::<Vec<_>>())
    });
    let known: Vec<(String, Vec<String>)> = known.collect();
    let is_known = |(name, circle): &&(String, Vec<String>)| {
        let within = |file: &String, files: &[String]| files.contains(file);
        !known.iter().any(|(of, files)| of == name && circle.iter().all(|file| within(file, files)))
    };
    let new: Vec<_> = found.iter().filter(is_known).collect();
    assert!(new.is_empty(), "files that use each other in a circle: {new:#?}");
    assert!(found == known, "some circles are gone: the table of known ones is now {found:#?}");
}

/// The files of a crate, and which other files of it each one uses.
///
/// Only `use` items that begin with `crate`, `super` or `self` are looked at: not paths within expressions, and not what
/// a module takes from its own children. A name that another file re-exports counts as one of that file.
fn uses(main: &Path) -> Arrows {
    let top = main.parent().expect("a file is in a directory");
    let mut files = BTreeMap::new();
    collect(top, top, &mut files);
    let name = |path: &[String]| match path {
        [] => main.file_name().expect("a file has a name").to_string_lossy().into_owned(),
        _ => files.get(path).cloned().unwrap_or_default(),
    };
    let mut arrows = Arrows::new();
    for (path, file) in &files {
        let text = std::fs::read_to_string(top.join(file)).expect("a source can be read");
        // Modules of tests come last in a file, and may use what they like.
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let to = used_paths(text, path).into_iter().map(|mut target| {
            while !target.is_empty() && !files.contains_key(&target) {
                target.pop();
            }
            name(&target)
        });
        arrows.insert(file.clone(), to.filter(|to| to != file).collect());
    }
    // The modules of a program hang on its main file, which is `lib.rs` or `main.rs`.
    arrows.entry(name(&[])).or_default();
    arrows
}

/// Finds the files below a directory: their module paths and names.
fn collect(top: &Path, directory: &Path, files: &mut BTreeMap<Vec<String>, String>) {
    for entry in std::fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            collect(top, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = path.strip_prefix(top).expect("it is below the top");
            let mut module: Vec<String> =
                file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let is_root = module.len() == 1 && ["lib", "main"].contains(&module[0].as_str());
            if is_root || module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            files.insert(module, file.to_string_lossy().into_owned());
        }
    }
}

/// The absolute paths, without `crate`, of what a module uses from its own crate.
fn used_paths(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    for item in text.split('\n').enumerate().filter_map(|(number, line)| {
        let visible = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub(super) "));
        let line = visible.or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
        line.strip_prefix("use ").map(|rest| (number, rest))
    }) {
        // An item may go on over some lines, up to its semicolon.
        let rest: Vec<&str> = text.split('\n').skip(item.0 + 1).collect();
        let whole = [item.1, &rest.join(" ")].join(" ");
        let tree = whole.split(';').next().unwrap_or_default();
        let (path, names) = tree.split_at(tree.find('{').unwrap_or(tree.len()));
        for leaf in leaves(path, names) {
            let mut parts = leaf.split("::").map(|part| part.split_whitespace().next().unwrap_or_default());
            let mut absolute = match parts.next() {
                Some("crate") => Vec::new(),
                Some("self") => module.to_vec(),
                Some("super") => module[..module.len() - 1].to_vec(),
                _ => continue,
            };
            for part in parts {
                match part {
                    "super" => drop(absolute.pop()),
                    "self" | "*" => {}
                    name => absolute.push(name.to_owned()),
                }
            }
            paths.push(absolute);
        }
    }
    paths
}

/// The paths that a prefix and its names in braces stand for.
fn leaves(prefix: &str, names: &str) -> Vec<String> {
    let Some(inner) = names.trim().strip_prefix('{').and_then(|names| names.strip_suffix('}')) else {
        return vec![prefix.trim().to_owned()];
    };
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let name = inner[start..at].trim();
                let (path, rest) = name.split_at(name.find('{').unwrap_or(name.len()));
                if !name.is_empty() {
                    found.extend(leaves(&format!("{prefix}{path}"), rest));
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// The circles: sets of more than one file of which each reaches each, in order.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    // The crates are small enough for asking from each file.
    let reachable: BTreeMap<&String, BTreeSet<&String>> = arrows
        .keys()
        .map(|file| {
            let (mut seen, mut left) = (BTreeSet::new(), vec![file]);
            while let Some(next) = left.pop() {
                left.extend(arrows[next].iter().filter(|to| seen.insert(*to)));
            }
            (file, seen)
        })
        .collect();
    let mut circles = BTreeSet::new();
    for (file, seen) in &reachable {
        let circle: Vec<String> = seen
            .iter()
            .filter(|other| reachable[**other].contains(file))
            .map(|other| other.to_string())
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

#[test]
fn uses_are_read() {
    let text =
        "use crate::a::{b::{C, d}, self};\nuse super::x::Y as Z;\npub(crate) use self::w;\nuse std::fmt;\n";
    let module = ["m".to_owned(), "n".to_owned()];
    let paths: Vec<String> = used_paths(text, &module).iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["a::b::C", "a::b::d", "a", "m::x::Y", "m::n::w"]);
    let arrows = |list: &[(&str, &str)]| {
        let mut arrows = Arrows::new();
        for (from, to) in list {
            arrows.entry(from.to_string()).or_default().insert(to.to_string());
            arrows.entry(to.to_string()).or_default();
        }
        arrows
    };
    let some = arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]);
    assert_eq!(circles(&some), [["b", "c"]]);
    assert_eq!(
        reduced(&arrows(&[("a", "b"), ("a", "c"), ("b", "c")]))["a"],
        BTreeSet::from(["b".to_owned()])
    );
}
