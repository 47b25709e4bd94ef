"""Which lab the command line means.

Here: the checkout and its run folder. Not here: what is in it.
"""

import os
from pathlib import Path
from typing import Any

from neutrino.stack.lab import Lab
from neutrino.stack.localconf import reading
from neutrino.stack.localconf.reading import LocalConf

CHECKOUT = Path(__file__).resolve().parents[3]


def lab_of(**wanted: Any) -> Lab:
    """Return the lab of ``--dir`` or ``NEUTRINO_STACK_DIR``, else the checkout's own; *wanted* is as Lab takes it."""
    return Lab(Path(os.environ.get("NEUTRINO_STACK_DIR") or CHECKOUT / ".stack"), **wanted)


def local_conf_of(file: Path | None) -> LocalConf:
    """Return what *file* says, else the checkout's own local.conf, where there is one; raises StackFault."""
    if file is None:
        file = CHECKOUT / reading.NAME
        if not file.exists():
            return LocalConf()
    return reading.read(file, os.environ)
