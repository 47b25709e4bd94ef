"""The statistics of the measurement beside the peer."""

import pytest
from bench.peer import ratios


def sample(cpu_ms, took_ms, per_s=1.0):
    return {"cpu_ms": cpu_ms, "took_ms": took_ms, "per_s": per_s, "counted": {"rows": len(took_ms)}}


def test_a_ratio_is_the_median_of_the_ratios_of_each_round():
    assert ratios.per_round([10, 30, 100], [1, 2, 5]) == [10, 15, 20]
    assert ratios.median_ratio([10, 30, 100], [1, 2, 5]) == 15


def test_a_round_in_which_nothing_was_used_says_nothing():
    assert ratios.per_round([10, 30], [0, 2]) == [15]
    assert ratios.median_ratio([10], [0]) == 0.0


def test_rounds_must_be_pairs():
    with pytest.raises(ValueError, match="shorter"):
        ratios.per_round([1, 2], [1])


def test_the_cpu_of_a_server_is_its_own_processes_not_ovn():
    used = {"api": 1.0, "other daemons": 2.0, "database": 4.0, "nb": 8.0, "sb": 16.0, "northd": 32.0}
    assert ratios.own_cpu_ms(sample(used, [])) == 7.0


def test_a_line_holds_medians_of_rounds_and_the_spread_of_their_ratios():
    ours = [
        sample({"api": 1.0, "northd": 9.0}, [1, 2, 9], 100),
        sample({"api": 2.0}, [4], 50),
        sample({"api": 4.0}, [8], 40),
    ]
    peer = [
        sample({"api": 90.0, "database": 10.0}, [200], 5),
        sample({"api": 100.0}, [400], 4),
        sample({"api": 100.0}, [80], 2),
    ]
    assert ratios.line("POST x", ours, peer) == ratios.Line(
        name="POST x",
        ours_cpu_ms=2.0,
        peer_cpu_ms=100.0,
        cpu_ratio=50.0,
        cpu_lowest=25.0,
        cpu_highest=100.0,
        ours_p50_ms=4,
        peer_p50_ms=200,
        time_ratio=100.0,
        ours_per_s=50,
        peer_per_s=4,
        rate_ratio=20.0,
    )


def test_groups_and_counters_have_a_median_each():
    samples = [sample({"api": value, "nb": 10 * value}, [1] * int(value)) for value in (1.0, 3.0, 2.0)]
    assert ratios.group_medians(samples) == {"api": 2.0, "nb": 20.0}
    assert ratios.group_medians(samples, "counted") == {"rows": 2}


def test_memory_is_summed_over_chosen_groups_or_all():
    groups = {"api": {"rss": 3.0, "pss": 2.0}, "northd": {"rss": 7.0, "pss": 5.0}}
    assert ratios.memory_sum(groups) == 7.0
    assert ratios.memory_sum(groups, ratios.OWN) == 2.0
    assert ratios.memory_sum(groups, kind="rss") == 10.0
