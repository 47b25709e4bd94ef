"""The errors that the API gives, as one tree.

The class name is the ``type`` on the wire (clients look it up), its fields make the message, the HTTP status sits on
the few bases::

    Fault
    ├── BadRequest 400
    │   ├── HTTPBadRequest, InvalidInput, ...
    ├── NotFound 404
    │   └── NetworkNotFound, PortNotFound, ...
    ├── Conflict 409
    │   └── IpAddressInUse, NetworkInUse, ...
    ├── PreconditionFailed 412
    └── RequestEntityTooLarge 413

Names and statuses are those of neutron-lib (neutron_lib/exceptions) and of upstream's extensions.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import ClassVar, dataclass_transform


@dataclass_transform(eq_default=False)
class Fault(Exception):
    """A refusal that the caller is told of.

    The annotations of a kind are its fields, given in their order or by name. A dataclass would be the same, but that
    there are two hundred kinds, and each had code of its own made at start.
    """

    status: ClassVar[int] = 500
    says: ClassVar[str] = ""
    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._names += tuple(inspect.get_annotations(cls))

    def __init__(self, *values: object, **named: object) -> None:
        vars(self).update(zip(self._names, values, strict=False), **named)
        if len(values) > len(self._names) or not all(hasattr(self, name) for name in self._names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names) or 'nothing'}")

    def __str__(self) -> str:
        return self.says.format(**{name: getattr(self, name) for name in self._names})


class BadRequest(Fault):
    """The request can never succeed as it stands."""

    status = 400


class NotFound(Fault):
    """What the request names does not exist, or the caller may not see it."""

    status = 404


class Conflict(Fault):
    """The request contradicts the present state."""

    status = 409


class PreconditionFailed(Fault):
    """The caller's condition on the present state does not hold."""

    status = 412


class HTTPBadRequest(BadRequest):
    """The request is malformed."""

    says = "{reason}"
    reason: str


class InvalidInput(BadRequest):
    """Values that are each well formed do not make sense together."""

    says = "Invalid input for operation: {error_message}."
    error_message: str


class HTTPNotFound(NotFound):
    """There is no such path."""

    says = "The resource could not be found: {path}"
    path: str


class HTTPMethodNotAllowed(Fault):
    """The path does not take this method."""

    status = 405
    says = "The method {method} is not allowed for {path}"
    method: str
    path: str


class RequestEntityTooLarge(Fault):
    """The body is longer than the server reads."""

    status = 413
    says = "The request body is longer than {limit_bytes} bytes"
    limit_bytes: int


class HTTPRequestHeaderFieldsTooLarge(Fault):
    """The request line and headers are longer than the server reads."""

    status = 431
    says = "The request line and headers are longer than {limit_bytes} bytes"
    limit_bytes: int


class TagNotFound(NotFound):
    """The resource has no such tag."""

    says = "Tag {tag} could not be found."
    tag: str


class RevisionNumberConstraintFailed(PreconditionFailed):
    """``If-Match`` named another revision."""

    says = "Constrained to {expected}, but current revision is {current}"
    expected: int
    current: int


class DatabaseUnavailable(Fault):
    """The database does not answer; the request may be repeated."""

    status = 503
    says = "The database is unavailable; try again."


class BackendUnavailable(Fault):
    """The backend does not answer who asks what it has; the request may be repeated."""

    status = 503
    says = "The backend does not answer; try again."


def kinds() -> Iterator[type[Fault]]:
    """Yield every kind of fault, those of all modules here, whoever has imported them or not."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    yield from _below(Fault)


def _below(cls: type[Fault]) -> Iterator[type[Fault]]:
    for one in cls.__subclasses__():
        yield one
        yield from _below(one)
