"""The errors of quotas: a branch of the one tree (see the package)."""

from neutrino.model.faults import Conflict, NotFound


class OverQuota(Conflict):
    """The project would have more than it may."""

    says = "Quota exceeded for resources: {overs}."
    overs: list[str]


class TenantQuotaNotFound(NotFound):
    """The project has no limits of its own. The name is upstream's."""

    says = "Quota for project {project_id} could not be found."
    project_id: str
