"""The controller daemon of the OVN backend: ``python -m neutrino.server.controller --config-file FILE``.

Here: wiring, signals, readiness. Not here: what any part does.
"""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import uvloop

from neutrino.backends.ovn import dhcp_for_all, uuids
from neutrino.backends.ovn.agents import Agents
from neutrino.backends.ovn.dhcp_names import DhcpNames
from neutrino.backends.ovn.northbound import BACKEND, backend
from neutrino.backends.ovn.settings import Multicast, Settings
from neutrino.backends.ovn.status import PortStatus
from neutrino.model.binding import DHCP_OPTIONS
from neutrino.model.faults import DatabaseUnavailable
from neutrino.nova.events import Told
from neutrino.ovsdb.client import Client
from neutrino.reconcile.controller import Controller
from neutrino.reconcile.fragment import Columns
from neutrino.runtime import logs, notify
from neutrino.runtime.config import Config, ConfigError, Nova, load
from neutrino.runtime.supervisor import kept
from neutrino.server import ovsdb
from neutrino.server.wake import Wake
from neutrino.store.database import Database, open_database, prepare
from neutrino.store.intent import Intent
from neutrino.store.observed import Observations, observation
from neutrino.store.told import Tellings

if TYPE_CHECKING:
    from neutrino.nova.notifier import Notifier

_log = logging.getLogger("neutrino.server")


class Daemon:
    """The parts of the daemon, wired; `run` keeps them running until cancelled."""

    def __init__(
        self, config: Config, chosen: Settings, database: Database, northbound: Client, southbound: Client
    ) -> None:
        intent = Intent(database)
        self._is_ready = False
        self._clients = (northbound, southbound)
        self.controller = Controller(
            backend(chosen),
            northbound,
            intent,
            config.wake_path,
            on_ready=self._ready,
            on_changes=lambda changes: self.status.northbound_changed(changes),
        )
        self.status = PortStatus(
            southbound,
            intent,
            lambda: self.controller.observed.get("Logical_Switch_Port", {}),
            self._port_row,
            lambda: self.controller.is_leading,
            self._status_written,
        )
        self.agents = Agents(
            southbound,
            northbound,
            intent,
            globals_=lambda: self.controller.observed.get("NB_Global", {}),
            leads=lambda: self.controller.is_leading,
            lock=BACKEND.lock,
            down_time_s=config.agent_down_time_s,
            probe_interval_s=config.agent_probe_interval_s,
        )

        self.dhcp_names = DhcpNames(southbound, Observations(database), lambda: self.controller.is_leading)
        self._tellings = Tellings(database, Told)
        self.notifier = _notifier(config.nova, self._tellings, intent, lambda: self.controller.is_leading)

    async def run(self) -> None:
        """Run until cancelled."""
        northbound, southbound = self._clients
        if self.notifier is None:
            await self._tellings.stop()
        async with northbound, southbound, asyncio.TaskGroup() as group:
            for name, run in (
                ("controller", self.controller.run),
                ("port status", self.status.run),
                ("agents", self.agents.run),
                ("DHCP options", self.dhcp_names.run),
                *([("Nova", self.notifier.run)] if self.notifier else []),
            ):
                group.create_task(kept(name, run), name=name)
            group.create_task(notify.beat(), name="heartbeat")

    def _ready(self) -> None:
        self.status.look_again()
        self.agents.look_again()
        self.dhcp_names.look_again()
        if self.notifier:
            self.notifier.look_again()
        if not self._is_ready:
            self._is_ready = True
            # What is there now stays for good: the collector need not look at it again (measured, it costs x3 to x5).
            gc.collect()
            gc.freeze()
            notify.ready()
            _log.info("ready")

    def _port_row(self, port: str) -> Columns | None:
        try:
            return self.controller.row(uuids.port(port))
        except ValueError:
            return None  # a port of others has any name

    def _status_written(self) -> None:
        if self.notifier:
            self.notifier.wake()


def _notifier(
    nova: Nova | None, tellings: Tellings[Told], intent: Intent, leads: Callable[[], bool]
) -> "Notifier | None":
    if nova is None:
        return None
    from neutrino.nova.notifier import Notifier  # brings an HTTP client, which is slow to load

    return Notifier(nova, tellings, intent, leads)


async def settings(config: Config, database: Database) -> Settings:
    """Return what *config* says of how resources render. Raises ValueError where OVN could not be told so."""
    known = await database.read(lambda c: observation(c, DHCP_OPTIONS))
    given = {4: config.dhcp4_global_options, 6: config.dhcp6_global_options}
    return Settings(
        dns_domain=config.dns_domain,
        dns_servers=config.dns_servers,
        has_metadata=config.has_metadata,
        has_resolvers=config.dns_on_hosts,
        bfd=config.bfd,
        multicast=Multicast(
            snoops=config.igmp["igmp_snooping_enable"],
            floods_physical=config.igmp["igmp_flood"],
            floods_reports=config.igmp["igmp_flood_reports"],
            floods_unregistered=config.igmp["igmp_flood_unregistered"],
        ),
        is_distributed=config.enable_distributed_floating_ip,
        lease_s=config.dhcp_lease_s,
        dhcp_options={version: dhcp_for_all.checked(version, options, known) for version, options in given.items()},
    )


async def serve(config: Config) -> None:
    """Run the daemon with *config* until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    database = open_database(config.database_connection)
    try:
        northbound = ovsdb.northbound(config, leader_only=True)
        southbound = ovsdb.southbound(config)
        daemon = Daemon(config, await settings(config, database), database, northbound, southbound)
        look_again = partial(asyncio.get_running_loop().call_soon_threadsafe, daemon.controller.look_again)
        # API processes of this machine send the datagram themselves.
        database.listen(Wake(config.wake_path), look_again)
        running = asyncio.create_task(daemon.run(), name="daemon")
        stopping = asyncio.create_task(stopped.wait(), name="stop")
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        running.cancel()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.result()
        _log.info("stopped")
    finally:
        database.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the daemon; return its exit status."""
    try:
        config = load(sys.argv[1:] if argv is None else argv)
    except ConfigError as error:
        sys.stderr.write(f"neutrino-controller: {error}\n")
        return 2
    logs.start(debug=config.debug)
    try:
        prepare(config.database_connection)
        uvloop.run(serve(config))
    except (ValueError, DatabaseUnavailable) as error:
        _log.error("cannot serve: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
