#!/usr/bin/env python3
"""Times the compiler: generated programs that are large in one way each, a project of 22,000 lines, and hello world.

Usage: compile.py [AXIS...] [--runs N] [--check] [--inkoc FILE]
"""

import argparse
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib import build
from lib.axes import AXES
from lib.catalogue import INKOC
from lib.measure import run
from lib.project import project

# Twice the program may take so many times as long, before an axis counts as not linear.
LINEAR = 2.6
# Growth is only judged for what takes longer than this (ms), as a busy machine adds some milliseconds anywhere.
JUDGED = 40
STAGES = ["parse", "check", "lower", "optimise", "generate", "link"]
HELLO = {
    "inkoc": ("hello.inko", "import std::stdio::stdout\n\nstdout.print('Hello, world!')\n"),
    "go": ("hello.go", 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, world!")\n}\n'),
    "rustc": ("hello.rs", 'fn main() {\n    println!("Hello, world!");\n}\n'),
    "gcc": ("hello.c", '#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n    return 0;\n}\n'),
}


@dataclass
class Result:
    """Some runs: milliseconds by stage, `total` and `cpu` among them, as medians and as the least, and peak memory in MB."""

    times: dict[str, float]
    least: dict[str, float]
    peak: float
    failure: str | None = None


class Compiler:
    """What compiles a program some times and measures it."""

    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.launcher = build.launcher()

    def build(self, files, *arguments, includes=(), runs=None):
        place = self.directory / "program"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name, text in files.items():
            (place / name).write_text(text)
        for include in (place, *includes):
            arguments += ("--include", include)
        command = [self.options.inkoc, "build", "--timings", *arguments, "-o", self.directory / "out", place / "main.inko"]
        done = []
        for _ in range(runs or self.options.runs):
            one = run(self.launcher, command, self.directory, self.options.limit)
            if one.failure:
                return Result({}, {}, 0, one.failure)
            times = {stage: float(ms) for stage, ms in re.findall(r"^(\w+) +([0-9.]+) ms$", one.errors, flags=re.M)}
            # The stages are the compiler's own account; what counts in the end is the time from start to exit.
            done.append((times | {"total": one.seconds * 1000, "cpu": one.cpu_seconds * 1000}, one.peak_bytes / 1e6))
        times, least = (
            {stage: middle(times[stage] for times, _ in done) for stage in done[0][0]} for middle in (statistics.median, min)
        )
        return Result(times, least, statistics.median(peak for _, peak in done))


def row(size, result, growth=""):
    if result.failure:
        return f"{size:>8}  {' '.join(result.failure.split())[:150]}"
    times = "".join(f"{result.times[stage]:>10.1f}" for stage in [*STAGES, "total", "cpu"])
    return f"{size:>8}{times}{result.peak:>8.0f}  {growth}"


def heading(first="size"):
    return f"{first:>8}" + "".join(f"{stage:>10}" for stage in [*STAGES, "total", "cpu"]) + f"{'MB':>8}  growth"


def growth(before, after, base, stage):
    """How many times as long a stage takes, without what the smallest program needs, or None if that is too little.

    The fastest runs are compared: other work on the machine disturbs them least.
    """
    old, new = (result.least[stage] - base.least[stage] for result in (before, after))
    return None if old < JUDGED / 2 or new < JUDGED else new / old


def axis(compiler, name, base):
    """Measures an axis; gives the results by size and what isn't linear in it."""
    results, found = {}, []
    print(f"\n{name}: {AXES[name].what}\n{heading()}", flush=True)
    for size in AXES[name].sizes():
        result = compiler.build(AXES[name].generate(size))
        before = results.get(size // 2)
        results[size] = result
        said = ""
        if before and not result.failure:
            # Stages by the clock, the whole by processor time, which other work on the machine disturbs less.
            factors = {stage: growth(before, result, base, stage) for stage in [*STAGES[:-1], "cpu"]}
            steep = {stage: factor for stage, factor in factors.items() if factor and factor > LINEAR}
            said = f"{factors['cpu']:.1f}" if factors["cpu"] else "-"
            if steep:
                said += "  NOT LINEAR: " + ", ".join(f"{stage} {factor:.1f}" for stage, factor in steep.items())
            found += [(size, stage, factor) for stage, factor in steep.items()]
        print(row(size, result, said), flush=True)
        if result.failure:
            found.append((size, "failed", 0))
            break
    return results, found


def hello(options, directory):
    """The smallest program beside other compilers, which build the same one in turns with inkoc."""
    for name, text in HELLO.values():
        (directory / name).write_text(text)
    output = directory / "hello"
    commands = {
        "inkoc": [options.inkoc, "build", "hello.inko", "-o", output],
        "go": ["go", "build", "-o", output, "hello.go"],
        "rustc": ["rustc", "-o", output, "hello.rs"],
        "gcc": ["gcc", "-o", output, "hello.c"],
    }
    launcher = build.launcher()
    times = {name: [] for name, command in commands.items() if shutil.which(command[0])}
    for _ in range(max(options.runs, 7)):
        for name in times:
            command = [launcher, directory / "usage", *commands[name]]
            times[name].append(timed(command, directory))
    own = statistics.median(times["inkoc"])
    print("\nhello: the smallest program, linking included; ms, and the ratio of inkoc's to it")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:>8}{middle:>10.1f}   ({min(found):.1f} to {max(found):.1f}){own / middle:>10.2f}")
    return own


def timed(command, directory):
    build.execute(command, cwd=directory)
    return int((directory / "usage").read_text().split()[0]) / 1e6


def whole(compiler):
    """The project, at both levels of optimisation, with the methods beside it."""
    files, includes, lines = project()
    results = {}
    for name, text, around in [(f"project of {lines} lines", files, includes), ("4000 methods", AXES["methods"].generate(4000), ())]:
        print(f"\n{name}\n{heading('opt')}", flush=True)
        for level in ["speed", "none"]:
            result = compiler.build(text, "--opt", level, includes=around)
            if result.failure:
                sys.exit(f"{name} can't be built: {result.failure}")
            results[name.split()[0], level] = result
            print(row(level, result), flush=True)
    return results


def bars(compiler, own):
    """What is required: (what, measured, limit, unit)."""
    def total(name, size):
        result = compiler.build(AXES[name].generate(size))
        return (float("inf"), float("inf")) if result.failure else (result.times["total"], result.peak)

    yield "cycle of 16,000 methods", total("cycle", 16_000)[0], 2000, "ms"
    yield "literal of 200,000 integers", total("integers", 200_000)[0], 1000, "ms"
    yield "5,000 branches in a method", total("branches", 5000)[1], 400, "MB"
    yield "hello world", own, 70, "ms"
    built = whole(compiler)
    yield "project", built["project", "speed"].times["total"], 800, "ms"
    for name in ["project", "4000"]:
        share = built[name, "none"].times["total"] / built[name, "speed"].times["total"]
        yield f"{name.replace('4000', '4000 methods')} without optimisation, of the time with it", share * 100, 100 / 3, "%"


def check(compiler, own):
    """Compares with the bars; tells whether all are met."""
    rows = list(bars(compiler, own))
    print()
    for what, value, limit, unit in rows:
        print(f"{'ok' if value <= limit else 'MISSED':>8}  {what}: {value:.0f} {unit}, at most {limit:.0f} {unit}")
    return all(value <= limit for _, value, limit, _ in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("axes", nargs="*", metavar="AXIS", help=f"`project`, `hello`, or some of {', '.join(AXES)}; all if none is named")
    parser.add_argument("--runs", type=int, default=3, help="how often each program is compiled; medians are shown")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a compilation is ended")
    parser.add_argument("--check", action="store_true", help="compare with what is required, and nothing else")
    parser.add_argument("--inkoc", type=Path, help="another compiler than the one of this checkout")
    options = parser.parse_args()
    if unknown := set(options.axes) - {*AXES, "project", "hello"}:
        parser.error(f"there is no axis {', '.join(sorted(unknown))}")
    if not options.inkoc:
        build.compiler()
        options.inkoc = INKOC
    options.inkoc = options.inkoc.resolve()
    wanted = options.axes or [*AXES, "project", "hello"]
    with tempfile.TemporaryDirectory() as temporary:
        compiler = Compiler(options, Path(temporary))
        if options.check:
            sys.exit(0 if check(compiler, hello(options, Path(temporary))) else 1)
        base = compiler.build(program_of_nothing(), runs=max(options.runs, 7))
        print(f"times in ms, medians of {options.runs}; growth is that of processor time when the size doubles")
        print(f"{heading()}\n{row(0, base)}")
        steep = {}
        for name in [name for name in AXES if name in wanted]:
            found = axis(compiler, name, base)[1]
            if found:
                steep[name] = found
        if "project" in wanted:
            whole(compiler)
        if "hello" in wanted:
            hello(options, Path(temporary))
        for name, found in steep.items():
            said = ", ".join(f"{stage} x{factor:.1f} at {size}" if factor else f"fails at {size}" for size, stage, factor in found)
            print(f"\nnot linear: {name}: {said}", end="")
        print("\n" if steep else "\nall axes are linear")
    sys.exit(1 if steep else 0)


def program_of_nothing():
    return {"main.inko": HELLO["inkoc"][1]}


if __name__ == "__main__":
    main()
