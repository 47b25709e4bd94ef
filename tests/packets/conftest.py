"""One lab for all scenarios, and a site for each: networks and instances that are taken away after it."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from tests.packets.scenario import Site

from neutrino.stack.lab import Lab


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
