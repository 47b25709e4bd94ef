"""One lab for all scenarios, and a site for each: networks and instances that are taken away after it."""

import itertools
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from tests.packets.scenario import Site

from neutrino.stack import programs
from neutrino.stack.lab import Lab


def pytest_report_header() -> list[str]:
    found = programs.obtain()
    words = ([found.path(name), "--version"] for name in ("ovn-controller", "ovs-vswitchd"))
    return [subprocess.run(one, capture_output=True, text=True, check=True).stdout.splitlines()[0] for one in words]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("p") / "lab", hosts=2) as made:
        yield made


@pytest.fixture
def public(lab: Lab) -> dict[str, Any]:
    return lab.public()


_numbers = itertools.count(1)


@pytest.fixture
def site(lab: Lab) -> Iterator[Site]:
    made = Site(lab, f"s{next(_numbers)}")
    yield made
    made.close()
