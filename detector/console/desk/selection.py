"""Cases that somebody means: some by their ids, or all of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.casework.records import Case, CaseQuery


@dataclass(frozen=True, slots=True)
class Selection:
    """Exactly one of both counts: `query` where it is there."""

    ids: tuple[str, ...] = ()
    query: CaseQuery | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change of many would reach."""

    count: int
    is_more: bool
    """there are more than `count`"""
    sample: tuple[Case, ...]
    """the first of them"""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done so far."""

    changed: int
    refused: int
    """cases whose status may not be followed by the one that was asked for"""
    entries: str
    """the audit's entries that undo it, such as `7-9,12`"""
    job_id: str | None = None
    """of a change that goes on; None: it is done"""
