"""Running a short command from the supervisor.

Here: one function. Not here: programs that keep running (service.py).
"""

import asyncio
import os
from collections.abc import Mapping


class CommandFailed(RuntimeError):
    """A command ended with another status than 0; the message holds its last words."""


async def run(*command: str, environment: Mapping[str, str] | None = None, timeout_s: float = 30.0) -> str:
    """Run *command* and return what it printed; raises CommandFailed, TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    try:
        async with asyncio.timeout(timeout_s):
            said, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    if process.returncode:
        raise CommandFailed(f"{command[0].rpartition('/')[2]}: {errors.decode().strip() or process.returncode}")
    return said.decode()
