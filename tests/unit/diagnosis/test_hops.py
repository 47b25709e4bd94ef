"""The hops of real runs (captured/, as in test_verdict.py), and what of the flows met is shown with them."""

from dataclasses import replace

import pytest
from tests.unit.diagnosis.test_verdict import facts

from neutrino.diagnosis import hops, verdict

A, C = "fc9650a5-59ad-4b0e-b652-151c99cfc8d1", "25e6ad71-69b2-409c-b288-21c4ae8f4545"


def told(name: str) -> list[tuple[str, ...]]:
    known = verdict.Facts(**{**vars(facts(name)), "tunnels": {"172.31.0.2": "h2"}})
    return [
        (one.kind, one.name, one.says, *(["ends here"] if one.is_end else ()))
        for one in hops.way(known, verdict.judge(known))
    ]


CASES = {
    "arrives": [
        ("port", "a", "sends icmp from 10.1.0.3 to 10.1.0.4, to the MAC address fa:16:3e:59:2c:93"),
        ("network", "n1", "in from a, out to b"),
        ("switch", "h1", "32 OpenFlow rules: by tunnel to h2 (172.31.0.2)"),
        ("port", "b", "on h2: the real packet is seen, from 10.1.0.3; answer: reply"),
    ],
    "group": [
        ("port", "a", "sends tcp/80 from 10.1.0.3 to 10.2.0.3, to the MAC address fa:16:3e:3c:2c:82"),
        ("network", "n1", "in from a, out to router r"),
        ("router", "r", "in from network n1, out to network n2"),
        ("network", "n2", "in from router r, dropped on its way out to c", "ends here"),
        ("switch", "h1", "118 OpenFlow rules: by tunnel to h2 (172.31.0.2)"),
        ("packet", "", "the real packet is not seen; answer: none"),
    ],
    "outside": [
        ("port", "b", "sends udp/53 from 10.1.0.4 to 203.0.113.1, to the MAC address fa:16:3e:3c:2c:82"),
        ("network", "n1", "in from b, out to router r"),
        ("router", "r", "in from network n1, its source becomes 203.0.113.3, out to network public"),
        ("network", "public", "in from router r, out to the physical network"),
        ("switch", "h2", "80 OpenFlow rules: by tunnel to 172.31.0.1"),
        ("outside", "outside", "the real packet is seen, from 203.0.113.3; answer: refused"),
    ],
    "hairpin": [
        ("port", "a", "sends icmp from 10.1.0.3 to 203.0.113.3, to the MAC address fa:16:3e:3c:2c:82"),
        ("network", "n1", "in from a, out to router r"),
        (
            "router",
            "r",
            "in from network n1, its source becomes 203.0.113.2, its destination becomes 10.1.0.4, out to network n1",
        ),
        ("network", "n1", "in from router r, dropped on its way out to b", "ends here"),
        ("switch", "h1", "302 OpenFlow rules: by tunnel to h2 (172.31.0.2)"),
        ("packet", "", "the real packet is not seen; answer: none"),
    ],
    "nobody": [
        ("port", "a", "sends udp/53 from 10.1.0.3 to 10.2.0.77, to the MAC address fa:16:3e:3c:2c:82"),
        ("network", "n1", "in from a, out to router r"),
        ("router", "r", "in from network n1, out to network n2"),
        ("network", "n2", "in from router r, and no further", "ends here"),
        ("switch", "h1", "78 OpenFlow rules: its switch keeps it"),
        ("packet", "", "nobody can watch for the real packet; answer: none"),
    ],
    "sender-disabled": [
        ("port", "a", "sends tcp/80 from 10.1.0.3 to 10.2.0.3, to the MAC address fa:16:3e:3c:2c:82"),
        ("network", "n1", "in from a, and no further", "ends here"),
        ("switch", "h1", "3 OpenFlow rules: its switch keeps it"),
        ("packet", "", "the real packet is not seen; answer: none"),
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_the_hops_of_a_real_run(name: str) -> None:
    assert told(name) == CASES[name]


def test_each_flow_says_what_it_was_made_from_and_what_was_made_from_it() -> None:
    known = verdict.Facts(**{**vars(facts("group")), "tunnels": {"172.31.0.2": "h2"}})
    way = hops.way(known, verdict.judge(known))
    assert [one.meant_for for one in way if one.meant_for] == [C]
    assert (way[0].id, way[4].tunnel_to) == (A, "h2")
    shown = [
        (one.stage, one.rule[:8], one.then, [rule.table for rule in one.openflow])
        for hop in way
        for one in hop.flows
        if one.is_decisive or one.is_end
    ]
    assert shown == [
        ("ls_in_acl_eval", "c536b186", "next", [16]),
        ("ls_in_l2_lkup", "", "output", [36]),
        ("ls_out_apply_port_sec", "", "to router r", [57]),
        ("lr_in_ip_routing", "", "next", [23]),
        ("lr_in_arp_resolve", "", "next", [29]),
        ("ls_in_l2_lkup", "", "output", [36]),
        ("ls_out_acl_eval", verdict.DROP_GROUP[:8], "next", []),  # on the other host
        ("ls_out_acl_action", "", hops.DROP, []),
    ]


def test_the_router_of_a_local_ip_is_called_so() -> None:
    """Its packets go the way of others through a router; here it is that of another real run."""
    real = facts("group")
    pipelines = [
        replace(one, datapath="local-ip-7") if verdict.identity(one.datapath) in real.intent.routers else one
        for one in real.walk.pipelines
    ]
    known = replace(real, walk=replace(real.walk, pipelines=tuple(pipelines)))
    hop = hops.way(known, verdict.judge(known))[2]
    assert (hop.kind, hop.id, hop.name) == ("router", "7", "of the local IP")
    (inside, *_) = [one for one in pipelines if one.datapath == "local-ip-7"]
    assert verdict.place(known, inside) == "the local IP's router"
