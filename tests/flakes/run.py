#!/usr/bin/env python3
"""Runs all tests again and again, each round under another condition that a test must not depend on.

The tests are built once, outside of the checkout. The log has a line for each round, and below it what failed, with what
it printed; the exit status is 1 if anything did. A condition that isn't possible here (mounts and networks need root or
user namespaces) is a failure too: it was asked for. `--help` tells the rest.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# No test target takes so long, one core for all included.
LIMIT = 3600
# An interrupted write never shows as a test that is missing: each target says how many it ran.
RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed", re.M)
FAILED = re.compile(r"^test (.+?) +\.\.\. FAILED", re.M)

Target = collections.namedtuple("Target", "name path directory")


def shell(script, *words):
    """What runs a command after a script, which ends with `exec "$@"`."""
    return ["sh", "-c", script, "sh", *words]


def unshare(option, script):
    """What runs a command in a namespace of its own; root is enough, or else a user namespace where one is root."""
    flags = option if os.geteuid() == 0 else f"r{option}"
    return ["unshare", f"-{flags}", *shell(f"{script} && exec \"$@\"")]


def nohup(stack):
    return shell("trap '' INT QUIT PIPE CHLD USR1; umask 077; ulimit -c unlimited; exec nohup \"$@\""), {}


def busy(stack):
    # They end with this script, however that ends.
    script = f"while kill -0 {os.getpid()} 2>/dev/null; do :; done"
    for _ in range(2 * (os.cpu_count() or 1)):
        loop = subprocess.Popen(["sh", "-c", script], start_new_session=True)
        stack.append(lambda loop=loop: end(loop))
    return [], {}


def end(loop):
    loop.kill()
    loop.wait()
    return []


def one_core(stack):
    return ["taskset", "-c", str(min(os.sched_getaffinity(0)))], {}


def unprivileged(stack):
    if os.geteuid() != 0:
        return [], {}
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], {"HOME": "/nonexistent", "USER": "nobody"}


def read_only(stack):
    # The directory that we are in is still the one below the mount.
    script = 'mount --bind "$CHECKOUT" "$CHECKOUT" && mount -o remount,ro,bind "$CHECKOUT" && cd "$PWD" && ! touch "$CHECKOUT/x" 2>/dev/null'
    return unshare("m", script), {"CHECKOUT": CHECKOUT}


def only_loopback(stack):
    return unshare("n", "ip link set lo up"), {}


def other_temporary_directory(stack):
    place = tempfile.mkdtemp(prefix="ä b", dir="/var/tmp")
    stack.append(lambda: remove_empty(place))
    return [], {"TMPDIR": place}


def remove_empty(place):
    """Removes a directory that the tests have left empty, which they may do a little after their end."""
    end = time.monotonic() + 60
    while (left := os.listdir(place)) and time.monotonic() < end:
        time.sleep(0.1)
    shutil.rmtree(place)
    return [f"left in TMPDIR: {name}" for name in left]


def odd_locale(stack):
    return [], {"TZ": "Pacific/Chatham", "LANG": "tr_TR.ISO-8859-9", "LC_ALL": "tr_TR.ISO-8859-9", "LANGUAGE": "tr"}


CONDITIONS = {
    "nohup": nohup,
    "busy": busy,
    "one-core": one_core,
    "unprivileged": unprivileged,
    "read-only": read_only,
    "only-loopback": only_loopback,
    "tmpdir": other_temporary_directory,
    "locale": odd_locale,
}


def build(target):
    """Builds the tests, the compiler and the archive; gives the test targets."""
    cargo = [os.environ.get("CARGO", "cargo")]
    common = ["--release", "--target-dir", target]
    subprocess.run([*cargo, "build", *common, "--package", "inkoc", "--package", "inko-runtime"], cwd=CHECKOUT, check=True)
    tests = [*cargo, "test", "--workspace", "--no-run", "--message-format=json", *common]
    output = subprocess.run(tests, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = []
    for line in output.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["profile"]["test"] and message["executable"]:
            package = os.path.dirname(message["manifest_path"])
            name = f"{os.path.basename(package)}/{message['target']['name']}"
            found.append(Target(name, message["executable"], package))
    # The compiler's copy of the archive, which not everybody may make.
    hello = [os.path.join(target, "release", "inkoc"), "run", "-e", "Nil"]
    subprocess.run(hello, check=True)
    return found


def run(target, prefix, environment):
    """Runs a test target; gives how many tests passed, what failed, what it said, and the time."""
    start = time.monotonic()
    child = subprocess.Popen([*prefix, target.path], cwd=target.directory, env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output = child.communicate(timeout=LIMIT)[0].decode(errors="replace")
        status = child.returncode
    except BaseException as error:
        os.killpg(child.pid, signal.SIGKILL)
        output = child.communicate()[0].decode(errors="replace")
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
        status = f"no end after {LIMIT} s"
    result = RESULT.search(output)
    failed = [f"{target.name}: {name}" for name in FAILED.findall(output)]
    if (status != 0 or result is None) and not failed:
        failed = [f"{target.name}: status {status}"]
    return int(result[1]) if result else 0, failed, output, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", type=int, nargs="?", default=len(CONDITIONS))
    parser.add_argument("--conditions", default=",".join(CONDITIONS), help="which, by turns: %(default)s")
    parser.add_argument("--first", type=int, default=1, help="the number of the first round, to go on with the conditions")
    parser.add_argument("--only", default="", help="only targets whose names contain this")
    parser.add_argument("--jobs", type=int, default=2, help="how many targets run side by side (%(default)s)")
    parser.add_argument("--target", default="/var/tmp/inkoc-flakes", help="Cargo's target directory (%(default)s)")
    parser.add_argument("--log", help="the log (flakes.log in the target directory)")
    options = parser.parse_args()
    conditions = options.conditions.split(",")
    targets = [target for target in build(options.target) if options.only in target.name]
    times = collections.Counter()
    bad = 0
    with open(options.log or os.path.join(options.target, "flakes.log"), "a") as log:
        def say(text):
            for stream in (sys.stdout, log):
                print(text, file=stream, flush=True)

        for number in range(options.first, options.first + options.rounds):
            condition = conditions[(number - 1) % len(conditions)]
            stack, start, failed = [], time.monotonic(), []
            try:
                prefix, variables = CONDITIONS[condition](stack)
                known = {"INKO_TESTS_PREBUILT": "1", "INSTA_WORKSPACE_ROOT": CHECKOUT, "INSTA_UPDATE": "no"}
                environment = {**os.environ, **known, **variables}
                # Those that took longest first, so that no core is idle at the end.
                order = sorted(targets, key=lambda target: -times[target])
                with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                    results = list(pool.map(lambda target: run(target, prefix, environment), order))
            finally:
                for undo in stack:
                    failed += undo()
            for target, result in zip(order, results):
                times[target] = result[3]
            passed = sum(result[0] for result in results)
            failed += [name for result in results for name in result[1]]
            bad += bool(failed)
            outcome = f"{len(failed)} FAILED: {'; '.join(failed)}" if failed else "ok"
            say(f"round {number:3} {condition:14} {time.monotonic() - start:7.1f} s {passed:5} passed, {outcome}")
            for _, wrong, output, _ in results:
                if wrong:
                    print(output, file=log, flush=True)
        slowest = ", ".join(f"{target.name} {seconds:.0f} s" for target, seconds in times.most_common(8))
        say(f"{options.rounds - bad} of {options.rounds} rounds are green; the longest of the last: {slowest}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
