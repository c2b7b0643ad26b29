//! Real Inko programs: through all stages, run, and compared with the interpreter of the representation.

use crate::support::Linked;
use inko_codegen::Options;
use inko_interpret::interpret;
use inko_opt::{OptLevel, optimize};

/// Runs a program at both levels of optimization, with and without stress, and interpreted.
fn agrees(text: &str) {
    for level in [OptLevel::None, OptLevel::Speed] {
        let mut program = inko_testing::lowered(text);
        optimize(&mut program, level);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = interpret(&program, &mut out, &mut err);
        assert_eq!(status, 0, "{}", String::from_utf8_lossy(&err));
        let expected = String::from_utf8(out).expect("programs print text");
        let options = Options { threads: 2, ..Options::default() };
        let output = inko_codegen::compile(&program, &options).expect("the program compiles");
        let linked = Linked::new(&output.object);
        for mode in ["q", "qp", "qgp"] {
            assert_eq!(linked.run(mode), expected, "{level:?}, mode {mode}");
        }
    }
}

#[test]
fn recursion() {
    agrees(
        "import std::stdio::stdout
def fib(n: Integer) -> Integer {
  (n < 2).if(true: { n }, false: { fib(n - 1) + fib(n - 2) })
}
stdout.print(fib(15))",
    );
}

#[test]
fn big_integers_appear_and_vanish() {
    agrees(
        "import std::stdio::stdout
let mut number = 4_611_686_018_427_387_000
let mut index = 0
while({ index < 100 }) {
  number = number + index
  index += 1
}
stdout.print(number)
stdout.print(number - 4_611_686_018_427_387_000)
stdout.print(number > 1)",
    );
}

#[test]
fn closures_share_variables() {
    agrees(
        "import std::stdio::stdout
def make(start: Integer) -> do -> Integer {
  let mut count = start
  do {
    count += 1
    count
  }
}
let first = make(1)
let second = make(10)
first.call
second.call
stdout.print(first.call)
stdout.print(second.call)",
    );
}

#[test]
fn returns_leave_methods_from_closures() {
    agrees(
        "import std::stdio::stdout
def find(numbers: Array!(Integer), wanted: Integer) -> Integer {
  numbers.each_with_index do (value, index) {
    (value == wanted).if_true { return index }
  }
  -1
}
let numbers = Array.new(3, 5, 8, 13)
stdout.print(find(numbers, 8))
stdout.print(find(numbers, 9))",
    );
}

#[test]
fn traits_dispatch() {
    agrees(
        "import std::stdio::stdout
trait Shape {
  def area -> Float
}
class Square {
  @side: Float
  static def new(side: Float) -> Self { Self { @side = side } }
}
impl Shape for Square {
  def area -> Float { @side * @side }
}
class Circle {
  @radius: Float
  static def new(radius: Float) -> Self { Self { @radius = radius } }
}
impl Shape for Circle {
  def area -> Float { @radius * @radius * 3.0 }
}
let shapes: Array!(Shape) = Array.new(Square.new(2.0) as Shape, Circle.new(1.5) as Shape)
let mut total = 0.0
shapes.each do (shape) { total += shape.area }
stdout.print(total)",
    );
}

#[test]
fn errors_are_values() {
    agrees(
        "import std::stdio::stdout
def half(number: Integer) !! String -> Integer {
  (number % 2 == 0).if_false { throw 'odd' }
  number / 2
}
stdout.print(try half(10) else 0)
stdout.print(try half(11) else (error) error.length)",
    );
}
