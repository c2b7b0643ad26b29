#!/usr/bin/env python3
"""Times the compiler: `inkoc check` of a large generated program, and `inkoc build` of a small one.

Peers build the same small program in turns with inkoc; what counts is the ratio of the medians.
Usage: compile.py [--runs N] [--lines N] [--keep FILE]
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INKOC = ROOT / "target" / "release" / "inkoc"

# A part of the large program: what is in it uses the language as programs do. `%` becomes its number.
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

HELLO = {
    "inkoc": ("hello.inko", "import std::stdio::stdout\n\nstdout.print('Hello, world!')\n"),
    "go": ("hello.go", 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, world!")\n}\n'),
    "rustc": ("hello.rs", 'fn main() {\n    println!("Hello, world!");\n}\n'),
    "gcc": ("hello.c", '#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n    return 0;\n}\n'),
}


def generate(lines):
    parts = [HEAD]
    length = PART.count("\n")
    for number in range((lines - HEAD.count("\n")) // length):
        parts.append(PART.replace("%", str(number)))
    return "".join(parts)


def run(command, **options):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[:2000]}")
    return time.perf_counter() - start, done.stderr


def spread(values):
    return f"{statistics.median(values):9.1f}   ({min(values):.1f} to {max(values):.1f})"


def checking(options, directory):
    path = Path(options.keep) if options.keep else directory / "large.inko"
    text = generate(options.lines)
    path.write_text(text)
    lines = text.count("\n")
    found = {"process": []}
    for _ in range(options.runs):
        elapsed, said = run([INKOC, "check", "--timings", path])
        found["process"].append(elapsed * 1000)
        for stage, milliseconds in re.findall(r"^(\w+)\s+([0-9.]+) ms", said, flags=re.M):
            found.setdefault(stage, []).append(float(milliseconds))
    print(f"inkoc check, {lines} lines, {len(text) / 1e6:.1f} MB; times in ms, and lines per second")
    for stage, times in found.items():
        print(f"{stage:<8}{spread(times)}{lines / statistics.median(times):12.0f} thousand lines/s")


def hello(options, directory):
    for name, text in HELLO.values():
        (directory / name).write_text(text)
    output = directory / "hello"
    commands = {
        "inkoc": [INKOC, "build", "hello.inko", "-o", output],
        "go": ["go", "build", "-o", output, "hello.go"],
        "rustc": ["rustc", "-o", output, "hello.rs"],
        "gcc": ["gcc", "-o", output, "hello.c"],
    }
    commands = {name: command for name, command in commands.items() if shutil.which(command[0])}
    times = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            times[name].append(run(command, cwd=directory)[0] * 1000)
    print("\nbuild of hello world, linking included; times in ms, and the ratio of inkoc's to it")
    own = statistics.median(times["inkoc"])
    for name, found in times.items():
        print(f"{name:<8}{spread(found)}{own / statistics.median(found):12.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--keep", help="where to write the large program")
    options = parser.parse_args()
    run(["cargo", "build", "--release", "-q"], cwd=ROOT)
    with tempfile.TemporaryDirectory() as temporary:
        checking(options, Path(temporary))
        hello(options, Path(temporary))


if __name__ == "__main__":
    main()
