"""A Northbound as upstream's driver wrote it, and the answers of its API: see README.md."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
NORTHBOUND: dict[str, dict[str, dict[str, Any]]] = json.loads((_HERE / "northbound.json").read_text())
API: dict[str, list[dict[str, Any]]] = json.loads((_HERE / "api.json").read_text())
FILE = _HERE / "api.json"


def transaction() -> list[dict[str, Any]]:
    """Return the operations that put the rows into an empty Northbound (RFC 7047, section 5.2)."""
    return [
        {"op": "insert", "table": table, "uuid": uuid, "row": row}
        for table, rows in NORTHBOUND.items()
        for uuid, row in rows.items()
    ]
