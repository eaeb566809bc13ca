from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.seen import SeenIds


def _stored(seen: SeenIds) -> dict[int, int]:
    return {int(i): int(t) for i, t in zip(seen.ids, seen.times, strict=True) if i}


def _put(seen: SeenIds, ids: list[int], time: int) -> None:
    """Put new ids in as admission does: by linear probing from the id's low bits."""
    seen.reserve(len(ids))
    mask = len(seen.ids) - 1
    for number in ids:
        at = number & mask
        while seen.ids[at]:
            at = (at + 1) & mask
        seen.ids[at], seen.times[at] = number, time


@settings(max_examples=50)
@given(st.lists(st.sets(st.integers(1, 2**64 - 1), max_size=12), max_size=6))
def test_growing_keeps_every_id_with_its_time(batches: list[set[int]]) -> None:
    """However small the table starts, it holds exactly what was put in and is never over 80 % full."""
    seen, expected = SeenIds(capacity=4), dict[int, int]()
    for time, batch in enumerate(batches):
        new = sorted(batch - set(expected))
        _put(seen, new, time)
        seen.added(len(new), None, 0)
        expected |= dict.fromkeys(new, time)

        assert len(expected) <= 0.8 * len(seen.ids)

    assert _stored(seen) == expected


def test_what_is_too_old_is_forgotten_when_room_is_made() -> None:
    """Ids from before the watermark less the window go when the table is built anew, and no others."""
    seen = SeenIds(capacity=8)
    _put(seen, [1, 2], 99)
    seen.added(2, None, 50)
    _put(seen, [3], 100)
    seen.added(1, 150, 50)

    seen.reserve(4)

    assert _stored(seen) == {3: 100}


def test_memory_follows_the_window_and_not_the_log() -> None:
    """A log of a hundred windows is held in a table for a few."""
    seen = SeenIds(capacity=64)
    for window in range(100):
        _put(seen, list(range(1 + 100 * window, 101 + 100 * window)), 1000 * window)
        seen.added(100, 1000 * window, 1000)

    assert len(seen.ids) <= 1024
    assert set(range(9801, 10_001)) <= set(_stored(seen))
