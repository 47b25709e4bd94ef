"""The errors of automatic topologies: a branch of the one tree (see the package)."""

from dataclasses import dataclass

from neutrino.model.faults import Conflict


@dataclass(eq=False)
class AutoAllocationFailure(Conflict):
    """The cloud lacks what a topology is made of."""

    says = "Deployment error: {reason}."
    reason: str


@dataclass(eq=False)
class DefaultExternalNetworkExists(Conflict):
    """Another external network is the default."""

    says = "A default external network already exists: {net_id}."
    net_id: str
