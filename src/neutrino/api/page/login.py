"""Keystone's token for what a person typed. Not here: the path (files.py), checking tokens (identity/keystone.py)."""

from typing import Any

import msgspec
from keystoneauth1 import exceptions
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

from neutrino.model.faults.identity import IdentityUnavailable, Unauthenticated
from neutrino.runtime.config import Identity


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person types."""

    user: str
    password: str
    project: str
    user_domain: str = "Default"
    project_domain: str = "Default"


def token(identity: Identity, given: Credentials) -> dict[str, Any]:
    """Return Keystone's token for *given*, with whose it is; blocks.

    Raises:
        Unauthenticated: Keystone refuses them.
        IdentityUnavailable: It does not answer.
    """
    password = v3.Password(
        auth_url=identity.auth_url,
        username=given.user,
        password=given.password,
        project_name=given.project,
        user_domain_name=given.user_domain,
        project_domain_name=given.project_domain,
        include_catalog=False,
    )
    session = Session(verify=identity.verify, timeout=identity.timeout_s, user_agent="neutrino")
    try:
        access: Any = password.get_access(session)
    except (exceptions.Unauthorized, exceptions.NotFound, exceptions.BadRequest):
        raise Unauthenticated(identity.www_authenticate_uri) from None
    except exceptions.ClientException as error:
        raise IdentityUnavailable(identity.auth_url, type(error).__name__) from error
    return {
        "token": access.auth_token,
        "expires_at": access.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "user": access.username,
        "project": {"id": access.project_id, "name": access.project_name},
        "roles": sorted(access.role_names),
    }
