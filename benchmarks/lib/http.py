"""Measures examples/http_server.inko beside twins: how many requests a second it answers, and the memory of connections
that are open and idle."""

from pathlib import Path
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from . import build, catalogue, measure
from .waiting import IDLE_SECONDS, Failure, resident

SOURCE = catalogue.ROOT / "examples" / "http_server.inko"

# What asks, and on how many connections at once, which all have a process of their own.
CONNECTIONS = 1000
SECONDS = 5
SMALL_SECONDS = 1

IDLE_CONNECTIONS = 10_000
SMALL_IDLE_CONNECTIONS = 500

# The descriptors of a program that aren't connections.
OTHERS = 100

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def commands(languages, directory):
    """The command of each language that has the server; builds them."""
    found = {catalogue.OWN: build.inko(SOURCE, {}, directory)}
    for language in languages:
        source = language.twin("http_server")
        if source:
            found[language.name] = build.BUILDERS[language.name](source, directory)
    return found


def allow_descriptors(count):
    """Lets this program and those that it starts have so many descriptors open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Failure(f"{count} descriptors are needed, of which {hard} are allowed (`ulimit -Hn`)")
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class Server:
    """A server that runs, and listens at a port."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [*command, "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        said = self.process.stdout.readline()
        found = re.search(r"port (\d+)$", said.strip())
        if not found:
            measure.end(self.process)
            raise Failure(f"it said {said!r} and not at which port it listens")
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        measure.end(self.process)


def milliseconds(text):
    """A time as wrk writes it."""
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def ask(command, seconds, limit):
    """Has wrk ask a server; requests per second, and the median and the 99th percentile of their times."""
    with Server(command) as server:
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
        address = f"http://127.0.0.1:{server.port}/"
        done = subprocess.run(["wrk", *options, address], capture_output=True, text=True, timeout=limit)
    said = done.stdout
    wrong = re.search(r"Socket errors: .*|Non-2xx.*", said)
    if done.returncode != 0 or wrong:
        raise Failure(f"wrk said: {wrong[0] if wrong else done.stderr.strip()}")
    patterns = [r"^Requests/sec:\s*(\S+)", r"^\s*50%\s+(\S+)", r"^\s*99%\s+(\S+)"]
    values = [re.search(pattern, said, flags=re.M) for pattern in patterns]
    if not all(values):
        raise Failure(f"wrk said {said!r}")
    rate, p50, p99 = (found[1] for found in values)
    return float(rate), milliseconds(p50), milliseconds(p99)


def rounds(name, commands, runs, once):
    """Runs each language in turns; for each language the columns of what it gave, and what went wrong."""
    samples = {language: [] for language in commands}
    problems = []
    for _ in range(runs):
        for language, command in commands.items():
            try:
                samples[language].append(once(command))
            except (Failure, OSError, subprocess.TimeoutExpired) as failure:
                problems.append(f"{name}: {language}: {failure}")
    columns = {language: [sorted(column) for column in zip(*found)] for language, found in samples.items() if found}
    return columns, problems


def median(column):
    """The median of a sorted column."""
    return column[len(column) // 2]


def requests(languages, small, runs, limit):
    """Requests per second."""
    name = "http_requests"
    seconds = SMALL_SECONDS if small else SECONDS
    result = {"connections": CONNECTIONS, "seconds": seconds, "runs": runs, "languages": {}}
    if not shutil.which("wrk"):
        return result, [f"{name}: it needs `wrk`: apt-get install wrk"]
    try:
        allow_descriptors(CONNECTIONS + OTHERS)
        with tempfile.TemporaryDirectory() as temporary:
            built = commands(languages, Path(temporary))
            columns, problems = rounds(name, built, runs, lambda command: ask(command, seconds, limit))
    except (Failure, build.BuildFailure) as failure:
        return result, [f"{name}: {failure}"]
    for language, (rates, p50, p99) in columns.items():
        result["languages"][language] = {
            "rate": {"median": median(rates), "min": rates[0], "max": rates[-1]},
            "p50_ms": median(p50),
            "p99_ms": median(p99),
        }
    own = result["languages"].get(catalogue.OWN)
    for language, found in result["languages"].items():
        if own and language != catalogue.OWN:
            found["ratio"] = own["rate"]["median"] / found["rate"]["median"]
    return result, problems


def look(command, count):
    """The resident bytes of a server before and with so many idle connections, each of which was used once."""
    with Server(command) as server:
        empty = resident(server.process.pid)
        clients = []
        try:
            for _ in range(count):
                client = socket.create_connection(("127.0.0.1", server.port))
                clients.append(client)
                client.sendall(REQUEST)
                if b"Hello" not in client.recv(4096):
                    raise Failure("it answered something else")
            time.sleep(IDLE_SECONDS)
            return empty, resident(server.process.pid)
        finally:
            for client in clients:
                client.close()


def idle(languages, small, runs, _limit):
    """The memory of idle connections."""
    name = "http_idle"
    count = SMALL_IDLE_CONNECTIONS if small else IDLE_CONNECTIONS
    result = {"connections": count, "runs": runs, "languages": {}}
    try:
        allow_descriptors(count + OTHERS)
        with tempfile.TemporaryDirectory() as temporary:
            built = commands(languages, Path(temporary))
            columns, problems = rounds(name, built, runs, lambda command: look(command, count))
    except (Failure, build.BuildFailure) as failure:
        return result, [f"{name}: {failure}"]
    for language, (empty, full) in columns.items():
        bytes_each = (median(full) - median(empty)) / count
        result["languages"][language] = {
            "empty_bytes": median(empty),
            "idle_bytes": median(full),
            "idle_bytes_each": bytes_each,
        }
    return result, problems
