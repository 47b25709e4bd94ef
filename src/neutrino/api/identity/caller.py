"""Who asks: what the identity service, or without one the headers and the configuration, say of the sender."""

import msgspec

ADMIN, MANAGER, MEMBER, READER, SERVICE = "admin", "manager", "member", "reader", "service"
EVERY_ROLE = frozenset((ADMIN, MANAGER, MEMBER, READER, SERVICE))


class Caller(msgspec.Struct, frozen=True):
    """Who asks. Roles are in lower case; with ``system_scope`` "all" there is no project."""

    project_id: str
    user_id: str = ""
    roles: frozenset[str] = EVERY_ROLE
    system_scope: str = ""
    service_roles: frozenset[str] = frozenset()  # of the service that passes the user's request on
