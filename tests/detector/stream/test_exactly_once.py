from __future__ import annotations

import shutil
import tempfile
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.store.opening import open_store, upgrade
from detector.stream.findings import alert_records
from detector.stream.pages import stored_at
from tests.detector.stream.staged import ADMISSION, PARTITIONS, Stage
from tests.detector.streamed import Detector, asks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from detector.store.interface import Store
    from detector.stream.leader import Leader
    from detector.stream.worker import Worker
    from tests.detector.stream.staged import LogFeed
    from tests.features.account.streams import Stream

ASKED = st.tuples(
    st.integers(0, 20 * 24 * 60) | st.integers(0, 150 * 24 * 60),
    st.integers(0, 7),
    st.integers(1, 3),
    st.sampled_from([100, 900, 990]),
)
PAUSE = 60_000
"""ms; longer than a lease"""
HAPPENS = ("rebalance", "steal", "kill worker", "kill leader", "overtake", "checkpoint")
ACTIONS = st.lists(st.sampled_from(["work", "work", "work", "lead", "lead", *HAPPENS]), max_size=30)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without anything in it, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


def _opened(empty: Path, folder: str) -> Store:
    path = shutil.copy(empty, folder)
    return open_store(f"sqlite:///{path}")


class _Crew:
    """Two workers and a leader, any of whom may die and be replaced."""

    def __init__(self, stage: Stage, random: Random) -> None:
        self._stage = stage
        self._random = random
        self._workers: list[tuple[Worker, LogFeed]] = [stage.worker(random.choice([1, 5])) for _ in range(2)]
        self._leader: Leader = stage.leader()
        self._share()

    def do(self, action: str) -> None:
        """Something happens."""
        at = self._random.randrange(2)
        if action == "work":
            self._workers[at][0].step(0)
        elif action == "lead":
            self._leader.step()
        elif action == "checkpoint":
            self._leader.checkpoint()
        elif action == "rebalance":
            self._share()
        elif action == "steal":
            self._stage.store.claim([f"usage/{self._random.randrange(PARTITIONS)}"], "too late", 0)
        elif action == "overtake":
            self._overtake()
        elif action == "kill worker":
            self._workers[at] = self._stage.worker(self._random.choice([1, 5]))
            self._share()
        else:
            self._leader = self._stage.leader()
            self._wait()

    def finish(self) -> None:
        """Everything is read, and ticks close by the clock."""
        for _ in range(60):
            self._stage.clock.seconds += 1
            for worker, _ in self._workers:
                worker.step(0)
        for _ in range(4):
            for worker, _ in self._workers:
                worker.step(0)
                worker.commit()
            self._wait()
        self._leader.step()
        self._leader.step()

    def _overtake(self) -> None:
        """The leader stands still while another leads, perhaps until that one's lease has ended, too."""
        self._wait()
        other = self._stage.leader()
        other.step()
        other.checkpoint()
        if self._random.random() < 0.5:
            self._wait()
        self._leader.step()

    def _wait(self) -> None:
        self._stage.clock.seconds += 60
        self._stage.clock.wall += 60_000

    def _share(self) -> None:
        owned = [self._random.randrange(2) for _ in range(PARTITIONS)]
        for at, (_, feed) in enumerate(self._workers):
            feed.own({f"usage/{part}" for part, owner in enumerate(owned) if owner == at})


def _expected(stream: Stream) -> Iterator[bytes]:
    detector = Detector(admission=ADMISSION).run(stream)
    return (record.body for record in alert_records(detector.alerts))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(ASKED, min_size=6, max_size=16),
    st.lists(st.integers(0, 30), max_size=3),
    ACTIONS,
    st.randoms(use_true_random=False),
)
def test_whatever_dies_the_findings_are_those_of_a_replay(
    empty_store: Path,
    asked: list[tuple[int, int, int, int]],
    poison: list[int],
    actions: list[str],
    random: Random,
) -> None:
    """Workers and leaders die, partitions change hands: alerts and counts are those of an undisturbed run."""
    stream = asks(*asked)
    with tempfile.TemporaryDirectory() as folder:
        store = _opened(empty_store, folder)
        crew = _Crew(Stage(store, stream, poison), random)
        for action in actions:
            crew.do(action)
        crew.finish()

        assert [stored.alert.body for stored in store.alerts(0, 10_000)] == list(_expected(stream))
        counts = [partition.counts for partition in store.partitions()]
        poisoned = sum(at < len(stream.events) for at in poison)
        assert sum(one.accepted for one in counts) == len(stream.events)
        assert sum(one.dead_lettered for one in counts) == poisoned == sum(store.letter_counts().values())
        assert sum(one.read for one in counts) == len(stream.events) + poisoned
        store.close()


def test_a_partition_that_is_claimed_back_skips_nothing(empty_store: Path) -> None:
    """What was read ahead while another held the claim is read again, in order, even after a kill."""
    stream = asks(*((at, 0, 2, 100) for at in range(12)))
    with tempfile.TemporaryDirectory() as folder:
        store = _opened(empty_store, folder)
        stage = Stage(store, stream)
        worker, feed = stage.worker()
        feed.own({f"usage/{part}" for part in range(PARTITIONS)})
        worker.step(0)
        store.claim([f"usage/{part}" for part in range(PARTITIONS)], "too late", 0)
        worker.step(0)
        stage.clock.seconds += 11
        worker.step(0)
        worker, feed = stage.worker()
        feed.own({f"usage/{part}" for part in range(PARTITIONS)})
        for _ in stream.events:
            worker.step(0)
        counts = [partition.counts for partition in store.partitions()]
        assert sum(one.accepted for one in counts) == sum(one.read for one in counts) == len(stream.events)
        store.close()


@pytest.mark.parametrize("leaders", [1, 2, 100])
def test_every_step_may_be_another_leaders(empty_store: Path, leaders: int) -> None:
    """Leaders that take turns, each for a little and then for a checkpoint, find what one would find."""
    stream = asks(*((at * 400, at % 8, 1 + at % 3, [100, 900, 990][at % 3]) for at in range(40)))
    with tempfile.TemporaryDirectory() as folder:
        store = _opened(empty_store, folder)
        stage = Stage(store, stream)
        worker, feed = stage.worker()
        feed.own({f"usage/{part}" for part in range(PARTITIONS)})
        turns = cycle([stage.leader() for _ in range(leaders)])
        while stage.read < len(stream.events):
            worker.step(0)
            _lead(next(turns), stage)
        for _ in range(2):
            worker.commit()
            _lead(next(turns), stage)
        assert [stored.alert.body for stored in store.alerts(0, 10_000)] == list(_expected(stream))
        assert store.alerts(0, 1)
        checkpoint = store.load_checkpoint()
        assert checkpoint is not None
        assert stored_at(checkpoint.manifest) == stage.clock.wall - PAUSE
        store.close()


def _lead(leader: Leader, stage: Stage) -> None:
    leader.step()
    leader.checkpoint()
    stage.clock.wall += PAUSE
    stage.clock.seconds += 60
