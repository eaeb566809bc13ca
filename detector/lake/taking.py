"""What a tick gives a lake: who doubled their requests, as they are now.

Nothing is remembered from tick to tick. Whether a count passed a power of two follows from what it is and
from what the tick added, so that whoever repeats a tick takes the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.lake.rows import ACCOUNT, PART, POPULATION, SHARE, SHOWN, Rows
from detector.snapshots import FIRST_ACCOUNT, FIRST_POPULATION
from features.account.fold import FORBIDDEN, UNAUTHORIZED, time_order
from features.account.vector import vectors as account_vectors
from features.plain import taken
from features.population.attachment import parts_of
from features.population.layout import FREE
from features.population.members import members_of
from features.population.vector import vectors as population_vectors
from features.rows import EVENT_ROW, SKETCH_ROW

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from detector.ledger import Ledger, Tick

_TOLD: Final = {"org": "org", "plan": "plan", "client": "user_agent"}
"""Facts of an account by the field of a request that tells them."""
_NO_EVENTS: Final = (np.zeros(0, EVENT_ROW), np.zeros(0, SKETCH_ROW), np.zeros(0, SHOWN))


def rows_of(ledger: Ledger, tick: Tick, *, events: bool) -> Rows:
    """What a tick made pass a milestone, and its `events` if these are wanted too."""
    order = time_order(tick.rows)
    rows, shown = taken(tick.rows, order), tick.shared[order]
    numbers = _grown_accounts(ledger, tick, rows)
    accounts = _accounts(ledger, numbers, tick.end)
    for name, field in _TOLD.items():
        told = _told(rows, field)
        accounts[0][name] = [told.get(number, 0) for number in numbers.tolist()]
    populations = _populations(ledger, _grown_populations(ledger, tick, shown), tick.end)
    if not events:
        return Rows(*accounts, *populations, *_NO_EVENTS)
    seen = _shown(ledger, shown, tick.end)
    return Rows(*accounts, *populations, rows, taken(tick.sketches, order), seen)


def all_rows(ledger: Ledger, end: int) -> Rows:
    """Every account and population at the end of a log."""
    accounts = _accounts(ledger, np.arange(len(ledger.accounts)), end)
    populations = _populations(ledger, np.arange(len(ledger.words)), end)
    return Rows(*accounts, *populations, *_NO_EVENTS)


def has_doubled(before: NDArray[Any], after: NDArray[Any], first: int) -> NDArray[np.bool_]:
    """Whether counts reached `first`, twice as many, four times as many, and so on; `first` a power of two.

    That is when `detector.snapshots.Milestones` says so of counts that it followed from zero.
    """
    _, power = np.frexp(after // first)
    mark = first << np.maximum(power - 1, 0).astype(np.int64)
    doubled: NDArray[np.bool_] = (after >= first) & (mark > before)
    return doubled


def _grown_accounts(ledger: Ledger, tick: Tick, rows: NDArray[np.void]) -> NDArray[np.int64]:
    verdicts = (rows["denied"] == 1) | np.isin(rows["status"], (UNAUTHORIZED, FORBIDDEN))
    total = ledger.accounts.rows["total"][tick.accounts].astype(np.int64)
    places = np.searchsorted(tick.accounts, rows["account"][~verdicts])
    more = np.bincount(places, minlength=len(tick.accounts))
    return tick.accounts[has_doubled(total - more, total, FIRST_ACCOUNT)]


def _grown_populations(ledger: Ledger, tick: Tick, shown: NDArray[np.int32]) -> NDArray[np.int64]:
    groups = ledger.words.groups[tick.populations]
    total = groups["events"].astype(np.int64)
    places = np.searchsorted(tick.populations, shown[shown != FREE])
    more = np.bincount(places, minlength=len(tick.populations))
    # What the first two accounts had asked was nobody's until the third one came.
    before = np.where(groups["shown"] <= more, 0, total - more)
    return tick.populations[has_doubled(before, total, FIRST_POPULATION)]


def _told(rows: NDArray[np.void], field: str) -> dict[int, int]:
    """What each account that told it is, by its last request."""
    told = rows[field] != 0
    return dict(zip(rows["account"][told].tolist(), rows[field][told].tolist(), strict=True))


def _accounts(
    ledger: Ledger, numbers: NDArray[np.int64], end: int
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    rows, groups = ledger.accounts.rows, ledger.words.groups
    counts, found = parts_of(ledger.words, rows["total"], numbers)
    out = np.zeros(len(numbers), dtype=ACCOUNT)
    out["end"], out["account"], out["parts"] = end, numbers, counts
    out["requests"] = rows["total"][numbers]
    out["vector"] = account_vectors(rows, numbers)
    parts = np.zeros(len(found), dtype=PART)
    parts["population"] = groups["key"][found["population"]]
    parts["shown"] = groups["shown"][found["population"]]
    for name in ("kind", "count", "members", "share", "relative"):
        parts[name] = found[name]
    return out, parts


def _populations(
    ledger: Ledger, numbers: NDArray[np.int64], end: int
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    words = ledger.words
    groups = words.groups[numbers]
    out = np.zeros(len(numbers), dtype=POPULATION)
    out["end"], out["population"], out["number"] = end, groups["key"], numbers
    out["members"], out["shares"] = groups["members"], groups["members"]
    out["requests"], out["shown"] = groups["events"], groups["shown"]
    out["vector"] = population_vectors(words, ledger.accounts.rows, numbers)
    return out, _shares(ledger, numbers)


def _shares(ledger: Ledger, numbers: NDArray[np.int64]) -> NDArray[np.void]:
    """What each member asked, by population and then by account."""
    words = ledger.words
    found = [members_of(number, words.groups, words.edges) for number in numbers.tolist()]
    edges = words.edges[np.concatenate([np.zeros(0, dtype=np.int64), *found])]
    of = np.repeat(np.arange(len(found)), [len(some) for some in found])
    order = np.lexsort((edges["account"], of))
    out = np.zeros(len(edges), dtype=SHARE)
    out["account"], out["requests"] = edges["account"][order], edges["count"][order]
    return out


def _shown(ledger: Ledger, shown: NDArray[np.int32], end: int) -> NDArray[np.void]:
    out = np.zeros(len(shown), dtype=SHOWN)
    out["end"] = end
    out["populations"][shown != FREE] = ledger.words.groups["key"][shown[shown != FREE]]
    return out
