"""A Northbound as upstream's driver wrote it, and the answers of its API: see README.md."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
NORTHBOUND: dict[str, dict[str, dict[str, Any]]] = json.loads((_HERE / "northbound.json").read_text())
API: dict[str, list[dict[str, Any]]] = json.loads((_HERE / "api.json").read_text())
FILE = _HERE / "api.json"


_PRIVATE: dict[str, dict[str, dict[str, dict[str, Any]]]] = json.loads((_HERE / "private.json").read_text())
PRIVATE = {table: NORTHBOUND[table] | rows for table, rows in _PRIVATE["northbound"].items()}
"""The tables that are otherwise where a network is private."""


def private_api() -> dict[str, list[dict[str, Any]]]:
    """Return what the API answers where a network is private."""
    return {
        collection: [item | _PRIVATE["api"].get(collection, {}).get(item["id"], {}) for item in items]
        for collection, items in API.items()
    }


def transaction(northbound: dict[str, dict[str, dict[str, Any]]] = NORTHBOUND) -> list[dict[str, Any]]:
    """Return the operations that put the rows into an empty Northbound (RFC 7047, section 5.2)."""
    return [
        {"op": "insert", "table": table, "uuid": uuid, "row": row}
        for table, rows in northbound.items()
        for uuid, row in rows.items()
    ]
