"""Describes the machine and the versions that were measured, so that numbers can be judged later."""

import datetime
import os
from pathlib import Path
import platform
import re
import shutil
import subprocess

from .catalogue import OWN, PEERS, ROOT

VERSIONS = {
    "rustc": ["rustc", "--version"],
    "go": ["go", "version"],
    "erlang": ["erl", "-noshell", "-eval", 'io:format("OTP ~s", [erlang:system_info(otp_release)]), halt().'],
    "cc": ["cc", "--version"],
}


def first_line(command, **options):
    """The first line that a command prints, or None if it can't be run."""
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else None


def cpu_model():
    """What the processor calls itself."""
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), flags=re.M)
    return found[1] if found else platform.machine()


def memory_bytes():
    """How much memory the machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def tokio():
    """The version of tokio that the Rust twins are built with."""
    locked = (PEERS / "rust" / "Cargo.lock").read_text()
    return re.search(r'^name = "tokio"\nversion = "(.*)"$', locked, flags=re.M)[1]


# How a language is called in charts, and what its version is called among those of the machine.
NAMES = {
    "go": ("Go {}", "go", r"go([0-9.]+)"),
    "erlang": ("Erlang/OTP {}", "erlang", r"OTP ([0-9.]+)"),
    "c": ("C, {}", "cc", r"^(\S+ .*)$"),
    "rust": ("Rust, tokio {}", "tokio", r"([0-9.]+)"),
}


def names(machine):
    """What charts call the languages: with the versions that were measured."""
    named = {OWN: "Inko"}
    for language, (name, version, pattern) in NAMES.items():
        found = re.search(pattern, machine["versions"].get(version) or "")
        if found:
            named[language] = name.format(re.sub(r"^cc \(.*\) ", "gcc ", found[1]))
    return named


def describe():
    """The machine and the versions of what is measured on it."""
    return {
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": memory_bytes(),
        "kernel": f"{platform.system()} {platform.release()}",
        "versions": {name: first_line(command) for name, command in VERSIONS.items()} | {"tokio": tokio()},
    }


def stamp():
    """When something is measured, and of which revision."""
    revision = first_line(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT)
    return {"date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "revision": revision}
