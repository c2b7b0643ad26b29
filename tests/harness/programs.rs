//! Runs every program below `tests/programs` and `tests/language` in several configurations and compares
//! what it prints and how it ends with what is expected. `tests/README.md` lists the directives.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::{INKOC, child, root, run};

/// No program of the suite needs longer, on a busy machine and with a collection at each allocation.
const LIMIT: Duration = Duration::from_secs(120);

/// What the comments at the top of a program ask for: lines such as `# status: 1`.
#[derive(Default, Clone)]
struct Directives {
    args: Vec<String>,
    include: Option<String>,
    env: Vec<(String, String)>,
    status: i32,
    stderr: Vec<String>,
    min: Option<Duration>,
    max: Option<Duration>,
    runs_for: Option<Duration>,
    small: Option<String>,
    only: Option<String>,
    skip: Vec<String>,
}

fn directives(source: &str) -> Directives {
    let mut found = Directives::default();
    let seconds = |value: &str| Duration::from_secs_f64(value.parse().expect("seconds"));
    for line in source.lines().map_while(|line| line.strip_prefix('#')) {
        let Some((name, value)) = line.trim().split_once(": ") else { continue };
        match name {
            "args" => found.args = value.split_whitespace().map(String::from).collect(),
            "include" => found.include = Some(value.into()),
            "env" => {
                let (name, value) = value.split_once('=').expect("NAME=VALUE");
                found.env.push((name.into(), value.into()));
            }
            "status" => found.status = value.parse().expect("a status"),
            "stderr" => found.stderr.push(value.into()),
            "at-least" => found.min = Some(seconds(value)),
            "at-most" => found.max = Some(seconds(value)),
            "runs-for" => found.runs_for = Some(seconds(value)),
            "small" => found.small = Some(value.into()),
            "only" => found.only = Some(value.into()),
            "skip" => found.skip.extend(value.split_whitespace().map(String::from)),
            _ => {}
        }
    }
    found
}

/// A way to run a program.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Optimised,
    Stress,
    Threads,
    Interpreted,
}

const MODES: [(&str, Mode); 5] = [
    ("none", Mode::Plain),
    ("speed", Mode::Optimised),
    ("stress", Mode::Stress),
    ("threads", Mode::Threads),
    ("interpret", Mode::Interpreted),
];

impl Mode {
    /// Whether it takes so much longer that problems must be small.
    fn is_slow(self) -> bool {
        matches!(self, Self::Stress | Self::Threads | Self::Interpreted)
    }

    /// What the program is run with, one time after the other.
    fn environments(self) -> &'static [&'static [(&'static str, &'static str)]] {
        match self {
            Self::Plain | Self::Optimised | Self::Interpreted => &[&[]],
            // A collection at every allocation, all references checked after each.
            Self::Stress => &[&[("INKO_GC_STRESS", "1"), ("INKO_GC_VERIFY", "1")]],
            // Processes yield at every poll, and move to another place and thread.
            Self::Threads => &[
                &[("INKO_PRIMARY_THREADS", "1"), ("INKO_BLOCKING_THREADS", "1")],
                &[("INKO_PRIMARY_THREADS", "2"), ("INKO_YIELD_STRESS", "1")],
                &[("INKO_PRIMARY_THREADS", "16")],
            ],
        }
    }
}

fn main() {
    let arguments = Arguments::from_args();
    let root = root().join("tests");
    let mut trials = Vec::new();
    let found = ["programs", "language"].map(|name| support::files(&root.join(name), "inko"));
    for path in found.into_iter().flatten().filter(|path| !is_imported(path)) {
        let name = path.strip_prefix(&root).expect("below it").with_extension("");
        let name = name.strip_prefix("programs").unwrap_or(&name);
        let source = std::fs::read_to_string(&path).expect("the program can be read");
        let wanted = directives(&source);
        for (label, mode) in MODES {
            // The interpreter is for sequential programs, and its speed for small ones.
            let skipped = wanted.skip.iter().any(|skip| skip == label)
                || wanted.only.as_ref().is_some_and(|only| only != label)
                || (mode == Mode::Interpreted && source.contains("std::process"));
            if skipped {
                continue;
            }
            let (path, wanted) = (path.clone(), wanted.clone());
            let trial = move || check(&path, &wanted, mode);
            trials.push(Trial::test(format!("{}::{label}", name.display()), trial));
        }
    }
    if !arguments.list {
        support::build_runtime();
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Whether a file is a module that programs of the suite import.
fn is_imported(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "modules")
}

/// What a program should print: the file beside it, or else the comments `#=> LINE` in it.
fn expected(path: &Path) -> std::io::Result<String> {
    let file = path.with_extension("expected");
    if file.exists() {
        return std::fs::read_to_string(file);
    }
    Ok(support::inline_output(&std::fs::read_to_string(path)?))
}

fn check(path: &Path, wanted: &Directives, mode: Mode) -> Result<(), Failed> {
    let temporary = support::directory();
    let (path, expected) = match &wanted.small {
        Some(size) if mode.is_slow() => {
            let small = temporary.path().join("small.inko");
            std::fs::write(&small, with_size(&std::fs::read_to_string(path)?, size))?;
            let finished = run(&mut command(&small, wanted, Mode::Plain, temporary.path())?, LIMIT);
            (small, finished.stdout)
        }
        _ => (path.to_path_buf(), expected(path)?),
    };
    let mut command = command(&path, wanted, mode, temporary.path())?;
    for environment in mode.environments() {
        // What the program asks for counts more.
        command.envs(environment.iter().copied()).envs(wanted.env.iter().cloned());
        check_once(&mut command, wanted, &expected)
            .map_err(|wrong| format!("with {environment:?}: {wrong}"))?;
        for (name, _) in *environment {
            command.env_remove(name);
        }
    }
    Ok(())
}

fn check_once(command: &mut Command, wanted: &Directives, expected: &str) -> Result<(), String> {
    let finished = run(command, wanted.runs_for.unwrap_or(LIMIT));
    let mut wrong = Vec::new();
    if wanted.runs_for.is_some() != finished.stopped {
        wrong.push(format!("it ended or was stopped after {:?}", finished.elapsed));
    }
    if wanted.runs_for.is_none() && finished.status != Some(wanted.status) {
        wrong.push(format!("status {:?}, expected {}", finished.status, wanted.status));
    }
    if finished.stdout.trim_end() != expected.trim_end() {
        wrong.push(format!("printed:\n{}\nexpected:\n{expected}", finished.stdout));
    }
    for text in wanted.stderr.iter().filter(|text| !finished.stderr.contains(*text)) {
        wrong.push(format!("standard error lacks: {text}"));
    }
    if wanted.min.is_some_and(|min| finished.elapsed < min) {
        wrong.push(format!("ended after {:?} already", finished.elapsed));
    }
    if wanted.max.is_some_and(|max| finished.elapsed > max) {
        wrong.push(format!("ended after {:?} only", finished.elapsed));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nstandard error:\n{}", wrong.join("\n"), finished.stderr))
}

/// What runs a program in a mode.
fn command(path: &Path, wanted: &Directives, mode: Mode, directory: &Path) -> Result<Command, Failed> {
    let mut command = match mode {
        Mode::Interpreted => {
            let mut command = child(INKOC);
            include(&mut command, "run", path, wanted);
            command.arg("--interpret").arg(path);
            command
        }
        _ => child(build(path, wanted, directory, mode)?),
    };
    command.args(&wanted.args);
    Ok(command)
}

/// The program with another problem size: the value of `let N`.
fn with_size(source: &str, size: &str) -> String {
    let lines = source.lines().map(|line| match line.starts_with("let N = ") {
        true => format!("let N = {size}\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// The subcommand and the directories of modules.
fn include(command: &mut Command, name: &str, path: &Path, wanted: &Directives) {
    command.arg(name);
    if let (Some(include), Some(directory)) = (&wanted.include, path.parent()) {
        command.arg("-i").arg(directory.join(include));
    }
}

fn build(path: &Path, wanted: &Directives, directory: &Path, mode: Mode) -> Result<PathBuf, Failed> {
    let output = directory.join("program");
    let level = if mode == Mode::Plain { "none" } else { "speed" };
    let mut command = child(INKOC);
    include(&mut command, "build", path, wanted);
    command.args(["--verify-ir", "--opt", level, "--color", "never", "-o"]).arg(&output).arg(path);
    let finished = run(&mut command, LIMIT);
    if finished.status == Some(0) {
        return Ok(output);
    }
    Err(format!("the build ended with {:?}:\n{}", finished.status, finished.stderr).into())
}
