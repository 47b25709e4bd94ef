"""Metadata and names on one host: namespaces, the bridge's ports, haproxy and the resolver follow the Southbound.

Here: the order of things and trying again. Not here: each thing.
"""

import asyncio
import logging

from neutrino.agent import switch
from neutrino.agent.plumbing import Plumbing, outer_device
from neutrino.agent.proxy import Proxy, ProxyRefused
from neutrino.agent.served import Network
from neutrino.agent.southbound import Southbound
from neutrino.agent.zones import Telling, Zone
from neutrino.linux.device import IpFailed
from neutrino.ovsdb.client import Client
from neutrino.ovsdb.errors import OvsdbError
from neutrino.ovsdb.watch import Watch

_log = logging.getLogger("neutrino.agent")
_TRY_AGAIN_S = 0.5


class Metadata:
    """Keeps metadata and names served on one host; *bridge* is its integration bridge."""

    def __init__(
        self, open_vswitch: Client, rows: Watch, bridge: str, plumbing: Plumbing, proxy: Proxy, resolver: Telling
    ) -> None:
        self._open_vswitch = open_vswitch
        self._rows = rows
        self._bridge = bridge
        self._plumbing = plumbing
        self._proxy = proxy
        self._resolver = resolver
        self._news = asyncio.Event()
        self._made: dict[str, Network] = {}

    def look_again(self) -> None:
        """Note that something changed."""
        self._news.set()

    async def run(self, southbound: Southbound) -> None:
        """Follow *southbound* until cancelled. While it is away, what is there stays."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not (southbound.is_live and self._rows.is_live):
                continue
            try:
                await self._apply(southbound.networks)
            except (OSError, TimeoutError, IpFailed, ProxyRefused, OvsdbError) as error:
                _log.warning("metadata is not as it is to be, and is tried again: %s", error)
                self._made.clear()
                await asyncio.sleep(_TRY_AGAIN_S)
                self._news.set()

    async def _apply(self, networks: dict[str, Network]) -> None:
        for network in networks.values():
            known = self._made.get(network.id)
            if known is None or _wire(known) != _wire(network):
                await self._plumbing.make(network)
        await self._attach(networks)
        self._resolver.tell({network.id: self._zone(network) for network in networks.values()})
        await self._proxy.serve(networks)
        for network_id in self._plumbing.present() - networks.keys():
            await self._plumbing.remove(network_id)
            _log.info("network %s has no instance here any more", network_id)
        for network_id in networks.keys() - self._made.keys():
            _log.info("network %s is served", network_id)
        self._made = networks

    async def _attach(self, networks: dict[str, Network]) -> None:
        ports = {outer_device(network.id): network.port_id for network in networks.values()}
        due = switch.operations(self._rows.rows, self._bridge, ports)
        if due:
            await self._open_vswitch.transact(due)

    def _zone(self, network: Network) -> Zone:
        return Zone(self._plumbing.namespace_of(network.id), network.cidrs, dict(network.names))


def _wire(network: Network) -> tuple[object, ...]:
    return network.mac, network.mtu, network.cidrs
