"""The files with which a daemon speaks TLS to an OVSDB server: options under upstream's names, checked when read.

Not here: connecting (neutrino.ovsdb.endpoint).
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from oslo_config import cfg

SCHEME = "ssl:"


class TlsFiles(msgspec.Struct, frozen=True):
    """Files in PEM form: our key and certificate, and the authority that must have signed the server's certificate."""

    private_key: Path
    certificate: Path
    authority: Path


def options(names: Sequence[str], server: str) -> list[cfg.Opt]:
    """Return the options *names*, of the key, the certificate and the authority for *server*."""
    key, certificate, authority = names
    return [
        cfg.StrOpt(key, default="", help=f"PEM file of the key for ssl: connections to {server}."),
        cfg.StrOpt(certificate, default="", help=f"PEM file of that key's certificate, which {server} checks."),
        cfg.StrOpt(authority, default="", help=f"PEM file of the authority that signed {server}'s certificate."),
    ]


def files(section: cfg.ConfigOpts.GroupAttr, group: str, names: Sequence[str], remote: str) -> TlsFiles | None:
    """Return what the options *names* say, None where none is set; *remote* is what is connected to with them.

    Raises ValueError that names the option which is missing for an ssl: remote, or whose file cannot be read.
    """
    given = [section[name] for name in names]
    if not any(given) and not any(one.strip().startswith(SCHEME) for one in remote.split(",")):
        return None
    for name, text in zip(names, given, strict=True):
        if not text:
            raise ValueError(f"[{group}] {name}: needed for {SCHEME} connections, with {' and '.join(names)}")
        try:
            Path(text).open("rb").close()
        except OSError as error:
            raise ValueError(f"[{group}] {name}: cannot read {text} ({error.strerror})") from error
    return TlsFiles(*map(Path, given))
