"""The API as an OpenAPI 3.1 document, derived from the declarations.

Here: nouns, their parents, actions and tags, queries and faults. Not here: the paths that are no noun's
(api/openapi/paths.py), prose about them (api/openapi/reference.py).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, get_origin, get_type_hints

import msgspec

from neutrino.api.openapi import further as openapi_further
from neutrino.api.openapi import paths as openapi_paths
from neutrino.api.openapi.schemas import (
    answer,
    array,
    body,
    fields,
    parameter,
    reference,
    refusals,
    schema_of,
    types_by_status,
)
from neutrino.api.queries import TAG_MATCHES, is_filterable, is_sortable
from neutrino.api.routes import NOUNS, Action, Noun
from neutrino.model.kinds import Record
from neutrino.model.resource import Attribute, Resource, Tagged, attributes, by_wire, shown

Json = dict[str, Any]
_ID = parameter("row_id", "path", {"type": "string", "minLength": 1})
_TAG = parameter("tag", "path", {"type": "string", "minLength": 1, "maxLength": 255})
_REVISION = parameter("If-Match", "header", {"type": "string", "pattern": r"^revision_number=[0-9]{1,18}$"})
_PAGING = (
    parameter("limit", "query", {"type": "integer", "minimum": 0, "maximum": 999_999_999}),
    parameter("marker", "query", {"type": "string"}),
    parameter("page_reverse", "query", {"type": "boolean"}),
)
READING, WRITING, CHANGING = (400, 401, 403, 404), (400, 401, 403, 404, 409, 413, 503), (412,)


def document(nouns: Sequence[Noun] = NOUNS) -> Json:
    """Return the document."""
    paths: Json = {}
    schemas: Json = dict(openapi_paths.SCHEMAS)
    for noun in nouns:
        paths |= _paths(noun)
        schemas |= _schemas(noun)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Networking API", "version": "2.0"},
        "servers": [{"url": "/"}],
        "paths": openapi_paths.paths() | openapi_further.paths() | paths,
        "components": {"schemas": schemas, "responses": _refused()},
    }


def _refused() -> Json:
    """Return an answer for each status of a fault, with the types that have it."""
    found = types_by_status()
    return {f"Refused{status}": answer(_fault(found[status]), "refused") for status in found}


def _fault(types: list[str]) -> Json:
    text = {"type": "string"}
    return fields({"NeutronError": fields({"type": {"enum": types}, "message": text, "detail": text})})


def _paths(noun: Noun) -> Json:
    cls, path = noun.cls, f"/v2.0/{noun.route}"
    up = [parameter("parent_id", "path", {"type": "string", "minLength": 1})] if noun.parent else []
    one, many = reference(cls.__name__), reference(f"{cls.__name__}List")
    get = {"parameters": _queries(cls), **answer_of(cls, "list", 200, many, READING)}
    out: Json = {path: {"parameters": up, "get": get}}
    if noun.create:
        given = {"anyOf": [reference(f"{cls.__name__}Create"), reference(f"{cls.__name__}CreateMany")]}
        made = {"anyOf": [_single(cls, one), many]}
        out[path]["post"] = body(given) | answer_of(cls, "create", 201, made, WRITING)
    item: Json = {"parameters": [*up, _ID], "get": {"parameters": [_choices("fields", shown_names(cls))]}}
    item["get"] |= answer_of(cls, "show", 200, {"anyOf": [_single(cls, one), _partly(cls)]}, READING)
    if noun.update:
        item["put"] = {"parameters": [_REVISION]} | body(reference(f"{cls.__name__}Update"))
        item["put"] |= answer_of(cls, "update", 200, _single(cls, one), WRITING + CHANGING)
    if noun.delete:
        item["delete"] = {"parameters": [_REVISION]} | answer_of(cls, "delete", 204, None, WRITING + CHANGING)
    out[f"{path}/{{row_id}}"] = item
    for name, action in noun.actions.items():
        put = {"parameters": [_REVISION]} | body(given_to(noun, action))
        put |= answer_of(cls, name, 200, _answer_to(noun, action), WRITING + CHANGING)
        out[f"{path}/{{row_id}}/{name}"] = {"parameters": [*up, _ID], "put": put}
    for name, attribute in noun.views.items():
        get = answer_of(cls, name, 200, fields({attribute: dict(attributes(cls)[attribute].kind.schema)}), READING)
        out[f"{path}/{{row_id}}/{name}"] = {"parameters": [*up, _ID], "get": get}
    if issubclass(cls, Tagged):
        out |= _tags(noun, path, up)
    return out


def answer_of(cls: type[Resource], what: str, status: int, schema: Json | None, refused: Sequence[int]) -> Json:
    """Return the part of an operation that says how it is called and what it answers."""
    done = answer(schema, what) if schema else {"description": what}
    return {
        "operationId": f"{what}_{cls.collection if what == 'list' else cls.singular}",
        "tags": [cls.collection],
        "responses": {str(status): done} | refusals(*refused),
    }


def _tags(noun: Noun, path: str, up: Sequence[Json]) -> Json:
    cls = noun.cls
    schema = fields({"tags": attributes(cls)["tags"].kind.schema})
    item: Json = {"parameters": [*up, _ID, _TAG]}
    for method, what, status in (("get", "has_tag", 204), ("put", "add_tag", 201), ("delete", "remove_tag", 204)):
        item[method] = answer_of(cls, f"{what}_of", status, None, READING if method == "get" else WRITING)
    return {
        f"{path}/{{row_id}}/tags": {
            "parameters": [*up, _ID],
            "get": answer_of(cls, "list_tags_of", 200, schema, READING),
            "put": body(schema) | answer_of(cls, "replace_tags_of", 200, schema, WRITING),
            "post": body(schema) | answer_of(cls, "add_tags_of", 201, schema, WRITING),
            "delete": answer_of(cls, "remove_tags_of", 204, None, WRITING),
        },
        f"{path}/{{row_id}}/tags/{{tag}}": item,
    }


def _single(cls: type[Resource], schema: Json) -> Json:
    return fields({cls.singular: schema})


def _partly(cls: type[Resource]) -> Json:
    """Return the schema of an answer with only the fields that were asked for."""
    return _single(cls, reference(f"{cls.__name__}Fields"))


def shown_names(cls: type[Resource]) -> list[str]:
    """Return the wire names that answers have."""
    names = [attributes(cls)[name].wire for name in shown(cls)]
    return [*names, "tenant_id"] if "project_id" in names else names


def _queries(cls: type[Resource]) -> list[Json]:
    known = by_wire(cls)
    out = [filter_of(wire, attribute) for wire, attribute in known.items() if is_filterable(attribute)]
    if "tags" in known:
        out += [_repeated(name, {"type": "string"}) for name in TAG_MATCHES if name != "tags"]
    if "updated_at" in known:
        out.append(_repeated("changed_since", {"type": "string", "format": "date-time"}))
    out.append(_choices("fields", shown_names(cls)))
    out.append(_choices("sort_key", [wire for wire, attribute in known.items() if is_sortable(attribute)]))
    out.append(_repeated("sort_dir", {"enum": ["asc", "desc"]}))
    return [*out, *_PAGING]


def filter_of(wire: str, attribute: Attribute) -> Json:
    """Return the query parameter that filters by *attribute*."""
    if attribute.attr.child and attribute.attr.child.record:
        return _repeated(wire, {"type": "string", "pattern": "^[a-z_]+=.*$"})
    plain = {"integer": {"type": "integer"}, "boolean": {"type": "boolean"}}
    return _repeated(wire, plain.get(attribute.kind.storage, {"type": "string"}))


def _choices(name: str, allowed: Sequence[str]) -> Json:
    return _repeated(name, {"enum": list(allowed)})


def _repeated(name: str, item: Json) -> Json:
    return parameter(name, "query", array(item))


def given_to(noun: Noun, action: Action) -> Json:
    """Return the schema of the body of *action*."""
    if action.within:
        kind = by_wire(noun.cls)[action.within].kind
        return _single(noun.cls, fields({action.within: dict(kind.schema)}))
    return dict(action.parse.schema) if isinstance(action.parse, Record) else {"type": "object"}


def _answer_to(noun: Noun, action: Action) -> Json:
    hint = get_type_hints(action.act).get("return", object)
    if isinstance(hint, type) and issubclass(hint, Resource):
        return _single(noun.cls, reference(noun.cls.__name__))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return schema_of(hint)
    return array({"type": "object"}) if get_origin(hint) is list else {"type": "object"}


def _schemas(noun: Noun) -> Json:
    cls, name = noun.cls, noun.cls.__name__
    whole = {a.wire: dict(a.kind.schema) for a in attributes(cls).values() if a.attr.shown}
    if "project_id" in whole:
        whole["tenant_id"] = whole["project_id"]
    link = fields({"rel": {"enum": ["next", "previous"]}, "href": {"type": "string"}})
    many = {
        "type": "object",
        "properties": {cls.collection: array(reference(f"{name}Fields")), f"{cls.collection}_links": array(link)},
        "required": [cls.collection],
        "additionalProperties": False,
    }
    some = {"type": "object", "properties": whole, "additionalProperties": False}
    always = [a.wire for a in attributes(cls).values() if a.attr.shown and not a.attr.omitted]
    required = [wire for wire in whole if wire in always or wire == "tenant_id"]
    out: Json = {name: some | {"required": required}, f"{name}Fields": some, f"{name}List": many}
    if noun.create:
        given = _given(cls, put=False)
        out[f"{name}Create"] = _single(cls, given)
        out[f"{name}CreateMany"] = fields({cls.collection: array(given) | {"minItems": 1}})
    if noun.update:
        out[f"{name}Update"] = _single(cls, _given(cls, put=True))
    return out


def _given(cls: type[Resource], *, put: bool) -> Json:
    properties: Json = {}
    for wire, attribute in by_wire(cls).items():
        if wire == "tenant_id" or not (attribute.attr.put if put else attribute.attr.post):
            continue  # the older name has nothing to add
        properties[wire] = dict(attribute.kind.schema)
        if not put and attribute.default is not msgspec.NODEFAULT:
            properties[wire]["default"] = default_of(attribute)
    required = [] if put else [a.wire for a in attributes(cls).values() if a.attr.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def default_of(attribute: Attribute) -> object:
    """Return the default of *attribute* as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(attribute.default))


@cache
def encoded() -> bytes:
    """Return the document as JSON."""
    return msgspec.json.encode(document())
