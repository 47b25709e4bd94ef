"""Our own server, started as the peer is: in a folder, on its own OVN central, with so many API processes."""

import compileall
import socket
import sys
from pathlib import Path

from bench.peer import central
from bench.peer.side import Given, Side, answers, transactions

ROOT = Path(__file__).parents[2]
CONFIGURATION = """\
[DEFAULT]
auth_strategy = keystone
state_path = {folder}
api_workers = {workers}

[database]
connection = sqlite:///{folder}/neutrino.sqlite

[ovn]
ovn_nb_connection = unix:{folder}/nb.sock
ovn_sb_connection = unix:{folder}/sb.sock

[ml2]
mechanism_drivers = ovn
tenant_network_types = geneve

[quotas]
{quotas}
{authtoken}"""


class Neutrino(Side):
    """This checkout's Neutrino in *folder*."""

    name = "Neutrino"
    pace = 10
    database = "SQLite in the API process, synchronous=FULL: a sync of the log at each commit"

    def __init__(self, given: Given, quotas: str) -> None:
        super().__init__(given)
        self._quotas = quotas
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self._configuration = self.folder / "neutrino.conf"
        self._environment = {"PYTHONPATH": str(ROOT / "src")}

    def prepare(self) -> None:
        """Start OVN's databases and make the tables, with all modules compiled, as those of installed packages are."""
        compileall.compile_dir(ROOT / "src" / "neutrino", quiet=1)
        pids = central.start(self._daemons, self._programs, self.folder)
        self.groups |= {name: (one,) for name, one in pids.items()}
        self._configuration.touch(0o600)
        self._configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                workers=self._workers,
                quotas=self._quotas,
                authtoken=self._authtoken,
            )
        )
        self.start_api()
        self.stop_api()

    def start_api(self) -> float:
        """Start the API; return the seconds until its first answer. Its further processes are forked from the first."""
        number = self._listener.fileno()
        command = (sys.executable, "-m", "neutrino.server.api", *self._arguments, "--fd", str(number))
        self.groups["api"] = (self._daemons.start("neutrino-api", command, self._environment, (number,)),)
        return self._daemons.wait("neutrino-api", lambda: answers(self.port, self.token), 60)

    def stop_api(self) -> None:
        """Stop the API."""
        self._daemons.end("neutrino-api")

    def start_others(self) -> None:
        """Start the controller."""
        command = (sys.executable, "-m", "neutrino.server.controller", *self._arguments)
        self.groups["other daemons"] = (self._daemons.start("neutrino-controller", command, self._environment),)

    def stop_others(self) -> None:
        """Stop the controller."""
        self._daemons.end("neutrino-controller")
        del self.groups["other daemons"]

    def counters(self) -> dict[str, float]:
        """Return the number of Northbound transactions."""
        return {"Northbound transactions": transactions(self.folder / "nb.db")}

    @property
    def _arguments(self) -> tuple[str, str]:
        return ("--config-file", str(self._configuration))
