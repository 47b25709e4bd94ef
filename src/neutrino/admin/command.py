"""The command line of ``neutrino``: ``neutrino --config-file FILE ovn check``.

Here: its words, and errors as one sentence. Not here: what a command does. The configuration files are the daemons'.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from neutrino.admin import ovn, takeover
from neutrino.model.faults import DatabaseUnavailable
from neutrino.ovsdb.errors import OvsdbError
from neutrino.reconcile.check import PATIENCE_S
from neutrino.runtime import logs
from neutrino.runtime.config import ConfigError, load

CANNOT = 2
"""The exit status when the question could not be answered; 1 is an answer that is not good."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    words = _parser().parse_args(argv)
    try:
        config = load([word for name in words.config_file for word in ("--config-file", name)])
        logs.start(debug=config.debug, quiet=not words.verbose)
        status: int = asyncio.run(words.run(config, words))
    except (ConfigError, DatabaseUnavailable, OvsdbError, OSError, ValueError) as error:
        sys.stderr.write(f"neutrino: {error}\n")
        return CANNOT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="neutrino", description="What an operator asks of a running cloud.")
    parser.add_argument(
        "--config-file", action="append", default=[], metavar="FILE", help="as the daemons have it; may be repeated"
    )
    parser.add_argument("--verbose", action="store_true", help="log to standard error, as the daemons do")
    nouns = parser.add_subparsers(required=True, metavar="COMMAND")
    take = nouns.add_parser("import", help="take over what another Networking service knows, under the same ids")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the answer to the GET of a collection")
    take.set_defaults(run=takeover.run)
    of_ovn = nouns.add_parser("ovn", help="the Northbound").add_subparsers(required=True, metavar="COMMAND")
    check = of_ovn.add_parser(
        "check", help="print each difference between intent and Northbound; status 1 when there are any"
    )
    check.set_defaults(run=ovn.check)
    repair = of_ovn.add_parser("repair", help="mend the differences; status 1 when some are left")
    repair.set_defaults(run=ovn.repair)
    for one in (check, repair):
        one.add_argument("--json", action="store_true", help="print JSON for programs")
        one.add_argument(
            "--wait",
            type=float,
            default=PATIENCE_S,
            metavar="SECONDS",
            help="how long the Northbound may take to answer, and the controller to do what is on its way",
        )
    return parser
