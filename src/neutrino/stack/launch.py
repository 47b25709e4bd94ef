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

from neutrino.stack import central, environments, sandbox, state
from neutrino.stack.fault import StackFault
from neutrino.stack.identity import service as keystone
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs
from neutrino.stack.service import Service
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
        api_port = listening.getsockname()[1]
        identity, services = _identity(place, api_port)
        central.write_secret(place)
        central.write_configuration(place, identity, state.load(place.run))
        central.write_clouds(place, api_port, identity)
        sandbox.enter(place.run, lambda: _supervise(place, listening, services, answer))
    except StackFault as fault:
        os.write(answer, str(fault).encode())


def _identity(place: Place, api_port: int) -> tuple[keystone.Identity | None, tuple[Service, ...]]:
    """Return the lab's Keystone and its service, or neither when it has none."""
    desired = state.load(place.run)
    if desired.auth != keystone.NAME:
        return None, ()
    listening = listener(desired.identity_port, fallback=True)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    desired.identity_port = listening.getsockname()[1]
    state.save(place.run, desired)
    identity = keystone.Identity(place, desired.identity_port)
    identity.write(f"http://{ADDRESS}:{api_port}")
    return identity, (identity.service(environments.obtain(keystone.NAME), listening.detach()),)


def _supervise(place: Place, listening: socket.socket, identity: tuple[Service, ...], answer: int) -> int:
    logging.basicConfig(
        filename=place.log("supervisor"), level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.captureWarnings(capture=True)

    def tell_listening() -> None:
        os.write(answer, READY.encode())
        os.close(answer)

    async def work() -> None:
        await Supervisor(place, listening, identity).run(tell_listening)

    try:
        asyncio.run(work())
    except Exception as error:
        logging.getLogger(__name__).exception("the supervisor ended")
        os.write(answer, f"the supervisor ended ({error}): look at {place.log('supervisor')}".encode())
        raise
    return 0


if __name__ == "__main__":
    main()
