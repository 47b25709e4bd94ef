"""The errors of address groups: a branch of the one tree (see the package)."""

from neutrino.model.faults import BadRequest, Conflict, NotFound


class AddressGroupNotFound(NotFound):
    """No such address group."""

    says = "Address group {address_group_id} could not be found."
    address_group_id: str


class AddressGroupInUse(Conflict):
    """Rules refer to the address group."""

    says = "Address group {address_group_id} is in use on one or more security group rules."
    address_group_id: str


class AddressesNotFound(NotFound):
    """The address group lacks some of the addresses."""

    says = "Addresses {addresses} not found in the address group {address_group_id}."
    addresses: list[str]
    address_group_id: str


class AddressesAlreadyExist(BadRequest):
    """The address group has some of the addresses already."""

    says = "Addresses {addresses} already exist in the address group {address_group_id}."
    addresses: list[str]
    address_group_id: str
