"""Where daemons log: lines on standard error, for the service manager to keep.

Here: the format and the level. Not here: what is said.
"""

import logging
import sys

FORMAT = "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s %(message)s"
DATES = "%Y-%m-%d %H:%M:%S"


def start(*, debug: bool = False) -> None:
    """Log to standard error, from INFO or, with *debug*, from DEBUG on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT, DATES))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("neutrino").setLevel(logging.DEBUG if debug else logging.INFO)
