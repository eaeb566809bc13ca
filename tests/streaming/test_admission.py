from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.rows import EVENT_ROW
from streaming.admission import ACCEPTED, DUPLICATE, LATE, WITNESSES, Admission, AdmissionSettings
from streaming.seen import SEEN

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

MINUTE = 60_000
SETTINGS = AdmissionSettings(tick=5 * MINUTE, lateness=60 * MINUTE, remember=300 * MINUTE)
START = 1_772_323_200_000

Event = tuple[int, int, int]
"""Id, start and latency."""
EVENT = st.tuples(
    st.integers(1, 12),
    st.sampled_from([0, 1, 5, 10, 61, 62, 299, 300, 301, 700]) | st.integers(0, 400),
    st.sampled_from([0, 0, 1, 5, 400]),
).map(lambda event: (event[0], START + event[1] * MINUTE, event[2] * MINUTE))


@dataclass
class Reference:
    """What must become of each event, decided with a dictionary and a sorted list."""

    available: dict[int, int] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)

    @property
    def watermark(self) -> int | None:
        """The eighth largest start."""
        return sorted(self.starts)[-WITNESSES] if len(self.starts) >= WITNESSES else None

    def admit(self, event: Event) -> tuple[int, int]:
        """The verdict and the tick of one event."""
        name, start, latency = event
        mark, available = self.watermark, start + latency
        if mark is not None and available < mark - SETTINGS.lateness:
            return LATE, 0
        known = self.available.get(name)
        if known is not None and (mark is None or known >= mark - SETTINGS.remember):
            return DUPLICATE, 0
        self.available[name] = available
        self.starts.append(start)
        ends = -(-available // SETTINGS.tick)
        return ACCEPTED, ends if mark is None else max(ends, -(-mark // SETTINGS.tick))


def _rows(events: list[Event]) -> NDArray[np.void]:
    rows = np.zeros(len(events), dtype=EVENT_ROW)
    for at, (name, start, latency) in enumerate(events):
        rows["event"][at], rows["time"][at], rows["available"][at] = name, start, start + latency
    return rows


def _admit(admission: Admission, events: list[Event]) -> list[tuple[int, int]]:
    admitted = admission.admit(_rows(events))
    return list(zip(admitted.verdicts.tolist(), admitted.ticks.tolist(), strict=True))


@given(st.lists(EVENT, max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_verdicts_equal_a_plain_reference_in_any_batches(events: list[Event], cuts: list[int]) -> None:
    """Duplicates, late events, ticks and the watermark follow from the order of events alone."""
    admission, reference = Admission(SETTINGS), Reference()
    bounds = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]

    found: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(bounds):
        found += _admit(admission, events[start:end])

    assert found == [reference.admit(event) for event in events]
    assert admission.watermark == reference.watermark


@settings(max_examples=50)
@given(st.lists(st.integers(0, 10_000), min_size=WITNESSES, max_size=40), st.integers(0, 7), st.randoms())
def test_a_few_events_of_the_far_future_do_not_move_the_watermark(
    minutes: list[int], strays: int, random: Random
) -> None:
    """Up to seven events of a wrong clock leave the watermark at or before the latest of the others."""
    events = [(i + 1, START + minute * MINUTE, 0) for i, minute in enumerate(minutes)]
    wrong = [(1000 + i, START + 10**11 * (i + 1), 0) for i in range(strays)]
    mixed = events + wrong
    random.shuffle(mixed)
    admission = Admission(AdmissionSettings(lateness=10**12))

    _admit(admission, mixed)

    assert admission.watermark is not None
    assert admission.watermark <= START + max(minutes) * MINUTE


def test_there_is_no_watermark_before_enough_events() -> None:
    """Seven events are too few to expect nothing before them."""
    admission = Admission(SETTINGS)
    _admit(admission, [(i + 1, START + i, 0) for i in range(WITNESSES - 1)])
    assert admission.watermark is None

    _admit(admission, [(99, START + 50, 0)])
    assert admission.watermark == START


@settings(max_examples=50)
@given(st.lists(EVENT, max_size=40), st.lists(EVENT, min_size=1, max_size=10), st.integers(0, 200))
def test_a_closed_tick_takes_no_more_events(before: list[Event], after: list[Event], ahead: int) -> None:
    """Whatever closed a tick, the watermark or an idle stream, later events count in later ticks."""
    admission = Admission(SETTINGS)
    _admit(admission, before)
    if ahead > 100:
        admission.close(START // SETTINGS.tick + ahead)
    closed = admission.closed

    ticks = [tick for verdict, tick in _admit(admission, after) if verdict == ACCEPTED]

    assert closed is None or all(tick > closed for tick in ticks)
    assert ahead <= 100 or closed is None or closed >= START // SETTINGS.tick + ahead


def test_a_duplicate_of_a_request_that_ran_for_days_counts_once() -> None:
    """An id is remembered from when its event became available, not from its start."""
    admission = Admission(SETTINGS)
    _admit(admission, [(i + 1, START + 1000 * MINUTE, 0) for i in range(WITNESSES)])
    slow = (99, START, 1000 * MINUTE)

    assert [verdict for verdict, _ in _admit(admission, [slow, slow])] == [ACCEPTED, DUPLICATE]


def test_each_of_many_events_is_counted_once() -> None:
    """A hundred thousand ids delivered twice, in batches, are accepted once and known the second time."""
    ids = np.random.default_rng(3).permutation(np.arange(1, 100_001, dtype=np.uint64))
    admission = Admission(AdmissionSettings())
    verdicts = []
    for batch in np.array_split(np.concatenate([ids, ids[::-1]]), 23):
        rows = np.zeros(len(batch), dtype=EVENT_ROW)
        rows["event"], rows["time"], rows["available"] = batch, START, START
        verdicts.append(admission.admit(rows).verdicts)

    found = np.concatenate(verdicts)
    assert (found[:100_000] == ACCEPTED).all()
    assert (found[100_000:] == DUPLICATE).all()


@given(st.lists(EVENT, max_size=60), st.integers(0, 60))
def test_an_admission_goes_on_from_another_ones_end(events: list[Event], stop: int) -> None:
    """Told the witnesses and what was accepted, a new one decides as the old one would have."""
    whole, first, second = Admission(SETTINGS), Admission(SETTINGS), Admission(SETTINGS)
    found = _admit(first, events[:stop])
    accepted = [event for event, (verdict, _) in zip(events, found, strict=False) if verdict == ACCEPTED]
    seen = np.array([(name, start + latency) for name, start, latency in accepted], dtype=SEEN)

    second.resume(first.witnesses)
    second.recall(seen)

    assert found + _admit(second, events[stop:]) == _admit(whole, events)
    assert second.watermark == whole.watermark
