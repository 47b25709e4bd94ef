"""How an API process tells the controller that the journal has grown: one empty datagram, which may be lost."""

import errno
import logging
import socket
from pathlib import Path

log = logging.getLogger("neutrino.wake")
_EXPECTED = {errno.ENOENT, errno.ECONNREFUSED, errno.EAGAIN, errno.ENOBUFS}


class Wake:
    """The sending end. The controller looks at the journal every second anyway, so nothing depends on a datagram."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)

    def __call__(self) -> None:
        """Send one. No controller, or one that has been told often enough already, is not an error."""
        try:
            self._socket.sendto(b"", self._path)
        except OSError as error:
            if error.errno not in _EXPECTED:
                log.warning("cannot wake the controller: %s", error)
