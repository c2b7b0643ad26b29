"""A large program that uses the language as programs do: one part of it again and again."""

# What all parts use.
HEAD = """import std::conversion::ToString
import std::pair::Pair

trait Shape {
  # The area, in squares of the grid.
  def area -> Integer

  # The name of the shape.
  def name -> String {
    'shape'
  }

  def describe -> String {
    `a {name} of {area}`
  }
}
"""
# A part; `%` becomes its number.
PART = """
# A rectangle on the grid, number %.
class Rectangle% {
  @width: Integer
  @height: Integer
  @label: ?String

  static def new(width: Integer, height: Integer, label = 'none') -> Self {
    Self { @width = width, @height = height, @label = Option.some(label) }
  }

  def width -> Integer { @width }

  def grow(by: Integer) -> Integer {
    let mut step = 0

    while({ step < by }) {
      @width += 1
      @height += 1
      step += 1
    }

    @width * @height
  }
}

impl Shape for Rectangle% {
  def area -> Integer {
    @width * @height
  }

  def name -> String {
    'rectangle %'
  }
}

impl ToString for Rectangle% {
  def to_string -> String {
    `{name}: {@width} x {@height}`
  }
}

class Stack%!(T) {
  @values: Array!(T)

  static def new -> Self {
    Self { @values = Array.new }
  }

  def push(value: T) -> T { @values.push(value) }

  def top -> ?T { @values.get(0) }

  def each(block: do (T)) {
    @values.each(block)
  }

  def map!(R)(block: do (T) -> R) -> Stack%!(R) {
    let other: Stack%!(R) = Stack%.new

    each do (value) { other.push(block.call(value)) }
    other
  }
}

# Takes the first number, and fails for an empty list.
def first%(numbers: Array!(Integer)) !! String -> Integer {
  numbers.empty?.if_true { throw 'the list % is empty' }

  numbers[0]
}

def classify%(number: Integer) -> String {
  match(let n = number) {
    0 -> { 'zero' }
    1..9 -> { 'a digit' }
    as Integer when n.zero? -> { 'none' }
    else -> { `odd: {n + %}` }
  }
}

def run% -> Integer {
  let rectangle = Rectangle%.new(width: 10, height: 2 + %)
  let stack: Stack%!(Integer) = Stack%.new
  let pairs = Array.new(Pair.new('a', 1), Pair.new('b', 2))
  let mut total = 0

  stack.push(rectangle.grow(3))
  stack.push(rectangle.area)
  stack.map do (value) { value.to_string }.each do (text) { total += text.length }

  pairs.each do (pair) {
    (pair.first == 'a').if(true: { total += pair.second }, false: { total -= 1 })
  }

  total += try first%(Array.new(total, 20)) else (error) error.length

  (classify%(total) == 'zero')
    .or { rectangle.describe == '' }
    .if_true { return 0 }

  total + rectangle.width
}
"""


def large(lines):
    """A program of about so many lines, whose main part runs every part."""
    length = PART.count("\n") + 1
    count = max(1, (lines - HEAD.count("\n")) // length)
    parts = ["import std::stdio::stdout\n", HEAD]
    for number in range(count):
        parts.append(PART.replace("%", str(number)))
    parts.append("let mut all = 0\n\n")
    parts.extend(f"all += run{number}\n" for number in range(count))
    parts.append("stdout.print(all)\n")
    return "".join(parts)
