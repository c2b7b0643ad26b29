//! The command line itself: exit statuses, where programs and libraries come from, what is passed on to
//! programs, and what is said when something is missing.

use inko_testing::suite::{self, build_runtime, child, directory, root, script, signal};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

/// Prints a greeting.
const HELLO: &str = "import std::stdio::stdout  stdout.print('hello')";

/// Runs the compiler in a fresh, empty directory.
fn inkoc(arguments: &[&str]) -> Output {
    let directory = suite::directory();
    inkoc_in(directory.path(), arguments)
}

fn inkoc_in(directory: &Path, arguments: &[&str]) -> Output {
    build_runtime();
    child(suite::inkoc()).current_dir(directory).args(arguments).output().expect("the compiler starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn says(output: &Output, status: i32, text: &str) {
    let stderr = stderr(output);
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert!(stderr.contains(text), "standard error lacks {text:?}:\n{stderr}");
    assert!(!stderr.contains("bug in inkoc"), "{stderr}");
}

#[test]
fn wrong_usage_is_status_2() {
    says(&inkoc(&[]), 2, "Usage");
    says(&inkoc(&["frobnicate"]), 2, "frobnicate");
    says(&inkoc(&["build"]), 2, "FILE");
    says(&inkoc(&["run"]), 2, "which program?");
    says(&inkoc(&["build", "--opt", "ludicrous", "x.inko"]), 2, "ludicrous");
}

#[test]
fn help_and_version_are_status_0() {
    for arguments in [&["--help"][..], &["help", "build"], &["run", "--help"], &["--version"]] {
        let output = inkoc(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&inkoc(&["completions", shell])).contains("inkoc"), "{shell}");
    }
}

#[test]
fn errors_of_programs_are_status_1() {
    says(&inkoc(&["check", "-e", "10.foo"]), 1, "foo");
    says(&inkoc(&["build", "-e", "10.foo"]), 1, "foo");
    says(&inkoc(&["run", "-e", "10.foo"]), 1, "foo");
    assert_eq!(inkoc(&["check", "-e", HELLO]).status.code(), Some(0));
}

#[test]
fn missing_and_unreadable_files_are_named() {
    says(&inkoc(&["check", "nowhere.inko"]), 1, "nowhere.inko can't be read");
    says(&inkoc(&["check", "."]), 1, "it is a directory");
    says(&inkoc(&["check", "-i", "nowhere", "-e", HELLO]), 1, "nowhere doesn't exist");
    says(&inkoc(&["check", "-e", "import no::such::module"]), 1, "no::such::module");
    let directory = suite::directory();
    std::fs::write(directory.path().join("bad.inko"), b"let x = '\xff'").expect("it is written");
    says(&inkoc_in(directory.path(), &["check", "bad.inko"]), 1, "UTF-8");
    // A directory where a module's file should be.
    std::fs::create_dir(directory.path().join("odd.inko")).expect("it is made");
    says(&inkoc_in(directory.path(), &["check", "-i", ".", "-e", "import odd"]), 1, "odd");
    std::fs::copy(directory.path().join("bad.inko"), directory.path().join("worse.inko")).expect("a copy");
    says(&inkoc_in(directory.path(), &["check", "-i", ".", "-e", "import worse"]), 1, "worse");
}

#[test]
fn a_missing_installation_is_explained() {
    build_runtime();
    let empty = directory();
    let mut command = child(suite::inkoc());
    command.env("INKO_HOME", empty.path()).args(["check", "-e", HELLO]);
    says(&command.output().expect("it starts"), 1, "INKO_HOME");
    // The library without the archive.
    let library = empty.path().join("lib/inko");
    std::fs::create_dir_all(&library).expect("it is made");
    std::os::unix::fs::symlink(root().join("std"), library.join("std")).expect("it is linked");
    assert_eq!(command.output().expect("it starts").status.code(), Some(0));
    let mut command = child(suite::inkoc());
    command.env("INKO_HOME", empty.path()).args(["run", "-e", HELLO]);
    says(&command.output().expect("it starts"), 1, "libinko_runtime.a");
}

#[test]
fn a_missing_or_failing_linker_is_explained() {
    build_runtime();
    let directory = suite::directory();
    let build = |path: &Path| {
        let mut command = child(suite::inkoc());
        command.current_dir(directory.path()).env("PATH", path).args(["build", "-e", HELLO, "-o", "out"]);
        command.output().expect("it starts")
    };
    let tools = suite::directory();
    says(&build(tools.path()), 1, "install gcc or clang");
    script(&tools.path().join("cc"), "#!/bin/sh\necho 'cc is out of order' >&2\nexit 1\n");
    says(&build(tools.path()), 1, "cc is out of order");
}

#[test]
fn programs_are_built_where_asked() {
    let directory = suite::directory();
    std::fs::write(directory.path().join("hello.inko"), HELLO).expect("it is written");
    for (arguments, name) in
        [(&["build", "hello.inko"][..], "hello"), (&["build", "-o", "hi", "hello.inko"], "hi")]
    {
        let output = inkoc_in(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let program = child(directory.path().join(name)).output().expect("the program starts");
        assert_eq!(stdout(&program), "hello\n");
    }
    says(&inkoc_in(directory.path(), &["build", "-o", ".", "hello.inko"]), 1, "is a directory");
    says(&inkoc_in(directory.path(), &["build", "-o", "no/such/place", "hello.inko"]), 1, "no/such/place");
}

#[test]
fn intermediate_forms_are_written() {
    let directory = suite::directory();
    std::fs::write(directory.path().join("hello.inko"), HELLO).expect("it is written");
    let forms = [
        ("ast", "(send stdout print \"hello\")"),
        ("tree", "string \"hello\""),
        ("passes", "; main after lowering\n"),
        ("ir", "fn run modules("),
        ("clif", "function u0:0("),
        ("asm", "movq"),
    ];
    for (form, part) in forms {
        let output = inkoc_in(directory.path(), &["build", "--emit", form, "hello.inko"]);
        assert!(stdout(&output).contains(part), "{form}: {}", stderr(&output));
        let output = inkoc_in(directory.path(), &["build", "--emit", form, "-o", form, "hello.inko"]);
        assert_eq!(output.status.code(), Some(0), "{form}");
        assert!(directory.path().join(form).is_file(), "{form}");
    }
    inkoc_in(directory.path(), &["build", "--emit", "obj", "hello.inko"]);
    let object = std::fs::read(directory.path().join("hello.o")).expect("the object file is there");
    assert_eq!(object[..4], *b"\x7fELF");
}

#[test]
fn the_passes_over_one_function_are_shown() {
    let source = "def twice(n: Integer) -> Integer { n + n }  import std::vm  vm.exit(twice(1))";
    let output = stdout(&inkoc(&["build", "--emit", "passes", "--function", "main.twice", "-e", source]));
    assert!(output.starts_with("; main.twice after lowering\nfn main.twice(word)"), "{output}");
    assert!(output.contains("; main.twice after inlining\n"), "{output}");
    assert!(
        output.lines().filter(|line| line.starts_with("fn ")).all(|line| line.starts_with("fn main.twice("))
    );
    let output =
        stdout(&inkoc(&["build", "--emit", "ir", "--opt", "none", "--function", "main.twice", "-e", source]));
    assert_eq!(output.matches("fn ").count(), 1, "{output}");
    says(&inkoc(&["build", "--function", "main", "-e", source]), 2, "--emit");
}

#[test]
fn builds_are_reproducible() {
    let source = root().join("tests/programs/map_ops.inko");
    let directory = suite::directory();
    let objects: Vec<Vec<u8>> = ["a.o", "b.o"]
        .iter()
        .map(|name| {
            let mut command = child(suite::inkoc());
            command.current_dir(directory.path()).args(["build", "--emit", "obj", "-o", name]).arg(&source);
            assert!(command.status().expect("it starts").success());
            std::fs::read(directory.path().join(name)).expect("the object file is there")
        })
        .collect();
    assert!(objects[0] == objects[1], "two builds of one program differ");
}

#[test]
fn run_passes_on_status_and_streams() {
    let output = inkoc(&["run", "-e", "import std::vm  vm.exit(7)"]);
    assert_eq!(output.status.code(), Some(7));
    let output = inkoc(&["run", "-e", "10 / 0"]);
    assert_eq!(output.status.code(), Some(1));
    let source = "import std::stdio::stdin  import std::stdio::stdout
        stdout.print((try! stdin.read_string).to_uppercase)";
    let mut command = child(suite::inkoc());
    command.args(["run", "-e", source]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(b"hello").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(stdout(&output), "HELLO\n");
}

#[test]
fn programs_come_from_standard_input_too() {
    for arguments in [&["run", "-"][..], &["run", "-e", "-"]] {
        build_runtime();
        let mut command = child(suite::inkoc());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("piped").write_all(HELLO.as_bytes()).expect("it reads");
        assert_eq!(stdout(&child.wait_with_output().expect("it ends")), "hello\n", "{arguments:?}");
    }
}

#[test]
fn modules_are_looked_up_in_included_directories() {
    let directory = suite::directory();
    std::fs::create_dir(directory.path().join("net")).expect("it is made");
    let module = "def greeting -> String { 'hello from a module' }";
    std::fs::write(directory.path().join("net/greeter.inko"), module).expect("it is written");
    let main = "import net::greeter  import std::stdio::stdout  stdout.print(greeter.greeting)";
    let output = inkoc_in(directory.path(), &["run", "-i", ".", "-e", main]);
    assert_eq!(stdout(&output), "hello from a module\n", "{}", stderr(&output));
    let output = inkoc_in(directory.path(), &["run", "-e", main]);
    says(&output, 1, "there is no module `net::greeter`");
    says(&output, 1, "compile with `--include .`, which holds `net/greeter.inko`");
    std::fs::create_dir(directory.path().join("src")).expect("it is made");
    std::fs::write(directory.path().join("src/main.inko"), main).expect("it is written");
    std::fs::rename(directory.path().join("net"), directory.path().join("src/net")).expect("it moves");
    says(&inkoc_in(directory.path(), &["check", "src/main.inko"]), 1, "compile with `--include src`");
    says(&inkoc_in(directory.path(), &["check", "-i", "src", "src/main.inko"]), 0, "");
}

#[test]
fn the_library_comes_before_included_directories() {
    let directory = suite::directory();
    std::fs::create_dir(directory.path().join("std")).expect("it is made");
    let module = "def sneaky -> String { 'sneaky' }";
    for name in ["pair", "extra"] {
        let path = directory.path().join(format!("std/{name}.inko"));
        std::fs::write(path, module).expect("it is written");
    }
    let shadowing = "import std::pair  pair.sneaky";
    says(&inkoc_in(directory.path(), &["check", "-i", ".", "-e", shadowing]), 1, "sneaky");
    let adding = "import std::extra  extra.sneaky";
    says(&inkoc_in(directory.path(), &["check", "-i", ".", "-e", adding]), 0, "");
}

#[test]
fn codes_are_explained() {
    let page = inkoc(&["explain", "E0200"]);
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    for part in ["E0200", "Wrong", "Right"] {
        assert!(stdout(&page).contains(part), "it lacks {part}:\n{}", stdout(&page));
    }
    assert_eq!(stdout(&inkoc(&["explain", "e0200"])), stdout(&page));
    let list = stdout(&inkoc(&["explain"]));
    for code in ["E0001", "E0200", "W0100"] {
        assert!(list.contains(code), "the list lacks {code}:\n{list}");
    }
    says(&inkoc(&["explain", "E9999"]), 2, "E9999");
    says(&inkoc(&["explain", "nonsense"]), 2, "nonsense");
}

#[test]
fn warnings_fail_a_build_only_where_denied() {
    let source = "def f { let unused = 10 }  f";
    let directory = suite::directory();
    std::fs::write(directory.path().join("main.inko"), source).expect("it is written");
    for command in ["check", "run"] {
        says(&inkoc_in(directory.path(), &[command, "main.inko"]), 0, "W0100");
        says(&inkoc_in(directory.path(), &[command, "--deny", "warnings", "main.inko"]), 1, "W0100");
        says(&inkoc(&[command, "--deny", "warnings", "-e", source]), 1, "W0100");
    }
    // Standard error belongs to a program that is given on the command line.
    assert_eq!(stderr(&inkoc(&["run", "-e", source])), "");
    let build = ["build", "--deny", "warnings", "-o", "out", "-e", source];
    says(&inkoc_in(directory.path(), &build), 1, "W0100");
    assert!(!directory.path().join("out").exists());
    let json = inkoc(&["check", "--deny", "warnings", "--error-format", "json", "-e", source]);
    says(&json, 1, "\"level\"");
    assert_eq!(stderr(&json).lines().count(), 1, "{}", stderr(&json));
    says(&inkoc(&["check", "--deny", "everything", "-e", source]), 2, "everything");
    says(&inkoc(&["check", "--deny", "warnings", "-e", HELLO]), 0, "");
}

/// A compiler that runs a program, which has begun and doesn't end by itself.
fn running(temporary: &Path) -> std::process::Child {
    build_runtime();
    let source = "import std::process  import std::stdio::stdout
        stdout.print('ready')  loop { process.suspend(60) }";
    let mut command = child(suite::inkoc());
    command.args(["run", "-e", source]).env("TMPDIR", temporary).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut ready = [0; 6];
    child.stdout.as_mut().expect("piped").read_exact(&mut ready).expect("it prints");
    child
}

#[test]
fn signals_reach_the_program() {
    let temporary = directory();
    let mut child = running(temporary.path());
    signal(child.id(), libc::SIGTERM);
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 15));
    becomes_empty(temporary.path());
}

#[test]
fn a_program_ends_with_the_compiler_that_runs_it() {
    let temporary = directory();
    let mut child = running(temporary.path());
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let mut rest = String::new();
    // The program has the other end of the pipe.
    child.stdout.take().expect("piped").read_to_string(&mut rest).expect("it is text");
    becomes_empty(temporary.path());
}

/// Waits until nothing is in a directory.
#[track_caller]
fn becomes_empty(directory: &Path) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let left: Vec<_> = std::fs::read_dir(directory).expect("it is there").collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "{left:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn no_temporary_file_stays_when_a_signal_ends_the_compiler() {
    build_runtime();
    let (project, tools, temporary) = (directory(), directory(), directory());
    let (tests, linking) = (project.path().join("tests/test"), project.path().join("linking"));
    std::fs::create_dir_all(&tests).expect("it is made");
    let test = "import std::test::*  def tests(t: Tests) {}";
    std::fs::write(tests.join("test_nothing.inko"), test).expect("it is written");
    // A linker that isn't told and still writes, when the compiler is gone.
    let slow = format!(
        "#!/bin/sh\n: > '{}'\nwhile kill -0 $PPID; do sleep 0.01; done 2>/dev/null\n: > \"$TMPDIR/late\"\n",
        linking.display()
    );
    script(&tools.path().join("cc"), &slow);
    let path = format!("{}:/usr/bin:/bin", tools.path().display());
    for number in [libc::SIGHUP, libc::SIGINT, libc::SIGTERM, libc::SIGKILL] {
        for arguments in [&["build", "-e", HELLO][..], &["run", "-e", HELLO], &["test"]] {
            let mut command = child(suite::inkoc());
            command.current_dir(project.path()).args(arguments).stderr(Stdio::null());
            let mut compiler =
                command.env("TMPDIR", temporary.path()).env("PATH", &path).spawn().expect("it starts");
            while !linking.exists() {
                assert_eq!(compiler.try_wait().expect("it can be asked"), None);
                std::thread::sleep(Duration::from_millis(1));
            }
            signal(compiler.id(), number);
            assert_eq!(compiler.wait().expect("it ends").signal(), Some(number), "{arguments:?}");
            becomes_empty(temporary.path());
            std::fs::remove_file(&linking).expect("it is there");
        }
    }
}

#[test]
fn diagnostics_are_json_lines_on_request() {
    let output = inkoc(&["check", "--error-format", "json", "-e", "10.foo"]);
    let text = stderr(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].starts_with('{') && lines[0].ends_with('}'), "{text}");
    for field in ["\"level\":\"error\"", "\"line\":1", "\"column\":4", "\"file\":\"main.inko\""] {
        assert!(lines[0].replace(": ", ":").contains(field), "{text} lacks {field}");
    }
}

#[test]
fn colours_only_when_wanted() {
    let escape = |arguments: &[&str]| stderr(&inkoc(arguments)).contains('\u{1b}');
    assert!(!escape(&["check", "-e", "10.foo"]));
    assert!(!escape(&["check", "--color", "never", "-e", "10.foo"]));
    assert!(escape(&["check", "--color", "always", "-e", "10.foo"]));
}

#[test]
fn timings_name_the_stages() {
    let output = inkoc(&["run", "--timings", "-e", HELLO]);
    let text = stderr(&output);
    for stage in ["parse", "check", "lower", "optimise", "generate", "link", "total"] {
        assert!(text.contains(stage), "{text}");
    }
}

#[test]
fn wrong_settings_stop_a_program_before_it_starts() {
    build_runtime();
    let directory = suite::directory();
    says(&inkoc_in(directory.path(), &["build", "-e", "Nil"]), 0, "");
    for (name, value) in [
        ("INKO_PRIMARY_THREADS", "0"),
        ("INKO_PRIMARY_THREADS", "many"),
        ("INKO_BLOCKING_THREADS", "-1"),
        ("INKO_STACK_SIZE", "3Q"),
        ("INKO_STACK_SIZE", "1K"),
        ("INKO_GC_STRESS", "yes"),
    ] {
        let output = child(directory.path().join("main")).env(name, value).output();
        let output = output.expect("the program starts");
        says(&output, 2, name);
        says(&output, 2, &format!("\"{value}\", but must be"));
    }
}
