"""Telling the service manager that this daemon is ready (sd_notify(3)).

Here: one datagram. Not here: what "ready" means, each daemon knows that itself.
"""

import os
import socket


def ready() -> None:
    """Send ``READY=1`` to the socket named by ``NOTIFY_SOCKET``, as sd_notify(3) does; do nothing where it is unset."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(b"READY=1", address)
