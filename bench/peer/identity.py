"""The Keystone that both servers ask: the stack's own, one process, started as the stack starts it.

Here: starting it, what a server is told of it, and a token for the load. Not here: how it is set up (stack/identity/).
"""

import socket
from pathlib import Path

from bench.peer.daemons import Daemons
from neutrino.stack import environments
from neutrino.stack.api import Login
from neutrino.stack.fault import StackFault
from neutrino.stack.identity.service import ADDRESS, NAME, Identity
from neutrino.stack.place import Place
from neutrino.stack.programs import Programs

START_WITHIN_S = 60.0


def start(daemons: Daemons, programs: Programs, folder: Path) -> tuple[str, str]:
    """Start it in *folder*; return the section of a configuration that lets a server ask it, and a token.

    The token is the administrator's and lasts four hours.
    """
    with socket.create_server((ADDRESS, 0), backlog=128) as listener:
        identity = Identity(Place(folder, programs), listener.getsockname()[1])
        identity.write(f"http://{ADDRESS}")
        service = identity.service(environments.obtain(NAME), listener.fileno())
        daemons.start(NAME, service.command, dict(service.environment), (listener.fileno(),))
    login = Login(identity.url, "admin", identity.passwords()["admin"], "admin")
    token = ""

    def gives() -> bool:
        nonlocal token
        try:
            token = login.token()
        except StackFault:
            return False
        return True

    daemons.wait(NAME, gives, START_WITHIN_S)
    return identity.authtoken(), token
