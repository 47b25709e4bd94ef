"""Where a lab keeps things: its run folder, and the private /run that only its own processes see.

Here: names of files, and the environment that programs get. Not here: their content.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from neutrino.stack.fault import StackFault
from neutrino.stack.programs import Programs

LONGEST_SOCKET_PATH = 107
"""unix(7): 108 bytes with the closing NUL."""


@dataclass(frozen=True)
class Place:
    """The files of one lab. Databases, logs and what a caller needs are in *run*, all else in the lab's own /run."""

    run: Path
    programs: Programs

    def __post_init__(self) -> None:
        longest = str(self.control)
        if len(longest) > LONGEST_SOCKET_PATH:
            raise StackFault(f"{self.run} is too long for unix sockets: choose a shorter folder with --dir")

    @property
    def control(self) -> Path:
        """The supervisor's control socket."""
        return self.run / "control.sock"

    @property
    def northbound(self) -> Path:
        """The Northbound's socket."""
        return self.run / "nb.sock"

    @property
    def southbound(self) -> Path:
        """The Southbound's socket."""
        return self.run / "sb.sock"

    @property
    def logs(self) -> Path:
        """The folder of log files, one per service."""
        return self.run / "log"

    @property
    def configuration(self) -> Path:
        """The services' oslo.config file."""
        return self.run / "neutrino.conf"

    @property
    def clouds(self) -> Path:
        """The clients' clouds.yaml."""
        return self.run / "clouds.yaml"

    @property
    def metadata(self) -> Path:
        """The metadata service's socket."""
        return self.private("central") / "metadata.sock"

    @property
    def questions(self) -> Path:
        """The socket on which the API hands on what the page asks about packets."""
        return self.private("central") / "questions.sock"

    @property
    def variables(self) -> Path:
        """The clients' openrc, of the administrator."""
        return self.variables_of("admin")

    def variables_of(self, user: str) -> Path:
        """Return the openrc with which clients are *user*."""
        return self.run / ("openrc" if user == "admin" else f"openrc-{user}")

    def log(self, service: str) -> Path:
        """Return the log file of *service*."""
        return self.logs / f"{service}.log"

    def instance(self, name: str) -> Path:
        """Return the folder of what the instance *name* learned (lease, resolv.conf)."""
        return self.run / "instances" / name

    def private(self, name: str) -> Path:
        """Return the folder of the host *name* (or ``central``) in the lab's own /run: sockets, conf.db."""
        return Path("/run/lab") / name

    def environment(self, name: str) -> dict[str, str]:
        """Return the variables with which OVS and OVN programs of the host *name* find their files and each other."""
        folder = str(self.private(name))
        return {
            "PATH": f"{self.programs.bin}:{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin",
            "OVS_RUNDIR": folder,
            "OVS_LOGDIR": folder,
            "OVS_DBDIR": folder,
            "OVS_SYSCONFDIR": folder,
            "OVS_PKGDATADIR": str(self.programs.folder / "share" / "openvswitch"),
            "OVN_RUNDIR": folder,
            "OVN_LOGDIR": folder,
            "OVN_DBDIR": folder,
            "OVN_SYSCONFDIR": folder,
            "OVN_PKGDATADIR": str(self.programs.folder / "share" / "ovn"),
            "OVN_NB_DB": f"unix:{self.northbound}",
            "OVN_SB_DB": f"unix:{self.southbound}",
        }
