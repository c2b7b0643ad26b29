//! The examples in the comments of the standard library: each is a module that is compiled and run, and a line
//! `EXPRESSION # => VALUE` must give what looks like the value to a mirror.
//!
//! An example is a run of lines in a comment that are indented by four more blanks than its text. All examples of a
//! library module are one program. Modules that aren't there to be imported have none.

use inko_testing::suite::{self, child, inkoc, root, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// No library module takes longer, on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);
/// What a line of an example begins with, after the indentation of the comment.
const EXAMPLE: &str = "#     ";
/// What stands between an expression and its value.
const GIVES: &str = " # => ";
/// The module that examples import to compare values.
const CHECKER: &str = "import std::mirror::(self as example_mirror)
import std::stdio::stdout::(self as example_stdout)

def example_check(line: Integer, given: Any, expected: Any) {
  let seen = example_mirror.reflect(given).inspect
  let wanted = example_mirror.reflect(expected).inspect

  (seen == wanted).if_false { example_stdout.print(`line {line}: it gives {seen}, not {wanted}`) }
}
";

fn main() {
    let arguments = Arguments::from_args();
    suite::build_runtime();
    let library = root().join("std");
    let mut trials = vec![Trial::test("every public method has an example", every_method_has_an_example)];
    for path in suite::files(&library, "inko") {
        let name = path.strip_prefix(&library).expect("it lies there").with_extension("");
        if name.starts_with("tests") {
            continue;
        }
        let examples = examples(&std::fs::read_to_string(&path).expect("the library is text"));
        if !examples.is_empty() {
            trials.push(Trial::test(name.display().to_string(), move || check(&examples)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Names that begin with an underscore aren't public.
fn every_method_has_an_example() -> Result<(), Failed> {
    let library = root().join("std");
    let mut missing = Vec::new();
    for path in suite::files(&library, "inko") {
        if path.starts_with(library.join("tests")) {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let mut has_example = false;
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            let method = code.strip_prefix("static ").unwrap_or(code).strip_prefix("def ");
            if method.is_some_and(|name| !name.starts_with('_')) && !has_example {
                missing.push(format!("{}:{}: {code}", path.display(), number + 1));
            }
            has_example = code.starts_with(EXAMPLE) || (has_example && code.starts_with('#'));
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}

/// An example: the line of the file that it begins on, and its lines.
struct Example {
    line: usize,
    code: Vec<String>,
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        match line.strip_prefix(EXAMPLE) {
            Some(code) if inside => {
                let example = examples.last_mut().expect("one was begun");
                // Blank lines of a comment in between were left out.
                let missing = number - example.line - example.code.len();
                example.code.extend((0..missing).map(|_| String::new()));
                example.code.push(code.into());
            }
            Some(code) => {
                examples.push(Example { line: number, code: vec![code.into()] });
                inside = true;
            }
            None => inside &= line == "#",
        }
    }
    examples
}

fn check(examples: &[Example]) -> Result<(), Failed> {
    let directory = suite::directory();
    std::fs::write(directory.path().join("example_checker.inko"), CHECKER)?;
    let mut main = String::new();
    for example in examples {
        let name = format!("example_{}", example.line + 1);
        let _ = writeln!(main, "import {name}::(self as _)");
        write_example(&directory.path().join(format!("{name}.inko")), example)?;
    }
    std::fs::write(directory.path().join("main.inko"), main)?;
    let mut command = child(inkoc());
    command.current_dir(directory.path()).args(["run", "--color", "never", "--include", ".", "main.inko"]);
    let finished = run(&mut command, LIMIT);
    if finished.status != Some(0) {
        return Err(format!("status {:?}:\n{}", finished.status, finished.stderr).into());
    }
    if finished.stdout.lines().any(|line| line.starts_with("line ") && line.contains(": it gives ")) {
        return Err(finished.stdout.into());
    }
    Ok(())
}

/// Writes an example as a module, line for line.
fn write_example(path: &Path, example: &Example) -> std::io::Result<()> {
    // In front, so that lines are those of the comment.
    let mut text = String::from("import example_checker::(example_check) ");
    for (index, line) in example.code.iter().enumerate() {
        let number = example.line + index + 1;
        let _ = match line.split_once(GIVES) {
            Some((given, value)) => writeln!(text, "example_check({number}, {given}, {value})"),
            None => writeln!(text, "{line}"),
        };
    }
    std::fs::write(path, text)
}
