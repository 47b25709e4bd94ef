"""An asyncio client of OVSDB (RFC 7047, with the extensions of ovsdb-server(7)).

Here: connections, transactions with chosen row uuids, group commit, replicas, locks, typed rows made from a schema.
Not here: any knowledge of OVN, Open vSwitch or Neutron.
"""

from neutrino.ovsdb.client import Client
from neutrino.ovsdb.column import BaseType, ColumnType
from neutrino.ovsdb.commit import Group, commit
from neutrino.ovsdb.endpoint import Tls
from neutrino.ovsdb.errors import (
    BadValue,
    NotConnected,
    NotOwner,
    OvsdbError,
    ProtocolError,
    RequestRefused,
    SchemaError,
    TransactionError,
    UnknownColumn,
    UnknownOutcome,
)
from neutrino.ovsdb.lock import Lock
from neutrino.ovsdb.operations import (
    AssertLock,
    Comment,
    Delete,
    Insert,
    Mutate,
    Operation,
    Result,
    Select,
    Update,
    Wait,
    guarded,
)
from neutrino.ovsdb.rows import Row, columns
from neutrino.ovsdb.schema import Schema, TableSchema
from neutrino.ovsdb.values import Atom, Value
from neutrino.ovsdb.watch import Changes, Event, Lost, Reload, RowChange, Watch

__all__ = [
    "AssertLock",
    "Atom",
    "BadValue",
    "BaseType",
    "Changes",
    "Client",
    "ColumnType",
    "Comment",
    "Delete",
    "Event",
    "Group",
    "Insert",
    "Lock",
    "Lost",
    "Mutate",
    "NotConnected",
    "NotOwner",
    "Operation",
    "OvsdbError",
    "ProtocolError",
    "Reload",
    "RequestRefused",
    "Result",
    "Row",
    "RowChange",
    "Schema",
    "SchemaError",
    "Select",
    "TableSchema",
    "Tls",
    "TransactionError",
    "UnknownColumn",
    "UnknownOutcome",
    "Update",
    "Value",
    "Wait",
    "Watch",
    "columns",
    "commit",
    "guarded",
]
