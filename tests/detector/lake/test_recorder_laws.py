from __future__ import annotations

import shutil
import tempfile
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.lake.layout import ROOT
from detector.lake.recorder import WAITING, Recorder
from detector.lake.rows import joined
from detector.lake.taking import has_doubled, rows_of
from detector.lake.teaching import StatedLabels
from detector.lake.writer import LakeWriter
from detector.snapshots import Milestones
from detector.store.opening import open_store, upgrade
from tests.detector.lake.live import Live
from tests.detector.lake.recorded import bytes_of, files_in, lake_in, record, writer_in
from tests.detector.stream.staged import ADMISSION
from tests.detector.streamed import Detector, asks

if TYPE_CHECKING:
    from detector.lake.rows import Rows
    from tests.features.account.streams import Stream

WEEK = 7 * 24 * 60
ASKED = st.tuples(
    st.integers(0, 20) | st.integers(0, WEEK) | st.integers(0, 40 * 24 * 60),
    st.integers(0, 7),
    st.integers(1, 3),
    st.sampled_from([100, 900, 990]),
)
LOGS = st.lists(ASKED, min_size=4, max_size=8)
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def a_week() -> Stream:
    """Five accounts that share two wordings for a week, and come back after all that is forgotten."""
    busy = [(at // 3 * 480, at % 5, 1 + at % 2, [100, 900][at % 2]) for at in range(60)]
    return asks(*busy, *((minute + 30 * 24 * 60, account, 1, 900) for minute, account, _, _ in busy[:6]))


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without anything in it, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), max_size=8), st.sampled_from([1, 2, 4]))
def test_what_doubled_needs_no_memory(ticks: list[list[int]], first: int) -> None:
    """From the counts before and after a tick follows what milestones that remember would say."""
    due, counts = Milestones(first), np.zeros(3, dtype=np.int32)
    for more in ticks:
        before = counts.copy()
        counts += np.array(more, dtype=np.int32)
        touched = np.flatnonzero(more).astype(np.int64)

        found = touched[has_doubled(before[touched], counts[touched], first)]

        assert found.tolist() == due.passed(touched, counts[touched], 3).tolist()


@settings(max_examples=20, deadline=None)
@given(LOGS, st.integers(0, 60))
def test_no_row_holds_what_came_after_its_time(asked: list[tuple[int, int, int, int]], at: int) -> None:
    """A log that breaks off anywhere gives every row up to its last tick, as the whole log does."""
    stream = asks(*asked)
    some = stream.take(list(range(min(at, len(stream.events)))))

    whole, half = _taken(stream), _taken(some)

    # The last tick of what broke off may have held more.
    end = max(half.ends(), default=0) - 1
    assert _bytes_until(half, end) == _bytes_until(whole, end)


def _taken(stream: Stream) -> Rows:
    """What is taken of all ticks of a stream."""
    detector = Detector(admission=ADMISSION)
    ledger = detector.loop.ledger
    return joined([rows_of(ledger, tick, events=True) for tick in detector.steps(stream)])


def _bytes_until(rows: Rows, end: int) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in rows.until(end).state().arrays.items()}


@SLOW
@given(LOGS, st.lists(st.sampled_from(["checkpoint", "kill", "hand over"]), max_size=20))
def test_whatever_dies_a_lake_is_that_of_a_replay(
    empty_store: Path, asked: list[tuple[int, int, int, int]], fates: list[str]
) -> None:
    """Leaders fold, die and repeat what others had folded: the same files, byte by byte, and none twice."""
    stream = asks(*asked)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = open_store(f"sqlite:///{shutil.copy(empty_store, folder)}")
        Live.of(store, stream, folder / "live").run(chain(fates, repeat("")))
        store.close()
        record(folder / "replayed", stream, events=True, closing=False)
        assert bytes_of(folder / "live") == bytes_of(folder / "replayed")


def test_a_replayed_week_and_the_live_stream_write_equal_rows(empty_store: Path, tmp_path: Path) -> None:
    """A week and a return after a month, by leaders that die in between: identical files."""
    store = open_store(f"sqlite:///{shutil.copy(empty_store, tmp_path)}")
    fates = chain.from_iterable(repeat(["", "hand over", "checkpoint", "kill"]))

    Live.of(store, a_week(), tmp_path / "live").run(fates)
    store.close()
    record(tmp_path / "replayed", a_week(), events=True, closing=False)

    live = bytes_of(tmp_path / "live")
    assert live == bytes_of(tmp_path / "replayed")
    assert len(live) > 40
    assert len(lake_in(tmp_path / "live").recorded(StatedLabels({})).ends) > 10


def test_what_could_not_be_written_is_written_with_a_later_tick(tmp_path: Path) -> None:
    """A lake that is away costs nothing: the scoring goes on, and the files are those of a lake at hand."""
    failures: list[OSError] = []
    writer_in(tmp_path / "lake")
    writer = LakeWriter(files_in(tmp_path / "lake"), failures.append, events=False)
    detector = Detector(admission=ADMISSION)
    recorder = Recorder(detector.loop.ledger, writer)
    (tmp_path / "lake" / ROOT).write_text("in the way")
    stream = asks(*((at * 60, at % 4, 1, 100) for at in range(WAITING // 2)))
    for at, tick in enumerate(detector.steps(stream)):
        if at == WAITING // 4:
            (tmp_path / "lake" / ROOT).unlink()
        recorder.observe(tick)
    record(tmp_path / "at hand", stream, closing=False)

    assert len(failures) > 1
    assert bytes_of(tmp_path / "lake") == bytes_of(tmp_path / "at hand")


def test_of_a_lake_that_stays_away_the_oldest_hours_are_lost(tmp_path: Path) -> None:
    """No more than a day of hours is held in memory."""
    failures: list[OSError] = []
    writer_in(tmp_path)
    detector = Detector(admission=ADMISSION)
    recorder = Recorder(detector.loop.ledger, LakeWriter(files_in(tmp_path), failures.append, events=False))
    (tmp_path / ROOT).write_text("in the way")
    stream = asks(*((at * 60, at % 4, 1, 100) for at in range(2 * WAITING)))
    hours = set()
    for tick in detector.steps(stream):
        recorder.observe(tick)
        hours.add(tick.end // 3_600_000)

    held = recorder.state().arrays["accounts"]["end"]
    assert len(hours) == 2 * WAITING
    assert 0 < len(np.unique(held)) <= WAITING + 1
