"""Kinds of values: what each takes, and that what it gives it takes again."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.model.faults import Fault
from neutrino.model.kinds import (
    Boolean,
    Cidr,
    IpAddress,
    IpPrefix,
    JsonObject,
    Name,
    Tags,
    Uuid,
    kind_of,
    number,
    shown,
)
from neutrino.model.resource import attributes
from neutrino.store.tables import RESOURCES

KINDS = [attribute.kind for cls in RESOURCES for attribute in attributes(cls).values() if attribute.attr.post]
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["10.0.0.1", "::/0"])),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("hint", "given", "value"),
    [
        (Boolean, "TRUE", True),
        (Boolean, 0, False),
        (Name, "é" * 255, "é" * 255),
        (Uuid, "{11111111-2222-3333-4444-55555555555A}", "11111111-2222-3333-4444-55555555555a"),
        (IpAddress, "2001:DB8:0:0::1", "2001:db8::1"),
        (Cidr, "10.0.0.7/24", "10.0.0.0/24"),
        (IpPrefix, "10.0.0.7/24", "10.0.0.7/24"),
        (Tags, None, ()),
        (JsonObject, None, {}),
    ],
)
def test_values(hint, given, value):
    assert kind_of(hint).parse(given) == value


@pytest.mark.parametrize(
    ("hint", "given"),
    [
        (Boolean, 2),
        (Boolean, "maybe"),
        (Boolean, None),
        (Name, None),
        (Name, "a\x00"),
        (Name, 5),
        (Uuid, "11111111-2222-3333-4444-555555555555\n!"),
        (IpAddress, "10.0.0.1 "),
        (IpAddress, "010.0.0.1"),
        (IpAddress, "fe80::1%eth0"),
        (IpAddress, 1),
        (Cidr, "10.0.0.0"),
        (Cidr, "10.0.0.0/255.0.0.0"),
        (Cidr, "10.0.0.0/٨"),
        (IpPrefix, "10.0.0.0/0.255.255.255"),
        (Tags, "ab"),
        (JsonObject, []),
    ],
)
def test_values_that_are_refused(hint, given):
    with pytest.raises(ValueError, match=r".") as refusal:
        kind_of(hint).parse(given)
    assert shown(given) in str(refusal.value)


def test_numbers_keep_their_range():
    parse = number(1, 10).parse
    assert [parse(value) for value in (1, "10", " 5 ", 7.0)] == [1, 10, 5, 7]
    for bad in (0, 11, "0x1", True, 1.5, "9" * 5000, 2**70, None):
        with pytest.raises(ValueError, match=r"not an integer|not in the range"):
            parse(bad)


@given(st.sampled_from(KINDS), ANYTHING)
def test_a_kind_parses_or_refuses_and_takes_what_it_gave(kind, value):
    try:
        parsed = kind.parse(value)
    except (ValueError, Fault) as refusal:
        assert len(str(refusal)) < 1000
        return
    again = msgspec.json.decode(msgspec.json.encode(parsed))
    assert kind.parse(again) == parsed


@given(ANYTHING)
def test_what_is_shown_is_short(value):
    assert len(shown(value)) < 1000
