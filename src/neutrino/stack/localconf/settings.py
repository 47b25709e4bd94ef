"""The variables of ``local.conf`` that have a meaning here, each declared once: name, default, kind of value, meaning.

A field is a variable, in lower case. Its default is DevStack's, but where its meaning says otherwise. Here: the
declarations, and values that follow from others. Not here: reading the file (reading.py), what is made of the values
(central.py, host.py, initial.py).
"""

import ipaddress
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_type_hints

import msgspec

from neutrino.stack.localconf import kinds
from neutrino.stack.localconf.kinds import Kind

OPENVSWITCH_ONLY = "it belongs to Q_AGENT=openvswitch, which is not built yet"
FLAT_ONLY = "the world outside is on a flat network"


@dataclass(frozen=True)
class Variable:
    """What one variable may be and does; *option* is the section and name of the option that it sets, if any."""

    kind: Kind
    meaning: str
    option: tuple[str, str] | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a lab is told of networking. Without a file: OVN, and DevStack's initial networks."""

    # the backend
    q_agent: Annotated[str, Variable(kinds.backend, "The backend, with all the services that it needs.")] = "ovn"
    q_plugin: Annotated[str, Variable(kinds.only("ml2", "there is no other plugin"), "The plugin.")] = "ml2"
    q_ml2_plugin_mechanism_drivers: Annotated[
        str, Variable(kinds.drivers, "The backend again.", ("ml2", "mechanism_drivers"))
    ] = "ovn"
    q_ml2_plugin_type_drivers: Annotated[
        str, Variable(kinds.types, "Checked; every type that the backend carries is there, listed or not.")
    ] = "local,flat,vlan,geneve"
    q_ml2_tenant_network_type: Annotated[
        str, Variable(kinds.types, "Types of networks for which none is asked.", ("ml2", "tenant_network_types"))
    ] = "geneve"
    q_ml2_plugin_geneve_type_options: Annotated[
        str, Variable(kinds.option("vni_ranges"), "Tunnel ids of geneve networks.", ("ml2_type_geneve", "vni_ranges"))
    ] = "1:65536"
    tenant_tunnel_ranges: Annotated[
        str,
        Variable(kinds.text, "Tunnel ids of vxlan networks; without it, 1:4095.", ("ml2_type_vxlan", "vni_ranges")),
    ] = ""
    q_ml2_plugin_vxlan_type_options: Annotated[
        str, Variable(kinds.option("vni_ranges"), "The same, and counts more.", ("ml2_type_vxlan", "vni_ranges"))
    ] = ""
    physical_network: Annotated[
        str, Variable(kinds.text, "The physical network of OVN_BRIDGE_MAPPINGS and ML2_VLAN_RANGES.")
    ] = "public"
    tenant_vlan_range: Annotated[str, Variable(kinds.text, "VLANs for projects' networks on PHYSICAL_NETWORK.")] = ""
    ml2_vlan_ranges: Annotated[
        str, Variable(kinds.text, "Physical networks that carry VLANs, and the VLANs for projects' networks.")
    ] = ""
    q_ml2_plugin_vlan_type_options: Annotated[
        str, Variable(kinds.option("network_vlan_ranges"), "The same, and counts more.")
    ] = ""
    q_ml2_plugin_flat_type_options: Annotated[
        str,
        Variable(
            kinds.option("flat_networks"),
            "Physical networks that may be flat; without it, all.",
            ("ml2_type_flat", "flat_networks"),
        ),
    ] = ""
    q_dvr_mode: Annotated[
        str,
        Variable(
            kinds.only("legacy", f"{OPENVSWITCH_ONLY}; OVN's is [ovn] enable_distributed_floating_ip"),
            "Distributed routers.",
        ),
    ] = "legacy"
    neutron_enforce_new_defaults: Annotated[
        bool,
        Variable(
            kinds.is_true("the old policy defaults are not built"),
            "Policy by roles and scopes.",
            ("oslo_policy", "enforce_new_defaults"),
        ),
    ] = True

    # hosts
    public_bridge: Annotated[str, Variable(kinds.device, "The bridge of PHYSICAL_NETWORK on each host.")] = "br-ex"
    ovn_bridge_mappings: Annotated[
        str,
        Variable(
            kinds.mappings, "Bridges by physical network on each host; without it, PHYSICAL_NETWORK:PUBLIC_BRIDGE."
        ),
    ] = ""
    enable_chassis_as_gw: Annotated[bool, Variable(kinds.boolean, "Whether hosts may carry routers' gateways.")] = True
    ovn_dbs_log_level: Annotated[
        str, Variable(kinds.one_of("off", "emer", "err", "warn", "info", "dbg"), "What the OVN databases log.")
    ] = "info"
    ovn_dns_servers: Annotated[
        str,
        Variable(
            kinds.addresses,
            "Resolvers for subnets that name none; without it, each host's own, which asks the world outside's.",
            ("ovn", "dns_servers"),
        ),
    ] = ""
    ovn_l3_scheduler: Annotated[
        str, Variable(kinds.only("leastloaded", "gateways go to the chassis with the fewest"), "Choice of gateways.")
    ] = "leastloaded"

    # who may ask
    q_auth_strategy: Annotated[
        str, Variable(kinds.one_of("keystone", "noauth"), "Who says who asks; `up --auth` counts more.")
    ] = ""

    # initial networks
    neutron_create_initial_networks: Annotated[
        bool, Variable(kinds.boolean, "Whether the first `up` makes the networks below, and instances on them.")
    ] = True
    ip_version: Annotated[str, Variable(kinds.one_of("4", "6", "4+6"), "Subnets of which version they have.")] = "4+6"
    private_network_name: Annotated[str, Variable(kinds.text, "The network of project `demo`.")] = "private"
    private_subnet_name: Annotated[str, Variable(kinds.text, "Its IPv4 subnet.")] = "private-subnet"
    ipv6_private_subnet_name: Annotated[str, Variable(kinds.text, "Its IPv6 subnet.")] = "ipv6-private-subnet"
    ipv4_addrs_safe_to_use: Annotated[
        str, Variable(kinds.prefix(4), "IPv4 addresses for projects: the default pool's.")
    ] = "10.0.0.0/22"
    fixed_range: Annotated[
        str,
        Variable(
            kinds.prefix(4),
            "Prefix of the private IPv4 subnet. Where it is set, it counts and the subnet is of no pool; DevStack looks"
            " at it only with USE_SUBNETPOOL=False.",
        ),
    ] = ""
    network_gateway: Annotated[str, Variable(kinds.address(4), "Gateway of that subnet; else its first address.")] = ""
    ipv6_addrs_safe_to_use: Annotated[
        str,
        Variable(kinds.prefix(6), "IPv6 addresses for projects; without it, a unique local prefix by chance (/56)."),
    ] = ""
    fixed_range_v6: Annotated[str, Variable(kinds.prefix(6), "As FIXED_RANGE, for the private IPv6 subnet.")] = ""
    ipv6_private_network_gateway: Annotated[str, Variable(kinds.address(6), "As NETWORK_GATEWAY.")] = ""
    ipv6_ra_mode: Annotated[
        str, Variable(kinds.one_of("slaac", "dhcpv6-stateful", "dhcpv6-stateless"), "Its ipv6_ra_mode.")
    ] = "slaac"
    ipv6_address_mode: Annotated[
        str, Variable(kinds.one_of("slaac", "dhcpv6-stateful", "dhcpv6-stateless"), "Its ipv6_address_mode.")
    ] = "slaac"
    use_subnetpool: Annotated[bool, Variable(kinds.boolean, "Whether there are default subnet pools.")] = True
    subnetpool_prefix_v4: Annotated[
        str, Variable(kinds.prefix(4), "The IPv4 pool's prefix; without it, IPV4_ADDRS_SAFE_TO_USE.")
    ] = ""
    subnetpool_prefix_v6: Annotated[
        str, Variable(kinds.prefix(6), "The IPv6 pool's prefix; without it, IPV6_ADDRS_SAFE_TO_USE.")
    ] = ""
    subnetpool_size_v4: Annotated[int, Variable(kinds.number(8, 32), "Length of prefixes out of the IPv4 pool.")] = 26
    subnetpool_size_v6: Annotated[int, Variable(kinds.number(64, 64), "Length of prefixes out of the IPv6 pool.")] = 64
    q_router_name: Annotated[str, Variable(kinds.text, "The router between private and public.")] = "router1"
    q_l3_router_per_tenant: Annotated[
        bool, Variable(kinds.boolean, "Whether the router is project `demo`'s, or the administrator's.")
    ] = True
    public_network_name: Annotated[str, Variable(kinds.text, "The external network.")] = "public"
    public_physical_network: Annotated[
        str, Variable(kinds.text, "Its physical network: one of OVN_BRIDGE_MAPPINGS.")
    ] = "public"
    q_use_providernet_for_public: Annotated[bool, Variable(kinds.is_true(FLAT_ONLY), "That it has one.")] = True
    public_providernet_type: Annotated[str, Variable(kinds.only("flat", FLAT_ONLY), "Its type.")] = "flat"
    public_subnet_name: Annotated[str, Variable(kinds.text, "Its IPv4 subnet.")] = "public-subnet"
    ipv6_public_subnet_name: Annotated[str, Variable(kinds.text, "Its IPv6 subnet.")] = "ipv6-public-subnet"
    floating_range: Annotated[str, Variable(kinds.prefix(4), "Prefix of the public IPv4 subnet.")] = "172.24.4.0/24"
    q_floating_allocation_pool: Annotated[
        str, Variable(kinds.pool, "Its allocation pool, start=ADDRESS,end=ADDRESS; else all of it.")
    ] = ""
    public_network_gateway: Annotated[
        str, Variable(kinds.address(4), "Its gateway: the world outside has this address; else the first one.")
    ] = ""
    public_subnet_enable_dhcp: Annotated[bool, Variable(kinds.boolean, "Whether it has DHCP.")] = False
    ipv6_public_range: Annotated[str, Variable(kinds.prefix(6), "Prefix of the public IPv6 subnet.")] = "2001:db8::/64"
    ipv6_public_network_gateway: Annotated[
        str, Variable(kinds.address(6), "Its gateway: the world outside has this address too.")
    ] = "2001:db8::2"
    ovn_l3_create_public_network: Annotated[
        bool, Variable(kinds.boolean, "Whether the world outside is there: a router, DNS and a web server.")
    ] = True

    # not variables of their own
    has_metadata: bool = True
    """Whether one of the services q-ovn-agent and q-ovn-metadata-agent is enabled."""
    post_config: str = ""
    """Sections for the API's and the controller's configuration."""
    agent_post_config: str = ""
    """Sections for the agents' configuration."""

    @property
    def versions(self) -> tuple[int, ...]:
        """The IP versions of the initial networks."""
        return tuple(int(one) for one in self.ip_version.split("+"))

    @property
    def bridges(self) -> dict[str, str]:
        """Bridges by physical network."""
        text = self.ovn_bridge_mappings or f"{self.physical_network}:{self.public_bridge}"
        return dict(one.partition(":")[::2] for one in text.split(","))

    @property
    def public_gateways(self) -> tuple[str, ...]:
        """The addresses of the world outside, with the length of their prefix."""
        found = []
        if 4 in self.versions:
            network = ipaddress.ip_network(self.floating_range)
            found.append(f"{self.public_network_gateway or network[1]}/{network.prefixlen}")
        if 6 in self.versions:
            found.append(f"{self.ipv6_public_network_gateway}/{ipaddress.ip_network(self.ipv6_public_range).prefixlen}")
        return tuple(found)

    @property
    def has_outside(self) -> bool:
        """Whether the world outside is behind the public network."""
        return self.neutron_create_initial_networks and self.ovn_l3_create_public_network

    def options(self) -> str:
        """Return the sections of the API's and the controller's configuration."""
        given = {
            ("ml2_type_vlan", "network_vlan_ranges"): self.q_ml2_plugin_vlan_type_options
            or self.ml2_vlan_ranges
            or ":".join(filter(None, (self.physical_network, self.tenant_vlan_range))),
            ("ovn", "ovn_metadata_enabled"): str(self.has_metadata),
        }
        for name, variable in DECLARED.items():
            value = getattr(self, name.lower())
            if variable.option and value != "":
                given[variable.option] = str(value)
        if self.has_outside and not self.ovn_dns_servers and not (self.has_metadata and 4 in self.versions):
            given["ovn", "dns_servers"] = ",".join(one.partition("/")[0] for one in self.public_gateways)
        lines: list[str] = []
        for section in dict.fromkeys(section for section, _ in given):
            lines += ["", f"[{section}]", *(f"{key[1]} = {given[key]}" for key in given if key[0] == section)]
        return "\n".join([*lines, "", self.post_config])


def _declared() -> dict[str, Variable]:
    hints: dict[str, Any] = get_type_hints(Settings, include_extras=True)
    found = {name: get_args(hint)[1:] for name, hint in hints.items()}
    return {name.upper(): more[0] for name, more in found.items() if more and isinstance(more[0], Variable)}


DECLARED: dict[str, Variable] = _declared()
"""The variables by name, in the order of the fields."""
