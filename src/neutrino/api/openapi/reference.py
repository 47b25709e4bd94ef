"""The reference page: one section for each noun, from the declarations that the OpenAPI document is made of too.

Here: `page()`, Markdown. Not here: the example answers, which come from a running API (tests/component/api).
"""

import inspect
import json
from collections.abc import Mapping, Sequence

import msgspec

from neutrino.api.extensions import EXTENSIONS
from neutrino.api.openapi import further, paths
from neutrino.api.openapi.document import default_of, given_to
from neutrino.api.openapi.schemas import types_by_status
from neutrino.api.queries import is_filterable, is_sortable
from neutrino.api.routes import NOUNS, Noun
from neutrino.model.resource import Attribute, Tagged, attributes

_COMMAND = "NEUTRINO_GOLDEN=write pytest tests/component/api/test_reference.py"
_INTRODUCTION = """# The API, noun by noun

What the columns say: *POST* and *PUT*: whether the attribute may be given when the resource is created or changed
(**must**: it has to be); *default*: what a creation has where it is not given (none: the server decides); *list*:
whether lists are filtered (f) and sorted (s) by it. `tenant_id` is an older name of `project_id`: it is taken and
answered too.

The same, for programs, is the OpenAPI document that the API serves: `GET /openapi.json`.

Every list takes `fields`, `sort_key` with `sort_dir`, and `limit` with `marker` and `page_reverse`; a filter may be
repeated, and one of its values must match. What has `updated_at` is filtered by `changed_since`, what has tags by
`tags`, `tags-any`, `not-tags` and `not-tags-any`. PUT and DELETE take `If-Match: revision_number=N`. A POST of the
collection's name and a list creates all of them, or none.
"""


def page(examples: Mapping[str, object], nouns: Sequence[Noun] = NOUNS) -> str:
    """Return the page; *examples* has an answer for some of the collections."""
    parts = [f"<!-- {_COMMAND} -->\n{_INTRODUCTION}"]
    parts += [_section(noun, examples.get(noun.cls.collection)) for noun in nouns]
    return "\n".join([*parts, _further(), _refusals(), _extensions()])


def _section(noun: Noun, example: object) -> str:
    cls = noun.cls
    out = [f"## {cls.human}", "", inspect.cleandoc(cls.__doc__ or ""), "", *_paths(noun), ""]
    out += ["| attribute | type | POST | PUT | default | list | extension |", "|---|---|---|---|---|---|---|"]
    out += [_row(noun, a) for a in attributes(cls).values() if a.attr.shown or a.attr.post or a.attr.put]
    if example is not None:
        out += ["", "```json", json.dumps({cls.singular: example}, indent=2), "```"]
    return "\n".join([*out, ""])


def _paths(noun: Noun) -> list[str]:
    path = f"/v2.0/{noun.route}"
    many = ["GET", *(["POST"] if noun.create else [])]
    one = ["GET", *(["PUT"] if noun.update else []), *(["DELETE"] if noun.delete else [])]
    out = [f"* {' '.join(many)} `{path}`", f"* {' '.join(one)} `{path}/{{id}}`"]
    for name, action in noun.actions.items():
        out.append(f"* PUT `{path}/{{id}}/{name}` with {_type(given_to(noun, action))}")
    out += [f"* GET `{path}/{{id}}/{name}`" for name in noun.views]
    if issubclass(noun.cls, Tagged):
        out += [f"* GET PUT POST DELETE `{path}/{{id}}/tags`", f"* GET PUT DELETE `{path}/{{id}}/tags/{{tag}}`"]
    return out


def _row(noun: Noun, a: Attribute) -> str:
    post = "must" if a.attr.required else "yes" if a.attr.post and noun.create else ""
    put = "yes" if a.attr.put and noun.update else ""
    is_given = bool(post) and a.default is not msgspec.NODEFAULT
    default = f"`{json.dumps(default_of(a))}`" if is_given else ""
    listed = ("f" if is_filterable(a) else "") + ("s" if is_sortable(a) else "")
    name = f"`{a.wire}`" if a.attr.shown else f"`{a.wire}` (never answered)"
    kind = "time" if a.kind.name == "timestamp" else _type(a.kind.schema)
    return f"| {name} | {kind} | {post} | {put} | {default} | {listed} | {a.attr.extension} |"


def _type(schema: Mapping[str, object]) -> str:
    """Return *schema* in words."""
    either = schema.get("anyOf")
    if isinstance(either, list | tuple):
        return " or ".join(_type(one) for one in either)
    if "const" in schema:
        return json.dumps(schema["const"])
    allowed = schema.get("enum")
    if isinstance(allowed, list | tuple):
        return ", ".join(f"`{value}`" for value in allowed)
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = schema.get("type", "any")
    if isinstance(kind, list | tuple):
        return " or ".join(_type({**schema, "type": one}) for one in kind)
    item, inside = schema.get("items"), schema.get("properties")
    if kind == "array" and isinstance(item, Mapping):
        return f"list of: {_type(item)}"
    if kind == "object" and isinstance(inside, Mapping):
        return "{" + ", ".join(f"{name}: {_type(one)}" for name, one in inside.items()) + "}"
    if kind == "integer" and "minimum" in schema:
        return f"{schema['minimum']} to {schema.get('maximum', '')}".strip()
    if kind == "string" and "maxLength" in schema and "format" not in schema:
        return f"string of at most {schema['maxLength']}"
    return str(schema.get("format", kind)) if kind != "null" else "null"


def _further() -> str:
    out = ["## Further paths", ""]
    for path, item in (paths.paths() | further.paths()).items():
        out.append(f"* {' '.join(method.upper() for method in item if method != 'parameters')} `{path}`")
    return "\n".join([*out, ""])


def _refusals() -> str:
    out = ["## Refusals", "", '`{"NeutronError": {"type": ..., "message": ..., "detail": ""}}`, with these types:', ""]
    out += [f"* {status}: {', '.join(types)}" for status, types in types_by_status().items()]
    return "\n".join([*out, ""])


def _extensions() -> str:
    out = ["## Extensions", "", *(f"* `{one.alias}`: {one.description}" for one in EXTENSIONS)]
    return "\n".join([*out, ""])
