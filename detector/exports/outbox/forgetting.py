"""Which deliveries nobody needs any more: the last of a finding tells that its sink was told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, exists, func, select

from detector.store.casework_schema import cases
from detector.store.export_schema import deliveries, export_sinks
from detector.store.schema import alerts

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_ENDED: Final = ("done", "failed")


def ended(before: int) -> ColumnElement[bool]:
    """Deliveries that ended before a time (ms of the wall clock)."""
    return and_(deliveries.c.status.in_(_ENDED), deliveries.c.done < before)


def needless(before: int) -> ColumnElement[bool]:
    """Those that ended before a time, but the last of a finding to each sink, if the finding was not over."""
    # What ended is due no later, or by hours at a removed sink: an index leads to it by sink and `due`.
    known = deliveries.c.sink_id.in_(select(export_sinks.c.sink_id))
    old = and_(known, deliveries.c.due < before, ended(before))
    return old & (_is_removed() | _has_later() | _is_over(before))


def _is_removed() -> ColumnElement[bool]:
    removed = select(export_sinks.c.sink_id).where(export_sinks.c.ended.is_not(None))
    return deliveries.c.sink_id.in_(removed)


def _has_later() -> ColumnElement[bool]:
    later = deliveries.alias("later")
    same = (later.c.object_id == deliveries.c.object_id) & (later.c.sink_id == deliveries.c.sink_id)
    return exists().where(same, later.c.number > deliveries.c.number)


def _is_over(before: int) -> ColumnElement[bool]:
    """Cleared or closed for so long that nothing of it is still to be put into the outbox."""
    mine = cases.c.case_id == deliveries.c.object_id
    over = (cases.c.alert_status == "cleared") | (cases.c.status == "closed")
    revised = exists().where(alerts.c.alert_id == deliveries.c.object_id, alerts.c.recorded >= before)
    return exists().where(mine, over, func.coalesce(cases.c.closed, 0) < before) & ~revised
