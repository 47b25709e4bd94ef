"""Runs the suites' test classes on several processes: ``worker.py WORKERS REGEX [--list]``, in tempest's environment.

Each line of the output is JSON: first how many tests there are, then one result each. The modules are loaded once,
then workers are forked and take one class after another, the largest first. Not here: what the results mean
(verdict.py), and anything of this project: it runs in another environment.
"""

import itertools
import json
import multiprocessing
import os
import re
import sys
import time
import traceback
import unittest
from pathlib import Path
from typing import Any

import testtools

SUITES = ("tempest.api.network", "neutron_tempest_plugin.api")
SLOW = re.compile(r"\[.*\bslow\b.*\]")
LONGEST_REASON = 4000


class Report(testtools.TestResult):
    """Passes each result on as it comes."""

    def __init__(self, names: list[str], results: Any) -> None:
        super().__init__()
        self._names = names
        self._results = results
        self._began = time.monotonic()

    def startTest(self, test: Any) -> None:  # noqa: N802 - unittest's
        """Note when it began."""
        super().startTest(test)
        self._began = time.monotonic()

    def addSuccess(self, test: Any, details: Any = None) -> None:  # noqa: N802, ARG002
        """Tell."""
        self._tell(test, "passed", "")

    def addFailure(self, test: Any, err: Any = None, details: Any = None) -> None:  # noqa: N802
        """Tell, with the last words."""
        self._tell(test, "failed", said(err, details))

    addError = addFailure  # noqa: N815

    def addSkip(self, test: Any, reason: Any = None, details: Any = None) -> None:  # noqa: N802
        """Tell, with the reason."""
        self._tell(test, "skipped", reason or said(None, details))

    def addExpectedFailure(self, test: Any, err: Any = None, details: Any = None) -> None:  # noqa: N802, ARG002
        """Tell: it failed as it should."""
        self._tell(test, "passed", "")

    def addUnexpectedSuccess(self, test: Any, details: Any = None) -> None:  # noqa: N802, ARG002
        """Tell: it should have failed."""
        self._tell(test, "failed", "unexpected success")

    def _tell(self, test: Any, status: str, reason: str) -> None:
        name = plain(test.id())
        seconds = round(time.monotonic() - self._began, 3)
        # What a class as a whole says of its beginning, it says of each of its tests.
        is_class = name.startswith("setUpClass (")
        for one in self._names if is_class else [name]:
            taken = 0.0 if is_class else seconds
            self._results.put({"test": one, "status": status, "seconds": taken, "reason": reason[-LONGEST_REASON:]})


def said(error: Any, details: Any) -> str:
    """Return the text of an error, or of testtools' details."""
    if error is not None:
        return "".join(traceback.format_exception(*error)) if isinstance(error, tuple) else str(error)
    texts = {
        name: content.as_text() for name, content in (details or {}).items() if content.content_type.type == "text"
    }
    for name in ("reason", "traceback"):
        if name in texts:
            return str(texts[name])
    return "\n".join(texts[name] for name in texts if "traceback" in name)


def plain(name: str) -> str:
    """Return a test's name without its tags."""
    return name.partition("[")[0]


def classes(wanted: re.Pattern[str]) -> list[list[Any]]:
    """Return the tests to run, class by class, the largest first."""
    site = Path(testtools.__file__).parents[1]
    loader = unittest.TestLoader()
    found: dict[str, list[Any]] = {}
    for suite in SUITES:
        folder = site.joinpath(*suite.split("."))
        for test in flat(loader.discover(str(folder), top_level_dir=str(site))):
            name = test.id()
            if name.startswith("unittest.loader"):
                raise ImportError(name)
            if name.startswith(SUITES) and not SLOW.search(name) and wanted.search(plain(name)):
                found.setdefault(f"{type(test).__module__}.{type(test).__qualname__}", []).append(test)
    return sorted(found.values(), key=len, reverse=True)


def flat(suite: Any) -> Any:
    """Yield the tests of a suite of suites."""
    if isinstance(suite, unittest.TestSuite):
        yield from itertools.chain.from_iterable(flat(one) for one in suite)
    else:
        yield suite


def work(groups: list[list[Any]], jobs: Any, results: Any) -> None:
    """Run one class after another until there is none left."""
    while (number := jobs.get()) is not None:
        tests = groups[number]
        report = Report([plain(test.id()) for test in tests], results)
        try:
            unittest.TestSuite(tests).run(report)
        except BaseException:  # noqa: BLE001 - told, like any other failure
            report._tell(tests[0], "failed", traceback.format_exc())
    results.put(None)


def main() -> None:
    """List or run."""
    workers, wanted = int(sys.argv[1]), re.compile(sys.argv[2])
    is_listing = "--list" in sys.argv
    del sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what tests print is no answer
    groups = classes(wanted)
    names = sorted(plain(test.id()) for group in groups for test in group)
    answers.write(json.dumps(names if is_listing else {"tests": len(names)}) + "\n")
    if is_listing:
        return
    fork = multiprocessing.get_context("fork")
    jobs, results = fork.Queue(), fork.Queue()
    for number in range(len(groups)):
        jobs.put(number)
    running = [fork.Process(target=work, args=(groups, jobs, results), daemon=True) for _ in range(workers)]
    for one in running:
        jobs.put(None)
        one.start()
    left = len(running)
    while left:
        result = results.get()
        if result is None:
            left -= 1
        else:
            answers.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
