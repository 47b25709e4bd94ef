"""The arithmetic of subnets, checked on all small subnets and on chosen large ones."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.model.addressing import check_gateway, check_pools, default_gateway, default_pools, eui64, is_usable
from neutrino.model.kinds import Mac, kind_of


@st.composite
def subnets(draw):
    """A CIDR of at most 64 addresses, and a gateway on it or none."""
    version = draw(st.sampled_from([4, 6]))
    bits = 32 if version == 4 else 128
    base = draw(st.integers(2**24, 2**bits - 2**24))
    net = ipaddress.ip_network((base, draw(st.integers(bits - 6, bits))), strict=False)
    gateway = draw(st.one_of(st.none(), st.sampled_from([str(ip) for ip in net])))
    return str(net), gateway


def addresses(pools):
    for pool in pools:
        start, end = ipaddress.ip_address(pool.start), ipaddress.ip_address(pool.end)
        yield from (str(type(start)(i)) for i in range(int(start), int(end) + 1))


@given(subnets())
def test_default_pools_have_each_usable_address_but_the_gateway(subnet):
    cidr, gateway = subnet
    net = ipaddress.ip_network(cidr)
    pools = default_pools(cidr, gateway)
    if net.num_addresses == 1:
        assert list(addresses(pools)) == [str(net[0])]
        return
    broadcast = [net[-1]] if net.version == 4 else []
    wanted = [str(ip) for ip in net if ip not in (net[0], *broadcast) and str(ip) != gateway]
    assert list(addresses(pools)) == wanted
    assert all(is_usable(cidr, address) for address in wanted)
    check_pools(cidr, pools)
    check_gateway(cidr, gateway if gateway and is_usable(cidr, gateway) else None, pools)


@pytest.mark.parametrize(
    ("cidr", "gateway"),
    [
        ("10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.0/31", "10.0.0.1"),
        ("10.0.0.9/32", "10.0.0.9"),
        ("2001:db8::/64", "2001:db8::1"),
        ("2001:db8::9/128", "2001:db8::9"),
    ],
)
def test_default_gateways(cidr, gateway):
    assert default_gateway(cidr) == gateway


@given(st.integers(0, 2**48 - 1))
def test_eui64_is_reversible(number):
    octets = number.to_bytes(6, "big")
    address = ipaddress.IPv6Address(eui64("2001:db8:1:2::/64", octets.hex(":")))
    low = bytearray(address.packed[8:])
    assert address.packed[:8].hex() == "20010db800010002"
    low[0] ^= 2
    assert bytes(low[:3] + low[5:]) == octets
    assert low[3:5] == b"\xff\xfe"


@given(st.integers(0, 2**48 - 1), st.sampled_from([":", "-"]), st.booleans())
def test_mac_addresses_are_kept_in_one_form(number, separator, upper):
    plain = number.to_bytes(6, "big").hex(separator)
    parse = kind_of(Mac).parse
    if number == 0 or number >> 40 & 1:
        with pytest.raises(ValueError, match="not an allowed MAC"):
            parse(plain)
    else:
        assert parse(plain.upper() if upper else plain) == plain.replace("-", ":")
