"""Which addresses are members of others' load balancers, whatever these hold."""

import pytest

from neutrino.backends.ovn.balanced import members

IDS = {"lr_ref": "neutron-r", "neutron:vip_fip": "203.0.113.9"}
VIPS = {"203.0.113.9:80": "10.0.0.11:80,10.0.0.12:8080", "[fd00::9]:80": "[fd00:0::5]:80"}


def test_members_by_router() -> None:
    other = {"external_ids": IDS | {"lr_ref": "neutron-q"}, "vips": {"203.0.113.10:80": "10.0.0.13:80"}}
    more = {"external_ids": IDS, "vips": {"203.0.113.9:53": " 10.0.0.14:53"}}
    assert members([{"external_ids": IDS, "vips": VIPS}, other, more]) == {
        "r": {"10.0.0.11", "10.0.0.12", "10.0.0.14", "fd00::5"},
        "q": {"10.0.0.13"},
    }


@pytest.mark.parametrize("ids", [{}, {"lr_ref": "neutron-r"}, {"neutron:vip_fip": "x"}, IDS | {"lr_ref": "r"}])
def test_others_are_none(ids: dict[str, str]) -> None:
    assert members([{"external_ids": ids, "vips": VIPS}]) == {}


def test_what_is_no_address_is_no_member() -> None:
    assert members([{"external_ids": IDS, "vips": {"203.0.113.9:80": "", "203.0.113.9:81": "^var,10.0.0.5:1"}}]) == {
        "r": {"10.0.0.5"}
    }
