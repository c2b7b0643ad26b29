"""Programs that are large in one way each, for the benchmark of the compiler.

An axis is a function from a size to the files of a program: text by name, `main.inko` first. The programs run to
their end and print something that depends on what was generated, so that nothing of it can be dropped.
"""

from dataclasses import dataclass
from typing import Callable

from .large import large

PRINT = "import std::stdio::stdout\n"


@dataclass(frozen=True)
class Axis:
    """A way for a program to be large, with the smallest size that is measured and how often it is doubled."""

    what: str
    generate: Callable[[int], dict[str, str]]
    start: int
    doublings: int = 4

    def sizes(self):
        return [self.start << step for step in range(self.doublings + 1)]


def lines(parts, separator="\n"):
    return separator.join(parts)


def program(*parts):
    return {"main.inko": "\n".join([PRINT, *parts, ""])}


def methods(size):
    calls = lines(f"sum += m{i}(sum)" for i in range(size))
    return program(
        lines(f"def m{i}(n: Integer) -> Integer {{ (n < {i}).if(true: {{ n + {i} }}, false: {{ n - 1 }}) }}" for i in range(size)),
        "let mut sum = 0",
        calls,
        "stdout.print(sum)",
    )


def cycle(size):
    return program(
        lines(
            f"def m{i}(n: Integer) -> Integer {{ (n <= 0).if(true: {{ {i} }}, false: {{ m{(i + 1) % size}(n - 1) }}) }}"
            for i in range(size)
        ),
        f"stdout.print(m0({size // 2}))",
    )


def a_class(i, rest=""):
    return f"""class C{i} {{
  @value: Integer
  static def new(value: Integer) -> Self {{ Self {{ @value = value }} }}
  def value -> Integer {{ @value + {i} }}{rest}
}}"""


def classes(size):
    return program(
        lines(a_class(i) for i in range(size)),
        "let mut sum = 0",
        lines(f"sum += C{i}.new(sum).value" for i in range(size)),
        "stdout.print(sum)",
    )


def implementations(size):
    return program(
        "trait Shape {\n  def area -> Integer\n}",
        lines(
            a_class(i) + f"\nimpl Shape for C{i} {{\n  def area -> Integer {{ @value * {i} }}\n}}" for i in range(size)
        ),
        "def total(shapes: Array!(Shape)) -> Integer {",
        "  let mut sum = 0\n\n  shapes.each do (shape) { sum += shape.area }\n  sum\n}",
        "let shapes: Array!(Shape) = Array.new",
        lines(f"shapes.push(C{i}.new({i}))" for i in range(size)),
        "stdout.print(total(shapes))",
    )


def literal(element):
    def generate(size):
        return program(
            "def elements -> Integer {",
            f"  let array = Array.new({', '.join(element(i) for i in range(size))})",
            "  array.length\n}",
            "stdout.print(elements)",
        )

    return generate


def operators(size):
    return program("def sum(n: Integer) -> Integer {", "  n" + " + 1" * size, "}", "stdout.print(sum(1))")


def messages(size):
    return program("def text(n: Integer) -> Integer {", "  n" + ".absolute" * size, "}", "stdout.print(text(1))")


def branches(size):
    return program(
        "def choose(n: Integer) -> Integer {\n  let mut s = 0\n",
        lines(f"  (n == {i}).if_true {{ s += {i} }}" for i in range(size)),
        "  s\n}",
        "stdout.print(choose(3))",
    )


def closures(size):
    return program(
        "def nested(n: Integer) -> Integer {",
        lines("  " * i + f"  let a{i} = n + {i}\n" + "  " * i + "  let b = do {" for i in range(size)),
        "  " + " + ".join(f"a{i}" for i in range(size)),
        lines("  " * i + "  }\n" + "  " * i + "  b.call" for i in range(size - 1, -1, -1)),
        "}",
        "stdout.print(nested(1))",
    )


def arms(size):
    return program(
        "def choose(n: Integer) -> Integer {\n  match(n) {",
        lines(f"    {i} -> {{ n + {i * 3 % 1009} }}" for i in range(size)),
        "    else -> { 0 }\n  }\n}",
        "stdout.print(choose(3))",
    )


def statements(size):
    return program(
        "def say(n: Integer) {",
        lines(f"  stdout.print(n + {i})" for i in range(size)),
        "}",
        "say(1)",
    )


def tries(size):
    return program(
        "def check(n: Integer) !! String -> Integer {\n  n.negative?.if_true { throw 'negative' }\n  n\n}",
        "def all(n: Integer) !! String -> Integer {\n  let mut s = n",
        lines(f"  s += try check(n + {i})" for i in range(size)),
        "  s\n}",
        "stdout.print(try all(1) else 0)",
    )


def modules(size):
    files = program(
        lines(f"import part_{i}::(value as value_{i})" for i in range(size)),
        "let mut sum = 0",
        lines(f"sum += value_{i}(sum)" for i in range(size)),
        "stdout.print(sum)",
    )
    for i in range(size):
        # Each imports the one before it, so that there is more than a list.
        before = f"import part_{i - 1}::(value as before)\n\n" if i else ""
        then = "before(n)" if i else "n"
        files[f"part_{i}.inko"] = f"{before}def value(n: Integer) -> Integer {{ (n > 3).if(true: {{ {then} }}, false: {{ {i} }}) }}\n"
    return files


def imports(size):
    files = program(
        lines(f"import part::(m{i} as n{i})" for i in range(size)),
        "let mut sum = 0",
        lines(f"sum += n{i}(sum)" for i in range(size)),
        "stdout.print(sum)",
    )
    files["part.inko"] = lines(f"def m{i}(n: Integer) -> Integer {{ n + {i} }}" for i in range(size)) + "\n"
    return files


AXES = {
    "lines": Axis("lines of mixed code, in `large.py`", lambda size: {"main.inko": large(size)}, 2500, 3),
    "methods": Axis("methods, each called once", methods, 1000, 4),
    "cycle": Axis("methods that call each other in a cycle", cycle, 1000, 4),
    "classes": Axis("classes with an attribute and two methods", classes, 500, 4),
    "implementations": Axis("classes that implement a trait whose method is called dynamically", implementations, 250, 4),
    "integers": Axis("integers in one array literal", literal(str), 12_500, 4),
    "strings": Axis("strings in one array literal", literal(lambda i: f"'text {i}'"), 6250, 4),
    "operators": Axis("operators in one chain", operators, 3125, 4),
    "messages": Axis("messages in one chain", messages, 3125, 4),
    "branches": Axis("branches in one method", branches, 625, 3),
    "statements": Axis("statements in one method", statements, 625, 3),
    "tries": Axis("calls in one method that may throw", tries, 625, 3),
    "arms": Axis("arms of one match", arms, 625, 3),
    "closures": Axis("closures in each other, each with a variable that the innermost uses", closures, 8, 3),
    "modules": Axis("modules, each in a file", modules, 125, 4),
    "imports": Axis("imports in one module", imports, 500, 4),
}
