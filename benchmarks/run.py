#!/usr/bin/env python3
"""Times the programs of `tests/programs` beside their peers in other languages.

Each pair runs alternately on the same machine in one go; what counts is the ratio of the medians.
Usage: run.py [--runs N] [--small] [--peers go,c,rust,erlang] [NAME...]
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests" / "programs"
PEERS = ROOT / "benchmarks" / "peers"
INKOC = ROOT / "target" / "release" / "inkoc"

# Sizes at which the work dominates the start-up.
SIZES = {
    "fib": 40, "tak": 1000, "sieve": 20_000_000, "nqueens": 12, "binary_trees": 18, "nbody": 5_000_000,
    "spectral_norm": 1500, "mandelbrot": 3000, "fannkuch": 11, "map_ops": 1_000_000,
    "string_build": 5_000_000, "bigint": 20_000, "closures": 300_000_000, "dispatch": 300_000_000,
    "throw": 200_000_000, "spawn": 1_000_000, "alive": 1_000_000, "ring": 5_000_000,
    "pingpong": 2_000_000, "fanin": 50_000, "skynet": 1_000_000, "copy": 100_000,
    "copy_strings": 100_000, "parfib": 38, "timeouts": 100_000,
}


def build(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")


def inko(name, size, directory):
    source = (PROGRAMS / f"{name}.inko").read_text()
    if size is not None:
        source = re.sub(r"^let N = [0-9_]+", f"let N = {size}", source, count=1, flags=re.M)
    path = directory / f"{name}.inko"
    path.write_text(source)
    build([INKOC, "build", path, "-o", directory / f"{name}_inko"])
    return [directory / f"{name}_inko"]


def peer(language, name, size, directory):
    """The command that runs a peer, or None if there is no such peer or no compiler for it."""
    arguments = [] if size is None else [str(size)]
    output = directory / f"{name}_{language}"
    if language == "go" and (PEERS / "go" / f"{name}.go").exists() and shutil.which("go"):
        build(["go", "build", "-o", output, PEERS / "go" / f"{name}.go"])
        return [output, *arguments]
    if language == "c" and (PEERS / "c" / f"{name}.c").exists():
        build(["cc", "-O2", "-o", output, PEERS / "c" / f"{name}.c", "-lm"])
        return [output, *arguments]
    if language == "rust" and (PEERS / "rust" / "src" / "bin" / f"{name}.rs").exists():
        target = directory / "rust"
        manifest = PEERS / "rust" / "Cargo.toml"
        build(["cargo", "build", "-q", "--release", "--bin", name, "--manifest-path", manifest, "--target-dir", target])
        return [target / "release" / name, *arguments]
    if language == "erlang" and (PEERS / "erlang" / f"{name}.erl").exists() and shutil.which("erlc"):
        build(["erlc", "-o", directory, PEERS / "erlang" / f"{name}.erl"])
        return ["erl", "+P", "10000000", "-noshell", "-pa", directory, "-run", name, "main", *arguments, "-s", "init", "stop"]
    return None


def once(command):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        return None, f"status {done.returncode}: {done.stderr.strip()[-200:]}"
    return elapsed, done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="the sizes in the sources")
    parser.add_argument("--peers", default="go")
    parser.add_argument("names", nargs="*", default=[])
    options = parser.parse_args()
    build(["cargo", "build", "--release", "-q"], cwd=ROOT)
    languages = ["inko", *filter(None, options.peers.split(","))]
    print(f"{'program':<15}" + "".join(f"{language + ' s':>12}" for language in languages) + "   ratios")
    for name in options.names or sorted(SIZES):
        size = None if options.small else SIZES[name]
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary)
            commands = {"inko": inko(name, size, directory)}
            commands |= {language: peer(language, name, size, directory) for language in languages[1:]}
            commands = {language: command for language, command in commands.items() if command}
            times = {language: [] for language in commands}
            outputs = {}
            for _ in range(options.runs):
                for language, command in commands.items():
                    elapsed, outputs[language] = once(command)
                    if elapsed is not None:
                        times[language].append(elapsed)
        medians = {language: statistics.median(found) for language, found in times.items() if found}
        row = f"{name:<15}"
        row += "".join(f"{medians[l]:>12.3f}" if l in medians else f"{'-':>12}" for l in languages)
        if "inko" in medians:
            row += "   " + " ".join(f"{medians['inko'] / medians[l]:.2f}" for l in languages[1:] if l in medians)
        for language, output in outputs.items():
            if output != outputs["inko"] or not times[language]:
                row += f"  [{language}: {output}]"
        print(row, flush=True)


if __name__ == "__main__":
    main()
