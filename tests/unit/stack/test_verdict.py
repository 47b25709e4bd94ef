"""What a run of upstream's suites means."""

from neutrino.stack.conformance import verdict
from neutrino.stack.conformance.suites import Result

CLASS = "tempest.api.network.test_networks.NetworksTest"
SHOW, LIST = f"{CLASS}.test_show_network", f"{CLASS}.test_list_networks"


def test_upstream_s_results_are_known() -> None:
    counts = [list(verdict.upstream().values()).count(status) for status in verdict.STATUSES]
    assert counts == [864, 13, 54]


def test_what_passes_on_upstream_must_pass_here() -> None:
    results = [Result(SHOW, "passed"), Result(LIST, "skipped", reason="no such extension")]
    found = verdict.judge(results, rf"{CLASS}\.test_(show_network|list_networks)$", 1.0)
    assert found.regressed == [verdict.Difference(LIST, "skipped", "no such extension")]
    assert found.here["tempest.api.network"] == {"passed": 1, "failed": 0, "skipped": 1}
    assert found.upstream["tempest.api.network"] == {"passed": 2, "failed": 0, "skipped": 0}


def test_a_test_that_did_not_run_counts() -> None:
    (one,) = verdict.judge([], rf"^{SHOW}$", 1.0).regressed
    assert (one.test, one.status) == (SHOW, verdict.ABSENT)


def test_the_reason_is_the_exception() -> None:
    text = 'Traceback\n  File "x", line 1\n    raise it\ntempest.lib.exceptions.BadRequest: Bad request\nDetails: {1}\n'
    assert verdict.last_line(text) == "tempest.lib.exceptions.BadRequest: Bad request Details: {1}"
