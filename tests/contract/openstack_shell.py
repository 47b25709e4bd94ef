"""A process that runs ``openstack`` commands: one JSON list of arguments a line in, one JSON answer a line out.

The client costs more than a second to start, so one process runs all the commands of the suite.
"""

import contextlib
import io
import json
import sys

from openstackclient import shell


def run(arguments: list[str]) -> dict[str, object]:
    """Run ``openstack *arguments*``."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = shell.main(arguments)
        except SystemExit as leaving:
            status = leaving.code
    return {"status": status or 0, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)  # noqa: T201 - this is the protocol
