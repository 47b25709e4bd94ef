"""docs/ovn.md: what each resource of the API becomes in the Northbound; its rows are those that are rendered.

Written anew by: NEUTRINO_GOLDEN=write pytest tests/unit/backends/test_ovn_page.py
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.topology import reference
from tests.unit.backends.test_golden import shown

from neutrino.api.routes import NOUNS
from neutrino.backends.ovn.northbound import BACKEND
from neutrino.reconcile.noun import EVERY

PAGE = Path(__file__).parents[3] / "docs" / "ovn.md"
BLOCK = re.compile(r"(<!-- rows of (\w+) (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def rows(collection: str, name: str) -> Iterator[str]:
    """Yield what one resource of the reference topology owns, and what it gives to rows of others, as lines."""
    nouns = {noun.collection: noun for noun in BACKEND.nouns}
    everybody = [one for one in reference() if one.collection in nouns]
    facts = {(r.collection, r.id): noun.facts(r) for r in everybody if (noun := nouns[r.collection]).facts}
    (resource,) = (
        one
        for one in everybody
        if one.collection == collection and name in (getattr(one, "name", None), one.id, getattr(one, "host", None))
    )

    def see(cls: type, one: str) -> object:
        if one == EVERY:
            return tuple(value for (known, _), value in sorted(facts.items()) if known == cls.collection and value)
        return facts.get((cls.collection, one))

    fragment = nouns[collection].render(resource, see)
    if fragment is None:
        return
    for key, columns in sorted(fragment.rows.items(), key=lambda item: item[0].table):
        yield f"{key.table} {key.uuid}"
        yield from (f"    {column} = {shown(value)}" for column, value in sorted(columns.items()) if value not in EMPTY)
    for place, elements in sorted(fragment.elements.items()):
        yield f"{place.table} {place.uuid}, in {place.column}: {shown(elements)}"


EMPTY: tuple[object, ...] = (None, {}, frozenset(), "")


def written(text: str) -> str:
    """Return the page with its blocks made anew."""

    def block(found: re.Match[str]) -> str:
        lines = "\n".join(rows(found[2], found[3])) or "no row"
        return f"{found[1]}```text\n{lines}\n```\n{found[4]}"

    return BLOCK.sub(block, text)


def test_the_page_shows_what_is_rendered() -> None:
    wanted = written(PAGE.read_text())
    if os.environ.get("NEUTRINO_GOLDEN") == "write":
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted


def test_each_noun_has_its_place_on_the_page() -> None:
    text = PAGE.read_text()
    shown_nouns = {found[2] for found in BLOCK.finditer(text)}
    assert {noun.collection for noun in BACKEND.nouns} - shown_nouns == set(), (
        "rows of a noun are missing in docs/ovn.md"
    )
    named = set(re.findall(r"`(\w+)`", text))
    assert {noun.cls.collection for noun in NOUNS} - named == set(), "nouns that docs/ovn.md does not name"
