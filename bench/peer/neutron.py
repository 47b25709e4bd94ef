"""The peer: upstream Neutron with ML2/OVN, as DevStack sets it up for OVN, but without a broker.

Here: its configuration, its processes, its start. Not here: where its programs come from (install.py).
"""

import functools
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.peer import central, copies, database, install
from bench.peer.rounds import come_to_rest
from bench.peer.side import Given, Side, answers, held_port, transactions
from bench.peer.statements import Statements
from neutrino.stack.fault import StackFault

OTHERS = ("neutron-rpc-server", "neutron-periodic-workers", "neutron-ovn-maintenance-worker")
START_WITHIN_S = 240.0

NEUTRON = """\
[DEFAULT]
auth_strategy = keystone
core_plugin = ml2
service_plugins = ovn-router
state_path = {folder}/state
api_paste_config = {venv}/etc/neutron/api-paste.ini
# No broker: ML2/OVN has no agents that would listen. This spares it what it would publish.
transport_url = fake:/
rpc_workers = 1
rpc_state_report_workers = 0
bind_host = 127.0.0.1
bind_port = {port}
host = peer
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
# As DevStack sets it where no DHCP agent runs; the default costs a warning for each port.
dhcp_agent_notification = false

[database]
connection = {database}

[oslo_concurrency]
lock_path = {folder}/state/lock

[quotas]
{quotas}
{authtoken}"""
AUTHTOKEN = "auth_type = password\n"
"""What upstream's middleware wants beside the section that ours is given too; it remembers tokens in its process."""
ML2 = """\
[ml2]
type_drivers = local,flat,vlan,geneve
tenant_network_types = geneve
mechanism_drivers = ovn
extension_drivers = port_security
overlay_ip_version = 4

[ml2_type_flat]
flat_networks = *

[ml2_type_geneve]
vni_ranges = 1:65536
max_header_size = 38

[securitygroup]
enable_security_group = true

[ovn]
ovn_nb_connection = unix:{folder}/nb.sock
ovn_sb_connection = unix:{folder}/sb.sock
ovn_metadata_enabled = false
"""
UWSGI = """\
[uwsgi]
module = neutron.wsgi.api:application
http-socket = 127.0.0.1:{port}
processes = {workers}
threads = 1
master = true
lazy-apps = true
enable-threads = true
thunder-lock = true
die-on-term = true
need-app = true
buffer-size = 65535
post-buffering = 65536
add-header = Connection: close
disable-logging = true
"""
QUOTAS = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule")
NO_LIMIT = "\n".join(f"quota_{name} = -1" for name in QUOTAS)


class Neutron(Side):
    """Upstream Neutron in *folder*."""

    name = "Neutron"
    database = "MariaDB, innodb_flush_log_at_trx_commit=1: a sync of the log at each commit"

    def __init__(self, given: Given, made: tuple[install.MariaDB, Path]) -> None:
        super().__init__(given)
        self._mariadb, self._venv = made[0], made[1] / "venv"
        self._holder = held_port()
        self.port = self._holder.getsockname()[1]
        self._statements: Statements | None = None
        self._config = tuple(
            word for name in ("neutron.conf", "ml2_conf.ini") for word in ("--config-file", str(self.folder / name))
        )
        # Neutron marks its first worker by files in the folder for temporary files: that is its own here.
        self._environment = {
            "TMPDIR": str(self.folder / "tmp"),
            "OS_NEUTRON_CONFIG_DIR": str(self.folder),
            "OS_NEUTRON_CONFIG_FILES": "neutron.conf;ml2_conf.ini",
            "PATH": f"{self._programs.bin}:{os.environ.get('PATH', os.defpath)}",  # its first worker runs ovsdb-client
            "PYTHONWARNINGS": "ignore",
        }

    def prepare(self) -> None:
        """Start the databases and make the tables."""
        for name in ("tmp", "state/lock"):
            (self.folder / name).mkdir(parents=True)
        pids = central.start(self._daemons, self._programs, self.folder)
        pid, url = database.start(self._daemons, self._mariadb, self.folder, "neutron")
        self._statements = Statements(self._venv / "bin" / "python", self.folder / "mysql.sock")
        self.groups |= {"database": (pid,), **{name: (one,) for name, one in pids.items()}}
        for name, text in (("neutron.conf", NEUTRON), ("ml2_conf.ini", ML2), ("uwsgi.ini", UWSGI)):
            (self.folder / name).touch(0o600)
            (self.folder / name).write_text(
                text.format(
                    folder=self.folder,
                    venv=self._venv,
                    port=self.port,
                    workers=self._workers,
                    database=url,
                    quotas=NO_LIMIT,
                    authtoken=self._authtoken + AUTHTOKEN,
                )
            )
        done = subprocess.run(
            [str(self._venv / "bin" / "neutron-db-manage"), *self._config, "upgrade", "head"],
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            check=False,
        )
        (self.folder / "log" / "neutron-db-manage.log").write_text(done.stdout + done.stderr)
        if done.returncode:
            raise StackFault(f"Neutron cannot make its tables: {done.stderr.strip().splitlines()[-1]}")

    def start_api(self) -> float:
        """Start the API; return the seconds until its first answer."""
        for file in (self.folder / "tmp").glob("neutron_*"):
            file.unlink()
        command = (str(self._venv / "bin" / "uwsgi"), "--ini", str(self.folder / "uwsgi.ini"))
        pid = self._daemons.start("neutron-api", (*command, "--virtualenv", str(self._venv)), self._environment)
        self.groups["api"] = (pid,)
        return self._daemons.wait("neutron-api", lambda: answers(self.port, self.token), START_WITHIN_S)

    def stop_api(self) -> None:
        """Stop the API."""
        self._daemons.end("neutron-api")

    def start_others(self) -> None:
        """Start the daemons beside the API."""
        self.groups["other daemons"] = tuple(
            self._daemons.start(name, (str(self._venv / "bin" / name), *self._config), self._environment)
            for name in OTHERS
        )

    def counters(self) -> dict[str, float]:
        """Return the number of statements sent to MariaDB, and of Northbound transactions."""
        assert self._statements is not None
        return {
            "SQL statements": self._statements.count(),
            "Northbound transactions": transactions(self.folder / "nb.db"),
        }

    def copy(self, ids: Sequence[str], count: int) -> list[str]:
        """Copy the rows of what has the *ids*, in MariaDB and the Northbound; return the ids of the new ports."""
        python = self._venv / "bin" / "python"
        rest = functools.partial(come_to_rest, self)
        return copies.copy(python, self.folder / "mysql.sock", self.northbound, ids, count, rest)

    def close(self) -> None:
        """End what counts statements, and let the port go."""
        self._holder.close()
        if self._statements is not None:
            self._statements.close()
