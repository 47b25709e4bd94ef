"""The API daemon: ``python -m neutrino.server.api --config-file FILE [--fd N]``.

With ``--fd N`` it serves the listening socket N that it was started with, so that whoever holds that socket can
restart it without refusing a connection. Here: its start. Not here: what it is made of (serving.py).
"""

import gc
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon; return its exit status."""
    # Nothing of what is loaded is garbage; to look for some takes the collector a seventh of a start.
    gc.disable()
    from neutrino.server.serving import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
