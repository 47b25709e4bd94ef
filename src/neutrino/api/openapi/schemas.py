"""The small pieces of an OpenAPI document. Not here: what any path takes or answers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from neutrino.model import faults

Json = dict[str, Any]


def fields(properties: Mapping[str, Any]) -> Json:
    """Return the schema of an object that has all of *properties* and nothing else."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def array(item: Json) -> Json:
    """Return the schema of a list of *item*."""
    return {"type": "array", "items": item}


def reference(name: str) -> Json:
    """Return a reference to the schema *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(name: str, place: str, schema: Json) -> Json:
    """Return a parameter in *place*: path, query or header."""
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def body(schema: Json) -> Json:
    """Return the body that an operation must be given."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def answer(schema: Json, description: str) -> Json:
    """Return an answer that is JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def refusals(*statuses: int) -> Json:
    """Return the answers to what is refused with those of *statuses* that some fault has."""
    known = types_by_status()
    return {str(status): {"$ref": f"#/components/responses/Refused{status}"} for status in statuses if status in known}


def types_by_status() -> dict[int, list[str]]:
    """Return the types of faults by their status, both sorted."""
    found: dict[int, set[str]] = {}
    for cls in faults.kinds():
        found.setdefault(cls.status, set()).add(cls.__name__)
    return {status: sorted(found[status]) for status in sorted(found)}


def schema_of(cls: type[msgspec.Struct]) -> Json:
    """Return the schema of a Struct that is answered as it is, all of it."""
    _, found = msgspec.json.schema_components((cls,), ref_template="#/components/schemas/{name}")
    schema = {key: value for key, value in found[cls.__name__].items() if key not in ("title", "description")}
    return schema | {"required": list(schema["properties"]), "additionalProperties": False}
