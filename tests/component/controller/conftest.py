"""What the controller's tests share: running coroutines, and a cloud for each test."""

import asyncio
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from cloud import Cloud

_STORY_S = 100


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}

    async def story() -> None:
        async with asyncio.timeout(_STORY_S):
            await pyfuncitem.obj(**arguments)

    asyncio.run(story())
    return True


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(tmp_path)
    yield made
    made.close()
