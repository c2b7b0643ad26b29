"""Runs a command and measures it: elapsed time, CPU time, peak resident memory, and what it printed."""

from dataclasses import dataclass
import os
import signal
import subprocess


@dataclass(frozen=True)
class Run:
    """One run of a command. `errors` is its standard error; `failure` says what went wrong, if anything did."""

    output: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    errors: str = ""
    failure: str | None = None


def end(process):
    """Ends a command that was started in a session of its own, with everything that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def describe_status(status):
    """What a status means: negative ones are signals."""
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def run(launcher, command, directory, limit):
    """Runs a command once; one that takes longer than `limit` seconds is ended and counts as a failure."""
    usage = directory / "usage"
    usage.unlink(missing_ok=True)
    # Files and no pipes: nobody has to read while the command runs, which would take time from it on a small machine.
    with open(directory / "stdout", "w+b") as stdout, open(directory / "stderr", "w+b") as stderr:
        process = subprocess.Popen(
            [launcher, usage, *command],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            process.wait(timeout=limit)
            late = False
        except subprocess.TimeoutExpired:
            end(process)
            late = True
        stdout.seek(0)
        stderr.seek(0)
        output = stdout.read().decode(errors="replace").strip()
        errors = stderr.read().decode(errors="replace").strip()
    said = errors[-500:]
    if late:
        return Run(output, failure=f"did not end within {limit:g} s")
    if not usage.exists():
        return Run(output, failure=f"the launcher {describe_status(process.returncode)}: {said}")
    elapsed, cpu, peak, status = map(int, usage.read_text().split())
    failure = None if status == 0 else ": ".join(filter(None, [describe_status(status), said]))
    return Run(output, elapsed / 1e9, cpu / 1e6, peak * 1024, errors, failure)
