"""Measures how long processes wait for their turn: for a worker that others use, and for their timers."""

import os
from pathlib import Path
import subprocess
import tempfile
import threading
import time

from . import build, catalogue, measure

SOURCES = catalogue.BENCHMARKS / "latency"

# The width of the buckets that the programs count in.
BUCKET_MICROSECONDS = 10


class Failure(Exception):
    """A program that did not do what it should."""


class Histogram:
    """The lines `BUCKET COUNT` and `NAME VALUE` that a program printed."""

    def __init__(self, lines):
        self.buckets = []
        self.values = {}
        for line in lines:
            words = line.split()
            if len(words) != 2 or not words[1].isdigit():
                raise Failure(f"it printed {line!r}")
            if words[0].isdigit():
                self.buckets.append((int(words[0]), int(words[1])))
            else:
                self.values[words[0]] = int(words[1])
        self.count = sum(count for _, count in self.buckets)
        if self.count == 0 or "max" not in self.values:
            raise Failure("it printed no times")

    def milliseconds(self, part):
        """The time that `part` of all counted times don't exceed, at most the width of a bucket too large."""
        left = part * self.count
        for bucket, count in self.buckets:
            left -= count
            if left <= 0:
                break
        return min((bucket + 1) * BUCKET_MICROSECONDS, self.values["max"]) / 1000

    def summary(self):
        """The times that are reported."""
        return {
            "count": self.count,
            "p50_ms": self.milliseconds(0.50),
            "p99_ms": self.milliseconds(0.99),
            "max_ms": self.values["max"] / 1000,
        }


def cpu_seconds(pid):
    """The CPU time that a running process has used so far."""
    # The name of the program is in parentheses and may hold blanks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def play(command, variables, limit):
    """Runs a program; its lines, and the part of one core that it used between its lines `start` and `stop`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | variables,
        start_new_session=True,
    )
    late = threading.Event()

    def stop():
        late.set()
        measure.end(process)

    guard = threading.Timer(limit, stop)
    guard.start()
    lines = []
    marks = {}
    try:
        for line in map(str.strip, process.stdout):
            if line in ("start", "stop"):
                marks[line] = (time.monotonic(), cpu_seconds(process.pid))
            else:
                lines.append(line)
        said = process.stderr.read().strip()[-500:]
        status = process.wait()
    finally:
        guard.cancel()
        measure.end(process)
    if late.is_set():
        raise Failure(f"it did not end within {limit:g} s")
    if status != 0:
        raise Failure(f"it {measure.describe_status(status)}: {said}")
    if len(marks) < 2:
        return Histogram(lines), None
    (begin, before), (end, after) = marks["start"], marks["stop"]
    return Histogram(lines), (after - before) / (end - begin)


def commands(name, constants, languages, directory):
    """The command of a program in each language that has it, with some of its constants changed; builds them.

    The twins take the same values as arguments.
    """
    found = {}
    try:
        found[catalogue.OWN] = build.inko(SOURCES / f"{name}.inko", constants, directory)
        for language in languages:
            source = SOURCES / f"{name}{Path(language.source).suffix}"
            if source.exists():
                command = build.BUILDERS[language.name](source, directory)
                found[language.name] = [*command, *map(str, constants.values())]
    except build.BuildFailure as failure:
        raise Failure(str(failure)) from None
    return found


def attempt(name, constants, languages, variables, limit, judge):
    """Builds and runs one of the programs in all languages.

    Returns what `judge` makes of the times and the CPU use of each, and a list of sentences about what went wrong.
    """
    results, problems = {}, []
    with tempfile.TemporaryDirectory() as temporary:
        try:
            built = commands(name, constants, languages, Path(temporary))
        except Failure as failure:
            return {}, [str(failure)]
        for language, command in built.items():
            try:
                results[language] = judge(*play(command, variables, limit))
            except Failure as failure:
                problems.append(f"{language}: {failure}")
    return results, problems


# Makes each language run its processes on one thread.
ONE_THREAD = {"INKO_PRIMARY_THREADS": "1", "GOMAXPROCS": "1", "ERL_FLAGS": "+S 1"}


def fairness(languages, small, limit):
    """Round trips of two processes on one worker thread that 4 others never leave, without and with pauses."""
    seconds = 0.5 if small else 10.0
    results = {"seconds": seconds, "hogs": 4, "threads": 1}
    problems = []
    for name, pause in [("at_once", 0.0), ("after_pauses", 0.003)]:
        constants = {"SECONDS": seconds, "PAUSE": pause}

        def judge(times, _):
            summary = times.summary()
            return summary | {"met": summary["p99_ms"] < 20}

        found, wrong = attempt("fairness", constants, languages, ONE_THREAD, limit, judge)
        results[name] = {"pause_ms": pause * 1000, "languages": found}
        problems += [f"latency_fairness: {problem}" for problem in wrong]
    return results, problems


def timers(languages, small, limit):
    """Wakings of 100 000 processes that sleep for random times."""
    count, seconds = (1000, 1.5) if small else (100_000, 10.0)

    def judge(times, cores):
        if cores is None:
            raise Failure("it did not print `start` and `stop`")
        result = times.summary()
        result["early"] = times.values["early"]
        result["cores"] = cores
        result["nanoseconds_each"] = cores * seconds / times.count * 1e9
        result["met"] = cores < 0.05 and result["early"] == 0 and result["p99_ms"] < 2
        return result

    found, wrong = attempt("timers", {"N": count, "SECONDS": seconds}, languages, {}, limit, judge)
    problems = [f"latency_timers: {problem}" for problem in wrong]
    return {"processes": count, "seconds": seconds, "languages": found}, problems
