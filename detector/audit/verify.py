"""Whether the audit is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detector.audit.reading import entries
from detector.store.audit_entry import BEGINNING, Head, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detector.store.audit_entry import Recorded
    from detector.store.database import Database


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found."""

    head: Head
    """the last entry that is sound; number 0: there is none"""
    fault: str | None
    """the first thing that is not right; None: the chain is whole"""


def verify(database: Database, head: Head | None = None) -> Verified:
    """Follow the chain from its first entry; `head`, kept from earlier, must be in it.

    Finds entries that were changed, taken out, put in or swapped. That the last ones were cut off, or all of
    them written anew, shows by `head` alone.
    """
    return follow(entries(database), head)


def follow(chain: Iterable[Recorded], head: Head | None = None) -> Verified:
    """As `verify`, of entries in order."""
    last = Head(0, BEGINNING)
    for found in chain:
        fault = _fault(found, last, head)
        if fault is not None:
            return Verified(last, fault)
        last = Head(found.number, found.digest)
    if head is not None and last.number < head.number:
        return Verified(last, f"the chain ends at entry {last.number}, and entry {head.number} is known")
    return Verified(last, None)


def _fault(found: Recorded, last: Head, head: Head | None) -> str | None:
    number = found.number
    if number != last.number + 1:
        return f"entry {last.number + 1} is missing: entry {last.number} is followed by {number}"
    if found.previous != last.digest:
        return f"entry {number} does not follow from the one before"
    if digest_of(number, found.entry, found.previous) != found.digest:
        return f"entry {number} was changed"
    if head is not None and head.number == number and head.digest != found.digest:
        return f"entry {number} is not the one that is known"
    return None
