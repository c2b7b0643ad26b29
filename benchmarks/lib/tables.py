"""Writes results as tables, for a terminal or in Markdown."""

import statistics

from .catalogue import OWN, SPECIAL, TITLES

MEBI = 1024 * 1024


class Table:
    """Rows of texts below a title; the first column is aligned left, the others right."""

    def __init__(self, title, header, rows, note=""):
        self.title = title
        self.rows = [header, *rows]
        self.note = note

    def widths(self):
        return [max(len(row[column]) for row in self.rows) for column in range(len(self.rows[0]))]

    def text(self):
        """The table for a terminal."""
        widths = self.widths()
        lines = [self.title, ""]
        for row in self.rows:
            cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
            lines.append("  " + "   ".join(cells).rstrip())
        lines += ["", f"  {self.note}"] if self.note else []
        return "\n".join(lines) + "\n"

    def markdown(self):
        """The table in Markdown."""
        lines = [f"## {self.title}", ""]
        for number, row in enumerate(self.rows):
            lines.append(f"| {' | '.join(row)} |")
            if number == 0:
                lines.append(f"|:--{'|--:' * (len(row) - 1)}|")
        lines += ["", self.note] if self.note else []
        return "\n".join(lines) + "\n"


def seconds(spread):
    """A median time with its spread."""
    return f"{spread['median']:.3f} ({spread['min']:.3f}-{spread['max']:.3f})"


def mebibytes(number):
    """An amount of memory in MiB."""
    return f"{number / MEBI:.1f}"


def verdict(met):
    """Whether a requirement is met."""
    return "yes" if met else "NO"


def of_group(results, group):
    """The programs of a group and what was found for them."""
    return sorted((name, found) for name, found in results.get("programs", {}).items() if found["group"] == group)


def languages_of(programs):
    """The languages that occur in the results of some programs, ours first."""
    order = [OWN, "go", "erlang", "c", "rust"]
    present = {language for _, found in programs for language in found["languages"]}
    return [language for language in order if language in present]


def ratios(programs, language):
    """The ratios of our time and a peer's, for the programs that have one."""
    entries = [found["languages"].get(language, {}) for _, found in programs]
    return [entry["ratio"] for entry in entries if "ratio" in entry]


def cells(programs, languages, show):
    """A row for each program: its name and size, and what `show` makes of the result of each language."""
    for name, found in programs:
        shown = [show(found["languages"][each]) if each in found["languages"] else "-" for each in languages]
        yield [f"{name} {found['size']}", *shown]


def of_programs(results, group):
    """The tables of times, ratios and memory of a group; none if nothing was measured."""
    programs = of_group(results, group)
    languages = languages_of(programs)
    if not languages:
        return []
    title = TITLES[group]
    header = ["program", *languages]
    tables = [
        Table(
            f"{title}: seconds",
            header,
            list(cells(programs, languages, lambda found: seconds(found["seconds"]))),
            "Medians, with the fastest and the slowest run in parentheses.",
        )
    ]
    peers = [language for language in languages if language != OWN]
    if peers:
        rows = list(cells(programs, peers, lambda found: f"{found['ratio']:.2f}" if "ratio" in found else "-"))
        means = [statistics.geometric_mean(ratios(programs, peer)) if ratios(programs, peer) else 0 for peer in peers]
        rows.append(["geometric mean", *(f"{mean:.2f}" if mean else "-" for mean in means)])
        note = "The peer's median time divided by ours: above 1 we are faster."
        tables.append(Table(f"{title}: ratios", ["program", *peers], rows, note))
    tables.append(
        Table(
            f"{title}: peak resident memory in MiB",
            header,
            list(cells(programs, languages, lambda found: mebibytes(found["peak_bytes"]["median"]))),
        )
    )
    return tables


def of_waiting(waiting):
    """The table of the memory of waiting processes."""
    rows = [
        [
            language,
            f"{found['started_bytes_each']:.0f}",
            f"{found['idle_bytes_each']:.0f}",
            mebibytes(found["started_bytes"]),
            mebibytes(found["idle_bytes"]),
            mebibytes(found["empty_bytes"]),
        ]
        for language, found in waiting["languages"].items()
    ]
    header = ["language", "bytes each", "bytes each, idle", "MiB", "MiB, idle", "MiB without processes"]
    note = (
        f"Resident memory just after all were started, and again after {waiting['idle_seconds']:g} idle seconds. "
        "Nothing is subtracted from the bytes of each."
    )
    return Table(f"Memory of {waiting['processes']} waiting processes", header, rows, note)


def how(pause):
    """How trips follow each other."""
    return f"after {pause:g} ms of sleep" if pause else "one after the other"


def of_fairness(fairness):
    """The table of round trips beside processes that never stop."""
    rows = [
        [
            f"{language}, {how(mode['pause_ms'])}",
            str(found["count"]),
            f"{found['p50_ms']:.2f}",
            f"{found['p99_ms']:.2f}",
            f"{found['max_ms']:.2f}",
            verdict(found["met"]),
        ]
        for mode in (fairness["at_once"], fairness["after_pauses"])
        for language, found in mode["languages"].items()
    ]
    header = ["trips", "number", "p50 ms", "p99 ms", "max ms", "p99 < 20 ms"]
    title = f"Round trips of two processes beside {fairness['hogs']} that never stop, on {fairness['threads']} thread"
    note = "After a sleep, a trip takes from the time when the sleep should have ended."
    return Table(title, header, rows, note)


def of_timers(timers):
    """The table of late wakings."""
    rows = [
        [
            language,
            str(found["count"]),
            str(found["early"]),
            f"{found['p50_ms']:.2f}",
            f"{found['p99_ms']:.2f}",
            f"{found['max_ms']:.2f}",
            f"{found['cores']:.1%}",
            f"{found['nanoseconds_each']:.0f}",
            verdict(found["met"]),
        ]
        for language, found in timers["languages"].items()
    ]
    header = ["language", "wakings", "early", "p50 ms late", "p99", "max", "of one core", "ns each", "met"]
    title = f"Wakings of {timers['processes']} processes in {timers['seconds']:g} s, after 1 to 9 s"
    note = (
        "The first column of milliseconds and the two after it say how late processes woke. "
        "Required: less than 5% of one core, none early, and a p99 below 2 ms."
    )
    return Table(title, header, rows, note)


def of_requests(requests):
    """The table of requests that a web server answers."""
    rows = [
        [
            language,
            f"{found['rate']['median']:.0f} ({found['rate']['min']:.0f}-{found['rate']['max']:.0f})",
            f"{found['p50_ms']:.2f}",
            f"{found['p99_ms']:.2f}",
            f"{found['ratio']:.2f}" if "ratio" in found else "",
        ]
        for language, found in requests["languages"].items()
    ]
    title = f"A web server, asked on {requests['connections']} connections for {requests['seconds']} s"
    note = "Medians; the ratio is ours divided by the peer's: above 1 we are faster."
    return Table(title, ["language", "requests/s", "p50 ms", "p99 ms", "ratio"], rows, note)


def of_idle(idle):
    """The table of the memory of idle connections."""
    rows = [
        [language, f"{found['idle_bytes_each']:.0f}", mebibytes(found["idle_bytes"]), mebibytes(found["empty_bytes"])]
        for language, found in idle["languages"].items()
    ]
    header = ["language", "bytes each", "MiB", "MiB without connections"]
    note = "Resident memory of the server; each connection was used once. What the system needs for them isn't counted."
    return Table(f"Memory of {idle['connections']} idle connections of a web server", header, rows, note)


def of_results(results):
    """All tables of some results."""
    tables = [table for group in TITLES for table in of_programs(results, group)]
    makers = {
        "alive_memory": of_waiting,
        "latency_fairness": of_fairness,
        "latency_timers": of_timers,
        "http_requests": of_requests,
        "http_idle": of_idle,
    }
    return tables + [make(results[name]) for name, make in makers.items() if name in results]


def description(machine):
    """Lines that describe the machine."""
    versions = ", ".join(f"{name}: {version}" for name, version in machine["versions"].items() if version)
    return [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB, {machine['kernel']}",
        versions,
    ]


def dates(results):
    """The dates and revisions of what was measured, each once."""
    entries = [*results.get("programs", {}).values(), *(results[name] for name in SPECIAL if name in results)]
    stamps = {(entry["measured"]["date"][:10], entry["measured"]["revision"] or "unknown") for entry in entries}
    return ", ".join(f"{date} at {revision}" for date, revision in sorted(stamps))


def page(results):
    """All results as a page of Markdown."""
    machine, versions = description(results["machine"])
    parts = [
        "# Results of the benchmarks\n",
        f"Measured on {dates(results)}, by `just bench`. What the numbers mean is in the [README](../README.md).\n",
        f"- Machine: {machine}\n- Versions: {versions}\n",
        "![Ratios to other languages](ratios.svg)\n",
        "![Memory of waiting processes](memory.svg)\n",
        *(table.markdown() for table in of_results(results)),
    ]
    return "\n".join(parts)
