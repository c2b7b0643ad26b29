//! Runs every program below `tests/programs` and `tests/language` in several configurations and compares
//! what it prints and how it ends with what is expected. `tests/README.md` lists the directives.

use inko_testing::suite::{self, child, inkoc, root, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

/// Ends programs that hang; nothing else depends on it.
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
    small: Option<String>,
    only: Option<String>,
    skip: Vec<String>,
}

fn directives(source: &str) -> Directives {
    let mut found = Directives::default();
    let seconds = |value: &str| Duration::from_secs_f64(value.parse().expect("seconds"));
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    for line in text.lines().map_while(|line| line.strip_prefix('#')) {
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
    PlainStress,
    Threads,
    Interpreted,
}

const MODES: [(&str, Mode); 6] = [
    ("none", Mode::Plain),
    ("speed", Mode::Optimised),
    ("stress", Mode::Stress),
    ("none-stress", Mode::PlainStress),
    ("threads", Mode::Threads),
    ("interpret", Mode::Interpreted),
];

impl Mode {
    /// Whether it takes so much longer that problems must be small.
    fn is_slow(self) -> bool {
        matches!(self, Self::Stress | Self::PlainStress | Self::Threads | Self::Interpreted)
    }

    /// What the program is run with, one time after the other.
    fn environments(self) -> &'static [&'static [(&'static str, &'static str)]] {
        match self {
            Self::Plain | Self::Optimised | Self::Interpreted => &[&[]],
            // A collection at every allocation.
            Self::PlainStress => &[&[("INKO_GC_STRESS", "1")]],
            // All references are checked after each, too.
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
    let found = ["programs", "language"].map(|name| suite::files(&root.join(name), "inko"));
    for path in found.into_iter().flatten().filter(|path| !is_imported(path)) {
        let name = path.strip_prefix(&root).expect("below it").with_extension("");
        let name = name.strip_prefix("programs").unwrap_or(&name);
        let source = std::fs::read_to_string(&path).expect("the program can be read");
        let program = Arc::new(Program::new(path, &source));
        let wanted = &program.wanted;
        for (label, mode) in MODES {
            // The interpreter is for sequential programs, and its speed for small ones.
            let skipped = wanted
                .skip
                .iter()
                .any(|skip| [label, label.trim_start_matches("none-")].contains(&skip.as_str()))
                || wanted.only.as_ref().is_some_and(|only| only != label)
                || (mode == Mode::Interpreted && source.contains("std::process"));
            if skipped {
                continue;
            }
            let program = program.clone();
            let trial = move || program.check(mode);
            trials.push(Trial::test(format!("{}::{label}", name.display()), trial));
        }
    }
    if !arguments.list {
        suite::build_runtime();
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
    Ok(suite::inline_output(&std::fs::read_to_string(path)?))
}

/// A program, which is built once for all modes that can share it.
struct Program {
    path: PathBuf,
    wanted: Directives,
    /// What is built; it goes with the last mode.
    directory: OnceLock<TempDir>,
    /// The program in its size and in a small one, without optimisation and with it.
    built: [[OnceLock<Result<PathBuf, String>>; 2]; 2],
}

impl Program {
    fn new(path: PathBuf, source: &str) -> Self {
        let wanted = directives(source);
        Self { path, wanted, directory: OnceLock::new(), built: Default::default() }
    }

    fn check(&self, mode: Mode) -> Result<(), Failed> {
        let is_small = mode.is_slow() && self.wanted.small.is_some();
        let expected = match is_small {
            true => run(&mut self.command(true, Mode::Plain)?, LIMIT).stdout,
            false => expected(&self.path)?,
        };
        let mut command = self.command(is_small, mode)?;
        for environment in mode.environments() {
            // What the program asks for counts more.
            command.envs(environment.iter().copied()).envs(self.wanted.env.iter().cloned());
            check_once(&mut command, &self.wanted, &expected)
                .map_err(|wrong| format!("with {environment:?}: {wrong}"))?;
            for (name, _) in *environment {
                command.env_remove(name);
            }
        }
        Ok(())
    }

    /// What runs the program in a mode.
    fn command(&self, is_small: bool, mode: Mode) -> Result<Command, Failed> {
        let mut command = match mode {
            Mode::Interpreted => {
                let mut command = child(inkoc());
                self.include(&mut command, "run");
                command.arg("--interpret").arg(self.source(is_small)?);
                command
            }
            _ => child(self.build(is_small, mode)?),
        };
        command.args(&self.wanted.args);
        Ok(command)
    }

    /// The file of the program in one of its sizes.
    fn source(&self, is_small: bool) -> std::io::Result<PathBuf> {
        let (true, Some(size)) = (is_small, &self.wanted.small) else { return Ok(self.path.clone()) };
        // One that another mode reads isn't touched.
        let small = suite::directory_in(self.directory()).keep().join("small.inko");
        std::fs::write(&small, with_size(&std::fs::read_to_string(&self.path)?, size))?;
        Ok(small)
    }

    fn directory(&self) -> &Path {
        self.directory.get_or_init(suite::directory).path()
    }

    fn build(&self, is_small: bool, mode: Mode) -> Result<PathBuf, Failed> {
        let is_optimised = !matches!(mode, Mode::Plain | Mode::PlainStress);
        let built = &self.built[usize::from(is_small)][usize::from(is_optimised)];
        let path = built.get_or_init(|| {
            let source = self.source(is_small).map_err(|error| error.to_string())?;
            let output = suite::directory_in(self.directory()).keep().join("program");
            let mut command = child(inkoc());
            self.include(&mut command, "build");
            command.args(["--verify-ir", "--opt", if is_optimised { "speed" } else { "none" }]);
            command.args(["--color", "never", "-o"]).arg(&output).arg(source);
            let finished = run(&mut command, LIMIT);
            if finished.status == Some(0) {
                return Ok(output);
            }
            Err(format!("the build ended with {:?}:\n{}", finished.status, finished.stderr))
        });
        Ok(path.clone()?)
    }

    /// The subcommand and the directories of modules.
    fn include(&self, command: &mut Command, name: &str) {
        command.arg(name);
        if let (Some(include), Some(directory)) = (&self.wanted.include, self.path.parent()) {
            command.arg("-i").arg(directory.join(include));
        }
    }
}

fn check_once(command: &mut Command, wanted: &Directives, expected: &str) -> Result<(), String> {
    let finished = run(command, LIMIT);
    let mut wrong = Vec::new();
    if finished.stopped {
        wrong.push(format!("it was stopped after {:?}", finished.elapsed));
    }
    if finished.status != Some(wanted.status) {
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
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nstandard error:\n{}", wrong.join("\n"), finished.stderr))
}

/// The program with another problem size: the value of `let N`.
fn with_size(source: &str, size: &str) -> String {
    let lines = source.lines().map(|line| match line.starts_with("let N = ") {
        true => format!("let N = {size}\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}
