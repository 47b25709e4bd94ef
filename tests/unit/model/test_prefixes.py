"""The arithmetic of subnet pools, against the standard library's own sets of addresses."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from neutrino.model.prefixes import check_grows, compact, overlap, without

PREFIXES = st.lists(
    st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
        lambda pair: str(ipaddress.ip_network((f"10.0.0.{pair[0]}", pair[1]), strict=False))
    ),
    min_size=1,
    max_size=6,
)


def addresses(prefixes):
    return {address for prefix in prefixes for address in ipaddress.ip_network(prefix)}


@given(PREFIXES, PREFIXES)
def test_prefixes_are_sets_of_addresses(some, others):
    assert addresses(compact(some)) == addresses(some)
    assert overlap(some, others) == bool(addresses(some) & addresses(others))
    assert addresses(without(some, others)) == addresses(some) - addresses(others)
    check_grows(some, (*some, *others))


def test_neighbours_become_one():
    assert compact(["10.0.1.0/24", "10.0.0.0/24"]) == ("10.0.0.0/23",)
    assert compact(["2001:db8:0:1::/64", "2001:db8::/64"]) == ("2001:db8::/63",)
