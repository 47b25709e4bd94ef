"""Which hosts lack a MAC address of their own, for which routers."""

from typing import Any

import msgspec
from tests.topology import agent, network, router, router_port, subnet

from neutrino.backends.ovn.wire_macs import Lack, lacking
from neutrino.model.agent import Agent
from neutrino.model.network import Network

BLUE, GREEN = network("blue"), network("green")
VLAN = network("vlan", provider_network_type="vlan", provider_physical_network="physnet1", provider_segmentation_id=7)
OUTER = network("outer", provider_network_type="flat", provider_physical_network="physnet2", router_external=True)


def with_own(host: str, own: str, mappings: str = "physnet1:br-1,physnet2:br-2") -> Agent:
    one = agent(host, mappings)
    return msgspec.structs.replace(one, configurations={**one.configurations, "ovn-chassis-mac-mappings": own})


AGENTS = [
    agent("h2", "physnet1:br-1"),
    agent("h1", "physnet1:br-1,physnet2:br-2", is_gateway=False),
    with_own("h3", "physnet2:0a:00:00:00:00:03,physnet1:0a:00:00:00:00:13"),
    with_own("h4", "physnet2:0a:00:00:00:00:04"),
    agent("h5", "physnet2:br-2"),
]


def found(*inside: Network, has_gateway: bool = True, agents: list[Agent] = AGENTS) -> list[Lack]:
    addresses = [subnet(f"{one.name}-4", one, f"10.{n}.0.0/24") for n, one in enumerate(inside)]
    legs = [
        router_port(f"leg {n}", "r", one, {addresses[n]: f"10.{n}.0.1"}) for n, one in enumerate(inside)
    ]  # fmt: skip
    outer = subnet("outer-4", OUTER, "203.0.113.0/24")
    gateway = router_port("gateway", "r", OUTER, {outer: "203.0.113.2"}, is_gateway=True) if has_gateway else None
    given: dict[str, Any] = {"others": legs}
    return list(lacking([router("r", gateway, **given)], [BLUE, GREEN, VLAN, OUTER], agents))


def test_a_router_that_joins_a_vlan_with_tunnels_needs_them() -> None:
    (lack,) = found(BLUE, VLAN)
    assert (lack.physical_network, lack.hosts) == ("physnet1", ("h1", "h2", "h4"))
    assert str(lack) == (
        "router r joins physnet1 with tunnelled networks and loses part of what they send to each other,"
        " for hosts without ovn-chassis-mac-mappings for it: h1, h2, h4"
    )


def test_others_do_not() -> None:
    assert found(BLUE, GREEN) == []
    assert found(VLAN) == []
    assert found() == []
    assert found(BLUE, VLAN, has_gateway=False) == []
    assert found(BLUE, VLAN, agents=[AGENTS[2], AGENTS[4]]) == []
