"""A trace says what packets do: where one is dropped and by which rule, or that it arrives."""

from typing import Any

import pytest
from tests.packets.scenario import Instance, Site, eventually, suspend_controller

from neutrino.diagnosis import activity, packet
from neutrino.diagnosis.verdict import Verdict
from neutrino.stack import inquiry, observation


def asked(site: Site, source: str, target: str, what: str) -> Verdict:
    return inquiry.trace(site.lab, source, target, packet.kind(what)).verdict


@pytest.mark.proves("trace")
def test_a_trace_names_the_rule_and_what_is_in_the_way(site: Site, public: dict[str, Any]) -> None:
    left, right = site.network("10.1.0.0/24"), site.network("10.2.0.0/24")
    router = site.router(left, right, public=public)
    web = site.group(name="web")
    rule = site.rule(web, ethertype="IPv4", protocol="tcp", port_range_min=80, port_range_max=80)
    a, b = site.instance("a", left, "h1"), site.instance("b", right, "h2", [web])
    b.serve(80)

    assert eventually(lambda: a.connects(b.address, 80))
    assert eventually(lambda: a.pings("203.0.113.1"))
    arrived = asked(site, a.name, b.name, "tcp/80")
    assert (arrived.outcome, arrived.rule) == ("arrives", f"security_group_rule {rule['id']}")
    assert arrived.sentence.endswith("(IPv4 tcp 80 from anywhere), and the connection is made")
    dropped = asked(site, a.name, b.name, "udp/53")
    assert (dropped.outcome, dropped.rule) == ("dropped", "port_group neutron_pg_drop")
    assert f"its security groups ({web['name']}) lets udp/53 in from {a.address}" in dropped.sentence
    assert asked(site, a.name, "outside", "icmp").sentence.endswith("to 203.0.113.1, and is answered")

    counted = inquiry.ping(site.lab, a.name, "203.0.113.1", 3)["times_ms"]
    assert [one for one in counted if one is None or not 0 < one < 1000] == []
    assert inquiry.ping(site.lab, a.name, "10.1.0.99", 1)["times_ms"] == [None]

    site.change(router, admin_state_up=False)
    assert eventually(lambda: not a.connects(b.address, 80))
    stopped = asked(site, a.name, b.name, "tcp/80")
    assert (stopped.outcome, stopped.rule) == ("dropped", f"router {router['id']}")
    assert stopped.sentence.endswith(f"router {router['name']} is administratively DOWN")


@pytest.mark.proves("trace")
def test_a_trace_knows_what_a_local_ip_means_on_the_sender_s_host(site: Site) -> None:
    red, group = (
        site.network("10.5.0.0/24"),
        site.group({"protocol": "tcp", "port_range_min": 80, "port_range_max": 80}, name="web"),
    )
    port = site.lab.port("origin", red["id"], "", [group["id"]])
    local = site.create("local_ips", "local_ip", local_port_id=port["id"])
    address = local["local_ip_address"]
    site.api.update("ports", "port", port["id"], binding__host_id="h2")
    origin = site.twin(Instance(site.lab, "origin", port), "h2")
    near, far = (site.instance(f"ask-{host}", red, host) for host in ("h1", "h2"))
    cache = site.instance("cache", red, "h1", [group])
    for one in (origin, cache):
        one.serve(80)
    path = f"local_ips/{local['id']}/port_associations"
    site.api.create(path, "port_association", fixed_port_id=cache.port["id"])
    try:
        assert eventually(lambda: near.connects(address, 80))
        assert eventually(lambda: far.connects(address, 80))
        for asker, label in ((near, f"{cache.name} on h1"), (far, "origin on h2")):
            found = asked(site, asker.name, address, "tcp/80")
            assert (found.outcome, found.where) == ("arrives", "wire")
            wanted = (
                f"tcp/80 from {asker.name} to local IP {address} arrives at {label}, let in by security group rule "
            )
            assert found.sentence.startswith(wanted)
        dropped = asked(site, near.name, address, "tcp/81")
        assert (dropped.outcome, dropped.rule) == ("dropped", "port_group neutron_pg_drop")
        assert f"is dropped at {cache.name}" in dropped.sentence
    finally:
        site.api.delete(path, cache.port["id"])


@pytest.mark.proves("trace", "status")
def test_why_a_port_is_not_active(site: Site) -> None:
    network = site.network()
    a = site.instance("a", network, "h1")

    def first_broken(word: str) -> str | None:
        links = activity.chain(observation.port(site.lab, word))
        return next((one.name for one in links if not one.is_whole), None)

    assert first_broken(a.name) is None
    lone = site.create("ports", "port", network_id=network["id"], name=f"{a.name}-lone", binding__host_id="h2")
    assert first_broken(lone["id"]) in ("journal", "Northbound", "Southbound", "interface")
    suspend_controller(site.lab)  # nothing of the next port goes further than the journal
    try:
        site.create("ports", "port", network_id=network["id"], binding__host_id="h2")
        assert observation.journal(site.lab) not in (None, 0)
    finally:
        site.lab.kill("neutrino-controller", 18)
