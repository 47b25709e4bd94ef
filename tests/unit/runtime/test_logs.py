"""Lines of the log."""

import logging

import pytest

from neutrino.runtime import logs


def test_each_line_names_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start()
    token = logs.REQUEST.set("req-outer req-own")
    try:
        logging.getLogger("neutrino.api").warning("said %d", 1)
    finally:
        logs.REQUEST.reset(token)
        root.handlers[:] = handlers
        root.setLevel(level)
    assert capsys.readouterr().err.endswith(" WARNING neutrino.api [req-outer req-own] said 1\n")
