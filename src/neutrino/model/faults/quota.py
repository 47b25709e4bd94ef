"""The errors of quotas: a branch of the one tree (see the package)."""

from dataclasses import dataclass

from neutrino.model.faults import Conflict, NotFound


@dataclass(eq=False)
class OverQuota(Conflict):
    """The project would have more than it may."""

    says = "Quota exceeded for resources: {overs}."
    overs: list[str]


@dataclass(eq=False)
class TenantQuotaNotFound(NotFound):
    """The project has no limits of its own. The name is upstream's."""

    says = "Quota for project {project_id} could not be found."
    project_id: str
