"""Which networks want metadata on this host, and which instance has which address there.

Here: Southbound rows to `Network` values. Not here: reading the rows (`southbound`); serving (`metadata`).
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from uuid import UUID

import msgspec

from neutrino.ovsdb.operations import Columns

LOCALPORT = "localport"
_DEVICE_ID, _METADATA_DEVICE = "neutron:device_id", "ovnmeta-"
INSTANCE_TYPES = ("", "virtual", "external")
_SWITCH_PREFIX = "neutron-"
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
DEFAULT_MTU = 1442


class Network(msgspec.Struct, frozen=True):
    """A network that has instances on this host.

    ``port_id``, ``mac`` and ``cidrs`` (``address/length``) are of its metadata port; ``instances`` maps an address, as
    an instance sends from it, to (instance id, project id). ``names`` are the network's (ovn-sb(5), DNS).
    """

    id: str
    port_id: str
    mac: str
    mtu: int
    cidrs: tuple[str, ...]
    instances: Mapping[str, tuple[str, str]]
    names: Mapping[str, str]


def wanted(
    ports: Iterable[Columns],
    networks: Mapping[UUID, Columns],
    chassis: UUID | None,
    names: Iterable[Columns] = (),
) -> dict[str, Network]:
    """Return, by id, the networks that are to be served on *chassis*.

    *ports* are rows of Port_Binding, *networks* of Datapath_Binding, *names* of DNS (ovn-sb(5)). A network without a
    metadata port, or without an instance here, is left out; so is an instance whose ids are not of letters, digits and
    ``_.:-``.
    """
    ours: dict[UUID, dict[str, tuple[str, str]]] = {}
    metadata: dict[UUID, Columns] = {}
    for port in ports:
        datapath = port["datapath"]
        assert isinstance(datapath, UUID)  # noqa: S101 - the column's type
        if is_metadata_port(port):
            metadata[datapath] = port
        elif port["type"] in INSTANCE_TYPES and chassis is not None and chassis in _chassis(port):
            ours.setdefault(datapath, {}).update(_addresses(port))
    records = _names(names)
    out = {}
    for datapath, instances in ours.items():
        name = texts(networks.get(datapath, {}), "external_ids").get("name", "")
        port_of = metadata.get(datapath)
        if port_of is None or not name.startswith(_SWITCH_PREFIX):
            continue
        network_id = name.removeprefix(_SWITCH_PREFIX)
        mac, _ = _mac_and_ips(port_of)
        ids = texts(port_of, "external_ids")
        mtu = ids.get("neutron:mtu", "")
        out[network_id] = Network(
            id=network_id,
            port_id=str(port_of["logical_port"]),
            mac=mac,
            mtu=int(mtu) if mtu.isdigit() else DEFAULT_MTU,
            cidrs=tuple(sorted(ids.get("neutron:cidrs", "").split())),
            instances=dict(sorted(instances.items())),
            names=dict(sorted(records.get(datapath, {}).items())),
        )
    return out


def is_metadata_port(port: Columns) -> bool:
    """Return whether the row of Port_Binding is a network's metadata port; health monitors have localports too."""
    return port["type"] == LOCALPORT and texts(port, "external_ids").get(_DEVICE_ID, "").startswith(_METADATA_DEVICE)


def _names(rows: Iterable[Columns]) -> dict[UUID, dict[str, str]]:
    """Return the names of each datapath; they are the same in capitals."""
    out: dict[UUID, dict[str, str]] = {}
    for row in rows:
        lower = {name.lower(): value for name, value in texts(row, "records").items()}
        datapaths = row["datapaths"]
        for datapath in datapaths if isinstance(datapaths, Set) else (datapaths,):
            assert isinstance(datapath, UUID)  # noqa: S101 - the column's type
            out.setdefault(datapath, {}).update(lower)
    return out


def texts(row: Mapping[str, object], column: str) -> dict[str, str]:
    """Return a map column of *row*; nothing where it is missing."""
    value = row.get(column)
    return dict(value) if isinstance(value, Mapping) else {}


def _chassis(port: Columns) -> Iterator[UUID]:
    for column in ("chassis", "additional_chassis"):  # two while it migrates
        value = port.get(column)
        if isinstance(value, UUID):
            yield value
        elif isinstance(value, Set):
            yield from (one for one in value if isinstance(one, UUID))


def _addresses(port: Columns) -> Iterator[tuple[str, tuple[str, str]]]:
    ids = texts(port, "external_ids")
    owner = ids.get(_DEVICE_ID, ""), ids.get("neutron:project_id", "")
    if not all(_PLAIN.fullmatch(one) for one in owner):
        return
    mac, addresses = _mac_and_ips(port)
    for address in addresses:
        yield address, owner
    if mac:
        yield link_local(mac), owner


def _mac_and_ips(port: Columns) -> tuple[str, list[str]]:
    """Return the first MAC of the column ``mac`` and its addresses: ``["fa:16:.. 10.0.0.3 fd00::3", "unknown"]``."""
    value = port["mac"]
    for entry in sorted(value) if isinstance(value, Set) else ():
        mac, *addresses = str(entry).split()
        if ":" in mac:
            return mac, [str(ipaddress.ip_address(one)) for one in addresses]
    return "", []


def link_local(mac: str) -> str:
    """Return the IPv6 link-local address that *mac* gives (RFC 4291, appendix A)."""
    octets = bytes.fromhex(mac.replace(":", ""))
    interface = bytes((octets[0] ^ 2,)) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + interface))
