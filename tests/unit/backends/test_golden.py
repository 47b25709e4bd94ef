"""The whole Northbound of the reference topology, row by row, against tests/golden/ovn-northbound.txt.

Written anew by: NEUTRINO_GOLDEN=write pytest tests/unit/backends/test_golden.py
"""

import os
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from tests.topology import reference

from neutrino.backends.ovn.northbound import BACKEND
from neutrino.reconcile.noun import EVERY
from neutrino.reconcile.world import World

GOLDEN = Path(__file__).parents[2] / "golden" / "ovn-northbound.txt"
GLOBAL = UUID("00000000-0000-4000-8000-000000000001")


def rendered() -> World:
    nouns = {noun.collection: noun for noun in BACKEND.nouns}
    resources = [one for one in reference() if one.collection in nouns]
    facts = {(r.collection, r.id): noun.facts(r) for r in resources if (noun := nouns[r.collection]).facts}

    def see(cls: type, one: str) -> object:
        if one == EVERY:
            return tuple(value for (name, _), value in sorted(facts.items()) if name == cls.collection and value)
        return facts.get((cls.collection, one))

    world = World()
    world.replace(("", "foundation"), BACKEND.foundation({"NB_Global": {GLOBAL: {}}}))
    for resource in resources:
        fragment = nouns[resource.collection].render(resource, see)
        world.replace((resource.collection, resource.id), fragment)
    return world


def text_of(world: World) -> str:
    """Return the rows of *world* as text, in an order that does not depend on anything but them."""
    out = []
    for key, row in sorted(world.rows(), key=lambda item: (item[0].table, str(item[1].get("name")), item[0].uuid)):
        out.append(f"{key.table} {key.uuid}")
        out += [f"    {name} = {shown(value)}" for name, value in sorted(row.items())]
    for place in sorted(world.places()):
        elements = world.members(place) or world.pairs(place)
        said = shown(frozenset(elements)) if world.members(place) else shown(elements)
        out.append(f"{place.table} {place.uuid} {place.column} += {said}")
    return "\n".join(out) + "\n"


def shown(value: object) -> str:
    """Return a value as the golden files have it."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(shown, value))) + "}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in sorted(value.items())) + "}"
    return str(value) if isinstance(value, UUID) else repr(value)


def test_the_reference_topology_renders_as_it_did() -> None:
    text = text_of(rendered())
    if os.environ.get("NEUTRINO_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_upstreams_matches() -> None:
    """The grammar of upstream's common/ovn/acl.py, written out for one rule of each kind."""
    group = "pg_" + next(r.id for r in reference() if r.collection == "security_groups" and r.name == "web")
    group = group.replace("-", "_")
    lab = next(r.id for r in reference() if r.collection == "address_groups").replace("-", "_")
    matches = {row["match"] for key, row in rendered().rows() if key.table == "ACL"}
    assert matches >= {
        f"inport == @{group} && ip4",
        f"inport == @{group} && ip6",
        f"outport == @{group} && ip4 && ip4.src == ${group}_ip4",
        f"outport == @{group} && ip4 && tcp && tcp.dst == 80",
        f"outport == @{group} && ip4 && ip4.src == 198.51.100.0/24 && udp && udp.dst >= 1024 && udp.dst <= 65535",
        f"outport == @{group} && ip4 && icmp4 && icmp4.type == 8 && icmp4.code == 0",
        f"outport == @{group} && ip6 && icmp6",
        f"outport == @{group} && ip4 && ip.proto == 47",
        f"outport == @{group} && ip4 && ip4.src == $ag_{lab}_ip4",
        f"inport == @{group} && ip6 && ip6.dst == $ag_{lab}_ip6 && udp",
        "inport == @neutron_pg_drop && ip",
        "outport == @neutron_pg_drop && ip",
    }
