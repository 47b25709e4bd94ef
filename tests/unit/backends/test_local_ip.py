"""What local IPs mean on which chassis."""

from tests.topology import agent, local_association, local_ip, network, port, subnet

from neutrino.backends.ovn import chassis, scheduling
from neutrino.backends.ovn import local_ip as rows
from neutrino.backends.ovn.port import facts
from neutrino.model.agent import Agent
from neutrino.model.port import Port
from neutrino.reconcile.fragment import Place
from neutrino.reconcile.world import World

BLUE = network("blue")
V4 = subnet("v4", BLUE, "10.0.0.0/24")
LOCAL = local_ip("local", port("own", BLUE, {V4: "10.0.0.50"}))
AGENTS = [agent("h1"), agent("h2", is_gateway=False)]


def meanings(*targets: Port) -> dict[str, dict[str, str]]:
    """Return what the local IP means on each chassis, where it stands for *targets*."""
    known = {target.id: facts(target) for target in targets}

    def see(cls: type, one: str) -> object:
        return tuple(map(scheduling.facts, AGENTS)) if cls is Agent else known[one]

    world = World()
    for target in targets:
        association = local_association(LOCAL, target)
        world.replace(("port_associations", association.id), rows.association_fragment(association, see))
    there = {one.host: world.pairs(Place(*chassis.variables_key(one.host), "variables")) for one in AGENTS}
    return {host: pairs for host, pairs in there.items() if pairs}


def target(name: str, address: str, host: str) -> Port:
    return port(name, BLUE, {V4: address}, binding_host_id=host)


def test_each_chassis_has_the_target_that_is_there() -> None:
    name = rows.variable(LOCAL.id)
    one, two = target("one", "10.0.0.11", "h1"), target("two", "10.0.0.12", "h2")
    assert meanings(one, two) == {"h1": {name: "10.0.0.11"}, "h2": {name: "10.0.0.12"}}
    assert meanings(two, target("nowhere", "10.0.0.13", ""), target("away", "10.0.0.14", "h3")) == {
        "h2": {name: "10.0.0.12"}
    }


def test_of_several_on_one_host_it_is_the_same_whatever_came_first() -> None:
    some = [target(f"t{n}", f"10.0.0.2{n}", "h1") for n in range(3)]
    assert meanings(*some) == meanings(*some[::-1]) == {"h1": {rows.variable(LOCAL.id): "10.0.0.22"}}
