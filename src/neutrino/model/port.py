"""The port: where an instance meets a network (Networking API v2.0, "Ports")."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from neutrino.model.dhcp_option import DHCP_OPTIONS, DhcpOption
from neutrino.model.dns import DnsAssignment, DnsDomain, DnsName
from neutrino.model.faults.port import AllowedAddressPairExhausted
from neutrino.model.kinds import (
    Boolean,
    IpAddress,
    IpPrefix,
    JsonObject,
    Kind,
    Mac,
    MacOrNew,
    Name,
    NullableName,
    Record,
    Tags,
    Uuid,
    Uuids,
    items,
    kind_of,
    list_of,
    not_null,
    one_of,
    shown,
)
from neutrino.model.resource import Attr, Child, Tagged, Unique

NORMAL = "normal"
VIRTIO_FORWARDER = "virtio-forwarder"
REMOTE_MANAGED = "remote-managed"  # by a host that the card is; Nova names the card
# What may be asked for; which of them a host can give is the backend's answer.
VNIC_TYPES = (
    NORMAL,
    "direct",
    "macvtap",
    "baremetal",
    "direct-physical",
    VIRTIO_FORWARDER,
    "smart-nic",
    "vdpa",
    "accelerator-direct",
    "accelerator-direct-physical",
    REMOTE_MANAGED,
)
BESIDE_THE_SWITCH = ("direct", "direct-physical", "macvtap", "baremetal")
OFFLOADED = "switchdev"  # a capability: the switch of the card forwards for the host's
MOST_ADDRESS_PAIRS = 10  # upstream: max_allowed_address_pair
ROUTER_INTERFACE, ROUTER_GATEWAY, FLOATING_IP = (
    "network:router_interface",
    "network:router_gateway",
    "network:floatingip",
)
LOCAL_IP = "network:local_ip"  # of the port that a local IP has its address from, where none was named
DISTRIBUTED = "network:distributed"  # of the metadata port, which is on each host that has instances
METADATA_DEVICE = "ovnmeta-"  # and the id of its network: its device id
SERVICE_OWNERS = (
    ROUTER_INTERFACE,
    ROUTER_GATEWAY,
    FLOATING_IP,
    LOCAL_IP,
)  # of ports that other nouns make and take away
NETWORK_OWNER_PREFIX = "network:"  # device owners that are trusted: no security groups, no anti-spoofing
IMMEDIATE, DEFERRED, NO_ADDRESS = "immediate", "deferred", "none"  # when a port gets its addresses
SUBPORT = "trunk:subport"  # device owner of what a trunk carries (upstream, services/trunk/constants.py)
NUMA_POLICIES = ("required", "preferred", "legacy", "socket")
ACTIVE, DOWN = "ACTIVE", "DOWN"
UNBOUND, BINDING_FAILED = "unbound", "binding_failed"
OFFLOAD_TYPES = ("switchdev",)
ISOLATED, PROMISCUOUS, COMMUNITY = "isolated", "promiscuous", "community"  # whom a port of a private network reaches
ACTIVE, DOWN, INACTIVE = "ACTIVE", "DOWN", "INACTIVE"  # of a port's data plane, of its bindings


class FixedIp(msgspec.Struct, frozen=True):
    """An address of a port on one of its network's subnets."""

    subnet_id: Uuid
    ip_address: IpAddress


class FixedIpRequest(msgspec.Struct, frozen=True):
    """What a caller asks for: an address, any address of a subnet, or both."""

    subnet_id: Uuid | None = None
    ip_address: IpAddress | None = None


def _source(value: object) -> object:
    parsed = kind_of(IpPrefix).parse(value)
    if ipaddress.ip_network(str(parsed), strict=False).is_multicast:
        raise ValueError(f"{shown(value)} is multicast, which no port sends from")
    return parsed


_SOURCE = Kind("address or prefix", _source, "text", kind_of(IpPrefix).schema)


class AddressPair(msgspec.Struct, frozen=True):
    """A further source that a port may send from; without a MAC, the port's own (extension allowed-address-pairs)."""

    ip_address: Annotated[str, _SOURCE]
    mac_address: Mac | None = None


def _community(value: object) -> object:
    if isinstance(value, str) and _COMMUNITY.fullmatch(value):
        return value
    raise ValueError(f"{shown(value)} is not a valid name of a community: {_COMMUNITY.pattern}")


# A part of a port group's name; neutron-lib (services/pvlan/constants.py) has the same expression.
_COMMUNITY = re.compile("[a-zA-Z_.][a-zA-Z_.0-9]{0,231}")
_COMMUNITY_NAME = Kind("community", _community, "text", {"type": "string", "pattern": f"^{_COMMUNITY.pattern}$"})


class HostBinding(msgspec.Struct, frozen=True):
    """How a port would be plugged at a further host (extension binding-extended)."""

    host: str
    vnic_type: str
    profile: Mapping[str, object]
    vif_type: str
    vif_details: Mapping[str, object]


_HOST_BINDINGS = Kind("list of bindings", items(lambda value: value, 100), "json", {"type": "array"})


def requested_ips(most: int) -> Kind:
    """Return the kind of a list of at most *most* requests for a fixed IP, none for the same address.

    As in neutron-lib (validate_fixed_ips) other keys are passed over, of which Octavia sends one, and a subnet may be
    there twice: it gives two addresses.
    """
    item = Record(FixedIpRequest, ignoring=True)
    many = items(item, most)

    def parse(value: object) -> object:
        found: tuple[FixedIpRequest, ...] = many(value)  # type: ignore[assignment]
        addresses = [one.ip_address for one in found if one.ip_address is not None]
        for one in addresses:
            if addresses.count(one) > 1:
                raise ValueError(f"Duplicate IP address {shown(one)}")
        return found

    schema = {"type": "array", "maxItems": most, "items": item.schema}
    return Kind("list of FixedIpRequest", parse, "json", schema)


_REQUESTED = not_null(requested_ips(20))
_FIXED_IPS = Kind("list of fixed IPs", _REQUESTED.parse, "json", _REQUESTED.schema)


class Port(Tagged, frozen=True, kw_only=True):
    """An attachment point on a network: a MAC, addresses, who may send and receive what, and where it is plugged."""

    collection: ClassVar[str] = "ports"
    singular: ClassVar[str] = "port"
    human: ClassVar[str] = "Port"
    limited: ClassVar[bool] = True
    unique: ClassVar[tuple[Unique, ...]] = (Unique(("network_id", "mac_address")),)

    name: Name = ""
    network_id: Annotated[Uuid, Attr(required=True, put=False, indexed=True, refers="networks")]
    admin_state_up: Boolean = True
    mac_address: MacOrNew
    fixed_ips: Annotated[
        tuple[FixedIp, ...],
        _FIXED_IPS,
        Attr(
            child=Child(
                record=FixedIp,
                ordered="ip_address",
                unique=("subnet_id", "ip_address"),
                refers={"subnet_id": "subnets"},
            )
        ),
    ]
    device_id: Annotated[Name, Attr(indexed=True)] = ""
    device_owner: Name = ""
    status: Annotated[Name, Attr(post=False, put=False)] = DOWN
    security_groups: Annotated[
        Uuids,
        Attr(
            child=Child(column="security_group_id", refers={"security_group_id": "security_groups"}),
            extension="security-group",
        ),
    ]
    port_security_enabled: Annotated[Boolean, Attr(extension="port-security")]
    allowed_address_pairs: Annotated[
        tuple[AddressPair, ...],
        list_of(AddressPair, MOST_ADDRESS_PAIRS, AllowedAddressPairExhausted),
        Attr(child=Child(record=AddressPair), extension="allowed-address-pairs"),
    ] = ()
    binding_host_id: Annotated[NullableName, Attr(indexed=True, extension="binding")] = ""
    binding_vnic_type: Annotated[str, one_of(*VNIC_TYPES), Attr(extension="binding")] = NORMAL
    binding_profile: Annotated[JsonObject, Attr(extension="binding")] = msgspec.field(default_factory=dict)
    binding_vif_type: Annotated[Name, Attr(post=False, put=False, extension="binding")] = UNBOUND
    binding_vif_details: Annotated[JsonObject, Attr(post=False, put=False, extension="binding")] = msgspec.field(
        default_factory=dict
    )

    trunk_details: Annotated[
        JsonObject | None, Attr(post=False, put=False, stored=False, omitted=True, extension="trunk-details")
    ] = None
    ip_allocation: Annotated[Name, Attr(post=False, put=False, extension="ip_allocation")] = IMMEDIATE
    propagate_uplink_status: Annotated[Boolean, Attr(extension="uplink-status-propagation")] = True
    device_profile: Annotated[Name | None, Attr(put=False, extension="port-device-profile")] = None
    numa_affinity_policy: Annotated[
        Annotated[str, one_of(*NUMA_POLICIES)] | None, Attr(extension="port-numa-affinity-policy")
    ] = None

    # May be given at creation, of one port or of many (extension tag-ports-during-bulk-creation).
    tags: Annotated[Tags, Attr(put=False, child=Child(column="tag"), extension="standard-attr-tag")] = ()
    extra_dhcp_opts: Annotated[tuple[DhcpOption, ...], DHCP_OPTIONS, Attr(extension="extra_dhcp_opt")] = ()
    dns_name: Annotated[DnsName, Attr(extension="dns-integration")] = ""
    dns_domain: Annotated[DnsDomain, Attr(extension="dns-domain-ports")] = ""
    dns_assignment: Annotated[
        tuple[DnsAssignment, ...],
        list_of(DnsAssignment, 1000),
        Attr(post=False, put=False, extension="dns-integration"),
    ] = ()
    data_plane_status: Annotated[
        Annotated[str, one_of(ACTIVE, DOWN)] | None, Attr(post=False, extension="data-plane-status")
    ] = None
    trusted: Annotated[Boolean | None, Attr(extension="port-trusted-vif")] = None  # binding_profile has it too
    hardware_offload_type: Annotated[
        Annotated[str, one_of(*OFFLOAD_TYPES)] | None, Attr(put=False, extension="port-hardware-offload-type")
    ] = None
    inactive_bindings: Annotated[
        tuple[HostBinding, ...],
        _HOST_BINDINGS,
        Attr(post=False, put=False, shown=False, extension="binding-extended"),
    ] = ()
    # The address that ports share by their address pairs, and those ports: nobody is plugged here, one of them answers.
    virtual_ip: Annotated[Name, Attr(post=False, put=False, shown=False)] = ""
    virtual_parents: Annotated[Uuids, Attr(post=False, put=False, shown=False)] = ()
    # Whether an address of it is a local IP, which others answer for.
    is_local_ip: Annotated[Boolean, Attr(post=False, put=False, stored=False, shown=False)] = False

    pvlan_type: Annotated[Annotated[str, one_of(ISOLATED, PROMISCUOUS, COMMUNITY)] | None, Attr(extension="pvlan")] = (
        None
    )
    pvlan_community: Annotated[Annotated[str, _COMMUNITY_NAME] | None, Attr(extension="pvlan")] = None

    qos_policy_id: Annotated[Uuid | None, Attr(indexed=True, refers="policies", extension="qos")] = None
    qos_network_policy_id: Annotated[
        Uuid | None, Attr(post=False, put=False, stored=False, extension="qos-port-network-policy")
    ] = None
    resource_request: Annotated[
        JsonObject | None, Attr(post=False, put=False, stored=False, extension="port-resource-request")
    ] = None

    @property
    def is_trusted(self) -> bool:
        """Whether the port belongs to the network service itself (a router's, DHCP's)."""
        return self.device_owner.startswith(NETWORK_OWNER_PREFIX)

    @property
    def is_of_router(self) -> bool:
        """Whether the port is a router's."""
        return self.device_owner in (ROUTER_INTERFACE, ROUTER_GATEWAY)

    @property
    def is_external(self) -> bool:
        """Whether no host's switch carries the port: a card passes it by, or it is of a machine of its own."""
        capabilities = self.binding_profile.get("capabilities")
        is_offloaded = isinstance(capabilities, list) and OFFLOADED in capabilities
        return self.binding_vnic_type in BESIDE_THE_SWITCH and not is_offloaded and not self.is_trusted

    @property
    def is_filtered(self) -> bool:
        """Whether security groups and anti-spoofing apply to the port."""
        return self.port_security_enabled and not self.is_trusted
