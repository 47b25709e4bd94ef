"""What flows count becomes totals, once, whatever happens to the flows in between."""

from neutrino.agent.counters import (
    FORGOTTEN_AFTER_S,
    Counts,
    Meter,
    Reading,
    Total,
    Window,
    added,
    meters,
    readings,
)
from neutrino.agent.metering import wanted
from neutrino.agent.textfile import tell
from neutrino.model.tally import Tally, found

ROUTER, ONE, TWO = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
OUT = Tally("egress", ROUTER, {ONE: "acme"})
BOTH = Tally("egress", ROUTER, {ONE: "acme", TWO: "other"})
OF_ONE, OF_TWO = meters(BOTH)
FLOW = "table=25,priority=33,ip,reg15=0x1,metadata=0x3,nw_src=10.0.0.0/26"
DUMP = """\
OFPST_FLOW reply (OF1.5) (xid=0x2):
 cookie=0x27e59b76, duration=25.460s, table=25, n_packets=3, n_bytes=3126, idle_age=1, priority=33,ip,reg15=0x1,\
metadata=0x3,nw_src=10.0.0.0/26 actions=set_field:0/0xffff00000000->xreg4,resubmit(,26)
 cookie=0xbafab7c1, duration=7s, table=25, n_packets=0, n_bytes=0, idle_age=7, hard_age=2, priority=1,ip,reg14=0x1,\
metadata=0x3 actions=set_field:0/0xffff00000000->xreg4,resubmit(,26)
 cookie=0x3ab858, duration=99.1s, table=25, n_packets=7, n_bytes=700, priority=0,metadata=0x3 actions=resubmit(,26)
"""


def flow(packets: int, born_s: float = 100.0, cookie: int = 1) -> dict[str, Reading]:
    """A flow that counted so many packets of 100 bytes of IP."""
    return {FLOW: Reading(cookie, Window(born_s, born_s + 0.1), packets, packets * 114)}


def told(*reads: dict[str, Reading], tallies: dict[int, Tally] | None = None) -> dict[Meter, tuple[int, int]]:
    """What one reading after the other comes to."""
    counts = Counts()
    for read in reads:
        counts = added(counts, "boot", read, {1: OUT, 2: BOTH} if tallies is None else tallies, 1.0)
    return {one.meter: (one.packets, one.bytes) for one in counts.totals}


def test_what_is_read_of_a_dump() -> None:
    window = Window(1000.0, 1000.5)
    assert readings(DUMP, window) == {
        FLOW: Reading(0x27E59B76, Window(974.54, 975.04), 3, 3126),
        "table=25,priority=1,ip,reg14=0x1,metadata=0x3": Reading(0xBAFAB7C1, Window(993.0, 993.5), 0, 0),
        "table=25,priority=0,metadata=0x3": Reading(0x3AB858, Window(900.9, 901.4), 7, 700),
    }


def test_a_tally_travels_as_text() -> None:
    awkward = Tally("ingress", ROUTER, {ONE: 'a */ || "b" 1/2', TWO: ""})
    assert "*/" not in str(awkward)
    assert '"' not in str(awkward)
    assert found(f'inport == "x" && ip4 /* {awkward} */') == awkward
    assert found(f"1 /* {Tally('egress', ROUTER, {})} */") == Tally("egress", ROUTER, {})
    assert found('ip4.src == 10.0.0.0/8 && outport == "lrp-neutron-metering egress"') is None


def test_which_flows_are_wanted() -> None:
    rows = [
        ("0c3ab858-5759-4922-aff3-4bb832621042", {"table_id": 17, "match": "1"}),
        ("27e59b76-4095-44a8-a22d-86f2fd7ce5a6", {"table_id": 17, "match": f"ip4 /* {OUT} */"}),
    ]
    assert wanted(rows) == ({25}, {0x27E59B76: OUT})
    assert wanted(rows[:1]) == (set(), {})


def test_each_packet_is_added_once() -> None:
    assert told(flow(0), flow(3), flow(3), flow(10)) == {OF_ONE: (10, 1000)}


def test_what_a_flow_counted_before_it_was_first_read_is_added() -> None:
    assert told(flow(5)) == {OF_ONE: (5, 500)}


def test_a_flow_that_was_made_anew_counts_from_zero() -> None:
    assert told(flow(5), flow(2, born_s=200.0)) == {OF_ONE: (7, 700)}
    assert told(flow(5), flow(9, born_s=200.0)) == {OF_ONE: (14, 1400)}


def test_a_flow_that_is_away_for_a_while_counts_from_zero() -> None:
    assert told(flow(5), {}, flow(5, born_s=200.0)) == {OF_ONE: (10, 1000)}


def test_a_reading_that_takes_long_doubts_no_flow() -> None:
    slow = {FLOW: Reading(1, Window(99.0, 104.0), 8, 8 * 114)}
    assert told(flow(5), slow, flow(9)) == {OF_ONE: (9, 900)}


def test_a_flow_of_another_cookie_may_go_on_counting() -> None:
    assert told(flow(5), flow(7, born_s=200.0, cookie=2)) == {OF_ONE: (7, 700), OF_TWO: (0, 0)}
    assert told(flow(5), flow(7, 200.0, 2), flow(9, 200.0, 2)) == {OF_ONE: (9, 900), OF_TWO: (2, 200)}
    assert told(flow(5), flow(2, born_s=200.0, cookie=2)) == {OF_ONE: (7, 700), OF_TWO: (0, 0)}


def test_a_flow_of_which_nothing_is_known_yet_is_left_for_later() -> None:
    assert told(flow(5), flow(7, cookie=9), flow(8, cookie=9), tallies={1: OUT}) == {OF_ONE: (5, 500)}
    before = added(Counts(), "boot", flow(5), {1: OUT}, 1.0)
    unknown = added(before, "boot", flow(7, cookie=2), {1: OUT}, 2.0)
    assert unknown.flows == before.flows
    known = added(unknown, "boot", flow(8, cookie=2), {2: OUT}, 3.0)
    assert known.totals == (Total(OF_ONE, 8, 800, 3.0),)


def test_after_a_boot_all_flows_are_new() -> None:
    before = added(Counts(), "first", flow(5), {1: OUT}, 1.0)
    assert added(before, "second", flow(6), {1: OUT}, 2.0).totals == (Total(OF_ONE, 11, 1100, 2.0),)


def test_a_total_without_a_rule_is_kept_for_a_while() -> None:
    counts = added(Counts(), "boot", flow(5), {1: OUT}, 0.0)
    kept = added(counts, "boot", {}, {}, FORGOTTEN_AFTER_S - 1)
    assert kept.totals == (Total(OF_ONE, 5, 500, 0.0),)
    assert added(kept, "boot", {}, {}, FORGOTTEN_AFTER_S).totals == ()
    assert added(kept, "boot", {}, {1: OUT}, FORGOTTEN_AFTER_S).totals == (Total(OF_ONE, 5, 500, FORGOTTEN_AFTER_S),)


def test_what_prometheus_is_told(tmp_path) -> None:
    path = tmp_path / "metering.prom"
    awkward = Meter(TWO, 'a"b', ROUTER, "ingress")
    tell(path, [Total(awkward, 1, 84), Total(OF_ONE, 2, 2**60 + 1)])
    labels = f'direction="egress",label_id="{ONE}",project_id="acme",router_id="{ROUTER}"'
    others = f'direction="ingress",label_id="{TWO}",project_id="a\\"b",router_id="{ROUTER}"'
    assert [line for line in path.read_text().splitlines() if not line.startswith("# HELP")] == [
        "# TYPE neutrino_metering_bytes_total counter",
        f"neutrino_metering_bytes_total{{{labels}}} 1.152921504606847e+18",
        f"neutrino_metering_bytes_total{{{others}}} 84.0",
        "# TYPE neutrino_metering_packets_total counter",
        f"neutrino_metering_packets_total{{{labels}}} 2.0",
        f"neutrino_metering_packets_total{{{others}}} 1.0",
    ]
    assert list(tmp_path.iterdir()) == [path]
