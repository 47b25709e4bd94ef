"""Rows of a lab's OVSDB databases, read once.

Here: one select over the socket, its values as Python's. Not here: a replica, or writing (the product's own client).
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neutrino.stack import jsonrpc
from neutrino.stack.fault import StackFault

Row = dict[str, Any]


def select(socket: Path, database: str, table: str, columns: Sequence[str], where: Sequence[object] = ()) -> list[Row]:
    """Return *columns* of the rows of *table* for which *where* (RFC 7047, 5.1) holds; raises StackFault.

    A set is a list (of one value too, where the server writes it so), a map a dict, a uuid its text.
    """
    question = {"op": "select", "table": table, "where": list(where), "columns": list(columns)}
    try:
        answer = asyncio.run(jsonrpc.call(socket, "transact", database, question, timeout_s=20.0))
    except (OSError, TimeoutError, jsonrpc.CallFailed) as error:
        raise StackFault(f"no answer from {database} on {socket} ({error}): look at `./stack status`") from error
    if "error" in answer[0]:
        raise StackFault(f"{database} refuses to read {table}: {answer[0].get('details', answer[0]['error'])}")
    return [{name: _value(value) for name, value in row.items()} for row in answer[0]["rows"]]


def table(text: str) -> list[Row]:
    """Return the rows that ``--format=json`` of ovs-vsctl and its kin prints."""
    said = json.loads(text)
    return [dict(zip(said["headings"], map(_value, row), strict=True)) for row in said["data"]]


def _value(value: Any) -> Any:
    match value:
        case ["uuid", str(text)]:
            return text
        case ["set", list(items)]:
            return [_value(item) for item in items]
        case ["map", list(pairs)]:
            return {_value(key): _value(one) for key, one in pairs}
        case _:
            return value
