"""Where a server listens, and how to open a connection to it.

Here: the remotes "unix:PATH", "tcp:HOST:PORT" and "ssl:HOST:PORT" (ovsdb(7), "Active Connection Methods"; an IPv6
address stands in brackets), one or several separated by commas, and TLS. Not here: what is said on the connection.
"""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar, cast

import msgspec

from neutrino.ovsdb.errors import NotConnected

_P = TypeVar("_P", bound=asyncio.Protocol)


class Tls(msgspec.Struct, frozen=True):
    """Files in PEM form: our certificate and key, and the authority that must have signed the server's certificate.

    OVS's own authority puts no host names into certificates, so they are compared only with *check_host*.
    """

    certificate: Path
    private_key: Path
    authority: Path
    check_host: bool = False

    def context(self) -> ssl.SSLContext:
        """Return the settings for a client's side; raises `OSError` where a file cannot be read."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = self.check_host
        context.load_verify_locations(self.authority)
        context.load_cert_chain(self.certificate, self.private_key)
        return context


class Endpoint(msgspec.Struct, frozen=True):
    """One member of a remote; *port* is 0 for a unix socket, whose path is *host*."""

    scheme: Literal["unix", "tcp", "ssl"]
    host: str
    port: int = 0

    def __str__(self) -> str:
        """Return the remote as it is written."""
        host = f"[{self.host}]" if ":" in self.host and self.port else self.host
        return f"{self.scheme}:{host}:{self.port}" if self.port else f"{self.scheme}:{host}"

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """Return the endpoint that *text* names; raises `ValueError`."""
        scheme, _, rest = text.strip().partition(":")
        if scheme == "unix" and rest:
            return cls("unix", rest)
        host, _, port = rest.rpartition(":")
        host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if scheme not in {"tcp", "ssl"} or not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"expected unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT, got {text!r}")
        return cls(cast(Literal["tcp", "ssl"], scheme), host, int(port))

    async def connect(self, protocol: Callable[[], _P], tls: Tls | None, timeout_s: float) -> _P:
        """Open a connection and return its protocol; raises `NotConnected`."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_s):
                if self.scheme == "unix":
                    return (await loop.create_unix_connection(protocol, self.host))[1]
                if self.scheme == "tcp":
                    return (await loop.create_connection(protocol, self.host, self.port))[1]
                if tls is None:
                    raise NotConnected(f"{self} needs a certificate, a key and an authority")
                context = tls.context()
                name = self.host if tls.check_host else ""
                return (
                    await loop.create_connection(protocol, self.host, self.port, ssl=context, server_hostname=name)
                )[1]
        except TimeoutError as error:
            raise NotConnected(f"no connection within {timeout_s:g} s") from error
        except OSError as error:
            raise NotConnected(str(error) or type(error).__name__) from error


def endpoints(remote: str) -> tuple[Endpoint, ...]:
    """Return the members of a comma separated *remote*; raises `ValueError`."""
    return tuple(Endpoint.parse(text) for text in remote.split(","))
