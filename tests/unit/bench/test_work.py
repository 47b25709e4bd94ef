"""The load: what is asked, and ports that are copied."""

import itertools
import random

from bench.peer import copies, requests
from bench.peer.neutron import Neutron
from bench.peer.ours import Neutrino
from bench.peer.rounds import State


def test_a_mixed_load_reads_seven_of_ten_and_deletes_only_what_it_made():
    state = State(None, {"port": ["p"], "home": ["n"], "spare": ["gone-1", "gone-2"]})
    asked = []

    class Server:
        def send(self, method, path, _body=None):
            asked.append((method, path))

    chance = random.Random(3)
    for _ in range(2000):
        call = requests.mixed(state, chance)
        if call.__name__ != "make":
            call(Server())
    verbs = [method for method, _ in asked]
    assert 0.68 < verbs.count("GET") / 2000 < 0.72
    assert [path for method, path in asked if method == "DELETE"] == ["/ports/gone-2", "/ports/gone-1"]
    assert {path for method, path in asked if method == "PUT"} == {"/ports/p"}


def test_no_two_rules_are_alike():
    state = State(Neutron, {"group": ["g"]})
    make = requests.rules(3, "group")
    made = [body["security_group_rule"]["port_range_min"] for n in range(4) for _, _, body in make(state, n)]
    assert len(set(made)) == 12


def test_a_round_of_the_faster_side_is_as_much_longer_as_its_pace_says():
    ports = {"port": [f"p{number}" for number in range(90)]}
    asked = {}
    for side in (Neutron, Neutrino):
        state = State(side, dict(ports))
        asked[side] = [[path for _, path, _ in requests.gets("port", 3)(state, number)] for number in range(3)]
    assert [len(one) for one in asked[Neutron]] == [3, 3, 3]
    assert [len(one) for one in asked[Neutrino]] == [30, 30, 30]
    assert len({path for one in asked[Neutrino] for path in one}) == 90


def test_copies_have_addresses_and_macs_that_nobody_has():
    addresses = list(copies.free_addresses("10.0.0.0/29", {"10.0.0.1", "10.0.0.3"}))
    assert addresses == ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"]
    macs = list(itertools.islice(copies.free_macs({"fa:16:3f:00:00:01"}), 3))
    assert macs == ["fa:16:3f:00:00:00", "fa:16:3f:00:00:02", "fa:16:3f:00:00:03"]
