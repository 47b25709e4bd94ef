"""Who sends a request, and what they may: the seam at which an identity service is asked, or nobody.

Here: the seam, and doing without an identity service. Not here: what follows from it (policy/).
"""

from typing import Protocol

import falcon.asgi

from neutrino.api.identity.caller import EVERY_ROLE, Caller
from neutrino.model.faults import HTTPBadRequest
from neutrino.model.kinds import Name, kind_of

_PROJECT_HEADERS = ("X-PROJECT-ID", "X-TENANT-ID", "X-TENANT")
_name = kind_of(Name).parse


class Authenticator(Protocol):
    """Says who sends a request; refuses a request of nobody."""

    async def caller(self, req: falcon.asgi.Request) -> Caller:
        """Return who sends *req*."""


class NoAuth:
    """Everybody is believed. Without X-Roles a caller has every role; without X-Project-Id, *project_id*."""

    def __init__(self, project_id: str) -> None:
        self._project_id = project_id

    async def caller(self, req: falcon.asgi.Request) -> Caller:
        """Return who *req* says that it is from."""
        roles, scope = req.get_header("X-ROLES"), req.get_header("OPENSTACK-SYSTEM-SCOPE") or ""
        project = next((value for name in _PROJECT_HEADERS if (value := req.get_header(name))), None)
        try:
            project_id = str(_name(project or ("" if scope else self._project_id)))
        except ValueError as error:
            raise HTTPBadRequest(f"Invalid input for project_id. Reason: {error}.") from error
        return Caller(
            project_id,
            req.get_header("X-USER-ID") or "",
            EVERY_ROLE if roles is None else _roles(roles),
            scope,
            _roles(req.get_header("X-SERVICE-ROLES") or ""),
        )


def _roles(text: str) -> frozenset[str]:
    return frozenset(role for part in text.split(",") if (role := part.strip().lower()))
