#!/usr/bin/env python3
"""Measures programs beside their twins in other languages, the memory of waiting processes, and latencies.

Without names everything is measured. A name is a program, a group (`compute`, `processes`), or one of
`alive_memory`, `latency_fairness` and `latency_timers`. See README.md beside this file.
"""

import argparse
import json
import sys

from lib import build, catalogue, charts, compare, latency, machine, tables, waiting


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; everything unless given")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="how often each program runs (5)")
    parser.add_argument("--small", action="store_true", help="small sizes, to try the runner; writes no results")
    parser.add_argument(
        "--peers",
        default=",".join(catalogue.LANGUAGES),
        metavar="LIST",
        help="the languages to compare with (go,erlang,c,rust); `--peers=` for none",
    )
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="ends runs that take longer (600)")
    parser.add_argument("--no-write", action="store_true", help="don't write benchmarks/results")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    options.peers = [name for name in options.peers.split(",") if name]
    for name in options.peers:
        if name not in catalogue.LANGUAGES:
            parser.error(f"there are no peers in `{name}`, only in {', '.join(catalogue.LANGUAGES)}")
    options.names = expand(options.names, parser)
    return options


def expand(names, parser):
    """The names to measure, with groups replaced by their programs."""
    expanded = []
    for name in names or [*catalogue.GROUPS, *catalogue.SPECIAL]:
        if name in catalogue.GROUPS:
            expanded += catalogue.GROUPS[name]
        elif name in catalogue.SPECIAL or catalogue.group_of(name):
            expanded.append(name)
        else:
            parser.error(f"there is no benchmark `{name}`")
    return list(dict.fromkeys(expanded))


def installed(names):
    """The languages that can be measured; says how to get the others."""
    present = []
    for language in map(catalogue.LANGUAGES.get, names):
        missing = language.missing()
        if missing:
            commands = " and ".join(f"`{command}`" for command in missing)
            print(f"{language.name} is left out, because {commands} is not installed: {language.install}")
        else:
            present.append(language)
    return present


def measure_one(name, options, languages, launcher):
    """Measures what a name stands for; what was found, if anything was, and sentences about what went wrong."""
    if name == "alive_memory":
        found, problems = waiting.measure_waiting(languages, options.small, options.runs, options.limit)
        return found if found["languages"] else None, problems
    if name in catalogue.SPECIAL:
        measured = {"latency_fairness": latency.fairness, "latency_timers": latency.timers}[name]
        try:
            return measured(options.small, options.limit), []
        except latency.Failure as failure:
            return None, [f"{name}: {failure}"]
    found, problems = compare.compare(name, languages, options.small, options.runs, options.limit, launcher)
    return found if found["languages"] else None, problems


def measure_all(options, languages):
    """Measures everything that was asked for; the results and sentences about what went wrong."""
    launcher = build.launcher()
    results = {"machine": machine.describe(), "programs": {}}
    problems = []
    for number, name in enumerate(options.names, 1):
        print(f"[{number}/{len(options.names)}] {name}", file=sys.stderr, flush=True)
        found, wrong = measure_one(name, options, languages, launcher)
        for problem in wrong:
            print(f"  {problem}", file=sys.stderr, flush=True)
        problems += wrong
        if found:
            found["measured"] = machine.stamp()
            place = results if name in catalogue.SPECIAL else results["programs"]
            place[name] = found
    return results, problems


def write(results):
    """Writes results; what wasn't measured now keeps its earlier numbers, if they are of the same machine."""
    directory = catalogue.RESULTS
    directory.mkdir(exist_ok=True)
    path = directory / "results.json"
    earlier = json.loads(path.read_text()) if path.exists() else {}
    if earlier.get("machine") == results["machine"]:
        programs = earlier.get("programs", {}) | results["programs"]
        results = earlier | results | {"programs": dict(sorted(programs.items()))}
    path.write_text(json.dumps(results, indent=2) + "\n")
    (directory / "results.md").write_text(tables.page(results))
    pictures = {"ratios.svg": charts.ratios(results)}
    if "alive_memory" in results:
        pictures["memory.svg"] = charts.memory(results["alive_memory"])
    for name, picture in pictures.items():
        if picture:
            (directory / name).write_text(picture)
    print(f"Wrote {directory.relative_to(catalogue.ROOT)}.")


def main():
    options = arguments()
    languages = installed(options.peers)
    try:
        build.compiler()
        results, problems = measure_all(options, languages)
    except build.BuildFailure as failure:
        sys.exit(str(failure))
    print()
    print("\n".join([*tables.description(results["machine"]), ""]))
    print("\n".join(table.text() for table in tables.of_results(results)))
    if problems:
        print("What went wrong:\n")
        print("\n".join(f"- {problem}" for problem in problems))
    elif not options.no_write and not options.small:
        write(results)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
