#!/usr/bin/env python3
"""The functional tests: names them, and, as a program, runs tests of one module and reports each as
it ends.

Tests are ordinary unittest methods in tests/functional/*_test.py, named
`functional.MODULE.test_name`. A test has `seconds_max` seconds (an attribute of its method or
class); then it fails where it is, and the next one runs.
"""
import argparse
import json
import os
import signal
import sys
import time
import traceback
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "functional"
SUFFIX = "_test"
SECONDS_MAX = 400
AGAIN_SECONDS = 60  # a clean-up that hangs after a time-out is interrupted, too

_cache = {}


class TimeOut(Exception):
    pass


def _tests():
    """{name: test} of all modules, in order."""
    if not _cache:
        for folder in (TESTS, ROOT / "contrib" / "lib"):
            if str(folder) not in sys.path:
                sys.path.insert(0, str(folder))
        for file in sorted(TESTS.glob(f"*{SUFFIX}.py")):
            for test in _flatten(unittest.defaultTestLoader.loadTestsFromName(file.stem)):
                module = file.stem.removesuffix(SUFFIX)
                _cache[f"functional.{module}.{test._testMethodName}"] = test
    return _cache


def _flatten(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from _flatten(part)
        else:
            yield part


def names():
    return list(_tests())


def module_of(name):
    return name.split(".")[1]


def title(module):
    for name, test in _tests().items():
        if module_of(name) == module:
            text = (sys.modules[type(test).__module__].__doc__ or module).strip()
            return " ".join(text.split("\n\n")[0].split())
    return module


def is_alone(module):
    """Whether it compares times, so that no other module may run beside it: it says ALONE."""
    for name, test in _tests().items():
        if module_of(name) == module:
            return getattr(sys.modules[type(test).__module__], "ALONE", False)
    return False


def seconds_max(name):
    test = _tests()[name]
    own = getattr(getattr(test, test._testMethodName, None), "seconds_max", None)
    return own or getattr(test, "seconds_max", SECONDS_MAX)


class Report(unittest.TestResult):
    """Prints each test as it runs and writes its state into a file; limits its time."""

    def __init__(self, file):
        super().__init__()
        self._file = file
        self._names = {id(test): name for name, test in _tests().items()}
        self._state = None
        self._began = 0.0

    def startTest(self, test):
        super().startTest(test)
        name = self._names[id(test)]
        self._state, self._began = "passed", time.monotonic()
        print(f"  {name.split('.')[2].removeprefix('test_').replace('_', ' ')}", flush=True)
        limit = seconds_max(name)

        def too_late(_number, _frame):
            raise TimeOut(f"the test took more than {limit} s")

        signal.signal(signal.SIGALRM, too_late)
        signal.setitimer(signal.ITIMER_REAL, limit, AGAIN_SECONDS)

    def stopTest(self, test):
        signal.setitimer(signal.ITIMER_REAL, 0)
        super().stopTest(test)
        word = {"passed": "ok", "skipped": "skipped", "failed": "FAILED"}[self._state]
        print(f"      {word}, {time.monotonic() - self._began:.1f} s", flush=True)
        self._write(self._names[id(test)], self._state)

    def _write(self, name, state):
        self._file.write(json.dumps([name, state]) + "\n")
        self._file.flush()

    def _failed(self, test, error):
        self._state = "failed"
        text = "".join(traceback.format_exception(*error))
        print("\n".join("      " + line for line in text.rstrip().splitlines()), flush=True)
        # A module's or a class's set-up: its tests are missed by the suite.
        if id(test) not in self._names:
            print(f"      FAILED: {test}", flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            print(f"      {subtest}", flush=True)
            self._failed(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._state = "skipped"
        print(f"      {reason}", flush=True)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._state = "failed"


def main():
    parser = argparse.ArgumentParser(prog="functional")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--results", required=True)
    options = parser.parse_args()
    os.environ["HEARSAY_PROGRAMS"] = str(options.build.absolute() / "bin")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # clean-ups run
    with open(options.results, "a", encoding="utf-8") as file:
        report = Report(file)
        unittest.TestSuite(_tests()[name] for name in options.names).run(report)
    return 0 if report.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
