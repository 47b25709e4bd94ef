"""What a handler knows of the request it serves."""

import msgspec

from neutrino.api.identity.caller import Caller
from neutrino.api.policy.authority import Authority
from neutrino.model.binding import Binder
from neutrino.model.faults import RevisionNumberConstraintFailed
from neutrino.model.resource import Standard
from neutrino.runtime.config import Config


class Request(msgspec.Struct, frozen=True):
    """Who asks, under which configuration, and on which condition."""

    caller: Caller
    config: Config
    binder: Binder
    authority: Authority
    expected_revision: int | None = None  # of the header If-Match

    @property
    def project_id(self) -> str:
        """The caller's project."""
        return self.caller.project_id

    @property
    def is_admin(self) -> bool:
        """Whether the caller administrates the cloud."""
        return self.authority.allows(self.caller, "context_is_admin")

    def allows(self, rule: str, project_id: str | None = None) -> bool:
        """Return whether *rule* allows the caller something in the project of that id, or in their own."""
        return self.authority.allows(self.caller, rule, project_id)

    def require(self, rule: str, project_id: str | None = None) -> None:
        """Refuse unless *rule* allows the caller something in the project of that id, or in their own."""
        self.authority.require(self.caller, rule, project_id)

    def check_revision(self, resource: object) -> None:
        """Refuse if the caller expects another revision of *resource* than it has."""
        if self.expected_revision is None or not isinstance(resource, Standard):
            return
        if resource.revision_number != self.expected_revision:
            raise RevisionNumberConstraintFailed(self.expected_revision, resource.revision_number)
