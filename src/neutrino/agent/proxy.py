"""The host's haproxy: its configuration and its table of instances, and telling it of new ones.

One haproxy serves all networks of a host: it listens inside their namespaces. It finds the instance by network and
source address, names and signs it, and passes the request on; no request goes through this process.

Here: rendering, and the two control sockets (haproxy's management guide, sections 9.3 and 9.4). Not here: namespaces
(`plumbing`); starting haproxy, which is a service of its own and outlives this one.
"""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from neutrino.agent import files
from neutrino.agent.served import Network

IPV4, IPV6 = "169.254.169.254", "fe80::a9fe:a9fe"
"""Where instances ask: the addresses are the same in every cloud."""
MOST, MOST_OF_NETWORK = 1024, 100
"""Connections of a host, and of one network there: its instances keep those of others from nothing."""
_SOON_S, _AGAIN_S = 5.0, 0.05


class ProxyRefused(Exception):
    """haproxy did not take what it was given; the text holds its words."""


class Upstream(msgspec.Struct, frozen=True):
    """Where requests go: Nova's metadata service, and the secret that it shares."""

    host: str
    port: int
    protocol: str
    secret: str

    @property
    def server(self) -> str:
        """The address as haproxy has it; a *host* ``unix:/path`` is a socket."""
        if self.host.startswith("unix:"):
            return f"unix@{self.host.removeprefix('unix:')}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        # The certificate is not checked, as upstream does without nova_client_cert: the signature is the proof.
        return f"{host}:{self.port}{' ssl verify none' if self.protocol == 'https' else ''}"


class Files(msgspec.Struct, frozen=True):
    """The files of one haproxy, in a folder of the agent's own."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """What haproxy is started with; holds the secret."""
        return self.folder / "haproxy.cfg"

    @property
    def instances(self) -> Path:
        """The table of instances."""
        return self.folder / "instances.map"

    @property
    def master(self) -> Path:
        """The control socket of the process that starts workers."""
        return self.folder / "master.sock"

    @property
    def worker(self) -> Path:
        """The control socket of the process that serves."""
        return self.folder / "worker.sock"


def device_of(network_id: str) -> str:
    """Return the device inside that namespace; upstream's name."""
    return f"tap{network_id[:10]}1"


def configuration(files: Files, namespaces: Mapping[str, str], upstream: Upstream) -> str:
    """Return haproxy's configuration for networks, given the namespace of each by id.

    What an instance says of itself in those headers goes: in the spelling ``X_Tenant_ID`` too, which is the same to
    servers of WSGI, and which no signature covers. ``X-Metadata-Provider`` is a load balancer's word for a network.
    """
    key = base64.b64encode(upstream.secret.encode()).decode()
    unknown = 'status 404 content-type text/plain string "No instance has this address."'
    parts = [
        f"""\
global
    stats socket {files.worker} mode 600 level admin
    maxconn {MOST}
defaults
    mode http
    maxconn {MOST_OF_NETWORK}
    timeout connect 10s
    timeout client 60s
    timeout server 60s
    timeout http-request 10s
    option http-restrict-req-hdr-names delete
backend metadata
    http-request set-var(txn.key) var(txn.network),concat(/,txn.source)
    http-request set-var(txn.owner) var(txn.key),map({files.instances})
    http-request return {unknown} unless {{ var(txn.owner) -m found }}
    http-request set-var(txn.instance) var(txn.owner),word(1,|)
    http-request set-header X-Instance-ID %[var(txn.instance)]
    http-request set-header X-Instance-ID-Signature %[var(txn.instance),hmac(sha256,{key}),hex,lower]
    http-request set-header X-Tenant-ID %[var(txn.owner),word(2,|)]
    http-request set-header X-Forwarded-For %[src]
    http-request del-header X-Metadata-Provider
    server nova {upstream.server}
"""
    ]
    for network_id, namespace in sorted(namespaces.items()):
        where = f"namespace {namespace}"
        parts.append(
            f"""\
frontend {network_id}
    bind {IPV4}:80 {where}
    bind {IPV6}:80 interface {device_of(network_id)} {where}
    http-request set-var(txn.network) str({network_id})
    http-request set-var(txn.source) src
    default_backend metadata
"""
        )
    return "".join(parts)


def table(networks: Mapping[str, Network]) -> list[str]:
    """Return the lines of the table of instances: ``NETWORK/ADDRESS INSTANCE|PROJECT``."""
    return [
        f"{network.id}/{address} {'|'.join(owner)}"
        for network in sorted(networks.values(), key=lambda one: one.id)
        for address, owner in network.instances.items()
    ]


class Proxy:
    """Keeps haproxy as it is to be: files first, then, if it runs, its memory. What it has already is not sent."""

    def __init__(self, files: Files, upstream: Upstream, namespace_of: Callable[[str], str]) -> None:
        self._files = files
        self._upstream = upstream
        self._namespace_of = namespace_of
        self._is_settled = False

    def prepare(self) -> None:
        """Write what is missing, so that haproxy can start."""
        self._files.folder.mkdir(parents=True, exist_ok=True)
        if not self._files.instances.exists():
            files.write(self._files.instances, "")
        if not self._files.configuration.exists():
            files.write(self._files.configuration, configuration(self._files, {}, self._upstream))

    async def serve(self, networks: Mapping[str, Network]) -> None:
        """Serve exactly *networks*, whose namespaces are there; raises ProxyRefused, OSError and TimeoutError.

        The first time, and after a failure, haproxy reads its files whatever it has: it may be of an earlier time.
        """
        lines = table(networks)
        text = configuration(self._files, {one: self._namespace_of(one) for one in networks}, self._upstream)
        is_other_table = files.read(self._files.instances) != _joined(lines)
        is_other_text = files.read(self._files.configuration) != text
        was_settled, self._is_settled = self._is_settled, False
        if is_other_table:
            files.write(self._files.instances, _joined(lines))
        if is_other_text:
            files.write(self._files.configuration, text)
        if is_other_text or (networks and not was_settled):
            await self._reload()
        elif is_other_table:
            await self._replace_table(lines)
        self._is_settled = True

    async def _reload(self) -> None:
        said = await _ask(self._files.master, "reload")
        if not said:
            await self._see_reloaded()
        elif not said.startswith("Success=1"):
            raise ProxyRefused(said.strip())

    async def _see_reloaded(self) -> None:
        """Wait for haproxy before 2.7, which does not say what became of a reload: once it listens again, it knows."""
        async with asyncio.timeout(_SOON_S):
            while True:
                with contextlib.suppress(OSError):
                    if found := re.search(r"\[failed: (\d+)\]", await _ask(self._files.master, "show proc;quit")):
                        break
                await asyncio.sleep(_AGAIN_S)
        if found[1] != "0":
            raise ProxyRefused("haproxy did not take its configuration: its log says why")

    async def _replace_table(self, lines: list[str]) -> None:
        name = str(self._files.instances)
        said = await _ask(self._files.worker, f"prepare map {name}")
        version = said.strip().rpartition(" ")[2]
        if not version.isdigit():
            raise ProxyRefused(said.strip())
        if lines:
            payload = "\n".join(lines)
            said = await _ask(self._files.worker, f"add map @{version} {name} <<\n{payload}\n")
            if said.strip():
                raise ProxyRefused(said.strip())
        said = await _ask(self._files.worker, f"commit map @{version} {name}")
        if said.strip():
            raise ProxyRefused(said.strip())


async def _ask(path: Path, command: str) -> str:
    async with asyncio.timeout(_SOON_S):
        reader, writer = await asyncio.open_unix_connection(str(path))
        try:
            writer.write(f"{command}\n".encode())
            await writer.drain()
            return (await reader.read()).decode(errors="replace")
        finally:
            writer.close()


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
