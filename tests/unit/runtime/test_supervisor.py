"""A kept task starts again after an error and after its end, until it is cancelled."""

import asyncio
import logging

import pytest

from neutrino.runtime.supervisor import kept


def test_a_kept_task_starts_again_and_says_an_error_once(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0

    async def story() -> None:
        runs_well = asyncio.Event()

        async def run() -> None:
            nonlocal runs
            runs += 1
            if runs < 4:
                raise ValueError("broken")
            runs_well.set()
            await asyncio.sleep(60)

        task = asyncio.create_task(kept("work", run, first_delay_s=0.001))
        await runs_well.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    assert runs == 4
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING, logging.WARNING]
