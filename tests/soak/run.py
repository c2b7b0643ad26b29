#!/usr/bin/env python3
"""Runs `soak.inko` for a time and watches it: its status, that it goes on, and that its memory doesn't grow.

Usage: run.py [SECONDS] [--seed N] [--threads N] [--blocking N] [--gc-stress] [--yield-stress] [--no-verify]
              [--population N] [--sabotage KIND]

`--sabotage lose` (or duplicate, swap, corrupt, forget-reply, leak) makes the program do what it should find out; it must fail then.
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "tests" / "soak" / "soak.inko"
SABOTAGE = ["lose", "duplicate", "swap", "corrupt", "forget-reply", "leak"]

# Seconds without a line after which the program hangs.
SILENCE = 30
# Of the memory: the ratio of the last to the second quarter, and how many KiB don't matter.
GROWTH = 1.2
NOISE = 16 << 10
# With a collection at every allocation all is slow, above all what is deep in a recursion.
STRESSED = {"POPULATION": 60, "DEEPEST": 800}
# Shorter runs haven't come to rest in the second quarter.
SHORTEST_FOR_MEMORY = 8


def build(compiler, options, directory):
    source = SOURCE.read_text()
    sabotage = 0 if options.sabotage is None else SABOTAGE.index(options.sabotage) + 1
    values = {"SECONDS": options.seconds, "SEED": options.seed, "SABOTAGE": sabotage}
    if options.gc_stress:
        values |= STRESSED
    if options.population:
        values["POPULATION"] = options.population
    for name, value in values.items():
        source, found = re.subn(rf"^let {name} = .*", f"let {name} = {value}", source, count=1, flags=re.M)
        if found != 1:
            sys.exit(f"{SOURCE} has no `let {name}`")
    path = directory / "soak.inko"
    path.write_text(source)
    program = directory / "soak"
    done = subprocess.run([compiler, "build", path, "-o", program], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the build failed:\n{done.stderr}")
    return program


def environment(options):
    variables = dict(os.environ)
    if not options.no_verify:
        variables["INKO_GC_VERIFY"] = "1"
    if options.gc_stress:
        variables["INKO_GC_STRESS"] = "1"
    if options.yield_stress:
        variables["INKO_YIELD_STRESS"] = "1"
    if options.threads:
        variables["INKO_PRIMARY_THREADS"] = str(options.threads)
    if options.blocking:
        variables["INKO_BLOCKING_THREADS"] = str(options.blocking)
    return variables


def resident(pid):
    """The resident memory in KiB, or None when the process is gone."""
    try:
        found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), flags=re.M)
    except OSError:
        return None
    return int(found[1]) if found else None


class Watched:
    """The program while it runs: the time of its last line and the last lines."""

    def __init__(self, program, options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.child = subprocess.Popen([program], env=environment(options), **pipes)
        self.start = self.last = time.monotonic()
        self.output = []
        self.samples = []
        self.readers = [
            threading.Thread(target=self.read, args=(self.child.stdout, sys.stdout), daemon=True),
            threading.Thread(target=self.read, args=(self.child.stderr, sys.stderr), daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def read(self, stream, copy):
        for line in stream:
            self.last = time.monotonic()
            self.output.append(line.rstrip("\n"))
            memory = self.samples[-1] >> 10 if self.samples else 0
            print(f"{self.last - self.start:7.1f} s {memory:6} MiB  {line}", end="", file=copy, flush=True)

    def watch(self, seconds):
        """Waits for the end. Gives what is wrong, or None."""
        interval = 1.0 if seconds > 30 else 0.25
        while self.child.poll() is None:
            time.sleep(interval)
            memory = resident(self.child.pid)
            # Towards the end there are fewer processes.
            if memory is not None and time.monotonic() - self.start < seconds:
                self.samples.append(memory)
            if time.monotonic() - self.last > SILENCE:
                self.backtrace()
                self.child.kill()
                self.child.wait()
                return f"nothing has happened for {SILENCE} s"
        for reader in self.readers:
            reader.join()
        if self.child.returncode < 0:
            return f"it was ended by {signal.Signals(-self.child.returncode).name}"
        if self.child.returncode != 0:
            return f"its status is {self.child.returncode}"
        if "ok" not in self.output:
            return "it hasn't said ok"
        return growth(self.samples) if seconds >= SHORTEST_FOR_MEMORY else None

    def backtrace(self):
        if shutil.which("gdb") is None:
            return
        command = ["gdb", "-p", str(self.child.pid), "-batch", "-ex", "thread apply all bt"]
        try:
            subprocess.run(command, stdout=sys.stderr, stderr=subprocess.STDOUT, timeout=120)
        except subprocess.TimeoutExpired:
            print("gdb takes too long", file=sys.stderr)


def growth(samples):
    quarter = len(samples) // 4
    if quarter == 0:
        return None
    before = statistics.median(samples[quarter:2 * quarter])
    after = statistics.median(samples[-quarter:])
    print(f"memory: {before / 1024:.1f} MiB in the second quarter, {after / 1024:.1f} MiB in the last", file=sys.stderr)
    if after > before * GROWTH and after > before + NOISE:
        return f"its memory has grown from {before / 1024:.0f} to {after / 1024:.0f} MiB"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="another one each time if not given")
    parser.add_argument("--threads", type=int, help="INKO_PRIMARY_THREADS")
    parser.add_argument("--blocking", type=int, help="INKO_BLOCKING_THREADS")
    parser.add_argument("--gc-stress", action="store_true", help="INKO_GC_STRESS")
    parser.add_argument("--yield-stress", action="store_true", help="INKO_YIELD_STRESS")
    parser.add_argument("--no-verify", action="store_true", help="without INKO_GC_VERIFY")
    parser.add_argument("--population", type=int, help="so many members and supervisors at a time")
    parser.add_argument("--sabotage", choices=SABOTAGE, help="do what must be found out")
    parser.add_argument("--compiler", type=Path, default=ROOT / "target" / "release" / "inkoc")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        program = build(options.compiler, options, Path(temporary))
        wrong = Watched(program, options).watch(options.seconds)
    if wrong is not None:
        sys.exit(f"FAILED with seed {options.seed}: {wrong}")


if __name__ == "__main__":
    main()
