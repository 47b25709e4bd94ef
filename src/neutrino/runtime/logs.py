"""Where daemons log: lines on standard error, for the service manager to keep.

Here: the format and the level. Not here: what is said.
"""

import logging
import sys
from contextvars import ContextVar

FORMAT = "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s %(request)s%(message)s"
DATES = "%Y-%m-%d %H:%M:%S"


REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The ids of the request that is being served, as each line of the log has them."""


_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F)}


class _Line(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = record.message.translate(_CONTROL)  # names and paths are others' words, and make no lines here
        return super().formatMessage(record)


class _OfRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        served = REQUEST.get()
        record.request = f"[{served}] " if served else ""
        return True


def start(*, debug: bool = False, quiet: bool = False) -> None:
    """Log to standard error, from INFO or, with *debug*, from DEBUG on; with *quiet*, errors alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(FORMAT, DATES))
    handler.addFilter(_OfRequest())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.ERROR if quiet else logging.INFO)
    logging.getLogger("neutrino").setLevel(logging.ERROR if quiet else logging.DEBUG if debug else logging.INFO)
