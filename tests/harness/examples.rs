//! The programs in `examples`, which are what newcomers read first: each of them has a test, here, in `server_examples.rs` or in
//! `ffi_examples.rs`.

use inko_testing::suite::{self, build_file, child, root, run};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// None of these needs longer, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Builds an example.
fn example(name: &str) -> (TempDir, PathBuf) {
    let directory = suite::directory();
    let output = directory.path().join(name);
    build_file(&root().join("examples").join(name).with_extension("inko"), &output);
    (directory, output)
}

/// Counts the words of a file that is given as standard input.
fn wc_of(program: &Path, input: &[u8]) -> String {
    let mut child = child(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let child = child.as_mut().expect("it starts");
    child.stdin.take().expect("piped").write_all(input).expect("it reads everything");
    let mut output = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().expect("piped"), &mut output).expect("it is text");
    assert!(child.wait().expect("it ends").success());
    output
}

#[test]
fn all_are_tested() {
    // Servers and C have test files of their own.
    let tested = [
        "chat_server",
        "echo_client",
        "echo_server",
        "http_server",
        "libm",
        "ping_pong",
        "pipeline",
        "qsort",
        "wc",
    ];
    let files = suite::files(&root().join("examples"), "inko");
    let found: Vec<_> = files.iter().map(|path| path.file_stem().expect("a name").to_owned()).collect();
    assert_eq!(found, tested);
}

#[test]
fn ping_pong() {
    let (_directory, program) = example("ping_pong");
    let finished = run(&mut child(program), LIMIT);
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = finished.stdout.lines().collect();
    assert!(lines[0].starts_with("1000000 messages there and back in "), "{}", lines[0]);
    assert_eq!(lines[1..], ["The third process gave up waiting."]);
}

#[test]
fn pipeline() {
    let (_directory, program) = example("pipeline");
    let finished = run(&mut child(&program), LIMIT);
    let expected = (1..=200_000).filter(|number: &u32| number.to_string().contains('7')).count();
    assert_eq!((finished.status, finished.stderr.as_str()), (Some(0), ""));
    assert_eq!(finished.stdout.trim(), expected.to_string());
}

#[test]
fn wc() {
    let (directory, program) = example("wc");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("one"), "a bc\n  def\t\n\nlast").expect("it is written");
    fs::write(path("many"), "hello world\n".repeat(100_000)).expect("it is written");
    let of = |names: &[&str]| {
        let mut command = child(&program);
        run(command.current_dir(directory.path()).args(names), LIMIT)
    };
    let one = "      3       4      17 one\n";
    let many = " 100000  200000 1200000 many\n";
    assert_eq!(of(&["one"]).stdout, one);
    let both = of(&["one", "many"]);
    assert_eq!(both.stdout, format!("{one}{many} 100003  200004 1200017 total\n"));
    assert_eq!((both.status, both.stderr.as_str()), (Some(0), ""));
    let some = of(&["missing", "one", "."]);
    assert_eq!(some.stdout, format!("{one}      3       4      17 total\n"));
    let missing = "wc: missing: The resource could not be found\n";
    assert_eq!(some.stderr, format!("{missing}wc: .: An unknown IO error occurred\n"));
    assert_eq!(some.status, Some(1));
    assert_eq!(wc_of(&program, b"one two\n"), "      1       2       8 \n");
    assert_eq!(wc_of(&program, b""), "      0       0       0 \n");
}
