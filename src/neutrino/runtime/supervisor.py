"""Tasks that are kept running: each has a name, and starts again after an error.

Here: `kept`. Not here: what a task does, and errors that it can act on itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger("neutrino.supervisor")
_FIRST_DELAY_S = 0.5
_LAST_DELAY_S = 30.0
_HEALTHY_S = 60.0


async def kept(name: str, run: Callable[[], Awaitable[None]], *, first_delay_s: float = _FIRST_DELAY_S) -> None:
    """Await *run* again and again until cancelled; after an error with a pause that doubles up to 30 s.

    An error is logged with its trace when it is another one than before; a task that ran for a minute begins anew.
    """
    loop = asyncio.get_running_loop()
    delay_s = first_delay_s
    said = ""
    while True:
        began_s = loop.time()
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - acted on: said, and started again
            says = _text(error)
            if says != said:
                _log.exception("%s failed; it starts again", name)
            else:
                _log.warning("%s failed again: %s", name, says)
            said = says
        else:
            _log.warning("%s ended; it starts again", name)
        if loop.time() - began_s > _HEALTHY_S:
            delay_s, said = first_delay_s, ""
        await asyncio.sleep(delay_s)
        delay_s = min(delay_s * 2, _LAST_DELAY_S)


def _text(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(map(_text, error.exceptions))
    return f"{type(error).__name__}: {error}"
