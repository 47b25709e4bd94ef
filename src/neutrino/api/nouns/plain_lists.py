"""Lists that have no table: filtered and cut to fields as those of nouns are. Not here: any path."""

from collections.abc import Mapping, Sequence

from neutrino.api.queries import Pairs
from neutrino.model.faults import HTTPBadRequest

_ORDERING = ("sort_key", "sort_dir", "limit", "marker", "page_reverse")  # such lists are whole, in one order


def chosen(items: Sequence[Mapping[str, object]], names: Sequence[str], found: Pairs) -> list[dict[str, object]]:
    """Return those of *items* (whose keys are *names*) that the query *found* selects, with the fields it asks for."""
    wanted: dict[str, list[str]] = {}
    for name, value in found:
        if name not in (*names, "fields", *_ORDERING):
            raise HTTPBadRequest(f"{[name]} is invalid attribute for filtering")
        wanted.setdefault(name, []).append(value.lower())
    fields = wanted.pop("fields", [])
    filters = {name: values for name, values in wanted.items() if name in names}
    kept = [item for item in items if all(str(item[name]).lower() in values for name, values in filters.items())]
    return [{name: item[name] for name in names if not fields or name in fields} for item in kept]
