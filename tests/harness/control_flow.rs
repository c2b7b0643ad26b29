//! Control flow is messages, and costs nothing: through std's ordinary source, conditions and loops become
//! branches and loops, without a closure, a cell or a call. Each case is the body of a lambda, so that
//! it stays a function of its own, whose `--emit ir` is looked at.

use inko_testing::suite::{child, inkoc, run};
use std::time::Duration;

/// What may be called: the messages that bring the input and take the result, and panics.
const ALLOWED: [&str; 4] = ["process_receive(", "process_current(", "process_send(", "panic("];

/// What must be gone.
const FORBIDDEN: [&str; 4] = ["closure", "cell", "home", "invoke"];

/// Checks the code of a lambda that receives an integer `n` or an array `numbers` first.
fn check(input: &str, definitions: &str, body: &str, loops: bool) {
    let source = format!(
        "import std::loop::(repeat)\nimport std::process::(self, Process)\n\n{definitions}\n\nprocess.spawn {{\n  \
         {input}\n  let mut x = 0\n\n  {body}\n\n  process.current.send(x)\n}}\n"
    );
    let mut command = child(inkoc());
    command.args(["build", "--emit", "ir", "--color", "never", "-e", &source]);
    let finished = run(&mut command, Duration::from_secs(60));
    assert_eq!(finished.status, Some(0), "{source}\n{}", finished.stderr);
    let start = finished.stdout.find("fn main.<lambda>").unwrap_or_else(|| panic!("{}", finished.stdout));
    let function = &finished.stdout[start..];
    let lines = || function.lines().skip(1).take_while(|line| !line.starts_with("fn "));
    for line in lines() {
        let forbidden = FORBIDDEN.iter().find(|word| line.contains(*word));
        assert!(forbidden.is_none(), "{body}\nleaves {line}\nin\n{function}");
        let called = line.split_once("call ").map(|(_, callee)| callee);
        let allowed = called.is_none_or(|callee| {
            callee
                .strip_prefix("runtime ")
                .is_some_and(|entry| ALLOWED.iter().any(|name| entry.starts_with(name)))
        });
        assert!(allowed, "{body}\ncalls {line}\nin\n{function}");
    }
    assert_eq!(lines().any(|line| line.trim() == "poll"), loops, "loops of {body} in\n{function}");
}

const NUMBER: &str = "let n = process.receive as Integer";
const ARRAY: &str = "let numbers = process.receive as Array!(Integer)";

#[test]
fn while_is_a_loop() {
    check(NUMBER, "", "while({ x < n }) { x += 1 }", true);
}

#[test]
fn conditions_are_branches() {
    check(NUMBER, "", "(n > 1).if_true { x = n }", false);
    check(NUMBER, "", "(n > 1).if_false { x = n }", false);
    check(NUMBER, "", "x = (n > 1).if(true: { n }, false: { 1 })", false);
}

#[test]
fn and_with_or_are_branches() {
    check(NUMBER, "", "(n > 1).and({ n < 10 }).or({ n == 20 }).if_true { x = 1 }", false);
    check(NUMBER, "", "while({ (x < n).and { x < 100 } }) { x += 1 }", true);
}

#[test]
fn each_is_a_loop() {
    check(ARRAY, "", "numbers.each do (number) { x += number }", true);
    check(ARRAY, "", "numbers.each_with_index do (number, index) { x += number * index }", true);
}

#[test]
fn repeat_is_a_loop() {
    check(NUMBER, "", "repeat(n) do (i) { repeat(i) do (j) { x += j } }", true);
}

#[test]
fn control_flow_of_ones_own_is_no_different() {
    let unless = "def unless(condition: Boolean, block: do) { condition.if_false { block.call } }";
    check(NUMBER, unless, "unless(n > 1) { x = n }", false);
}

#[test]
fn return_out_of_loops_is_a_jump() {
    let first = "def first(numbers: Array!(Integer)) -> Integer {\n  numbers.each do (number) {\n    \
                 (number > 10).if_true { return number }\n  }\n\n  0\n}";
    check(ARRAY, first, "x = first(numbers)", true);
}
