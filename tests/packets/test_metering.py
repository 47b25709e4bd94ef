"""Metering labels: what passes a router's gateway is counted once, whatever happens to those who count."""

import pytest
from tests.packets.scenario import Resource, Site, eventually

SIZE = 1000
BOTH = ("egress", "ingress")


@pytest.mark.proves("metering")
def test_what_passes_a_gateway_is_counted_once(site: Site, public: Resource) -> None:
    network = site.network()
    site.router(network, public=public)
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h1")
    outside = site.outside.address
    of_a = site.meter("of a", *({"direction": way, "remote_ip_prefix": a.address} for way in BOTH))
    others = site.meter(
        "all but a",
        {"direction": "egress", "source_ip_prefix": "10.1.0.0/24"},
        {"direction": "egress", "source_ip_prefix": a.address, "excluded": True},
        shared=True,
    )

    def are(packets: int) -> bool:
        counted = (packets, packets * SIZE)
        return eventually(lambda: all(site.counted(of_a, way) == counted for way in BOTH))

    assert eventually(lambda: all(site.is_counted(of_a, way) for way in BOTH) and site.is_counted(others, "egress"))
    assert eventually(lambda: b.pings(outside))
    assert b.exchanges(outside, 2, SIZE)
    assert a.exchanges(outside, 5, SIZE)
    assert a.exchanges(b.address, 3, SIZE)  # passes no router
    assert are(5)
    packets, size = site.counted(others, "egress")
    assert packets >= 3
    assert size == (packets - 2) * 84 + 2 * SIZE
    assert site.counted(others, "ingress") == (0, 0)

    for host in site.lab.hosts:
        site.lab.kill(f"{host}.neutrino-agent")
    assert a.exchanges(outside, 4, SIZE)
    assert are(9)

    for daemon in ("ovs-vswitchd", "ovn-controller"):
        site.lab.kill(f"h1.{daemon}")
    site.lab.wait()
    assert eventually(lambda: b.pings(outside), 30.0)
    assert a.exchanges(outside, 4, SIZE)
    assert are(13)
