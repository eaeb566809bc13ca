"""Sends the records of dead letters again, to the partition that they came from.

There a record meets the others of its account, whatever the partitioner of who sends them, and is counted
once however often it is sent: its event id is known. One that still is no event would only die again, and
stays behind unless told otherwise; it has no account, and goes under the name of its partition.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from detector.store.intake import StoredLetter
    from detector.store.interface import ReadStore
    from features.adapters import Adapter
    from streaming.kafka.output import TopicSink

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Readdressed:
    """A dead letter's record, and where it is to go."""

    number: int
    topic: str
    partition: int
    key: str
    record: bytes


@dataclass(slots=True)
class Plan:
    """What is to be sent, and what is not and why."""

    sent: list[Readdressed] = field(default_factory=list)
    hopeless: Counter[str] = field(default_factory=Counter)
    """those that are no events still, by the reason that they have now"""
    lost: int = 0
    """those whose record was not kept"""


def chosen(store: ReadStore, after: int, limit: int, reason: str | None) -> Iterator[Sequence[StoredLetter]]:
    """Dead letters that were not sent again yet, by number, some at a time and `limit` in all."""
    left = limit
    while left > 0:
        found = store.letters(after, BATCH, reason)
        if not found:
            return
        after = found[-1].number
        fresh = [letter for letter in found if letter.redriven is None][:left]
        left -= len(fresh)
        if fresh:
            yield fresh


def planned(letters: Iterable[StoredLetter], adapter: Adapter, latest: datetime, *, hopeless: bool) -> Plan:
    """What to do with some letters; `hopeless` ones are sent as well, if so told."""
    plan = Plan()
    for stored in letters:
        record = stored.letter.payload
        if record is None:
            plan.lost += 1
            continue
        key, reason = _key(record, adapter, latest)
        if reason is not None:
            plan.hopeless[reason] += 1
            if not hopeless:
                continue
        topic, _, partition = stored.origin.rpartition("/")
        plan.sent.append(Readdressed(stored.number, topic, int(partition), key or stored.origin, record))
    return plan


def send(plan: Plan, sink: Callable[[str], TopicSink], store: ReadStore, now: int) -> None:
    """Send what is planned, and remember it once it is stored; raises `SinkError` and `StoreError`."""
    sinks = {topic: sink(topic) for topic in {one.topic for one in plan.sent}}
    for one in plan.sent:
        sinks[one.topic].send(one.key, msgspec.Raw(one.record), one.partition)
    for each in sinks.values():
        each.flush()
    store.mark_redriven([one.number for one in plan.sent], now)


def _key(record: bytes, adapter: Adapter, latest: datetime) -> tuple[str | None, str | None]:
    """The account that a record is of, and the reason why it is no event."""
    decoded = adapter.decode([record], latest)
    if decoded.rejected:
        return None, decoded.rejected[0].reason
    if decoded.lifecycle:
        return decoded.lifecycle[0].subject, None
    return (decoded.batch.accounts[0] if decoded.batch.accounts else None), None
