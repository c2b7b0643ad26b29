"""Measures how much memory processes take that wait for a message, in Inko, Go and Erlang."""

from pathlib import Path
import subprocess
import tempfile
import threading
import time

from . import build, catalogue, measure

SOURCES = catalogue.BENCHMARKS / "memory"
SIZE = 1_000_000
SMALL_SIZE = 10_000

# How long the processes are left alone before the second look.
IDLE_SECONDS = 2.0


class Failure(Exception):
    """A program that did not do what it should."""


def source_of(language):
    """Where the program of a language is, if there is one."""
    return SOURCES / f"waiting{Path(language.source).suffix}"


def measure_waiting(languages, small, runs, limit):
    """Measures the resident memory with many waiting processes, and with none.

    Returns for each language the medians of: the resident bytes of the program without processes (`empty`), with all
    of them at once after they were started (`started`) and after a pause (`idle`), and the last two for each process.
    Nothing is subtracted from them. The second value is a list of sentences about what went wrong.
    """
    size = SMALL_SIZE if small else SIZE
    languages = [language for language in languages if source_of(language).exists()]
    problems = []
    results = {}
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        commands = build_all(languages, size, directory, problems)
        samples = {language: [] for language in commands}
        for _ in range(runs):
            for language, (empty, full) in commands.items():
                try:
                    samples[language].append((look(empty, 0, limit)[0], *look(full, size, limit)))
                except Failure as failure:
                    problems.append(f"alive_memory: {language}: {failure}")
    for language, found in samples.items():
        if found:
            empty, started, idle = (sorted(column)[len(found) // 2] for column in zip(*found))
            results[language] = {
                "empty_bytes": empty,
                "started_bytes": started,
                "idle_bytes": idle,
                "started_bytes_each": started / size,
                "idle_bytes_each": idle / size,
            }
    return {"processes": size, "idle_seconds": IDLE_SECONDS, "runs": runs, "languages": results}, problems


def build_all(languages, size, directory, problems):
    """For each language the commands without processes and with all of them."""
    commands = {}
    try:
        pair = []
        for count in (0, size):
            place = directory / str(count)
            place.mkdir()
            pair.append(build.inko(SOURCES / "waiting.inko", {"N": count}, place))
        commands[catalogue.OWN] = pair
    except build.BuildFailure as failure:
        problems.append(f"alive_memory: {catalogue.OWN}: {failure}")
    for language in languages:
        try:
            command = build.BUILDERS[language.name](source_of(language), directory)
        except build.BuildFailure as failure:
            problems.append(f"alive_memory: {language.name}: {failure}")
            continue
        commands[language.name] = [build.with_processes(language, [*command, str(count)], count) for count in (0, size)]
    return commands


def resident(pid):
    """The resident bytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise Failure("it ended before its memory was read")


def look(command, size, limit):
    """Runs a program until its processes wait; the resident bytes then, and after a pause."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    # Ends the program if it hangs, upon which the reading below finds the end of its output.
    guard = threading.Timer(limit, measure.end, [process])
    guard.start()
    try:
        if process.stdout.readline().strip() != "ready":
            raise Failure(f"it did not say that it is ready within {limit:g} s")
        started = resident(process.pid)
        time.sleep(IDLE_SECONDS if size else 0)
        idle = resident(process.pid)
        process.stdin.close()
        said = process.stdout.read().strip()
        if said != str(size):
            raise Failure(f"it ended with {said!r} and not with {str(size)!r}")
        return started, idle
    except FileNotFoundError:
        raise Failure("it ended before its memory was read") from None
    finally:
        guard.cancel()
        measure.end(process)
