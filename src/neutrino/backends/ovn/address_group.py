"""An address group as OVN rows: an address set for each IP version.

Source: upstream, mech_driver.py and common/ovn/utils.py. Not here: the rules that name it (`security_group`).
"""

from neutrino.backends.ovn import nb, uuids
from neutrino.model.address_group import AddressGroup
from neutrino.ovsdb.rows import columns
from neutrino.reconcile.fragment import Columns, Fragment, Key
from neutrino.reconcile.noun import See


def address_set(group: AddressGroup, version: int) -> nb.Address_Set:
    """Return the Address_Set with *group*'s addresses of one IP version (ovn-nb(5), Address_Set)."""
    return nb.Address_Set(
        name=uuids.address_set_name(group.id, version),
        addresses=frozenset(one for one in group.addresses if (":" in one) == (version == 6)),
        external_ids={"neutron:address_group_id": group.id},
    )


def fragment(group: AddressGroup, see: See) -> Fragment:  # noqa: ARG001 - an address group sees nobody
    """Return what *group* renders to."""
    rows: dict[Key, Columns] = {
        uuids.named("Address_Set", f"{group.id} {version}"): columns(address_set(group, version)) for version in (4, 6)
    }
    return Fragment(rows)
