from __future__ import annotations

import fcntl
import io
import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.frames import unpack
from detector.pending import joined
from detector.spark.errors import SparkError
from detector.spark.stream_committing import CommitSettings, Committer
from detector.store.errors import StoreError
from detector.store.intake import Claim, IntakeCounts
from detector.store.opening import open_store
from detector.stream.partition import Partition
from detector.telemetry.logs import open_logs
from detector.telemetry.telemetry import make_telemetry
from streaming.dead_letter_limit import DeadLetterLimit, DeadLetterLimitError
from streaming.source import Block
from tests.detector.spark.spark_shards import NOW, Shard, Values, make_recipe
from tests.detector.stream.staged import ToldClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from detector.spark.stream_shard import Recipe
    from detector.spark.stream_taken import Taken
    from detector.store.intake import Frame
    from detector.store.interface import Store

HOUR = 3_600_000
DAY = 24 * HOUR
BEGIN = 1_780_000_000_000
FATES = ("kept", "lost", "cut", "held", "repeated")
"""of a shard's table between two batches; `repeated`: Spark never stored what the file is of"""
EVENTS = st.lists(st.tuples(st.integers(0, 400 * HOUR), st.integers(0, 12), st.booleans()), max_size=40)


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    """What executors are told."""
    return make_recipe()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for tables, which outlives the shards that they are of."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """One of each kind, empty."""
    opened = open_store(store_url)
    yield opened
    opened.close()


def _line(ms: int, name: object) -> bytes:
    when = datetime.fromtimestamp((BEGIN + ms) / 1000, UTC).isoformat(timespec="milliseconds")
    account = f"account {str(name).split('-')[0]}"
    return json.dumps({"event_id": f"e{name}", "time": when, "account_id": account}).encode()


def _log(count: int, first: int = 0) -> list[tuple[int, bytes]]:
    return [(at, _line(at * 60_000, at)) for at in range(first, first + count)]


class _Driver:
    """A committer, and time that passes as told."""

    def __init__(self, store: Store, recipe: Recipe, share: float = 1.0) -> None:
        self.clock = ToldClock()
        with open_logs(io.StringIO()) as log:
            self.committer = Committer(
                store, "a driver", self.clock, CommitSettings(recipe.admission), DeadLetterLimit(share),
                make_telemetry().intake, log,
            )  # fmt: skip

    def commit(self, rows: Sequence[tuple[str, int, Taken]]) -> None:
        """A batch that was planned now."""
        self.committer.commit(rows, self.clock.seconds)


@settings(max_examples=40)
@given(
    EVENTS, st.lists(st.integers(0, 40), max_size=4), st.lists(st.sampled_from(FATES), min_size=5, max_size=5)
)
def test_batches_come_to_what_one_reading_comes_to(
    recipe: Recipe,
    scratch: Path,
    drawn: list[tuple[int, int, bool]],
    cuts: list[int],
    fates: list[str],
) -> None:
    """However records are cut into batches, and whatever becomes of files: the same events and ticks."""
    records = [
        (2 * at, b"no event" if poison else _line(ms, name)) for at, (ms, name, poison) in enumerate(drawn)
    ]
    shard = Shard(recipe, scratch)
    bounds = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    taken = [
        one
        for (a, b), fate in zip(pairwise(bounds), fates, strict=False)
        if a < b
        for _, _, one in _taken(shard, records[a:b], fate)
    ]

    claim = Claim("usage/0", 1, None, b"", IntakeCounts(), idle=False, closed=None)
    whole = Partition(claim, [], recipe.decoding())
    if not records:
        assert taken == []
        return
    whole.take(Block([body for _, body in records], "usage/0", [at for at, _ in records]), NOW)
    commit = whole.commit()
    assert _events(frame for one in taken for frame in one.frames) == _events(commit.frames)
    assert sum(one.counts.duplicate for one in taken) == commit.counts.duplicate
    assert sum(one.counts.late for one in taken) == commit.counts.late
    assert [letter for one in taken for letter in one.letters] == list(commit.letters)
    assert taken[-1].witnesses == commit.state
    assert [one.before for one in taken] == [None, *(one.position for one in taken[:-1])]


def test_ids_are_forgotten_by_the_hour(recipe: Recipe, tmp_path: Path) -> None:
    """State does not grow for ever: hours that end a week before the watermark are dropped."""
    shard = Shard(recipe, tmp_path)
    shard.take([(at, _line(at * 6 * HOUR, at)) for at in range(40)])
    shard.take([(at, _line(at * 6 * HOUR, at)) for at in range(40, 120)])
    hours = sorted(hour for hour, _ in shard.seen.held)
    mark = int(np.frombuffer(shard.place.held[1], np.int64).min()) if shard.place.held else 0
    assert hours[0] * HOUR < mark - 7 * DAY + HOUR
    assert len(hours) < 7 * 4 + 10


def test_ids_are_kept_in_small_pieces_and_read_once(recipe: Recipe, tmp_path: Path) -> None:
    """A value of many ids is more than Spark can be sent; a batch that finds its table reads none of them."""
    shard = Shard(recipe, tmp_path)
    log = [(at, _line(at, at)) for at in range(3000)]
    shard.take(log[:1500])
    shard.take(log[1500:])
    assert max(len(ids) for (ids,) in shard.seen.held.values()) == 16 * 1024
    assert sum(len(ids) for (ids,) in shard.seen.held.values()) == 16 * 3000

    pieces, shard.seen = shard.seen, Values()
    ((_, _, taken),) = shard.take([(3000 + at, body) for at, body in log])
    assert taken.counts.duplicate == 3000
    shard.seen = pieces


def test_a_batch_that_is_repeated_is_stored_once(store: Store, recipe: Recipe, tmp_path: Path) -> None:
    """Spark repeats its last batch after a start, by another driver too: counts, frames and letters stay."""
    shard = Shard(recipe, tmp_path)
    first = _Driver(store, recipe)
    first.committer.claim(["usage/0", "usage/1"])
    first.commit(shard.take([*_log(20), (20, b"no event")]))
    before = shard.copy()
    batch = shard.take(_log(20, 21))
    first.commit(batch)
    then = _standing(store)

    first.commit(batch)
    again = _Driver(store, recipe)
    again.committer.claim(["usage/0", "usage/1"])
    again.commit(before.take(_log(20, 21)))
    assert _standing(store) == then
    assert then == ([("usage/0", 41, 41, 40), ("usage/1", None, 0, 0)], {"not_json": 1})

    with pytest.raises(StoreError, match="claimed by another"):
        first.commit(shard.take(_log(3, 41)))


def test_shards_of_a_partition_are_stored_as_one(store: Store, recipe: Recipe, tmp_path: Path) -> None:
    """Positions are the largest, counts are sums, and what a slow shard brings counts in an open tick."""
    fast, slow = Shard(recipe, tmp_path, number=0), Shard(recipe, tmp_path, number=1)
    driver = _Driver(store, recipe)
    driver.committer.claim(["usage/0"])
    driver.commit([*fast.take(_log(30)), *slow.take([(40, _line(0, "x-0"))])])
    assert _standing(store)[0] == [("usage/0", 41, 31, 31)]
    mark = store.partitions()[0].watermark
    assert mark is not None

    driver.commit(slow.take([(41, _line(60_000, "x-1"))]))
    assert _standing(store)[0] == [("usage/0", 42, 32, 32)]
    lease = store.lead("a leader", NOW, 30_000)
    assert lease is not None
    closed = store.close_ticks(lease, recipe.admission.tick, NOW)
    assert closed == (mark - 1) // recipe.admission.tick
    driver.commit(slow.take([(42, _line(60_001, "x-2"))]))
    waiting = [frame for _, frame in store.frames(closed, closed + 1)]
    assert sum(frame.events for frame in waiting) >= 2


def test_a_checkpoint_that_is_not_of_the_store_is_refused(
    store: Store, recipe: Recipe, tmp_path: Path
) -> None:
    """State of Spark that is ahead of the store, or behind it by part of a batch, would lose or double."""
    shard, stale = Shard(recipe, tmp_path), Shard(recipe, tmp_path)
    driver = _Driver(store, recipe)
    driver.committer.claim(["usage/0"])
    ahead = shard.copy()
    ahead.take(_log(10))
    with pytest.raises(SparkError, match="--state-dir"):
        driver.commit(ahead.take(_log(10, 10)))
    driver.commit(shard.take(_log(10)))
    with pytest.raises(SparkError, match="--state-dir"):
        driver.commit(stale.take(_log(20)))
    assert _standing(store)[0] == [("usage/0", 10, 10, 10)]


def test_a_silent_partition_lets_ticks_close_and_wakes(store: Store, recipe: Recipe, tmp_path: Path) -> None:
    """Read to its end and silent for a minute it is idle; what then comes counts in ticks that are open."""
    shard, other = Shard(recipe, tmp_path), Shard(recipe, tmp_path, "usage/1")
    driver = _Driver(store, recipe)
    driver.committer.claim(["usage/0", "usage/1", "usage/2"])
    driver.commit(other.take(_log(10)))
    driver.clock.seconds += 50
    driver.commit(shard.take(_log(600)))
    driver.clock.seconds += 20
    driver.committer.settle({"usage/0": 600, "usage/1": 10}, driver.clock.seconds)
    assert [one.idle for one in store.partitions()] == [False, True, False]
    driver.committer.settle({"usage/0": 600, "usage/1": 10, "usage/2": 0}, driver.clock.seconds)
    lease = store.lead("a leader", NOW, 30_000)
    assert lease is not None
    closed = store.close_ticks(lease, recipe.admission.tick, NOW)
    assert closed is not None

    driver.commit(other.take([(10, _line(11 * 60_000, 11))]))
    assert [one.idle for one in store.partitions()] == [False, False, True]
    assert sum(frame.events for origin, frame in store.frames(closed, closed + 1) if origin == "usage/1") == 1


def test_a_stream_of_another_format_is_not_stored(store: Store, recipe: Recipe, tmp_path: Path) -> None:
    """More dead letters than allowed stop the driver before it has thrown anything away."""
    driver = _Driver(store, recipe, share=0.001)
    driver.committer.claim(["usage/0"])
    with pytest.raises(DeadLetterLimitError, match="check the format"):
        driver.commit(Shard(recipe, tmp_path).take([(at, b"no event") for at in range(100)]))
    assert _standing(store) == ([("usage/0", None, 0, 0)], {})


def _taken(shard: Shard, records: Sequence[tuple[int, bytes]], fate: str) -> list[tuple[str, int, Taken]]:
    with ExitStack() as stack:
        for file in shard.scratch.iterdir():
            if fate == "lost":
                file.unlink()
            elif fate == "cut":
                os.truncate(file, file.stat().st_size // 2)
            elif fate == "held":
                fcntl.flock(stack.enter_context(file.open("a")), fcntl.LOCK_EX)
        if fate == "repeated":
            shard.copy().take(records)
        return shard.take(records)


def _events(frames: Iterable[Frame]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for frame in frames:
        chunk = joined([unpack(frame.body, frame.tick, "test")[0]])
        found += [(frame.tick, event) for event in chunk.rows["event"].tolist()]
    return sorted(found)


def _standing(store: Store) -> tuple[Sequence[tuple[str, int | None, int, int]], dict[str, int]]:
    stands = [(one.origin, one.position, one.counts.read, one.counts.accepted) for one in store.partitions()]
    return stands, store.letter_counts()
