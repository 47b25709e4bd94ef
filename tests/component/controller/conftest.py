"""A cloud for each test of the controller."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.component.controller.cloud import Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(tmp_path)
    yield made
    made.close()
