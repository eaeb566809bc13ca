"""Cases that are part of another: one level deep, whatever is merged, split and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from detector.casework.errors import NotFound, Refused
from detector.casework.rows import load
from detector.store.casework_schema import cases
from detector.store.part import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection


def parts_of(connection: Connection, ids: Iterable[str]) -> list[str]:
    """Cases that are merged into any of `ids`."""
    found: list[str] = []
    for batch in batches(ids):
        query = select(cases.c.case_id).where(cases.c.merged_into.in_(batch))
        found += connection.execute(query).scalars()
    return found


def check_target(connection: Connection, target: str, ids: Iterable[str]) -> None:
    """Raise `NotFound` or `Refused` if nothing can be merged into a case, or not these."""
    if target in set(ids):
        raise Refused(f"case {target} cannot be merged into itself; leave it out")
    found = load(connection, [target]).get(target)
    if found is None:
        raise NotFound(f"case {target!r} is not known, so that nothing can be merged into it")
    if found.merged_into is not None:
        raise Refused(f"case {target} is part of {found.merged_into}; merge into that one")


def may_be_part(connection: Connection, case_id: str, target: str) -> bool:
    """Whether a case can be put back into another: neither has become part of something, or has parts."""
    found = load(connection, [target]).get(target)
    return found is not None and found.merged_into is None and not parts_of(connection, [case_id])
