"""The console of a virtual machine: ``python -m neutrino.stack.console SOCKET``, on a terminal or between pipes.

Here: carrying bytes until the machine or, on a terminal, Ctrl-] ends it. Standard library only.
"""

import contextlib
import os
import select
import socket
import sys
import termios
import tty
from collections.abc import Iterator

LEAVE = b"\x1d"
"""Ctrl-], as telnet has it."""
PIECE_BYTES = 4096


@contextlib.contextmanager
def raw() -> Iterator[bool]:
    """Let each key come at once and unchanged while the block runs; yield whether standard input is a terminal."""
    if not sys.stdin.isatty():
        yield False
        return
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        yield True
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def main() -> None:
    """Carry bytes between standard input and output, and the machine."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as machine:
        machine.connect(sys.argv[1])
        with raw() as is_terminal:
            if is_terminal:
                os.write(1, b"The console; Ctrl-] leaves it.\r\n")
                machine.sendall(b"\n")
            while True:
                ready, _, _ = select.select((0, machine.fileno()), (), ())
                if machine.fileno() in ready:
                    said = machine.recv(PIECE_BYTES)
                    if not said:
                        return
                    os.write(1, said)
                if 0 in ready:
                    typed = os.read(0, PIECE_BYTES)
                    if not typed or (is_terminal and LEAVE in typed):
                        return
                    machine.sendall(typed)


if __name__ == "__main__":
    main()
