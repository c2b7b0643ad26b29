"""Compares a program with its twins: builds all of them, runs them in turns, and checks that they print the same."""

from pathlib import Path
import statistics
import tempfile

from . import build, catalogue, measure


def spread(values):
    """The median of some values, with the smallest and the largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def compare(name, languages, small, runs, limit, launcher):
    """Measures a program beside its twins.

    Returns what was found, and a list of sentences about what went wrong. What was found holds the group, the size,
    and for each language the times, the memory and, for a peer, the ratio of its median time to ours.
    """
    size = catalogue.size_of(name, small)
    problems = []
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        commands = build_all(name, size, languages, directory, problems)
        found = run_all(commands, runs, limit, launcher, directory, problems)
    expected = catalogue.expected(name) if small else None
    problems += differences(found, expected)
    results = {language: summary(taken) for language, taken in found.items() if taken}
    own = results.get(catalogue.OWN)
    for language, result in results.items():
        if own and language != catalogue.OWN:
            result["ratio"] = result["seconds"]["median"] / own["seconds"]["median"]
    comparison = {"group": catalogue.group_of(name), "size": size, "runs": runs, "languages": results}
    return comparison, [f"{name}: {problem}" for problem in problems]


def build_all(name, size, languages, directory, problems):
    """The command of each language that has the program and could build it."""
    commands = {}
    try:
        commands[catalogue.OWN] = build.program(name, size, directory)
    except build.BuildFailure as failure:
        problems.append(f"{catalogue.OWN}: {failure}")
    for language in languages:
        try:
            command = build.peer(language, name, size, directory)
        except build.BuildFailure as failure:
            problems.append(f"{language.name}: {failure}")
            continue
        if command:
            commands[language.name] = command
        elif language.complete:
            problems.append(f"{language.name}: there is no twin in benchmarks/peers")
    return commands


def run_all(commands, runs, limit, launcher, directory, problems):
    """Runs all commands in turns; the good runs of each language. One that failed isn't run again."""
    found = {language: [] for language in commands}
    failed = set()
    for _ in range(runs):
        for language, command in commands.items():
            if language in failed:
                continue
            taken = measure.run(launcher, command, directory, limit)
            if taken.failure:
                failed.add(language)
                problems.append(f"{language}: {taken.failure}")
            else:
                found[language].append(taken)
    return found


def differences(found, expected):
    """Sentences about outputs that aren't what they should be.

    That is what the tests expect where it is known, else what our program printed first, else what any printed.
    """
    outputs = [(language, taken.output) for language, runs in found.items() for taken in runs]
    if not outputs:
        return []
    if expected is None:
        model, right = outputs[0]
        source = f"{model} printed"
    else:
        right = expected
        source = "the tests expect"
    wrong = {language: output for language, output in outputs if output != right}
    return [f"{language}: printed {shorten(text)}, but {source} {shorten(right)}" for language, text in wrong.items()]


def shorten(text):
    """A text as it is shown in a message."""
    return repr(text if len(text) <= 200 else text[:200] + "...")


def summary(runs):
    """What the runs of one language took."""
    return {
        "seconds": spread([run.seconds for run in runs]),
        "cpu_seconds": spread([run.cpu_seconds for run in runs]),
        "peak_bytes": spread([run.peak_bytes for run in runs]),
    }
