"""The errors of automatic topologies: a branch of the one tree (see the package)."""

from neutrino.model.faults import Conflict


class AutoAllocationFailure(Conflict):
    """The cloud lacks what a topology is made of."""

    says = "Deployment error: {reason}."
    reason: str


class DefaultExternalNetworkExists(Conflict):
    """Another external network is the default."""

    says = "A default external network already exists: {net_id}."
    net_id: str
