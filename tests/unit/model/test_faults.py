"""Faults: what they take, and what they say."""

import pytest

from neutrino.model.faults import HTTPMethodNotAllowed, kinds
from neutrino.model.faults.security_group import SecurityGroupInUse


def test_a_fault_takes_its_fields_in_their_order_or_by_name():
    said = "The method PUT is not allowed for /v2.0"
    assert str(HTTPMethodNotAllowed("PUT", "/v2.0")) == said
    assert str(HTTPMethodNotAllowed(path="/v2.0", method="PUT")) == said
    assert vars(HTTPMethodNotAllowed("PUT", "/v2.0")) == {"method": "PUT", "path": "/v2.0"}


def test_a_field_may_have_a_value_of_its_own():
    assert str(SecurityGroupInUse("a")) == "Security Group a in use."
    assert str(SecurityGroupInUse("a", "not mine")) == "Security Group a not mine."


@pytest.mark.parametrize("given", [(), ("PUT",), ("PUT", "/v2.0", "more")])
def test_a_fault_takes_neither_less_nor_more(given):
    with pytest.raises(TypeError, match="HTTPMethodNotAllowed takes method, path"):
        HTTPMethodNotAllowed(*given)


def test_what_a_fault_says_names_only_what_it_has():
    for kind in kinds():
        names = kind._names
        assert str(kind(**dict.fromkeys(names, "x"))) is not None
