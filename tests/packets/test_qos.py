"""QoS on the wire: limits limit, marks are seen, and what is changed applies to what runs."""

from typing import Any

import pytest
from tests.packets.scenario import Site, eventually

LIMIT = {"max_kbps": 500, "max_burst_kbps": 100}
ALL, LIMITED = (2000, 10_000), (100, 1000)  # kbit/s that arrive of 8,000
PORT = 9000
UDP = {"protocol": "udp", "port_range_min": PORT, "port_range_max": PORT}


@pytest.mark.proves("bandwidth")
@pytest.mark.parametrize("direction", ["egress", "ingress"])
def test_a_port_is_limited_while_its_policy_says_so(site: Site, direction: str) -> None:
    network = site.network()
    group = site.group(UDP)
    policy = site.policy(bandwidth_limit={**LIMIT, "direction": direction})
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2", [group])
    b.count(PORT)
    assert eventually(lambda: a.passes(b.address, PORT, *ALL))
    limited = a if direction == "egress" else b
    site.api.update("ports", "port", limited.port["id"], qos_policy_id=policy["id"])
    assert eventually(lambda: a.passes(b.address, PORT, *LIMITED))
    path = f"qos/policies/{policy['id']}/bandwidth_limit_rules"
    (rule,) = site.api.show("qos/policies", policy["id"])["rules"]
    site.api.update(path, "bandwidth_limit_rule", rule["id"], max_kbps=20_000, max_burst_kbps=16_000)
    assert eventually(lambda: a.passes(b.address, PORT, *ALL))


@pytest.mark.proves("network-bandwidth", "dscp")
def test_a_network_limits_and_marks_what_its_ports_send(site: Site) -> None:
    network = site.network()
    policy = site.policy(bandwidth_limit=LIMIT, dscp_marking={"dscp_mark": 46})
    group = site.group(UDP)
    a, b = site.instance("a", network, "h1"), site.instance("b", network, "h2", [group])
    b.count(PORT)
    assert eventually(lambda: a.is_marked(b.address, PORT, 0))
    site.api.update("networks", "network", network["id"], qos_policy_id=policy["id"])
    assert eventually(lambda: a.is_marked(b.address, PORT, 46))
    assert eventually(lambda: a.passes(b.address, PORT, *LIMITED))
    site.api.update("networks", "network", network["id"], qos_policy_id=None)
    assert eventually(lambda: a.is_marked(b.address, PORT, 0))
    assert eventually(lambda: a.passes(b.address, PORT, *ALL))


@pytest.mark.proves("floating-ip-bandwidth")
def test_a_floating_ip_is_limited(site: Site, public: dict[str, Any]) -> None:
    network = site.network()
    site.router(network, public=public)
    a = site.instance("a", network, "h1", [site.group(UDP)])
    floating = site.floating_ip(public, a)
    address = floating["floating_ip_address"]
    a.count(PORT)
    assert eventually(lambda: site.outside.passes(address, PORT, *ALL))
    policy = site.policy(bandwidth_limit={**LIMIT, "direction": "ingress"})
    site.api.update("floatingips", "floatingip", floating["id"], qos_policy_id=policy["id"])
    assert eventually(lambda: site.outside.passes(address, PORT, *LIMITED))
    site.api.update("floatingips", "floatingip", floating["id"], qos_policy_id=None)
    assert eventually(lambda: site.outside.passes(address, PORT, *ALL))


@pytest.mark.proves("gateway-bandwidth")
def test_a_gateway_is_limited(site: Site, public: dict[str, Any]) -> None:
    policy = site.policy(bandwidth_limit=LIMIT)
    network = site.network()
    router = site.router(network, public=public)
    a = site.instance("a", network, "h1")
    site.outside.count(PORT)
    assert eventually(lambda: a.passes(site.outside.address, PORT, *ALL))
    gateway = {"network_id": public["id"], "qos_policy_id": policy["id"]}
    site.change(router, external_gateway_info=gateway)
    assert eventually(lambda: a.passes(site.outside.address, PORT, *LIMITED))
