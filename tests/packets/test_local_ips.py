"""Local IPs: one address, and behind it on each host the instance of that host."""

from collections.abc import Callable

import pytest
from tests.packets.scenario import Instance, Resource, Site, eventually

RULES = ({"protocol": "icmp"}, {"protocol": "udp"}, {"protocol": "tcp"})


def associate(site: Site, local_ip: Resource, target: Instance) -> Callable[[], None]:
    """Have a local IP stand for an instance; return what ends that."""
    path = f"local_ips/{local_ip['id']}/port_associations"
    site.api.create(path, "port_association", fixed_port_id=target.port["id"])
    return lambda: site.api.delete(path, target.port["id"])


@pytest.mark.proves("local-ip")
def test_each_host_has_its_own_target(site: Site) -> None:
    red, group = site.network("10.5.0.0/24"), site.group(*RULES)
    near, far = (site.instance(f"ask-{host}", red, host, [group]) for host in ("h1", "h2"))
    one, two = (site.instance(f"target-{host}", red, host, [group]) for host in ("h1", "h2"))
    one.serve(81)
    two.serve(82)
    for target in (one, two):
        target.reflect(90)
    local = site.create("local_ips", "local_ip", network_id=red["id"])
    address = local["local_ip_address"]
    assert not near.pings(address)
    end_one, _ = [associate(site, local, target) for target in (one, two)]
    for asker, own in ((near, 81), (far, 82)):
        assert eventually(lambda asker=asker: asker.pings(address))
        assert asker.is_seen(address, 90, asker.address)
        assert asker.carries(address, own)
    end_one()
    assert eventually(lambda: not near.pings(address))
    assert far.pings(address)
    two.run("ip", "address", "flush", "dev", "eth0")
    site.api.update("ports", "port", two.port["id"], binding__host_id="h1")
    there = site.twin(two, "h1")
    assert eventually(lambda: near.pings(address))
    assert eventually(lambda: not far.pings(address))
    site.remove(two, port=False)
    site.remove(there)
    assert eventually(lambda: not near.pings(address))


@pytest.mark.proves("local-ip-fallback")
def test_the_port_that_has_the_address_answers_where_no_other_does(site: Site) -> None:
    red, group = site.network("10.6.0.0/24"), site.group(*RULES)
    near, far = (site.instance(f"ask-{host}", red, host, [group]) for host in ("h1", "h2"))
    cache = site.instance("cache", red, "h2", [group])
    cache.serve(82)
    port = site.lab.port("origin", red["id"], "", [group["id"]])
    local = site.create("local_ips", "local_ip", local_port_id=port["id"])
    address = local["local_ip_address"]
    site.api.update("ports", "port", port["id"], binding__host_id="h1")
    origin = site.twin(Instance(site.lab, "origin", port), "h1")
    origin.serve(81)
    for asker in (near, far, cache):
        assert eventually(lambda asker=asker: asker.carries(address, 81))
    end = associate(site, local, cache)
    assert eventually(lambda: far.connects(address, 82))
    assert not far.connects(address, 81)
    assert near.carries(address, 81)
    assert far.pings(near.address)
    assert origin.pings(far.address)
    end()
    assert eventually(lambda: far.connects(address, 81))
    site.api.delete("local_ips", local["id"])
    for asker in (near, far):
        asker.run("ip", "neighbour", "flush", "dev", "eth0")
        assert eventually(lambda asker=asker: asker.carries(address, 81))
