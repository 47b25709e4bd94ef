"""Private networks as OVN rows: groups of ports by their standing, and ACLs above those of security groups.

Source: upstream, services/pvlan/drivers/ovn/driver.py; docs/decisions/0030-private-networks.md says what is otherwise
here. Not here: how a port stands (model/pvlan.py).

A packet that comes from another host is known by its source address: there ovn-controller compares the ingress port
with a group's only as far as they are ports of its own or of routers.
"""

from uuid import UUID

from neutrino.backends.ovn import nb, uuids
from neutrino.model.network import Network
from neutrino.model.port import COMMUNITY, ISOLATED, PROMISCUOUS, Port
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import NOTHING, Columns, Fragment, Key, Place

# Security groups have up to 1002. Upstream has DROP and ALLOW, and 1012 for all that communities let in.
UNTRACKED, DROP, ALLOW, APART, TOGETHER = 1009, 1010, 1011, 1012, 1013
RESTRICTED = "restricted"  # what is isolated or of a community; upstream has no group of them
_TO, _FROM = "to-lport", "from-lport"
_GROUP = uuids.PRIVATE_DROP_GROUP


def group_name(network_id: str, standing: str, community: str | None = None) -> str:
    """Return the name of the port group of a standing (upstream, _get_pg_name)."""
    return "_".join(["pvlan", standing, *([community] if community else []), network_id.replace("-", "_")])


def fragment(network: Network) -> Fragment:
    """Return what *network* has for all of its ports if it is private: all such networks have the group that drops."""
    if not network.pvlan:
        return NOTHING
    isolated, promiscuous = (group_name(network.id, one) for one in (ISOLATED, PROMISCUOUS))
    mark = {"neutron:network_id": network.id}
    return _sum(
        _group(
            _GROUP,
            {},
            (DROP, _TO, f"outport == @{_GROUP} && ip"),
            (DROP, _FROM, f"inport == @{_GROUP} && ip"),
            # It lets nothing through, being below what drops, but OVN does not track what it matches: else what answers
            # in a connection that stands would go on, for OVN lets that through before it asks any ACL.
            (UNTRACKED, _TO, f"outport == @{_GROUP}"),
        ),
        _group(
            promiscuous,
            mark,
            (ALLOW, _TO, f"outport == @{promiscuous}"),
            (ALLOW, _FROM, f"inport == @{promiscuous}"),
        ),
        _group(isolated, mark, (ALLOW, _TO, _from(promiscuous, isolated)), (ALLOW, _FROM, f"inport == @{isolated}")),
        _group(group_name(network.id, RESTRICTED), mark),
    )


def uplink(network_id: str, localnet: str) -> Fragment:
    """Return what lets the physical network behind the port *localnet* reach the ports of a private network.

    There are gateways, and what this cloud's routers send from other hosts. But by it comes also what the network's
    ports on other hosts send: what is of restricted ones stays apart.
    """
    name = group_name(network_id, RESTRICTED)
    match = f'outport == @{name} && inport == "{localnet}"'
    return _group(
        name,
        {"neutron:network_id": network_id},
        (ALLOW, _TO, match),
        (APART, _TO, f"{match} && (ip4.src == ${name}_ip4 || ip6.src == ${name}_ip6)"),
    )


def membership(port: Port) -> Fragment:
    """Return the place of *port* in the groups of its network, with its community's: that has no other owner."""
    if port.pvlan_type is None:
        return NOTHING
    name = group_name(port.network_id, port.pvlan_type, port.pvlan_community)
    member = frozenset({uuids.port(port.id).uuid})
    names = (
        [_GROUP, name] if port.pvlan_type == PROMISCUOUS else [_GROUP, name, group_name(port.network_id, RESTRICTED)]
    )
    parts = [Fragment({}, {Place(*uuids.port_group(one), "ports"): member for one in names})]
    mark = {"neutron:network_id": port.network_id}
    if port.pvlan_type == COMMUNITY:
        promiscuous = group_name(port.network_id, PROMISCUOUS)
        parts.append(
            _group(
                name,
                mark,
                (TOGETHER, _TO, _from(name, name)),
                (ALLOW, _TO, _from(promiscuous, name)),
                (ALLOW, _FROM, f"inport == @{name}"),
            )
        )
    if port.allowed_address_pairs and port.pvlan_type != ISOLATED:
        # Its further addresses are in no address set; a port that is named is compared on every host.
        others = name if port.pvlan_type == COMMUNITY else _GROUP
        parts.append(_group(name, mark, (TOGETHER, _TO, f'outport == @{others} && inport == "{port.id}"')))
    return _sum(*parts)


def _from(source: str, target: str) -> str:
    """Return the match of what ports of the group *source* send to those of *target*."""
    return f"outport == @{target} && (inport == @{source} || ip4.src == ${source}_ip4 || ip6.src == ${source}_ip6)"


def _group(name: str, mark: dict[str, str], *rules: tuple[int, str, str]) -> Fragment:
    """Return the port group *name* and its ACLs, each of a priority, a direction and a match (ovn-nb(5))."""
    group = uuids.port_group(name)
    rows: dict[Key, Columns] = {group: columns(nb.Port_Group(name=name, external_ids=mark))}
    acls: set[UUID] = set()
    for priority, direction, match in rules:
        action = "drop" if priority in (DROP, APART) else "allow-stateless"
        acl = nb.ACL(priority=priority, direction=direction, match=match, action=action, external_ids=mark)
        key = uuids.named("ACL", f"{name} {direction} {match}")
        rows[key] = columns(acl)
        acls.add(key.uuid)
    return Fragment(rows, {Place(*group, "acls"): frozenset(acls)} if acls else {})


def _sum(*parts: Fragment) -> Fragment:
    rows: dict[Key, Columns] = {}
    elements: dict[Place, frozenset[UUID]] = {}
    for part in parts:
        rows.update(part.rows)
        for place, members in part.elements.items():
            assert isinstance(members, frozenset)  # noqa: S101 - there are no maps here
            elements[place] = elements.get(place, frozenset()) | members
    return Fragment(rows, elements)
