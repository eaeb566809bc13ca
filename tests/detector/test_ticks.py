from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.ticks import TickLoop
from features.account.vector import vectors
from streaming.admission import AdmissionSettings
from tests.detector.streamed import KERNEL, TICK, batch_of, cut
from tests.features.account.streams import DAY, START, STREAMS, Stream, make_stream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from detector.ledger import Tick

PATIENT = AdmissionSettings(tick=TICK, lateness=10_000 * DAY, remember=10_000 * DAY)
CUTS = st.lists(st.integers(0, 30), max_size=4)

Seen = tuple[int, int, dict[str, bytes]]
"""End of a tick, its events, and the vector of each account in it."""


def _loop(admission: AdmissionSettings = PATIENT) -> TickLoop:
    return TickLoop(KERNEL, admission, half_life=14 * DAY)


def _see(loop: TickLoop, ticks: Iterable[Tick]) -> list[Seen]:
    seen = []
    for tick in ticks:
        found = vectors(loop.ledger.accounts.rows, tick.accounts)
        names = [loop.ledger.accounts.names[account] for account in tick.accounts]
        told = {name: row.tobytes() for name, row in zip(names, found, strict=True)}
        seen.append((tick.end, tick.events, told))
    return seen


def _observe(loop: TickLoop, stream: Stream, cuts: Iterable[int] = ()) -> list[Seen]:
    return [seen for piece in cut(stream, cuts) for seen in _see(loop, loop.observe(batch_of(piece)))]


def _replay(loop: TickLoop, stream: Stream, cuts: Iterable[int] = ()) -> list[Seen]:
    return [*_observe(loop, stream, cuts), *_see(loop, loop.finish())]


@settings(max_examples=40)
@given(STREAMS, CUTS)
def test_the_result_does_not_depend_on_batches(stream: Stream, cuts: list[int]) -> None:
    """Ticks, vectors, counts and the order of accounts are the same however the log was cut."""
    admission = AdmissionSettings(tick=TICK)
    whole, pieces = _loop(admission), _loop(admission)

    assert _replay(whole, stream) == _replay(pieces, stream, cuts)
    assert whole.counts == pieces.counts
    assert list(whole.ledger.accounts.names) == list(pieces.ledger.accounts.names)


@settings(max_examples=40)
@given(STREAMS, st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=8))
def test_what_is_delivered_twice_counts_once(stream: Stream, again: list[tuple[int, int]]) -> None:
    """Events delivered again, at once or later, change no tick and leave no account behind."""
    once, twice = _loop(), _loop()
    order = list(range(len(stream.events)))
    for event, later in again:
        if event < len(stream.events):
            order.insert(min(order.index(event) + 1 + later, len(order)), event)

    assert _replay(twice, stream.take(order)) == _replay(once, stream)
    assert twice.counts.accepted == once.counts.accepted
    assert twice.counts.duplicate == len(order) - len(stream.events)
    assert list(twice.ledger.accounts.names) == list(once.ledger.accounts.names)


@settings(max_examples=40)
@given(STREAMS, CUTS, st.randoms(use_true_random=False))
def test_the_order_within_a_tick_does_not_matter(stream: Stream, cuts: list[int], random: Random) -> None:
    """Neighbours that became available in one tick may come in any order."""
    order: list[int] = []
    for _, same in groupby(
        range(len(stream.events)), key=lambda at: -(-stream.events[at]["available"] // TICK)
    ):
        neighbours = list(same)
        random.shuffle(neighbours)
        order += neighbours

    assert _replay(_loop(), stream.take(order), cuts) == _replay(_loop(), stream)


@settings(max_examples=40)
@given(STREAMS, CUTS)
def test_no_row_holds_what_came_after_its_tick(stream: Stream, cuts: list[int]) -> None:
    """At a tick, no account in it has seen an event that became available after the tick's end."""
    loop, ends = _loop(), []
    for piece in cut(stream, cuts):
        for tick in loop.observe(batch_of(piece)):
            assert (loop.ledger.accounts.rows["last_end"][tick.accounts] <= tick.end).all()
            ends.append(tick.end)

    assert ends == sorted(set(ends))


@settings(max_examples=40)
@given(STREAMS, st.integers(0, 20))
def test_cutting_off_later_events_leaves_earlier_ticks_alone(stream: Stream, last: int) -> None:
    """What a tick showed is what it would have shown had the log ended after it."""
    until = min(last, len(stream.events))

    early = _observe(_loop(), stream.take(list(range(until))))

    assert _replay(_loop(), stream)[: len(early)] == early


@settings(max_examples=40)
@given(STREAMS, st.integers(0, 20), st.integers(-DAY, 60 * DAY))
def test_an_idle_stream_closes_ticks_once(stream: Stream, pause: int, wait: int) -> None:
    """Ticks closed while nothing came stay closed, later events count in later ones, and none is lost."""
    loop, n = _loop(), len(stream.events)
    before = _observe(loop, stream.take(list(range(min(pause, n)))))
    before += _see(loop, loop.flush(START + wait))
    after = _replay(loop, stream.take(list(range(min(pause, n), n))))

    ends = [end for end, _, _ in before + after]
    assert ends == sorted(set(ends))
    assert sum(events for _, events, _ in before + after) == loop.counts.accepted == n


def test_an_event_counts_when_it_became_available() -> None:
    """A request that ran for a day counts at its end, and one that ends with a tick counts in it."""
    stream = make_stream([(0, 1, TICK - 1, {}, None), (1, 0, 0, {}, None), (2, 0, DAY, {}, None)])

    seen = _replay(_loop(), stream)

    assert [(end, events) for end, events, _ in seen] == [(START + TICK, 2), (START + DAY + TICK, 1)]
