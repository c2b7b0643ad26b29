"""One large program, made of the test programs of this project: each becomes a module, and a main module imports them.

Programs that end, panic, wait for long or need something around them stay out. The bodies of the others run when they
are imported. The tests of std are registered and not run, since many of them take time or look at the system.
"""

from pathlib import Path
import re

from .catalogue import ROOT

# What a program isn't combined for: it looks at its surroundings, ends the program, or takes long on purpose.
ALONE = re.compile(
    r"^# (?:status|stderr|args|env|runs-for|at-least|only|skip):|\bvm\.exit\b|^import (?:main|std::(?:net|os|ffi))\b"
    r"|^import std::mirror|\bstdin\b",
    re.M,
)
# So many lines are wanted; the largest programs are taken twice until there are enough.
LINES = 22_000


def module_name(path):
    return "_".join(path.relative_to(ROOT / "tests").with_suffix("").parts)


def combined():
    """The programs that can be modules of one program."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.inko")):
        place = path.relative_to(ROOT / "tests").parts
        if place[0] not in ("programs", "language") or {"modules", "panics", "process", "runtime"} & set(place[1:-1]):
            continue
        text = path.read_text()
        if not ALONE.search(text):
            found.append((path, text))
    return found


def project(lines=LINES):
    """The files of the program by name, `main.inko` first, and the directories of modules that it needs."""
    files = {"main.inko": ""}
    imports, calls = ["import std::stdio::stdout", "import std::test::Tests"], ["let tests = Tests.new"]
    includes = {ROOT / "std" / "tests"}
    length = 0
    for path in sorted((ROOT / "std" / "tests").rglob("test_*.inko")):
        module = "::".join(path.relative_to(ROOT / "std" / "tests").with_suffix("").parts)
        imports.append(f"import {module}::(tests as tests_{len(calls)})")
        calls.append(f"tests_{len(calls)}(tests)")
        length += path.read_text().count("\n")
    includes |= {path for path in (ROOT / "tests").rglob("modules") if path.is_dir()}
    programs = combined()
    # What is added to a class can be added once only.
    again = [(path, text) for path, text in programs if not re.search(r"^impl (?!.* for )", text, re.M)]
    again.sort(key=lambda found: -len(found[1]))
    for copy, chosen in [("", programs)] + [(f"copy_{number}_", again) for number in range(1, 10)]:
        for path, text in chosen:
            if length < lines:
                name = copy + module_name(path)
                files[f"{name}.inko"] = text
                imports.append(f"import {name}")
                length += text.count("\n")
    files["main.inko"] = "\n".join(imports + [""] + calls + ["stdout.print('the end')", ""])
    return files, sorted(includes), length
