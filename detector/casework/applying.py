"""Making a change of cases, with those that are parts of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from detector.casework.changing import changed
from detector.casework.merging import check_target, parts_of
from detector.casework.rows import load
from detector.casework.work import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from detector.casework.records import Case, Change
    from detector.casework.work import Deed

PORTION: Final = 200
"""cases of a transaction where there are many: others wait for it"""


def apply(
    connection: Connection, before: Mapping[str, Case], wanted: Change, deed: Deed
) -> tuple[list[Case], int]:
    """Change cases; they as they are now, and their first entry in the audit. Raises `Refused`."""
    after = [changed(case, wanted, deed.actor, deed.now) for case in before.values()]
    if not wanted.merge_into:
        return write(connection, before, after, deed)
    check_target(connection, wanted.merge_into, before)
    parts = load(connection, parts_of(connection, before))
    moved = [
        replace(case, merged_into=wanted.merge_into) for name, case in parts.items() if name not in before
    ]
    return write(connection, {**parts, **before}, after + moved, deed)
