"""Ports of one floating IP lead to instances that have floating IPs of their own, on a distributed router."""

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

ANY_TCP = {"protocol": "tcp"}


def forward(site: Site, floating: Resource, to: Instance, external: int) -> Resource:
    """Forward a TCP port of a floating IP to port 80."""
    return site.api.create(
        f"floatingips/{floating['id']}/port_forwardings",
        "port_forwarding",
        internal_port_id=to.port["id"],
        internal_ip_address=to.address,
        internal_port=80,
        external_port=external,
        protocol="tcp",
    )


def mac_of(site: Site, floating: Resource) -> str:
    """Return the MAC address that is a distributed floating IP's own."""
    (holder,) = site.api.list("ports", device_id=floating["id"])
    return str(holder["mac_address"])


@pytest.mark.proves("port-forwarding-distributed", "floating-ip-distributed")
@pytest.mark.parametrize("kinds", [("geneve",), ("vlan",), ("vlan", "geneve")], ids="+".join)
def test_beside_distributed_floating_ips(site: Site, public: Resource, kinds: tuple[str, ...]) -> None:
    vlan = {"provider__network_type": "vlan", "provider__physical_network": public["provider:physical_network"]}
    networks = [site.create("networks", "network", name=kind, **vlan if kind == "vlan" else {}) for kind in kinds]
    for number, network in enumerate(networks, 1):
        site.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr=f"10.{number}.0.0/24")
    site.change(site.router(*networks, public=public), distributed=True)
    group = site.group(ANY_TCP)
    # The gateway is on one of the hosts: one instance is beside it, the other is not.
    both = [site.instance(host, networks[0], host, [group]) for host in ("h1", "h2")]
    shared = site.floating_ip(public)
    ways = [forward(site, shared, one, port) for port, one in enumerate(both, 8080)]
    own = [site.floating_ip(public, one) for one in both]
    for one in both:
        one.serve(80)

    def all_answer(*targets: tuple[Resource, int]) -> bool:
        site.outside.run("ip", "neigh", "flush", "dev", "eth0")
        return all(site.outside.connects(floating["floating_ip_address"], port) for floating, port in targets)

    own_targets = [(floating, 80) for floating in own]
    assert eventually(lambda: all_answer((shared, 8080), (shared, 8081), *own_targets))
    for way in ways:
        site.api.delete(f"floatingips/{shared['id']}/port_forwardings", way["id"])
    assert eventually(lambda: not site.outside.connects(shared["floating_ip_address"], 8080))

    def at_own_hosts() -> list[bool]:
        """Say of each whether its own host answers for it; of none, unless all are reached."""
        is_whole = all_answer(*own_targets)
        neighbours = site.outside.run("ip", "neigh")
        return [mac_of(site, floating) in neighbours for floating in own if is_whole]

    # Without forwardings each is translated at its own host, unless what a VLAN carries goes by the gateway.
    assert eventually(lambda: at_own_hosts() == [len(set(kinds)) == 1] * 2)
