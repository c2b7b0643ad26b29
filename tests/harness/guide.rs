//! The samples of the guide: each fence marked `inko` is a program that is compiled and run, and what it prints is
//! compared with its comments `#=> LINE`.
//!
//! * `inko,file=NAME.inko` is a module that the next program imports.
//! * `inko,fails=E0200` is rejected with exactly that code.
//! * `inko,panics` ends in a panic; a comment `#=> panicked: MESSAGE` says with which.

use inko_testing::suite::{self, child, inkoc, root, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// No sample takes longer, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// How the expected message of a panic begins, among the expected lines.
const PANICKED: &str = "panicked: ";

fn main() {
    let arguments = Arguments::from_args();
    suite::build_runtime();
    let directory = root().join("docs/guide/src");
    let mut trials = vec![Trial::test("every chapter is listed", every_chapter_is_listed)];
    for path in suite::files(&directory, "md") {
        let chapter = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        for sample in samples(&std::fs::read_to_string(&path).expect("the chapter can be read")) {
            trials.push(Trial::test(format!("{chapter}:{}", sample.line), move || check(&sample)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn every_chapter_is_listed() -> Result<(), Failed> {
    let directory = root().join("docs/guide/src");
    let summary = std::fs::read_to_string(directory.join("SUMMARY.md"))?;
    let listed: BTreeSet<PathBuf> = summary
        .split("](")
        .skip(1)
        .filter_map(|link| link.split_once(')').map(|(target, _)| directory.join(target)))
        .collect();
    let mut files: BTreeSet<PathBuf> = suite::files(&directory, "md").into_iter().collect();
    files.remove(&directory.join("SUMMARY.md"));
    let differing: Vec<String> =
        files.symmetric_difference(&listed).map(|path| path.display().to_string()).collect();
    if differing.is_empty() { Ok(()) } else { Err(format!("not both: {}", differing.join(", ")).into()) }
}

/// What becomes of a sample.
#[derive(Clone, PartialEq)]
enum Outcome {
    Runs,
    Panics,
    Fails(String),
}

/// A program of the guide.
struct Sample {
    /// The line of its fence.
    line: usize,
    /// The names and texts of the modules before it that it imports.
    modules: Vec<(String, String)>,
    text: String,
    outcome: Outcome,
}

/// The samples of a chapter.
fn samples(chapter: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut modules = Vec::new();
    let mut lines = chapter.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| info.starts_with("inko")) else { continue };
        let text: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        let mut outcome = Outcome::Runs;
        let mut file = None;
        for word in info.split(',').skip(1) {
            match word.split_once('=') {
                Some(("fails", code)) => outcome = Outcome::Fails(code.into()),
                Some(("file", name)) => file = Some(name.to_owned()),
                None if word == "panics" => outcome = Outcome::Panics,
                _ => panic!("line {}: a fence can't say {word:?}", number + 1),
            }
        }
        match file {
            Some(name) => modules.push((name, text)),
            None => samples.push(Sample {
                line: number + 1,
                modules: std::mem::take(&mut modules),
                text,
                outcome,
            }),
        }
    }
    samples
}

fn check(sample: &Sample) -> Result<(), Failed> {
    let directory = suite::directory();
    for (name, text) in &sample.modules {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(path, text)?;
    }
    std::fs::write(directory.path().join("main.inko"), &sample.text)?;
    let mut command = child(inkoc());
    command.current_dir(directory.path());
    if let Outcome::Fails(code) = &sample.outcome {
        command.args(["check", "--color", "never", "--include", ".", "main.inko"]);
        let finished = run(&mut command, LIMIT);
        let codes: BTreeSet<&str> =
            finished.stderr.lines().filter_map(|line| line.strip_prefix('[')?.split(']').next()).collect();
        if codes == BTreeSet::from([code.as_str()]) {
            return Ok(());
        }
        return Err(format!("expected {code}, but it says:\n{}", finished.stderr).into());
    }
    command.args(["run", "--color", "never", "--include", ".", "main.inko"]);
    let finished = run(&mut command, LIMIT);
    let expected = suite::inline_output(&sample.text);
    let (panics, prints): (Vec<&str>, Vec<&str>) =
        expected.lines().partition(|line| line.starts_with(PANICKED));
    let status = if sample.outcome == Outcome::Panics { 1 } else { 0 };
    if finished.status != Some(status) {
        return Err(format!("status {:?}, expected {status}:\n{}", finished.status, finished.stderr).into());
    }
    if finished.stdout.lines().ne(prints.iter().copied()) {
        return Err(format!("it prints:\n{}\nexpected:\n{}", finished.stdout, prints.join("\n")).into());
    }
    match panics.iter().find(|message| !finished.stderr.contains(**message)) {
        Some(message) => Err(format!("no such panic: {message}\n{}", finished.stderr).into()),
        None if status == 0 && !finished.stderr.is_empty() => {
            Err(format!("the compiler says:\n{}", finished.stderr).into())
        }
        None => Ok(()),
    }
}
