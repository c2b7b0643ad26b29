//! What the constructs of the language become: one file each in `shapes/`, source and dump.

use crate::support::check;

#[test]
fn a_while_with_captured_variables() {
    let source = "def count(limit: Integer) -> Integer {
  let mut i = 0
  while({ i < limit }) { i += 1 }
  i
}
count(3)";
    check("while", source, "main.count");
}

#[test]
fn a_return_in_a_closure() {
    let source = "def first(list: Array!(Float)) -> Float {
  list.each do (x) { return x }
  0.0
}
first(Array.new(1.0))";
    check("non_local_return", source, "main.first");
}

#[test]
fn throws_and_handlers() {
    let source = "def fail(x: Float) !! String -> Float {
  (x < 1.0).if_true { throw 'small' }
  x
}
def caught -> Float { try fail(0.5) else (error) 2.0 }
def passed_on !! String -> Float { try fail(0.5) }
caught
try! passed_on";
    check("throw", source, "main.");
}

#[test]
fn deferred_blocks() {
    let source = "import std::process
def deferring(block: do) -> Integer {
  process.defer { block.call }
  block.call
  1
}
deferring {}";
    check("defer", source, "main.deferring");
}

#[test]
fn a_generator() {
    let source = "def numbers(from: Integer, step = 2) => Integer {
  yield from
  yield from + step
}
numbers(1)";
    check("generator", source, "main.numbers");
}

#[test]
fn a_thunk() {
    let source = "trait Scale!(T) { def scale(by: T) !! String -> Any }
class Metre { @length: Float }
impl Scale!(Float) for Metre { def scale(by: Float) -> Float { @length * by } }
def use(scale: Scale!(Float)) !! String -> Any { try scale.scale(2.0) }
try! use(Metre { @length = 1.0 })";
    check("thunk", source, "main");
}

#[test]
fn a_call_of_the_method_itself_in_the_last_position() {
    let source = "def down(n: Integer, step = 1) -> Integer {
  let keep = { n }
  keep.call
  down(n - step)
}
down(3)";
    check("tail_call", source, "main.down");
}

#[test]
fn a_match() {
    let source = "def kind(x: Any) -> Integer {
  match(let y = x) {
    as Integer when y < 3 -> { y }
    as Float -> { 2 }
  else -> { 3 }
  }
}
kind(1)";
    check("match", source, "main.kind");
}

#[test]
fn lowering_is_deterministic() {
    let source = "import std::stdio::stdout
stdout.print(Array.new(1, 2).length)";
    let dump = || inko_ir::print::program(&crate::support::lower(source));
    assert_eq!(dump(), dump());
}
