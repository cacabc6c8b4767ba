#!/usr/bin/env python3
"""The second half of contrib/test, once everything is built: chooses tests by name, runs them,
counts.

First CTest (unit tests, house checks), then each functional module in a process of its own
(functional.py): a module that hangs or crashes costs its own tests and no others. Modules mostly
wait for Tor and for clocks, so LANES of them run at a time; what one prints is shown when it ends.
The last line is "N passed, N failed".
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.dont_write_bytecode = True  # leaves the source tree as it was
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import functional  # noqa: E402
from children import start_child  # noqa: E402

CTEST_SECONDS_MAX = 300  # for one test; the unit tests take seconds
MODULE_EXTRA_SECONDS = 120  # a module's private network, and its end
ENDING_SECONDS = 20
LANES = 2  # functional modules at a time; each has a private Tor network of up to 20 processes


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped = [], [], []


def fits(name, patterns):
    return not patterns or any(
        fnmatch.fnmatchcase(name, pattern) if re.search(r"[*?\[]", pattern) else pattern in name
        for pattern in patterns
    )


def ctest_names(build):
    done = subprocess.run(
        ["ctest", "--test-dir", str(build), "--show-only=json-v1"], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"test: ctest cannot list its tests: {done.stderr.strip()}")
    return [test["name"] for test in json.loads(done.stdout)["tests"]]


def run_ctest(build, names, all_names, count):
    if not names:
        return
    print(f"\n== {len(names)} unit tests and house checks ==", flush=True)
    with tempfile.TemporaryDirectory(prefix="hearsay-ctest-") as folder:
        report = Path(folder) / "report.xml"
        command = ["ctest", "--test-dir", str(build.absolute()), "--output-on-failure", "--timeout",
                   str(CTEST_SECONDS_MAX), "--parallel", str(os.cpu_count() or 1),
                   "--output-junit", str(report)]  # fmt: skip
        if len(names) < len(all_names):
            command += ["--tests-regex", "^(" + "|".join(map(re.escape, names)) + ")$"]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
        states = {}
        if report.exists():
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                states[case.get("name")] = (
                    "skipped" if case.find("skipped") is not None else case.get("status")
                )
    for name in names:
        state = states.get(name, "notrun")
        chosen = {"run": count.passed, "skipped": count.skipped}.get(state, count.failed)
        chosen.append(name)


def run_functional(build, names, lanes, count):
    if not names:
        return
    print(f"\n== {len(names)} functional tests, {lanes} modules at a time ==", flush=True)
    by_module = {}
    for name in names:
        by_module.setdefault(functional.module_of(name), []).append(name)
    together = [module for module in by_module if not functional.is_alone(module)]
    # What may take longest comes first, so that no lane is left with it at the end.
    together.sort(key=lambda module: -max(map(functional.seconds_max, by_module[module])))
    alone = [module for module in by_module if functional.is_alone(module)]
    ending = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
        running = [pool.submit(run_module, build, m, by_module[m], ending) for m in together]
        try:
            for done in concurrent.futures.as_completed(running):
                add_module(*done.result(), count)
        except KeyboardInterrupt:
            ending.set()
            pool.shutdown(cancel_futures=True)
            raise
    for module in alone:
        add_module(*run_module(build, module, by_module[module], ending), count)


def add_module(names, results, said, count):
    print(said, end="", flush=True)
    for name in names:
        state = results.get(name, "failed")
        {"passed": count.passed, "skipped": count.skipped}.get(state, count.failed).append(name)
        if name not in results:
            print(f"    {name}: FAILED: it was not finished", flush=True)


def run_module(build, module, names, ending):
    """Runs tests of one module in a process; its names, {name: state} of those that were finished,
    and what it printed."""
    seconds = sum(functional.seconds_max(name) for name in names) + MODULE_EXTRA_SECONDS
    with (
        tempfile.NamedTemporaryFile("r", prefix="hearsay-results-") as results,
        tempfile.NamedTemporaryFile("r", prefix="hearsay-said-", errors="replace") as said,
        open(said.name, "a", encoding="utf-8") as output,
    ):
        print(f"\n{functional.title(module)}", file=output, flush=True)
        child = start_child(
            [
                sys.executable, functional.__file__, "--build", str(build),
                "--results", results.name, *names,
            ],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            if not wait_for(child, seconds, ending):
                print(f"    FAILED: the module took more than {seconds:.0f} s", file=output)
        finally:
            end_child(child)
            output.flush()
        return names, dict(json.loads(line) for line in results), said.read()


def wait_for(child, seconds, ending):
    """False if it took longer. Ends early, and true, when the suite ends."""
    until = time.monotonic() + seconds
    while not ending.is_set():
        try:
            child.wait(timeout=1)
            return True
        except subprocess.TimeoutExpired:
            if time.monotonic() > until:
                return False
    return True


def end_child(child):
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()  # its own children die with it (children.py)
            child.wait()


def main():
    parser = argparse.ArgumentParser(prog="test")
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--lanes", type=int, default=LANES)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    all_unit = ctest_names(options.build)
    unit = [name for name in all_unit if fits(name, options.patterns)]
    chosen = [
        name for name in functional.names() if fits(name, options.patterns) and not options.fast
    ]
    if options.list:
        print("\n".join(unit + chosen))
        return 0
    count, began = Count(), time.monotonic()
    try:
        run_ctest(options.build, unit, all_unit, count)
        run_functional(options.build, chosen, options.lanes, count)
    except KeyboardInterrupt:
        print("\ntest: stopped", flush=True)
        count.failed.append("(stopped)")
    if not unit and not chosen:
        print(
            f"test: no test fits {' '.join(options.patterns)}; contrib/test --list names them",
            file=sys.stderr,
        )
        count.failed.append("(no test)")
    print()
    for name in count.failed:
        print(f"failed: {name}")
    if count.skipped:
        print(f"skipped: {', '.join(count.skipped)}")
    print(f"{time.monotonic() - began:.0f} s in all")
    print(f"{len(count.passed)} passed, {len(count.failed)} failed", flush=True)
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
