"""Lines of the log."""

import logging

import pytest

from neutrino.runtime import logs


def test_each_record_is_a_line_that_names_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start()
    token = logs.REQUEST.set("req-outer req-own")
    try:
        logging.getLogger("neutrino.api").warning("said %s", "1\n\x1b[2J2")
    finally:
        logs.REQUEST.reset(token)
        root.handlers[:] = handlers
        root.setLevel(level)
    assert capsys.readouterr().err.endswith(" WARNING neutrino.api [req-outer req-own] said 1\\x0a\\x1b[2J2\n")
