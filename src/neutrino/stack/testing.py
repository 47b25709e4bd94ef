"""A pytest plugin: the fixture ``neutrino_stack`` is a cloud network of its own for each test module.

Here: the fixture and its options. It is found by pytest where this package is installed, else by
``-p neutrino.stack.testing``. Not here: the network (lab.py).
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from neutrino.stack.lab import Lab

HOSTS, AUTH = "neutrino_hosts", "neutrino_auth"
LOGS = "--neutrino-logs"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what a project may choose."""
    parser.addini(HOSTS, "How many hosts each neutrino_stack has.", default="1")
    parser.addini(AUTH, "noauth, or keystone for a Keystone in each neutrino_stack.", default="noauth")
    parser.addoption(LOGS, metavar="DIR", default=None, help="Keep the services' logs, in a folder for each module.")


@pytest.fixture(scope="module")
def neutrino_stack(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A running network: ``endpoint``, ``place.clouds`` (clouds.yaml), ``instance()``, ``ping()``; see Lab.

    Each module has its own, on any free port, so that modules run beside each other (pytest-xdist).
    """
    config = request.config
    with tempfile.TemporaryDirectory(prefix="neutrino-") as folder:  # short: sockets are in it
        lab = Lab(Path(folder) / "s", hosts=int(config.getini(HOSTS)), auth=str(config.getini(AUTH)))
        try:
            with lab:
                yield lab
        finally:
            logs = config.getoption(LOGS)
            if logs and (lab.run / "log").is_dir():
                shutil.copytree(lab.run / "log", Path(logs) / request.node.name, dirs_exist_ok=True)
