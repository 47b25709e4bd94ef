"""How an API process tells the controller that the journal has grown: one empty datagram, which may be lost."""

import array
import errno
import fcntl
import logging
import socket
import termios
from pathlib import Path

log = logging.getLogger("neutrino.wake")
_EXPECTED = {errno.ENOENT, errno.ECONNREFUSED, errno.EAGAIN, errno.ENOBUFS}


class Wake:
    """The sending end. The controller looks at the journal every second anyway, so nothing depends on a datagram."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self._unread_bytes = array.array("i", [0])

    def __call__(self) -> None:
        """Send one, unless the one before waits to be read: whoever reads it looks at the journal after that.

        No controller, or one that has been told often enough already, is not an error.
        """
        fcntl.ioctl(self._socket, termios.TIOCOUTQ, self._unread_bytes)  # unix(7): what of ours was not read yet
        if self._unread_bytes[0]:
            return
        try:
            self._socket.sendto(b"", self._path)
        except OSError as error:
            if error.errno not in _EXPECTED:
                log.warning("cannot wake the controller: %s", error)

    def close(self) -> None:
        """Send none any more."""
        self._socket.close()
