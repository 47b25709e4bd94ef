"""Row uuids from resource ids, so that rows can be referred to without a look-up and are known after any restart.

Here: the rules, and names that upstream's scheme gives. Not here: rows.

A row that stands for a resource alone in its table has the resource's id (Logical_Switch, Logical_Switch_Port,
Logical_Router, DHCP_Options, and NAT for a floating IP); all others have a UUIDv5 (RFC 9562, section 5.5) of table and
key.
"""

import hashlib
from functools import lru_cache
from uuid import UUID, uuid5

from neutrino.reconcile.fragment import Key

_NAMESPACE = UUID("6f1c2f0e-6d0b-5b7e-9a57-6e657574726f")  # never to change: each row's uuid hangs on it
DROP_GROUP = "neutron_pg_drop"
PRIVATE_DROP_GROUP = "pvlan_pg_drop"


def named(table: str, key: str) -> Key:
    """Return the row of *table* that *key* names."""
    return Key(table, uuid5(_NAMESPACE, f"{table} {key}"))


def switch(network_id: str) -> Key:
    """Return the row of a network."""
    return Key("Logical_Switch", UUID(network_id))


def port(port_id: str) -> Key:
    """Return the row of a port, or of a segment."""
    return Key("Logical_Switch_Port", UUID(port_id))


def router(router_id: str) -> Key:
    """Return the row of a router."""
    return Key("Logical_Router", UUID(router_id))


def router_port(port_id: str) -> Key:
    """Return the row of a router's side of a port."""
    return named("Logical_Router_Port", port_id)


def nat(floating_ip_id: str) -> Key:
    """Return the row of a floating IP."""
    return Key("NAT", UUID(floating_ip_id))


def dhcp(subnet_id: str) -> Key:
    """Return the row with a subnet's DHCP options."""
    return Key("DHCP_Options", UUID(subnet_id))


@lru_cache(maxsize=10_000)
def port_group(name: str) -> Key:
    """Return the row of the port group *name*."""
    return named("Port_Group", name)


def switch_name(network_id: str) -> str:
    """Return the name of a network's switch (upstream, common/ovn/utils.py, ovn_name)."""
    return f"neutron-{network_id}"


def router_name(router_id: str) -> str:
    """Return the name of a router, and of the group of chassis that its gateway is on (upstream, ovn_name)."""
    return f"neutron-{router_id}"


def router_port_name(port_id: str) -> str:
    """Return the name of a router's side of a port (upstream, ovn_lrouter_port_name)."""
    return f"lrp-{port_id}"


def resident_name(port_id: str) -> str:
    """Return the port that is on the chassis of a gateway (upstream, ovn_cr_lrouter_port_name)."""
    return f"cr-{router_port_name(port_id)}"


@lru_cache(maxsize=10_000)
def port_group_name(security_group_id: str) -> str:
    """Return the name of a group's port group (upstream, ovn_port_group_name): a name in a match has no dashes."""
    return f"pg_{security_group_id}".replace("-", "_")


def address_set_name(address_group_id: str, version: int) -> str:
    """Return the name of a group's address set for an IP version (upstream, ovn_ag_addrset_name)."""
    return f"ag_{address_group_id}_ip{version}".replace("-", "_")


def mac(subnet_id: str) -> str:
    """Return the MAC address of a subnet's DHCP server: made from the id, so that it is the same after any path."""
    digest = hashlib.sha256(subnet_id.encode()).hexdigest()
    return f"fa:16:3e:{digest[0:2]}:{digest[2:4]}:{digest[4:6]}"
