"""Running consumers' own code: what the worker tells, what it means, and that every check is run."""

import ast

import pytest

from neutrino.stack.consumers import running, verdict, worker
from neutrino.stack.consumers.verdict import Failure, Result

NEEDS = {"first": "A port.", "second": "A name.", "third": "An end."}


def fails(site: dict[str, int]) -> None:
    raise LookupError(f"no port\nof {site['ports']}")


def test_a_check_that_did_not_end_has_failed() -> None:
    results = [Result("first", "passed", 0.1), Result("second", "failed", 0.1, "ValueError: x")]
    found = verdict.judge("nova", {"nova": "34.0.0"}, NEEDS, results, 1.23)
    assert found == verdict.Verdict(
        consumer="nova",
        versions={"nova": "34.0.0"},
        passed=1,
        failures=[
            Failure("second", "A name.", "ValueError: x"),
            Failure("third", "An end.", "it did not end: see the log"),
        ],
        seconds=1.2,
    )


def test_a_failure_is_told_in_one_line_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    told = worker.run(fails, {"ports": 3})
    line = fails.__code__.co_firstlineno + 1
    source = """raise LookupError(f"no port\\nof {site['ports']}")"""
    assert told == {
        "check": "fails",
        "status": "failed",
        "seconds": told["seconds"],
        "reason": f"LookupError: no port of 3 (line {line}: {source})",
    }
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("consumer", running.CONSUMERS)
def test_every_check_says_what_is_needed_and_is_run(consumer: str) -> None:
    tree = ast.parse(running.checks(consumer).read_text())
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef) and not one.decorator_list]
    checks = [one for one in functions if [arg.arg for arg in one.args.args] == ["site"]]
    (run,) = (
        one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == "CHECKS"
    )
    assert isinstance(run, ast.Tuple)
    assert [one.id for one in run.elts if isinstance(one, ast.Name)] == [one.name for one in checks]
    assert [one.name for one in checks if not (ast.get_docstring(one) or "").partition("\n")[0].endswith(".")] == []
