"""The declarations beside upstream's definitions: every alias is served whole, and every difference is a reviewed one.

The differences stand in differences.toml, each with its reason; in what stands there, ``*`` is any text. One that is
not there fails, and so does one that is there and is none any more.
"""

import re
import tomllib
from pathlib import Path

import msgspec
from tests.contract.ledger.definitions import CORE, FURTHER, NOTHING, Theirs, actions, modules, upstream
from tests.contract.ledger.samples import SAMPLES

from neutrino.api.extensions import BY_ALIAS
from neutrino.api.queries import is_filterable, is_sortable
from neutrino.api.routes import NOUNS
from neutrino.model.faults import Fault
from neutrino.model.resource import Attribute, by_wire

REVIEWED = Path(__file__).with_name("differences.toml")
ABSENT = Path(__file__).with_name("absent.toml")
NOUN_OF = {noun.cls.collection: noun for noun in NOUNS}
# Those that upstream keeps in its own tree and that bring no attributes: quotas, and subnets from pools.
WITHOUT_DEFINITION = {"quotas", "quota_details", "subnet_allocation", "l3_agent_scheduler"}


def reviewed() -> list[str]:
    groups = tomllib.loads(REVIEWED.read_text())["difference"]
    assert all(group["reason"].strip() for group in groups)
    return [what for group in groups for what in group["what"]]


def differences() -> list[str]:
    """Return how the declarations differ from upstream's, one sentence each."""
    theirs = upstream(BY_ALIAS)
    out = []
    for collection, found in theirs.items():
        noun = NOUN_OF.get(collection)
        if noun is None:
            out.append(f"{collection}: no such noun")
            continue
        ours = by_wire(noun.cls)
        for name, one in found.items():
            place = f"{collection} {name}"
            if name not in ours:
                out.append(f"{place}: no such attribute")
            else:
                out += [f"{place} {what}" for what in _of_attribute(noun, ours[name], one)]
        shown = {wire for wire, attribute in ours.items() if attribute.attr.shown}
        out += [
            f"{collection} {name}: upstream has no such attribute" for name in shown - found.keys() - {"project_id"}
        ]
    mine = {f"{noun.cls.singular}s {name}" for noun in NOUNS for name in (*noun.actions, *noun.views)}
    out += [f"{action}: no such action" for action in actions(BY_ALIAS) - mine]
    out += [f"{action}: upstream has no such action" for action in mine - actions(BY_ALIAS)]
    for alias, extension in BY_ALIAS.items():
        if alias not in modules():
            out += [] if alias in FURTHER or alias in WITHOUT_DEFINITION else [f"extension {alias}: unknown upstream"]
        elif extension.name != modules()[alias].NAME:
            out.append(f"extension {alias} name: {extension.name!r}, upstream {modules()[alias].NAME!r}")
    return sorted(out)


def _of_attribute(noun, ours: Attribute, theirs: Theirs) -> list[str]:
    can_post, can_put = bool(noun.create) and ours.attr.post, bool(noun.update) and ours.attr.put
    pairs = {
        "post": (can_post, theirs.post),
        "put": (can_put, theirs.put),
        "shown": (ours.attr.shown, theirs.shown),
        "filter": (is_filterable(ours), theirs.filtered),
        "sort": (is_sortable(ours), theirs.sorted),
    }
    if can_post and theirs.post:
        pairs["required"] = (ours.attr.required, theirs.required)
        if theirs.default is not NOTHING:
            pairs["default"] = (_default(ours), theirs.default)
    out = [
        f"{flag}: {_plain(mine)}, upstream {_plain(other)}" for flag, (mine, other) in pairs.items() if mine != other
    ]
    if (can_post or can_put) and theirs.accepts:
        mine = {name for name, value in SAMPLES.items() if _accepts(ours, value)}
        other = {name for name, value in SAMPLES.items() if theirs.accepts(value)}
        out += [f"takes {name}: upstream does not" for name in SAMPLES if name in mine - other]
        out += [f"refuses {name}: upstream takes it" for name in SAMPLES if name in other - mine]
    return out


def _default(ours: Attribute) -> object:
    if ours.default is msgspec.NODEFAULT:
        return "decided later"
    return msgspec.json.decode(msgspec.json.encode(ours.default))


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _accepts(ours: Attribute, value: object) -> bool:
    try:
        ours.kind.parse(value)
    except (ValueError, Fault):
        return False
    return True


def test_every_difference_is_a_reviewed_one() -> None:
    found, known = differences(), reviewed()
    assert len(known) == len(set(known)), "a difference is listed twice"
    matching = {one: re.compile(".*".join(map(re.escape, one.split("*")))) for one in known}
    assert [one for one in found if not any(pattern.fullmatch(one) for pattern in matching.values())] == []
    assert [one for one, pattern in matching.items() if not any(map(pattern.fullmatch, found))] == []


def test_what_is_not_served_has_a_reason() -> None:
    groups = tomllib.loads(ABSENT.read_text())["group"]
    assert all(group["reason"].strip() for group in groups)
    listed = sorted(alias for group in groups for alias in group["aliases"])
    assert listed == sorted(modules().keys() - BY_ALIAS.keys() - {*CORE})


def test_the_extension_documents() -> None:
    for alias, extension in BY_ALIAS.items():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", extension.updated), alias
        if alias in modules():
            assert extension.description != modules()[alias].DESCRIPTION, f"{alias}: say it in own words"
