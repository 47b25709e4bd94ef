"""Back-off, and each error said once."""

import logging

import pytest

from neutrino.reconcile.retries import Retries


def test_back_off_doubles_and_an_error_is_said_when_it_is_new(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    retries: Retries[str] = Retries()
    delays = []
    now_s = 100.0
    for error in ("a", "a", "b", "b", "a"):
        retries.failed("row", error, seq=7, now_s=now_s)
        assert retries.next_due_s is not None
        delays.append(retries.next_due_s - now_s)
        assert not retries.due(now_s)
        now_s = retries.next_due_s
        assert [item for item, _ in retries.due(now_s)] == ["row"]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert len(caplog.records) == 3
    assert retries.oldest_seq == 7
    assert retries.settled("row")
    assert not retries.settled("row")
    assert retries.oldest_seq is None
