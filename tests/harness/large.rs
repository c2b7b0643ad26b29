//! Programs that are large in one way: nothing in the compiler may recurse along them.

use inko_testing::suite::{self, LIMIT, run};

/// How long the chains of `chains_may_be_long` are.
const LINKS: usize = 50_000;

/// Operators, messages with and without arguments, indexes and strings, by the ten thousand.
#[test]
fn chains_may_be_long() {
    let source = format!(
        "import std::stdio::stdout

         class Counter {{
           @count: Integer

           def next -> Self {{
             @count += 1
             self
           }}

           def [](by: Integer) -> Self {{
             @count += by
             self
           }}

           def count -> Integer {{ @count }}
         }}

         def sum(one: Integer) -> Integer {{ 0{} }}

         def text(part: String) -> String {{ ''{} }}

         def next(counter: Counter) -> Counter {{ counter{} }}

         def index(counter: Counter) -> Counter {{ counter{} }}

         stdout.print(sum(1))
         stdout.print(text('ab').bytesize)
         stdout.print(next(index(Counter {{ @count = 0 }})).count)",
        " + one".repeat(LINKS),
        "\n + part".repeat(LINKS),
        ".next".repeat(LINKS),
        "[2]".repeat(LINKS),
    );
    compiles_and_prints(&source, &format!("{LINKS}\n{}\n{}\n", 2 * LINKS, 3 * LINKS));
}

/// As chains of `else if` are written: each link is a block or two.
#[test]
fn conditions_may_be_many() {
    let links = 2_000;
    let source = format!(
        "import std::stdio::stdout

         let mut count = 0
         let value = 3

         (value > 5){}.if_false {{ count += 1 }}
         (value > 5){}.if_true {{ count += 1 }}
         stdout.print(count)",
        ".if_true { count += 1 }.if_false { count += 1 }".repeat(links),
        ".or {\n count += 1\n value > 5 }.and { False }".repeat(links),
    );
    compiles_and_prints(&source, &format!("{}\n", 2 * links + 1));
}

/// Builds a program with and without optimisation, and runs it.
#[track_caller]
fn compiles_and_prints(source: &str, expected: &str) {
    suite::build_runtime();
    let directory = suite::directory();
    let (file, output) = (directory.path().join("main.inko"), directory.path().join("program"));
    std::fs::write(&file, source).expect("the program can be written");
    for level in ["none", "speed"] {
        let mut command = suite::child(suite::inkoc());
        let built = run(command.args(["build", "--opt", level]).arg(&file).arg("-o").arg(&output), LIMIT);
        assert_eq!(built.status, Some(0), "{level}: {}", built.stderr);
        let finished = run(&mut suite::child(&output), LIMIT);
        assert_eq!((finished.status, finished.stdout.as_str()), (Some(0), expected), "{}", finished.stderr);
    }
}
