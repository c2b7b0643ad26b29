//! Random programs do the same whether optimised or not, with a collection at every allocation, and in the
//! interpreter of the IR; and the compiler accepts them all. `tests/README.md` says how to run many.

#[path = "generated/mod.rs"]
mod generator;

use generator::Program;
use inko_testing::suite::{self, child, inkoc, run};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many programs an ordinary run tries.
const CASES: u32 = 24;
/// The seed of an ordinary run.
const SEED: u64 = 1;
/// Generated programs need milliseconds; this is for collections at every allocation on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// How many lines of errors are shown.
const ERRORS: usize = 40;
/// How long a failing program is made smaller.
const SHRINK: Duration = Duration::from_secs(120);

#[test]
fn optimised_programs_do_the_same() {
    let cases = number("INKO_GENERATED_CASES").map_or(CASES, |cases| cases as u32);
    let mut seed = number("INKO_GENERATED_SEED").unwrap_or(SEED);
    let seconds = number("INKO_GENERATED_SECONDS").map(Duration::from_secs);
    let directory = suite::directory();
    suite::build_runtime();
    let start = Instant::now();
    loop {
        batch(cases, seed, directory.path());
        if seconds.is_none_or(|seconds| start.elapsed() >= seconds) {
            return;
        }
        seed += 1;
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} isn't a number: {text}")))
}

/// Tries so many programs.
fn batch(cases: u32, seed: u64, directory: &Path) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 1000,
        max_shrink_time: SHRINK.as_millis() as u32,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    match runner.run(&generator::programs(), |program| check(&program, directory)) {
        Ok(()) => {}
        Err(TestError::Fail(reason, program)) => {
            panic!("seed {seed}: {reason}\n{}\n# The program:\n{}", "-".repeat(72), program.text());
        }
        Err(TestError::Abort(reason)) => panic!("seed {seed}: {reason}"),
    }
}

/// What a program did.
#[derive(PartialEq, Debug)]
struct Outcome {
    status: Option<i32>,
    stdout: String,
}

/// Compiles a program both ways and compares what the two and the interpreter do.
fn check(program: &Program, directory: &Path) -> Result<(), TestCaseError> {
    let source = directory.join("program.inko");
    std::fs::write(&source, program.text()).expect("the program can be written");
    let plain = build(&source, "none", directory)?;
    let optimised = build(&source, "speed", directory)?;
    let (expected, said) = outcome(&mut child(&plain))?;
    let mut interpreted = child(inkoc());
    interpreted.args(["run", "--interpret", "--color", "never"]).arg(&source);
    let mut stressed = child(&optimised);
    stressed.env("INKO_GC_STRESS", "1");
    let others = [("speed", child(&optimised)), ("stress", stressed), ("interpret", interpreted)];
    for (name, mut command) in others {
        let (found, error) = outcome(&mut command)?;
        if found != expected {
            return Err(TestCaseError::fail(format!(
                "{name} differs\nnone: {}\n{said}\n{name}: {}\n{error}",
                shown(&expected),
                shown(&found)
            )));
        }
    }
    Ok(())
}

fn shown(outcome: &Outcome) -> String {
    format!("status {:?}\n{}", outcome.status, outcome.stdout)
}

fn build(source: &Path, level: &str, directory: &Path) -> Result<std::path::PathBuf, TestCaseError> {
    let output = directory.join(level);
    let mut command = child(inkoc());
    command.args(["build", "--verify-ir", "--opt", level, "--color", "never", "-o"]).arg(&output).arg(source);
    let finished = run(&mut command, LIMIT);
    if finished.status == Some(0) {
        return Ok(output);
    }
    let errors: String = finished.stderr.lines().take(ERRORS).map(|line| format!("{line}\n")).collect();
    Err(TestCaseError::fail(format!("the build for {level} ended with {:?}:\n{errors}", finished.status)))
}

/// What a program prints and how it ends, and the end of what it says on standard error.
fn outcome(command: &mut Command) -> Result<(Outcome, String), TestCaseError> {
    let finished = run(command, LIMIT);
    if finished.stopped {
        return Err(TestCaseError::fail("the program doesn't end"));
    }
    let error: Vec<&str> = finished.stderr.lines().collect();
    let error = error[error.len().saturating_sub(ERRORS)..].join("\n");
    Ok((Outcome { status: finished.status, stdout: finished.stdout }, error))
}
