"""Names of the DNS (RFC 1123, section 2.1): how they are checked, and which names a port's addresses have.

Here: the kinds of `dns_name` and `dns_domain`, and `assignments`. Not here: DNS rows of a backend.
"""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Protocol

import msgspec

from neutrino.model.kinds import IpAddress, Kind, Name, shown

LONGEST_NAME = 255
UNSET_DOMAIN = "openstacklocal."  # upstream's default of dns_domain, which means: there is none
PROJECT_KEYWORD = "<project_id>"
_KEYWORDS = (PROJECT_KEYWORD, "<project_name>", "<user_name>", "<user_id>")  # dns-integration-domain-keywords
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)|" + "|".join(map(re.escape, _KEYWORDS)))


class Addressed(Protocol):
    """What has an address, as a fixed IP has."""

    @property
    def ip_address(self) -> str:
        """The address."""
        ...


class DnsAssignment(msgspec.Struct, frozen=True):
    """The names of one address of a port."""

    ip_address: IpAddress
    hostname: Name
    fqdn: Name


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not a valid string")
    return value.lower()


def _checked(name: str, most: int = LONGEST_NAME) -> str:
    trimmed = name.removesuffix(".")
    if len(trimmed) > most:
        raise ValueError(f"{shown(name)} not a valid PQDN or FQDN: it exceeds the {most} character limit")
    labels = trimmed.split(".")
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise ValueError(
                f"{shown(name)} not a valid PQDN or FQDN: name {shown(label)} must be 1-63 characters long, each "
                "of which can only be alphanumeric or a hyphen, with no hyphen at its ends"
            )
    if len(labels) > 1 and labels[-1].isdigit():
        raise ValueError(f"{shown(name)} not a valid PQDN or FQDN: TLD {shown(labels[-1])} must not be all numeric")
    return name


def _name(value: object) -> object:
    text = _text(value)
    return _checked(text) if text else text


def _relative_name(value: object) -> object:
    text = _text(value)
    if text.endswith("."):
        raise ValueError(f"{shown(text)} is a FQDN. It should be a relative domain name")
    return _checked(text, LONGEST_NAME - 3) if text else text  # a domain comes behind it


def _domain(value: object) -> object:
    text = _text(value)
    if text and not text.endswith("."):
        raise ValueError(f"{shown(text)} is not a FQDN")
    return _checked(text, LONGEST_NAME - 3) if text else text  # a name comes before it


def _kind(parse: Callable[[object], object]) -> Kind:
    return Kind("string", parse, "text", {"type": "string", "maxLength": LONGEST_NAME})


DnsName = Annotated[str, _kind(_name)]
RelativeDnsName = Annotated[str, _kind(_relative_name)]
DnsDomain = Annotated[str, _kind(_domain)]


def domain_of(configured: str) -> str:
    """Return the *configured* domain with its dot at the end; "" where it is not set."""
    return f"{configured.removesuffix('.')}." if configured else ""


def has_names(domain: str) -> bool:
    """Return whether ports may have names: under the default *domain* they have none, as upstream."""
    return domain not in ("", UNSET_DOMAIN)


def fits(name: str, domain: str) -> str:
    """Return why *name* is none under *domain*; "" if it is one."""
    if not name.endswith("."):
        if len(name) + len(domain) + 1 > LONGEST_NAME:
            return f"{shown(name)} followed by {domain} exceeds the {LONGEST_NAME} character limit of a FQDN"
    elif not name.endswith(f".{domain}"):
        return f"{shown(name)} is a FQDN, and the configured dns_domain {domain} is not what it ends with"
    return ""


def assignments(fixed_ips: Iterable[Addressed], name: str, domain: str) -> tuple[DnsAssignment, ...]:
    """Return the names of the addresses of a port called *name*: its own, or one made of the address."""
    out = []
    for ip in fixed_ips:
        host = name or "host-" + ip.ip_address.replace(".", "-").replace(":", "-")
        fqdn = host if host.endswith(".") or not domain else f"{host}.{domain}"
        out.append(DnsAssignment(ip.ip_address, host, fqdn))
    return tuple(out)
