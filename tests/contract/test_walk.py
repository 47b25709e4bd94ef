"""One resource of each noun, from its creation to its deletion, by the commands that people use."""

import pytest
from tests.contract.walks import WALKS, Walk


@pytest.fixture
def needed(openstack_, walk):
    """What the needs of the walk made; it is gone after."""
    made, undo = [], []
    for need in walk.needs:
        if isinstance(need, str):
            noun, _, _ = need.partition(" create ")
            made.append(openstack_.json(need.format(*made)))
            undo.append(f"{noun} delete {made[-1]['id']}")
        else:
            openstack_(need[0].format(*made))
            undo.append(need[1].format(*made))
    yield made
    for command in reversed(undo):
        openstack_(command)


@pytest.mark.parametrize("walk", WALKS, ids=str)
def test_a_resource_from_creation_to_deletion(openstack_, walk: Walk, needed) -> None:
    def words(text: str, **more: str) -> str:
        return text.format(*needed, **more)

    def shown() -> dict[str, object]:
        found = openstack_.json(f"{walk.noun} show {under} {one}")
        return {key: sorted(value) if key == "tags" else value for key, value in found.items()}

    def listed(flags: str) -> list[object]:
        return [row[walk.id] for row in openstack_.json(f"{walk.noun} list {under} {words(flags)}")]

    under = words(walk.under)
    one = str(openstack_.json(f"{walk.noun} create {words(walk.create)}")["id"])
    now = shown()
    assert {key: now[key] for key in walk.shows} == walk.shows
    for verb, changes in (("set", walk.sets), ("unset", walk.unsets)):
        for flags, wanted in changes:
            openstack_(f"{walk.noun} {verb} {words(flags)} {under} {one}")
            now = shown()
            assert {key: now[key] for key in wanted} == wanted, f"{verb} {flags}"
    assert one in listed("")
    for flags in walk.finds:
        assert one in listed(flags), f"list {flags}"
    for flags in walk.misses:
        assert one not in listed(flags), f"list {flags}"
    openstack_(f"{walk.noun} delete {under} {one}")
    assert one not in listed("")
