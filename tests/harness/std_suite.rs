//! The standard library's own tests, written in Inko (`std/tests`): with as many threads as there are cores, with 1, 2
//! and 16, and with a collection at every allocation. Also what `inkoc test` does around them.

use inko_testing::suite::{self, Finished, build_runtime, child, inkoc, root, run};
use std::path::Path;
use std::time::Duration;

/// The whole suite under stress takes longest.
const LIMIT: Duration = Duration::from_secs(600);

/// The library has at least so many tests in all.
const FEWEST: usize = 1000;
/// And each of its modules so many.
const FEWEST_A_MODULE: usize = 10;

/// Runs `inkoc test` at the top of the checkout.
fn inkoc_test(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
    build_runtime();
    let mut command = child(inkoc());
    command.current_dir(directory).arg("test").args(arguments).envs(variables.iter().copied());
    run(&mut command, LIMIT)
}

/// The number of tests that ran, none of which failed.
#[track_caller]
fn passes(finished: &Finished) -> usize {
    let text = &finished.stdout;
    assert_eq!(finished.status, Some(0), "{text}\n{}", finished.stderr);
    let last = text.lines().last().expect("there is a summary");
    let count = last.strip_suffix(" tests, 0 failures").unwrap_or_else(|| panic!("{last}"));
    count.parse().expect("a number")
}

fn suite(variables: &[(&str, &str)]) {
    let count = passes(&inkoc_test(&root(), &["std/tests"], variables));
    assert!(count >= FEWEST, "only {count} tests were found");
}

#[test]
fn with_a_thread_for_each_core() {
    suite(&[]);
}

#[test]
fn with_one_thread() {
    suite(&[("INKO_PRIMARY_THREADS", "1"), ("INKO_BLOCKING_THREADS", "1")]);
}

#[test]
fn with_two_threads() {
    suite(&[("INKO_PRIMARY_THREADS", "2")]);
}

#[test]
fn with_sixteen_threads() {
    suite(&[("INKO_PRIMARY_THREADS", "16")]);
}

#[test]
fn with_a_collection_at_every_allocation() {
    suite(&[("INKO_GC_STRESS", "1")]);
}

#[test]
fn without_optimisation() {
    passes(&inkoc_test(&root(), &["--opt", "none", "std/tests"], &[]));
}

#[test]
fn each_module_has_tests() {
    let library = root().join("std");
    let mut missing = Vec::new();
    for path in suite::files(&library, "inko") {
        let relative = path.strip_prefix(&library).expect("it lies there");
        // That one only says in which order the others are loaded.
        if relative.starts_with("tests") || relative == Path::new("init.inko") {
            continue;
        }
        if is_part(&library, &path) {
            continue;
        }
        let name = relative.file_name().and_then(|name| name.to_str()).expect("a name");
        let tests = library.join("tests/test/std").join(relative).with_file_name(format!("test_{name}"));
        let text = std::fs::read_to_string(&tests).unwrap_or_default();
        let count = text.matches("g.test(").count();
        if count < FEWEST_A_MODULE {
            missing.push(format!("{}: {count}", tests.display()));
        }
    }
    assert!(missing.is_empty(), "too few tests:\n{}", missing.join("\n"));
}

/// Whether a module only adds methods to classes of the one whose folder it is in, and so is tested with that.
fn is_part(library: &Path, path: &Path) -> bool {
    let folder = path.parent().expect("it is in the library");
    let text = std::fs::read_to_string(path).expect("the library is text");
    let defines = |line: &str| {
        ["class ", "trait ", "def ", "let "]
            .iter()
            .any(|word| line.strip_prefix(word).is_some_and(|name| !name.starts_with('_')))
    };
    folder != library && folder.with_extension("inko").is_file() && !text.lines().any(defines)
}

/// A directory of tests with one module.
fn project(text: &str) -> tempfile::TempDir {
    let directory = suite::directory();
    std::fs::create_dir_all(directory.path().join("tests/test/shop")).expect("it is made");
    std::fs::write(directory.path().join("tests/test/shop/test_cart.inko"), text).expect("it is written");
    directory
}

const TWO: &str = "import std::test::*

def tests(t: Tests) {
  t.group('Cart.add') do (g) {
    g.test('Adding a thing') { try assert_equal(1 + 1, 2) }
    g.test(\"Adding nothing's wrong\") {
      try assert_equal(1 + 1, 3)
    }
  }
}
";

#[test]
fn failures_are_shown_with_their_places() {
    let project = project(TWO);
    let finished = inkoc_test(project.path(), &[], &[("INKO_PRIMARY_THREADS", "1")]);
    assert_eq!(finished.status, Some(1), "{}", finished.stderr);
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(
        lines[1..8],
        [
            "",
            "Failures:",
            "",
            "  Group:            Cart.add",
            "  Test:             Adding nothing's wrong",
            "  Test location:    tests/test/shop/test_cart.inko:6",
            "  Failure location: tests/test/shop/test_cart.inko:7",
        ]
    );
    assert_eq!(lines[8..10], ["  Failure:          Expected 2 to equal 3", ""]);
    assert!(lines[10].starts_with("Finished running in "), "{}", lines[10]);
    assert_eq!(lines[11], "2 tests, 1 failures");
}

#[test]
fn colours_are_shown_on_request() {
    let project = project(TWO);
    let finished = inkoc_test(project.path(), &["--color", "always"], &[]);
    assert!(finished.stdout.contains("\u{1b}[32m.\u{1b}[0m"), "{}", finished.stdout);
    assert!(finished.stdout.ends_with("\u{1b}[31m2 tests, 1 failures\u{1b}[0m\n"), "{}", finished.stdout);
}

#[test]
fn tests_are_chosen_by_their_text() {
    let project = project(TWO);
    assert_eq!(passes(&inkoc_test(project.path(), &["--filter", "add Adding a"], &[])), 1);
    assert_eq!(passes(&inkoc_test(project.path(), &["--filter", "no such test"], &[])), 0);
    let failing = inkoc_test(project.path(), &["--filter", "nothing's"], &[]);
    assert!(failing.stdout.ends_with("1 tests, 1 failures\n"), "{}", failing.stdout);
}

#[test]
fn tests_are_chosen_by_their_place() {
    let project = project(&TWO.replace("3)", "2)"));
    for place in ["tests", "tests/test", "tests/test/shop", "tests/test/shop/test_cart.inko"] {
        assert_eq!(passes(&inkoc_test(project.path(), &[place], &[])), 2, "{place}");
    }
    let nested = project.path().join("tests/test/shop/test");
    std::fs::create_dir(&nested).expect("it is made");
    std::fs::write(nested.join("test_deep.inko"), TWO.replace("3)", "2)")).expect("it is written");
    let deep = "tests/test/shop/test/test_deep.inko";
    assert_eq!(passes(&inkoc_test(project.path(), &[deep], &[])), 2);
    std::fs::remove_dir_all(nested).expect("it goes");
    let inside = project.path().join("tests");
    assert_eq!(passes(&inkoc_test(&inside, &["."], &[])), 2);
    assert_eq!(passes(&inkoc_test(project.path(), &["-d", "tests"], &[])), 2);
    assert_eq!(passes(&inkoc_test(project.path(), &["-d", "./tests", "tests/test/shop"], &[])), 2);
    let elsewhere = inkoc_test(project.path(), &["-d", ".", "tests/test/shop"], &[]);
    assert_eq!(elsewhere.status, Some(1));
    assert!(elsewhere.stderr.contains("tests/test/shop isn't one of the tests in ."), "{}", elsewhere.stderr);
}

#[test]
fn a_configuration_is_set_up_first() {
    let project = project(TWO);
    let config = "import std::test::*  def setup(tests: Tests) { tests.exit_on_failure = False }";
    std::fs::write(project.path().join("tests/test/config.inko"), config).expect("it is written");
    let finished = inkoc_test(project.path(), &[], &[]);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    assert!(finished.stdout.ends_with("2 tests, 1 failures\n"), "{}", finished.stdout);
}

#[test]
fn mistakes_are_named() {
    let empty = suite::directory();
    let says = |finished: &Finished, text: &str| {
        assert_eq!(finished.status, Some(1), "{}", finished.stdout);
        assert!(finished.stderr.contains(text), "it lacks {text:?}:\n{}", finished.stderr);
    };
    says(&inkoc_test(empty.path(), &[], &[]), "tests doesn't exist");
    std::fs::create_dir(empty.path().join("tests")).expect("it is made");
    says(&inkoc_test(empty.path(), &[], &[]), "neither contains a directory `test` nor lies in one");
    std::fs::create_dir(empty.path().join("tests/test")).expect("it is made");
    says(&inkoc_test(empty.path(), &[], &[]), "there are no tests in tests");
    let project = project("def other {}");
    says(&inkoc_test(project.path(), &[], &[]), "the module `test::shop::test_cart` doesn't define `tests`");
    let odd = project.path().join("tests/test/test_a-b.inko");
    std::fs::write(&odd, TWO).expect("it is written");
    says(&inkoc_test(project.path(), &[], &[]), "test_a-b.inko can't be imported");
}

#[test]
fn a_panic_ends_all_tests() {
    let project = project(&TWO.replace("1 + 1, 3", "1 / 0, 3"));
    let finished = inkoc_test(project.path(), &[], &[]);
    assert_eq!(finished.status, Some(1));
    assert!(finished.stderr.contains("Can not divide an Integer by 0"), "{}", finished.stderr);
}

#[test]
fn what_tests_leave_behind_is_removed() {
    let project = project(
        "import std::env
        import std::fs::file::WriteOnlyFile
        import std::test::*

        def tests(t: Tests) {
          t.group('Group') do (g) {
            g.test('Test') {
              try! (try! WriteOnlyFile.new(env.temporary_directory.join('left'))).write_string('hello')
              10 / 0
            }
          }
        }",
    );
    let temporary = suite::directory();
    let finished =
        inkoc_test(project.path(), &[], &[("TMPDIR", temporary.path().to_str().expect("it is text"))]);
    assert!(finished.stderr.contains("Can not divide an Integer by 0"), "{}", finished.stderr);
    assert_eq!(std::fs::read_dir(temporary.path()).expect("it is there").count(), 0);
}

#[test]
fn tests_of_panics_need_the_compiler() {
    build_runtime();
    let directory = suite::directory();
    let source = "import std::test::(assert_panic)  try assert_panic('10 / 0') else Nil";
    let mut build = child(inkoc());
    build.current_dir(directory.path()).args(["build", "-o", "program", "-e", source]);
    assert_eq!(run(&mut build, LIMIT).status, Some(0));
    let program = directory.path().join("program");
    let alone = run(child(&program).env_remove("INKOC"), LIMIT);
    assert_eq!(alone.status, Some(1));
    assert!(alone.stderr.contains("the environment variable INKOC isn't set"), "{}", alone.stderr);
    let wrong = run(child(&program).env("INKOC", "/nowhere/inkoc"), LIMIT);
    assert_eq!(wrong.status, Some(1));
    assert!(wrong.stderr.contains("/nowhere/inkoc can't be run"), "{}", wrong.stderr);
    assert_eq!(run(child(&program).env("INKOC", inkoc()), LIMIT).status, Some(0));
}
