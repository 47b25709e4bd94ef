"""The type of a column (RFC 7047, section 3.2: <column-schema>, <type>, <base-type>).

Here: what a schema says about one column. Not here: values (`values`), tables (`schema`).
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast, get_args

from neutrino.ovsdb.errors import SchemaError

Json: TypeAlias = Any
"""What the wire carries: parsed JSON, trusted by nobody before it was decoded."""

AtomType = Literal["integer", "real", "boolean", "string", "uuid"]
Kind = Literal["scalar", "optional", "set", "map"]

UNLIMITED = sys.maxsize


@dataclass(frozen=True, slots=True)
class BaseType:
    """The type of one atom: its name, the values that it is limited to, and what a uuid refers to."""

    type: AtomType
    enum: tuple[str | int | float | bool, ...] = ()
    ref_table: str | None = None
    ref_type: Literal["strong", "weak"] = "strong"

    @classmethod
    def parse(cls, source: Json) -> "BaseType":
        """Return the type that a <base-type> describes; raises `SchemaError`."""
        described: Mapping[str, Json] = {"type": source} if isinstance(source, str) else source
        try:
            name = described["type"]
            enum = described.get("enum", [])
            values: list[Json]
            if isinstance(enum, list) and enum:
                values = enum[1] if enum[0] == "set" else [enum]
            else:
                values = [enum] if enum != [] else []
            ref_type = described.get("refType", "strong")
        except (TypeError, KeyError, AttributeError, IndexError) as error:
            raise SchemaError(f"not a base type: {source!r}") from error
        if name not in get_args(AtomType) or ref_type not in {"strong", "weak"}:
            raise SchemaError(f"not a base type: {source!r}")
        return cls(cast(AtomType, name), tuple(values), described.get("refTable"), ref_type)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of a column: *key* alone for scalars and sets, *key* and *value* for maps.

    *min* and *max* count elements; *max* is `UNLIMITED` where the schema says "unlimited". *kind* follows from them.
    """

    key: BaseType
    value: BaseType | None = None
    min: int = 1
    max: int = 1
    ephemeral: bool = False
    mutable: bool = True
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        kind: Kind
        if self.value is not None:
            kind = "map"
        elif self.max > 1:
            kind = "set"
        else:
            kind = "scalar" if self.min else "optional"
        object.__setattr__(self, "kind", kind)

    @classmethod
    def parse(cls, source: Json) -> "ColumnType":
        """Return the type that a <column-schema> describes; raises `SchemaError`."""
        try:
            described = source["type"]
            if isinstance(described, str):
                described = {"key": described}
            value = described.get("value")
            most = described.get("max", 1)
            return cls(
                key=BaseType.parse(described["key"]),
                value=None if value is None else BaseType.parse(value),
                min=int(described.get("min", 1)),
                max=UNLIMITED if most == "unlimited" else int(most),
                ephemeral=bool(source.get("ephemeral", False)),
                mutable=bool(source.get("mutable", True)),
            )
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise SchemaError(f"not a column: {source!r}") from error


UUID_COLUMN = ColumnType(BaseType("uuid"), mutable=False)
"""The type of ``_uuid`` and ``_version``, which each table has (RFC 7047, section 3.2)."""
