"""Launching a supervisor: ``python -m neutrino.stack.launch RUN API_PORT HANDSHAKE_FD PROGRAMS``.

Here: the API's listening socket, the sandbox, the handshake that tells the caller that it works or why not.
Not here: what the supervisor does (supervisor.py).
"""

import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

from neutrino.stack import central, sandbox
from neutrino.stack.fault import StackFault
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs
from neutrino.stack.supervisor import Supervisor

ADDRESS = "127.0.0.1"
BACKLOG = 1024
READY = "ready"


def listener(port: int, fallback: bool) -> socket.socket:
    """Return the API's listening socket; with *fallback* another free port is taken when *port* is in use."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
    except OSError as error:
        if not fallback:
            listening.close()
            raise StackFault(
                f"cannot listen on {ADDRESS}:{port} ({error.strerror}): choose another with `./stack up --api-port N`"
            ) from error
        listening.bind((ADDRESS, 0))
    listening.listen(BACKLOG)
    return listening


def main() -> None:
    """Launch, tell the caller by the handshake, and leave the supervisor running."""
    run, port, fallback, handshake, programs = sys.argv[1:]
    answer = int(handshake)
    try:
        place = Place(Path(run), Programs(Path(programs), ""))
        listening = listener(int(port), fallback == "any")
        central.write_secret(place)
        central.write_configuration(place)
        central.write_clouds(place, listening.getsockname()[1])
        sandbox.enter(place.run, lambda: _supervise(place, listening, answer))
    except StackFault as fault:
        os.write(answer, str(fault).encode())


def _supervise(place: Place, listening: socket.socket, answer: int) -> int:
    logging.basicConfig(
        filename=place.log("supervisor"), level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.captureWarnings(capture=True)

    def tell_listening() -> None:
        os.write(answer, READY.encode())
        os.close(answer)

    async def work() -> None:
        await Supervisor(place, listening).run(tell_listening)

    try:
        asyncio.run(work())
    except Exception as error:
        logging.getLogger(__name__).exception("the supervisor ended")
        os.write(answer, f"the supervisor ended ({error}): look at {place.log('supervisor')}".encode())
        raise
    return 0


if __name__ == "__main__":
    main()
