"""Which lab the command line means.

Here: the checkout and its run folder. Not here: what is in it.
"""

import os
from pathlib import Path

from neutrino.stack.lab import Lab

CHECKOUT = Path(__file__).resolve().parents[3]


def lab_of(hosts: int = 2, api_port: int = 0, datapath: str = "auto", auth: str = "") -> Lab:
    """Return the lab of ``--dir`` or ``NEUTRINO_STACK_DIR``, else the checkout's own."""
    run = Path(os.environ.get("NEUTRINO_STACK_DIR") or CHECKOUT / ".stack")
    return Lab(run, hosts=hosts, api_port=api_port, datapath=datapath, auth=auth)
