#!/usr/bin/env python3
"""Measures programs beside their twins in other languages, the memory of waiting processes, and latencies.

Without names everything is measured. A name is a program, a group (`compute`, `processes`, `http`), or one of
`alive_memory`, `latency_fairness` and `latency_timers`. See README.md beside this file.
"""

import argparse
import json
import sys

from lib import build, catalogue, charts, compare, http, latency, machine, tables, waiting


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
        elif name in catalogue.SPECIAL_GROUPS:
            expanded += catalogue.SPECIAL_GROUPS[name]
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
            print(f"{language.name} is left out. It needs {commands}: {language.install}", flush=True)
        else:
            present.append(language)
    return present


def measure_one(name, options, languages, launcher):
    """Measures what a name stands for; what was found, and sentences about what went wrong."""
    if name == "alive_memory":
        return waiting.measure_waiting(languages, options.small, options.runs, options.limit)
    if name == "latency_fairness":
        return latency.fairness(languages, options.small, options.limit)
    if name == "latency_timers":
        return latency.timers(languages, options.small, options.limit)
    if name == "http_requests":
        return http.requests(languages, options.small, options.runs, options.limit)
    if name == "http_idle":
        return http.idle(languages, options.small, options.runs, options.limit)
    return compare.compare(name, languages, options.small, options.runs, options.limit, launcher)


def measure_all(options, languages):
    """Measures everything that was asked for; the results, and for each name sentences about what went wrong."""
    launcher = build.launcher()
    results = {"machine": machine.describe(), "programs": {}}
    problems = {}
    for number, name in enumerate(options.names, 1):
        print(f"[{number}/{len(options.names)}] {name}", file=sys.stderr, flush=True)
        found, wrong = measure_one(name, options, languages, launcher)
        for problem in wrong:
            print(f"  {problem}", file=sys.stderr, flush=True)
        if wrong:
            problems[name] = wrong
        found["measured"] = machine.stamp()
        place = results if name in catalogue.SPECIAL else results["programs"]
        place[name] = found
    return results, problems


def without(results, names):
    """The results but for some names."""
    kept = {name: found for name, found in results.items() if name not in names}
    return kept | {"programs": {name: found for name, found in results["programs"].items() if name not in names}}


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
        pictures["memory.svg"] = charts.memory(results)
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
        print("\n".join(f"- {problem}" for wrong in problems.values() for problem in wrong))
        print()
    if not options.no_write and not options.small and len(problems) < len(options.names):
        write(without(results, problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
