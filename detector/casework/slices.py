"""A query for cases as ranges of indexes: each slice is read from one index, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, select

from detector.casework.severity import rank_spans
from detector.casework.statuses import QUEUES
from detector.store.casework_schema import case_tags, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Select

    from detector.casework.ordering import Order
    from detector.casework.records import CaseQuery

_LAST: Final = "\U0010ffff"
"""after every other character"""


def slices(query: CaseQuery, order: Order, *columns: ColumnElement[Any]) -> Iterator[Select[Any]]:
    """Queries whose rows together are those of `query`: by queue, and by range of rank.

    `columns` are of the order, or of no table.
    """
    ranked = order.key.name == "rank"
    by_tag = order.key.table is case_tags
    held = _held(query, ranked=ranked, by_tag=by_tag)
    table = case_tags if by_tag else cases
    chosen = select(*columns).select_from(table)
    if by_tag and len(held) > 1:
        chosen = chosen.join(cases, cases.c.case_id == case_tags.c.case_id)
    for queue in QUEUES if query.queue is None else (query.queue,):
        for span in rank_spans(query.kind, query.severity) if ranked else [None]:
            within = [] if span is None else [order.key >= span[0], order.key < span[1]]
            yield chosen.where(table.c.queue == queue, *within, *held)


def _held(query: CaseQuery, *, ranked: bool, by_tag: bool) -> list[ColumnElement[bool]]:
    """Conditions beside queue and rank."""
    exact: tuple[tuple[Column[Any], Any], ...] = (
        (cases.c.label, query.label),
        (cases.c.status, query.status),
        (cases.c.verdict, query.verdict),
        (cases.c.assignee, query.assignee),
        (cases.c.campaign_id, query.campaign_id),
        (cases.c.kind, None if ranked else query.kind),
    )
    held: list[ColumnElement[bool]] = [column == value for column, value in exact if value is not None]
    if query.severity is not None and not ranked:
        held.append(cases.c.severity >= query.severity)
    if query.subject is not None:
        held += [cases.c.subject_id >= query.subject, cases.c.subject_id < query.subject + _LAST]
    if query.tag is not None:
        held.append(case_tags.c.tag == query.tag if by_tag else _tagged(query.tag))
    return held


def _tagged(tag: str) -> ColumnElement[bool]:
    mine = (case_tags.c.case_id == cases.c.case_id) & (case_tags.c.tag == tag)
    return select(case_tags.c.case_id).where(mine).exists()
