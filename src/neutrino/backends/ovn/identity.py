"""By what rows of the Northbound are the same, whoever made them: so those of upstream's driver stay when we take over.

Here: one function for each table. Not here: finding rows by it (reconcile/adoption.py).

A name is an identity where upstream and we name rows alike. Rows in sets of others need to be told apart only there.
None is a row that is not to be adopted.
"""

from collections.abc import Callable, Hashable, Mapping

from neutrino.ovsdb.values import Value

Row = Mapping[str, Value]
Identity = Callable[[Row], Hashable]
_RULE = "neutron:security_group_rule_id"


def by(*columns: str) -> Identity:
    """Return the identity by the values of *columns*."""
    return lambda row: tuple(row.get(name) for name in columns)


def _ids(row: Row) -> Mapping[str, Value]:
    found = row.get("external_ids")
    return found if isinstance(found, Mapping) else {}


def dhcp(row: Row) -> Hashable:
    """DHCP options are a subnet's, or a port's on one."""
    ids = _ids(row)
    return (ids["subnet_id"], ids.get("port_id")) if "subnet_id" in ids else None


def dns(row: Row) -> Hashable:
    """Names are a switch's."""
    return _ids(row).get("ls_name")


def acl(row: Row) -> Hashable:
    """An ACL is a rule's; of those that are nobody's, the same way and match are the same."""
    return _ids(row).get(_RULE) or (row.get("direction"), row.get("match"))


def nat(row: Row) -> Hashable:
    """A translation is a floating IP's, or that of a router's addresses."""
    return _ids(row).get("neutron:fip_id") or by("type", "logical_ip", "external_ip")(row)
