"""What failed and when to try it again.

Here: back-off per item, and saying an error once. Not here: trying.
"""

import logging
from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

from neutrino.reconcile.fragment import Cell

_log = logging.getLogger("neutrino.reconcile")
_FIRST_DELAY_S = 0.5
_LAST_DELAY_S = 60.0

K = TypeVar("K")


class Failure(msgspec.Struct):
    """Why an item failed, since which place in the journal, what to look at again and when (on the loop's clock)."""

    error: str
    seq: int
    cells: set[Cell]
    delay_s: float
    due_s: float


class Retries(Generic[K]):
    """Items that failed, each with its own back-off."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet  # somebody else says the errors
        self._failures: dict[K, Failure] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def __contains__(self, item: K) -> bool:
        return item in self._failures

    @property
    def oldest_seq(self) -> int | None:
        """The place in the journal after which something is not realised."""
        return min((failure.seq for failure in self._failures.values()), default=None)

    @property
    def next_due_s(self) -> float | None:
        """When the next item is due."""
        return min((failure.due_s for failure in self._failures.values()), default=None)

    def failed(
        self, item: K, error: str, *, seq: int, now_s: float, cells: Iterable[Cell] = (), details: str = ""
    ) -> None:
        """Note that *item* failed; the error is logged with its *details* when it is new."""
        failure = self._failures.get(item)
        if failure is None:
            failure = self._failures[item] = Failure("", seq, set(), _FIRST_DELAY_S / 2, 0.0)
        failure.delay_s = min(failure.delay_s * 2, _LAST_DELAY_S)
        failure.due_s = now_s + failure.delay_s
        failure.cells.update(cells)
        if failure.error != error:
            if not self._is_quiet:
                _log.error("%s: %s; trying again", _named(item), f"{error}: {details}" if details else error)
            failure.error = error

    def settled(self, item: K) -> bool:
        """Note that *item* is as it should be; say whether it had failed before."""
        failure = self._failures.pop(item, None)
        if failure is not None:
            _log.info("%s: is as it should be again", _named(item))
        return failure is not None

    def due(self, now_s: float) -> list[tuple[K, set[Cell]]]:
        """Return the items that are to be tried now."""
        return [(item, failure.cells) for item, failure in self._failures.items() if failure.due_s <= now_s]

    def clear(self) -> None:
        """Forget all failures."""
        self._failures.clear()


def _named(item: object) -> str:
    return " ".join(map(str, item)) if isinstance(item, tuple) else str(item)
