//! Whole programs over the real standard library: the interpreter says the same of them as lowered, after the
//! mandatory passes and after the optimizer; and their loops are loops.

use inko_interpret::interpret;
use inko_ir::ir::Program;
use inko_ir::print;
use inko_opt::{OptLevel, Options, optimize, optimize_with};
use inko_testing::{assert_valid, lowered, root};

fn optimized(source: &str, level: OptLevel) -> Program {
    let mut program = lowered(source);
    optimize(&mut program, level);
    assert_valid(&program);
    program
}

/// The exit status, output and errors of a program.
fn run(program: &Program) -> (i32, String, String) {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let status = interpret(program, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    (status, text(out), text(err))
}

/// A sample program with a size that an interpreter manages.
fn sample(name: &str, size: &str) -> String {
    let path = root().join(format!("tests/programs/{name}.inko"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let line = |line: &str| {
        if line.starts_with("let N = ") { format!("let N = {size}\n") } else { format!("{line}\n") }
    };
    text.lines().map(line).collect()
}

/// Asserts that a program does the same at every level of optimisation, and gives status, output and errors.
#[track_caller]
fn agrees(source: &str) -> (i32, String, String) {
    let expected = run(&lowered(source));
    for level in [OptLevel::None, OptLevel::Speed] {
        let program = optimized(source, level);
        assert_eq!(run(&program), expected, "at level {level:?}");
    }
    expected
}

#[track_caller]
fn prints(source: &str, output: &str) {
    assert_eq!(agrees(source), (0, output.to_owned(), String::new()));
}

#[test]
fn sample_programs_agree() {
    // With an empty output only agreement is asked for.
    let samples = [
        ("bigint", "40", ""),
        ("binary_trees", "6", ""),
        ("closures", "30", "450\n"),
        ("dispatch", "30", ""),
        ("fib", "12", "144\n"),
        ("mandelbrot", "8", ""),
        ("map_ops", "40", ""),
        ("nbody", "6", ""),
        ("nqueens", "6", "4\n"),
        ("sieve", "100", "25\n"),
        ("spectral_norm", "6", ""),
        ("string_build", "20", ""),
        ("tak", "1", "7\n"),
        ("throw", "30", ""),
    ];
    for (name, size, output) in samples {
        let (status, out, err) = agrees(&sample(name, size));
        assert_eq!((status, err.as_str()), (0, ""), "{name}");
        assert!(output.is_empty() || output == out, "{name}: {out}");
    }
}

#[test]
fn loops_of_programs_are_loops() {
    for name in ["closures", "sieve", "nbody", "mandelbrot", "throw", "spectral_norm", "nqueens"] {
        let program = optimized(&sample(name, "6"), OptLevel::Speed);
        let dumps: Vec<String> = program
            .functions
            .values()
            .filter(|function| function.symbol.starts_with("main") || function.symbol == "run modules")
            .map(|function| print::function(&program, function, false))
            .collect();
        // Where nothing is repeated, calls of what isn't tiny stay calls.
        let loops = |dump: &str| dump.lines().any(|line| line.trim() == "poll");
        for (dump, line) in dumps.iter().flat_map(|dump| dump.lines().skip(1).map(move |line| (dump, line))) {
            // Printing may move to another thread; that closure is std's and stays.
            let printing = line.contains("stdout._write.<block") || line.contains("std::process._moved");
            let direct = line.contains("call runtime") || line.contains("call main") || !loops(dump);
            let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
            let left =
                has(&["_cell", "_home", "= closure ", "invoke", "exit "]) || (has(&["call "]) && !direct);
            assert!(!left || printing, "{name}: {line}\n{}", dumps.join("\n"));
        }
    }
}

#[test]
fn returns_leave_the_method_and_only_it() {
    prints(
        "import std::stdio::stdout
def find(numbers: Array!(Integer), wanted: Integer) -> Integer {
  numbers.each do (a) {
    numbers.each do (b) {
      (a * b == wanted).if_true { return a }
    }
  }
  0
}
def twice(wanted: Integer) -> Integer {
  find(Array.new(2, 3, 5, 7), wanted) * 100 + find(Array.new(2, 3, 5, 7), wanted + 1)
}
stdout.print(twice(20))
stdout.print(twice(21))
stdout.print(twice(13))",
        "3\n300\n2\n",
    );
}

#[test]
fn panics_have_the_trace_of_the_source() {
    let source = "def inner(a: Integer) -> Integer {
  10 / a
}
def outer(a: Integer) -> Integer {
  inner(a) + 1
}
outer(0)";
    let (status, out, err) = agrees(source);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(
        err.starts_with(
            "Stack trace (the most recent call comes last):\n  0: \"main.inko\" line 7, in \"main\"\n"
        ),
        "{err}"
    );
    assert!(err.ends_with("panicked: Can not divide an Integer by 0\n"), "{err}");
}

#[test]
fn deep_recursion_is_no_problem() {
    prints(
        "import std::stdio::stdout
def depth(n: Integer) -> Integer {
  (n == 0).if(true: { 0 }, false: { 1 + depth(n - 1) })
}
stdout.print(depth(100_000))",
        "100000\n",
    );
}

#[test]
fn generators_suspend() {
    prints(
        "import std::stdio::stdout
def count(to: Integer) => Integer {
  let mut i = 0
  while({ i < to }) {
    yield i
    i += 1
  }
}
let mut sum = 0
let numbers = count(5)
let mut done = False
while({ done.false? }) {
  let value = numbers.resume
  value.let do (number) { sum += number }
  value.none?.if_true { done = True }
}
stdout.print(sum)",
        "10\n",
    );
}

#[test]
fn any_number_of_threads_gives_the_same_program() {
    let source = sample("map_ops", "10");
    let dump = |threads| {
        let mut program = lowered(&source);
        optimize_with(&mut program, &Options { level: OptLevel::Speed, threads, observer: None });
        let positions: Vec<String> = program.positions.iter().map(|one| format!("{one:?}")).collect();
        print::program(&program) + &positions.join("\n")
    };
    let alone = dump(1);
    for threads in [2, 5] {
        assert!(dump(threads) == alone, "{threads} threads give another program than one");
    }
}
