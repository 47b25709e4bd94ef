"""The refusals of the OVSDB client, one tree.

OvsdbError
├── NotConnected        nothing was sent
├── UnknownOutcome      sent, and no answer came: it may or may not have been committed
├── TransactionError    the server aborted the transaction
│   └── NotOwner        it asserted a lock that this connection does not hold
├── RequestRefused      another request than a transaction was answered with an error
├── ProtocolError       the server sent what RFC 7047 does not allow
├── SchemaError         a schema that cannot be read
│   └── UnknownColumn   a table or column that the server's schema does not have
└── BadValue            a value that does not fit the type of its column
"""


class OvsdbError(Exception):
    """Anything that this package refuses or that the server refused."""


class NotConnected(OvsdbError):
    """There is no connection; nothing was sent, so the caller may try again freely."""


class UnknownOutcome(OvsdbError):
    """A transaction was sent, and the connection went or the time ran out before its answer."""


class TransactionError(OvsdbError):
    """The server aborted the transaction; nothing of it was done (RFC 7047, section 4.1.3).

    *index* is the place of the failed operation, or ``None`` where the error came at the end of the transaction
    (referential integrity, index and constraint checks) or concerns all of it. *error* is the server's short word,
    such as ``constraint violation``, ``duplicate uuid`` or ``timed out`` (a ``wait`` that did not hold).
    """

    def __init__(self, index: int | None, error: str, details: str = "") -> None:
        place = "transaction" if index is None else f"operation {index}"
        super().__init__(f"{place}: {error}" + (f": {details}" if details else ""))
        self.index = index
        self.error = error
        self.details = details


class NotOwner(TransactionError):
    """The transaction asserted a lock that this connection does not hold (RFC 7047, section 5.2.10)."""


class RequestRefused(OvsdbError):
    """The server answered the request *method* with *error*."""

    def __init__(self, method: str, error: str, details: str = "") -> None:
        super().__init__(f"{method}: {error}" + (f": {details}" if details else ""))
        self.method = method
        self.error = error
        self.details = details


class ProtocolError(OvsdbError):
    """The server sent bytes that are no JSON-RPC message, or a message that RFC 7047 does not allow."""


class SchemaError(OvsdbError):
    """A database schema that cannot be read (RFC 7047, section 3.2)."""


class UnknownColumn(SchemaError):
    """The schema has no such table, or the table no such column (*column* is ``None`` for a missing table)."""

    def __init__(self, table: str, column: str | None = None) -> None:
        super().__init__(f"the schema has no {f'column {column} in table {table}' if column else f'table {table}'}")
        self.table = table
        self.column = column


class BadValue(OvsdbError, ValueError):
    """A value that does not fit the type of its column."""
