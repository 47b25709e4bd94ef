"""Telling the service manager that this daemon is ready, and that it still runs (sd_notify(3)).

Here: the datagrams. Not here: what "ready" means, each daemon knows that itself.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

BEAT_S = 1.0


def ready() -> None:
    """Send ``READY=1``."""
    _send(b"READY=1")


async def beat(is_well: Callable[[], bool] = lambda: True) -> None:
    """Send ``WATCHDOG=1`` every second: a daemon whose event loop stands still falls silent. Never returns.

    It falls silent, too, while *is_well* says so of what else belongs to it.
    """
    while True:
        if is_well():
            _send(b"WATCHDOG=1")
        await asyncio.sleep(BEAT_S)


def _send(message: bytes) -> None:
    """Send *message* to the socket named by ``NOTIFY_SOCKET``; do nothing where it is unset, or nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel,
        contextlib.suppress(OSError),
    ):
        channel.sendto(message, address)
