"""Large sets that change by few elements at a time: the ports of a network or of a group, ten thousands of them.

Here: such a set, and `changed`, which makes it. Not here: what a change is (`values`).
"""

from collections.abc import Iterable, Iterator, Set
from typing import Any

_LARGE = 256


class Patched(Set[Any]):
    """The elements that either *base* or *patch* has: a set, never changed, that costs no copy of *base*."""

    __slots__ = ("_base", "_len", "_patch")

    def __init__(self, base: frozenset[Any], patch: frozenset[Any]) -> None:
        self._base = base
        self._patch = patch
        self._len = len(base) + len(patch) - 2 * len(patch & base)

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> frozenset[Any]:
        return frozenset(it)

    def __contains__(self, element: object) -> bool:
        return (element in self._base) is not (element in self._patch)

    def __len__(self) -> int:
        return self._len

    def __iter__(self) -> Iterator[Any]:
        return iter(self._base ^ self._patch)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Patched) and other._base is self._base:
            return other._patch == self._patch
        return Set.__eq__(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._base ^ self._patch)

    def changed(self, difference: frozenset[Any]) -> Set[Any]:
        """Return the set without those elements of *difference* that it has, and with the others."""
        return _without_copy(self._base, self._patch ^ difference)


def changed(before: Set[Any], difference: frozenset[Any]) -> Set[Any]:
    """Return *before* without those elements of *difference* that it has, and with the others.

    A set of n elements is copied at one change of √n only.
    """
    if isinstance(before, Patched):
        return before.changed(difference)
    assert isinstance(before, frozenset)  # noqa: S101 - all sets are that or Patched
    return _without_copy(before, difference)


def _without_copy(base: frozenset[Any], patch: frozenset[Any]) -> Set[Any]:
    return Patched(base, patch) if _LARGE <= len(base) >= len(patch) ** 2 else base ^ patch
