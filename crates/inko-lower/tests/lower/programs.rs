//! What programs do, by the interpreter: as lowered, and after optimization.

use crate::support::run;

#[test]
fn loops_and_variables() {
    run(
        "import std::stdio::stdout
def count(limit: Integer) -> Integer {
  let mut i = 0
  while({ i < limit }) { i += 1 }
  i
}
stdout.print(count(1000))
let blocks = Array.new({ 0 })
let mut i = 0
while({ i < 3 }) {
  let mut j = i * 10
  blocks.push({
    j += 1
    j
  })
  i += 1
}
blocks.each do (block) {
  block.call
  stdout.print(block.call)
}",
        "1000\n0\n2\n12\n22",
    );
}

#[test]
fn a_return_in_a_closure_leaves_the_method() {
    run(
        "import std::stdio::stdout
def first_even(numbers: Array!(Integer)) -> ?Integer {
  numbers.each do (n) {
    ((n % 2) == 0).if_true { return Option.some(n) }
  }
  Option.none
}
def outer -> Integer {
  Array.new(1, 2).each do (x) {
    Array.new(3, 4).each do (y) { (y == 4).if_true { return x + y } }
  }
  0
}
def half(x: Float) -> Float {
  (x < 1.0).if_true { return x }
  x / 2.0
}
stdout.print(first_even(Array.new(1, 4, 6)).get)
stdout.print(first_even(Array.new(1)).none?)
stdout.print(outer)
stdout.print(half(0.5))
stdout.print(half(3.0))
let pick = fn (list: Array!(Integer)) -> Integer {
  list.each do (x) { (x > 1).if_true { return x } }
  0
}
stdout.print(pick.call(Array.new(1, 7)))",
        "4\nTrue\n5\n0.5\n1.5\n7",
    );
}

#[test]
fn a_throw_is_caught_by_the_try_around_it() {
    run(
        "import std::stdio::stdout
def fail(n: Integer) !! String -> Integer {
  (n == 3).if_true { throw 'three' }
  n
}
def rethrow(list: Array!(Integer)) !! String -> Integer {
  list.each do (n) { try fail(n) }
  list.length
}
def lexical(list: Array!(Integer)) -> String {
  try list.each do (n) { throw n } else (error) return (error as Integer).to_string
  'none'
}
def inside(list: Array!(Integer)) {
  list.each do (n) {
    try list.each do (m) { throw m } else (error) report(error as Integer, n)
  }
}
def report(a: Integer, b: Integer) { stdout.print(a + b) }
def float(x: Float) !! Integer -> Float {
  (x == 1.0).if_true { throw 1 }
  x
}
stdout.print(try fail(1) else 0)
stdout.print(try fail(3) else (error) error.length)
stdout.print(try rethrow(Array.new(1, 2)) else 9)
stdout.print(try rethrow(Array.new(1, 3)) else (error) error.length)
stdout.print(lexical(Array.new(5)))
inside(Array.new(1, 2))
stdout.print(try! float(2.5))
stdout.print(try float(1.0) else (code) code.to_float)
let closure = do (n: Integer) !! String -> Integer {
  (n == 1).if_true { return_one }
  local throw 'local'
}
def return_one -> Integer { 1 }
stdout.print(try closure.call(2) else 7)",
        "1\n5\n2\n5\n5\n2\n3\n2.5\n1.0\n7",
    );
}

#[test]
fn deferred_blocks_run_last_first_on_every_way_out() {
    run(
        "import std::process
import std::stdio::stdout
def plain -> Integer {
  let mut x = 1
  process.defer { stdout.print(`first {x}`) }
  process.defer { stdout.print('second') }
  x = 2
  stdout.print('body')
  x
}
def returns(list: Array!(Integer)) -> Integer {
  process.defer { stdout.print('left') }
  list.each do (x) { return x }
  0
}
def throws !! String -> Integer {
  process.defer { stdout.print('thrown') }
  throw 'error'
}
def abandoned(block: do) {
  process.defer { stdout.print('abandoned') }
  block.call
}
def through -> Integer {
  process.defer { stdout.print('outer') }
  abandoned { return 4 }
  5
}
stdout.print(plain)
stdout.print(returns(Array.new(3)))
stdout.print(try throws else 8)
stdout.print(through)
Array.new(1, 2).each do (x) {
  process.defer { stdout.print(`block {x}`) }
  stdout.print('in')
}",
        "body\nsecond\nfirst 2\n2\nleft\n3\nthrown\n8\nabandoned\nouter\n4\nin\nblock 1\nin\nblock 2",
    );
}

#[test]
fn generators() {
    run(
        "import std::stdio::stdout
class Tree {
  @left: ?Tree
  @value: Integer
  static def new(left: ?Tree, value: Integer) -> Self { Self { @value = value, @left = left } }
  def values(from = 10) => Integer {
    @left.let do (tree) { tree.values.each do (value) { yield value } }
    yield @value + from
    (@value == 2).if_true { return }
    yield 0
  }
}
def failing(x: Float) !! String => Float {
  yield x
  throw 'end'
}
Tree.new(Option.some(Tree.new(Option.none, 1)), 2).values.each do (x) { stdout.print(x) }
Tree.new(Option.none, 5).values(100).map do (x) { x + 1 }.each do (x) { stdout.print(x) }
let more = failing(1.5)
stdout.print((try! more.next).get)
stdout.print(try { more.next.some?.to_string } else (error) error)",
        "11\n0\n12\n106\n1\n1.5\nend",
    );
}

#[test]
fn matches() {
    run(
        "import std::conversion::ToString
import std::stdio::stdout
def kind(x: Any) -> String {
  match(let y = x) {
    as Integer when y < 3 -> { 'small' }
    as Integer -> { 'integer' }
    as Float -> { y.to_string }
    as Block -> { 'block' }
    as ToString -> { y.to_string }
    else -> { 'other' }
  }
}
def number(x: Integer) -> String {
  match(x) {
    1, 2 -> { 'few' }
    3..5 when x != 4 -> { 'some' }
    else -> { 'many' }
  }
}
stdout.print(kind(1))
stdout.print(kind(7))
stdout.print(kind(2.5))
stdout.print(kind({ 1 }))
stdout.print(kind('text'))
stdout.print(kind(stdout))
stdout.print(number(2))
stdout.print(number(3))
stdout.print(number(4))
stdout.print(match { 1 < 0 -> { 'no' } else -> { 'else' } })",
        "small\ninteger\n2.5\nblock\ntext\nother\nfew\nsome\nmany\nelse",
    );
}

#[test]
fn implementations_of_other_representation_are_entered_through_thunks() {
    run(
        "import std::operators::Equal
import std::stdio::stdout
trait Source!(T) {
  def pull!(R)(map: do (T) -> R) !! String -> R
  def note(x: T)
  def scale(by = 2) -> Float
  def walk(n: Integer) -> Integer {
    (n < 1).if_true { return 0 }
    walk(n - 1)
  }
  def all => T
}
class Whole { @x: Integer  static def new -> Self { Self { @x = 1 } } }
class Broken { @x: Integer  @y: Float  @on: Boolean  static def new -> Self { Self { @y = 2.5, @on = True, @x = 1 } } }
impl Source!(Integer) for Whole {
  def pull!(R)(map: do (Integer) -> R) -> R { map.call(@x) }
  def note(x: Integer) -> Integer { x }
  def scale(by = 3) -> Float { by.to_float }
  def all => Integer { yield @x }
}
impl Source!(Float) for Broken {
  def pull!(R)(map: do (Float) -> R) !! String -> R {
    @on.if_true { throw 'on' }
    map.call(@y)
  }
  def note(x: Float) { stdout.print(x + @y) }
  def scale(by = 4) -> Float { @y + by.to_float }
  def all => Float { yield @y }
}
impl Equal for Broken { def ==(other: Self) -> Boolean { @y == other.y } }
impl Broken { def y -> Float { @y } }
def show!(T)(source: Source!(T), value: T) !! String {
  stdout.print(source.scale)
  stdout.print(source.scale(10))
  stdout.print(source.walk(100))
  source.note(value)
  source.all.each do (x) { source.note(x) }
  try source.pull do (x) { source.note(x) }
}
def same!(T: Equal)(a: T, b: T) -> Boolean { a == b }
try! show(Whole.new, 1)
try show(Broken.new, 1.0) else (error) stdout.print(error).if_true { 1 }
stdout.print(same(Broken.new, Broken.new))
stdout.print(same(1.5, 1.5))
stdout.print(same(1, 2))
stdout.print(1.5 != 1.5)",
        "3.0\n10.0\n0\n6.5\n12.5\n0\n3.5\n5.0\non\nTrue\nTrue\nFalse\nFalse",
    );
}

#[test]
fn arguments() {
    run(
        "import std::stdio::stdout
def say(text: Integer) -> Integer {
  stdout.print(text)
  text
}
def all(a: Integer, b = a + 1, c: Float = 0.5, *rest: Integer) -> String {
  `{a} {b} {c} {rest.length}`
}
stdout.print(all(1))
stdout.print(all(1, 5, 1.5, 7, 8))
stdout.print(all(b: say(2), a: say(1)))
let block = do (a: Float, b = 2.0, on: Boolean) { on.if(true: { a + b }, false: { 0.0 }) }
stdout.print(block.call(1.0, 4.0, True))",
        "1 2 0.5 0\n1 5 1.5 2\n2\n1\n1 2 0.5 0\n5.0",
    );
}

#[test]
fn a_wrong_cast_is_a_panic() {
    run(
        "import std::stdio::stdout
let any: Any = Array.new(1)
let texts = any as Array!(String)
stdout.print(texts.length)
stdout.print(texts[0].length)",
        "1\nStack trace (the most recent call comes last):
  0: \"main.inko\" line 5, in \"main\"
Process 0x1 panicked: expected a value of type `String`, but got one of type `Integer`
status 1",
    );
}

#[test]
fn constants_are_frozen() {
    run(
        "import std::stdio::stdout
let LIST = Array.new(1, 2)
let PI = 3.25
def area(r: Float) -> Float { PI * r }
stdout.print(LIST.length)
stdout.print(area(2.0))",
        "2\n6.5",
    );
}

#[test]
fn errors_and_returns_cross_closures() {
    run(
        "import std::stdio::stdout
def fail !! String -> Integer { throw 'failed' }
def each(list: Array!(Integer), block: do (Integer) !! String) !! String {
  list.each do (x) { try block.call(x) }
}
def caught(list: Array!(Integer)) -> String {
  try each(list) do (_) {
    local try fail
    Nil
  } else (error) return error
  'none'
}
def catching_blocks(list: Array!(Integer)) -> Integer {
  let mut sum = 0
  list.each do (x) {
    let again = do !! String -> Integer { local throw 'again' }
    sum += (try again.call else x)
  }
  sum
}
def escaped -> do -> Integer { { return { 1 } } }
def count(n: Integer, total = 0) !! String -> Integer {
  (n == 0).if_true { return total }
  try count(n - 1, total + 1)
}
stdout.print(caught(Array.new(1)))
stdout.print(catching_blocks(Array.new(1, 2)))
stdout.print(try! count(20000))
escaped.call",
        "failed\n3\n20000\nStack trace (the most recent call comes last):
  0: \"main.inko\" line 29, in \"main\"
  1: \"main.inko\" line 21, in \"<block>\"
Process 0x1 panicked: The method that this return leaves has already returned
status 1",
    );
}
