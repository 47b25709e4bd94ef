"""What a caller may see, and so refer to. What may not be seen is as if it did not exist."""

from typing import TypeVar

from neutrino.api.request import Request
from neutrino.model.resource import Resource
from neutrino.store.records import Transaction

R = TypeVar("R", bound=Resource)


def visible(
    tx: Transaction, request: Request, cls: type[R], row_id: str, without: frozenset[str] = frozenset()
) -> R | None:
    """Return the resource that a request refers to, or None if there is none that its sender may see.

    The lists *without* are not read (`Transaction.get`).
    """
    found = tx.get(cls, row_id, without)
    if found is None or not request.authority.sees(tx.connection, request.caller, found):
        return None
    return found
