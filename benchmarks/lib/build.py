"""Builds programs and their twins, and says with which command each is run."""

import os
import re
import subprocess

from .catalogue import BENCHMARKS, BUILDS, CROWDS, INKOC, PEERS, PROGRAMS, ROOT


class BuildFailure(Exception):
    """A program that could not be built; the text says which command failed and what it said."""


def execute(command, **options):
    """Runs a command that builds something."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildFailure(f"`{' '.join(map(str, command))}` failed with status {done.returncode}:\n{said}")


def compiler():
    """Builds our compiler and the runtime."""
    execute(["cargo", "build", "--release", "-q"], cwd=ROOT)


def launcher():
    """Builds the program that starts the others and measures them; see `launch.c`."""
    BUILDS.mkdir(parents=True, exist_ok=True)
    output = BUILDS / "launch"
    execute(["cc", "-O2", "-Wall", "-o", output, BENCHMARKS / "lib" / "launch.c"])
    return output


def with_constants(text, constants):
    """The text of an Inko program with other values of its constants, such as `let N = 10`."""
    for name, value in constants.items():
        text, count = re.subn(rf"^let {name} = [0-9_.]+", f"let {name} = {value}", text, count=1, flags=re.M)
        if count == 0:
            raise BuildFailure(f"the program has no line `let {name} = ...`")
    return text


def inko(source, constants, directory):
    """Builds an Inko program with some of its constants changed; returns its command."""
    path = directory / source.name
    path.write_text(with_constants(source.read_text(), constants))
    output = directory / f"{source.stem}_inko"
    execute([INKOC, "build", path, "-o", output])
    return [output]


def go(source, directory):
    """Builds a Go program; returns its command, to which arguments may be added."""
    output = directory / f"{source.stem}_go"
    # Nothing but the Go that is named in the results.
    local = os.environ | {"GOTOOLCHAIN": "local"}
    execute(["go", "build", "-o", output, source], cwd=directory, env=local)
    return [output]


def erlang(source, directory):
    """Builds an Erlang module; returns the command that runs its `main`, to which arguments may be added."""
    execute(["erlc", "-o", directory, source])
    return ["erl", "-noshell", "-pa", directory, "-run", source.stem, "main"]


def with_processes(language, command, count):
    """A command that may run a program of `count` processes.

    Erlang has a limit of 262 144 unless one asks for more, and a table of that size: so this asks for little more.
    """
    if language.name == "erlang" and count > 200_000:
        return [command[0], "+P", str(count * 5 // 4), *command[1:]]
    return command


def c(source, directory):
    """Builds a C program; returns its command, to which arguments may be added."""
    output = directory / f"{source.stem}_c"
    execute(["cc", "-O2", "-o", output, source, "-lm"])
    return [output]


def rust(source, _directory):
    """Builds a program of the Rust package of peers; returns its command, to which arguments may be added."""
    manifest = PEERS / "rust" / "Cargo.toml"
    target = BUILDS / "rust"
    options = ["--manifest-path", manifest, "--target-dir", target]
    execute(["cargo", "build", "-q", "--release", "--locked", "--bin", source.stem, *options])
    return [target / "release" / source.stem]


BUILDERS = {"go": go, "erlang": erlang, "c": c, "rust": rust}


def program(name, size, directory):
    """Builds an Inko program of `tests/programs` at some size; returns its command."""
    return inko(PROGRAMS / f"{name}.inko", {"N": size}, directory)


def peer(language, name, size, directory):
    """Builds the twin of a program; returns its command, or None if there is no twin."""
    source = language.twin(name)
    if source is None:
        return None
    command = [*BUILDERS[language.name](source, directory), str(size)]
    return with_processes(language, command, size) if name in CROWDS else command
