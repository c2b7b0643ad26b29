//! `inkoc test`: finds modules of tests, makes one program of them, and runs it.
//!
//! A directory of tests contains a directory `test`. Each file below it whose name is `test_*.inko` is a module of
//! tests; `test/config.inko`, if it is there, sets them up first. Each run has a directory for temporary files of its own,
//! which is removed with all that tests have left there.

use crate::cli::{Color, Test};
use crate::driver::{Front, Program};
use crate::failure::Failure;
use crate::run;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};

/// Where tests are unless something else is said.
const DIRECTORY: &str = "tests";
/// The directory that a directory of tests contains.
const MARKER: &str = "test";
/// The module that sets tests up, below a directory of tests.
const CONFIG: &str = "test/config.inko";
/// What diagnostics call the program that is made.
const NAME: &str = "<tests>";

/// Runs tests; gives the exit status of the program that they are.
pub fn test(arguments: &Test) -> Result<u8, Failure> {
    let default = [arguments.directory.clone().unwrap_or_else(|| PathBuf::from(DIRECTORY))];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let root = root_of(paths)?;
    if let Some(directory) = &arguments.directory
        && directory.canonicalize().ok() != root.canonicalize().ok()
    {
        let (path, directory) = (paths[0].display(), directory.display());
        return Err(Failure::Message(format!("{path} isn't one of the tests in {directory}")));
    }
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::Message(format!(
            "there are no tests in {}: their files are called `test_*.inko`",
            places.join(", ")
        )));
    }
    let modules: Vec<String> = files.iter().map(|file| module_name(&root, file)).collect::<Result<_, _>>()?;
    let text = program(&root, &modules, arguments);
    let mut options = arguments.options.clone();
    options.include.insert(0, root);
    let progress = Progress::start(modules.len());
    let front = Front::load(Program::Made { name: NAME, text: &text }, &options)?;
    let built = run::build(front, arguments.opt)?;
    drop(progress);
    built.run_alone(&arguments.arguments)
}

/// The directory that contains the directory `test` which all paths lie in.
fn root_of(paths: &[PathBuf]) -> Result<PathBuf, Failure> {
    let mut found: Option<PathBuf> = None;
    for path in paths {
        let Ok(full) = path.canonicalize() else {
            return Err(Failure::Message(format!("{} doesn't exist", path.display())));
        };
        let is_root = |directory: &&Path| {
            let marker = directory.join(MARKER);
            marker.is_dir() && (full == **directory || full.starts_with(&marker))
        };
        // Tests may be of modules below one that is itself called `test`.
        let named = full.ancestors().filter(|directory| directory.ends_with(DIRECTORY)).find(is_root);
        let Some(root) = named.or_else(|| full.ancestors().find(is_root)) else {
            return Err(Failure::Message(format!(
                "{} neither contains a directory `{MARKER}` nor lies in one: that is where tests are",
                path.display()
            )));
        };
        if found.as_deref().is_some_and(|other| other != root) {
            return Err(Failure::Message(format!(
                "{} belongs to other tests than {}: run them one after the other",
                path.display(),
                paths[0].display()
            )));
        }
        found = Some(root.into());
    }
    let root = found.unwrap_or_default();
    // Places are shown as they are seen from here.
    let here = std::env::current_dir().unwrap_or_default();
    Ok(match root.strip_prefix(&here) {
        Ok(below) if below.as_os_str().is_empty() => ".".into(),
        Ok(below) => below.into(),
        Err(_) => root,
    })
}

/// Adds the modules of tests at or below a path. Symbolic links are left alone.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.is_file() {
        let full = path.canonicalize();
        files.push(full.map_err(|error| unreadable(path, &error))?);
        return Ok(());
    }
    let mut pending = vec![path.canonicalize().map_err(|error| unreadable(path, &error))?];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).map_err(|error| unreadable(&directory, &error))? {
            let entry = entry.map_err(|error| unreadable(&directory, &error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if kind.is_dir() {
                pending.push(entry.path());
            } else if kind.is_file() && name.starts_with("test_") && name.ends_with(".inko") {
                files.push(entry.path());
            }
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Message(format!("{} can't be read: {error}", path.display()))
}

/// The name of the module in a file.
fn module_name(root: &Path, file: &Path) -> Result<String, Failure> {
    let full = root.canonicalize().map_err(|error| unreadable(root, &error))?;
    let relative = file.strip_prefix(full).unwrap_or(file).with_extension("");
    let segments: Vec<&str> = relative.iter().filter_map(|segment| segment.to_str()).collect();
    let is_identifier = |segment: &&str| {
        segment.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && segment.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    if segments.len() == relative.iter().count() && segments.iter().all(is_identifier) {
        return Ok(segments.join("::"));
    }
    Err(Failure::Message(format!(
        "{} can't be imported: names of modules consist of small letters, digits and `_`",
        file.display()
    )))
}

/// The program that runs the tests of all modules.
fn program(root: &Path, modules: &[String], arguments: &Test) -> String {
    let mut text = String::from("import std::test::(Tests as AllTests)\n");
    let mut body = String::from("\nlet all_tests = AllTests.new\n\n");
    let colors = match arguments.options.color {
        Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        Color::Always => true,
        Color::Never => false,
    };
    if !colors {
        text.push_str("import std::test::test::(ProgressFormatter)\n");
        body.push_str("all_tests.formatter = ProgressFormatter.new(colors: False)\n");
    }
    if root.join(CONFIG).is_file() {
        text.push_str("import test::config::(setup as set_up_tests)\n");
        body.push_str("set_up_tests(all_tests)\n");
    }
    for (index, module) in modules.iter().enumerate() {
        let _ = writeln!(text, "import {module}::(tests as tests_{index})");
        let _ = writeln!(body, "tests_{index}(all_tests)");
    }
    if let Some(filter) = &arguments.filter {
        let quoted = filter.replace('\\', "\\\\").replace('\'', "\\'");
        let _ = writeln!(body, "all_tests._keep('{quoted}')");
    }
    body.push_str("all_tests.run\n");
    text + &body
}

/// What is shown while the tests are compiled, on a terminal.
struct Progress {
    shown: bool,
}

impl Progress {
    fn start(modules: usize) -> Self {
        let shown = std::io::stderr().is_terminal();
        if shown {
            eprint!("compiling {modules} modules of tests");
            let _ = std::io::stderr().flush();
        }
        Self { shown }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            // Back to the start of the line, and clear it.
            eprint!("\r\x1b[2K");
        }
    }
}
