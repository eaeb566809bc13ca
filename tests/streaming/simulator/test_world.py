"""Worlds: the same from the same seed, in order, complete, and told truly."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.simulator.clock import Clock, rfc3339
from streaming.simulator.corpus import Corpus
from streaming.simulator.facts import Client, Facts, Params, Place
from streaming.simulator.family import Effort, all_families
from streaming.simulator.market import Market
from streaming.simulator.plan import Campaign, WorldPlan, stage_world
from streaming.simulator.requests import DAY, REQUEST
from streaming.simulator.scenes import Scene
from streaming.simulator.simulate import simulate
from streaming.simulator.stage import Role, Stage
from streaming.simulator.streams import generator
from streaming.simulator.texts import Template, Wording
from streaming.simulator.world import CHUNK, SLICE, play

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

START: Final = 1_772_409_600_000
SMALL: Final = WorldPlan(
    3, honest=40, days=2, pools=1, campaigns=tuple(Campaign(name, Effort(5, 80)) for name in all_families())
)
LOG: Final = "events.jsonl.zst"
TRUTHS: Final = ("truth_events.parquet", "truth_accounts.parquet")


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The records of a world's log."""
    with (folder / LOG).open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as lines:
        return [json.loads(line) for line in io.TextIOWrapper(lines, encoding="utf-8")]


@dataclass(frozen=True, slots=True)
class World:
    """A small world, read."""

    folder: Path
    records: list[dict[str, Any]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """What is no lifecycle record."""
        return [record for record in self.records if "kind" not in record]

    def truth(self, name: str) -> list[dict[str, Any]]:
        """The rows of a truth file."""
        rows: list[dict[str, Any]] = pq.read_table(self.folder / name).to_pylist()
        return rows


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every archetype that fits, every family, and a pool, on the built-in corpus."""
    folder = tmp_path_factory.mktemp("worlds") / "small"
    simulate(SMALL, folder)
    return World(folder, read_log(folder))


def test_a_seed_is_a_world(small: World, tmp_path: Path) -> None:
    """The same plan gives the same bytes, and another seed gives another log."""
    simulate(SMALL, tmp_path / "again")
    simulate(SMALL.changed(seed=4, campaigns=()), tmp_path / "other")
    for name in (LOG, *TRUTHS):
        assert (tmp_path / "again" / name).read_bytes() == (small.folder / name).read_bytes()
    assert (tmp_path / "other" / LOG).read_bytes() != (small.folder / LOG).read_bytes()


def test_the_truth_of_events_is_that_of_the_log(small: World) -> None:
    """Every line has its row, in the same order, and `ok` says that it was answered."""
    truth = small.truth("truth_events.parquet")
    assert [(row["event_id"], row["account_id"], row["ok"]) for row in truth] == [
        (event["event_id"], event["account_id"], event["status"] == 200) for event in small.events
    ]
    assert all(
        rfc3339(round(row["time"].timestamp() * 1000)) == event["time"]
        for row, event in zip(truth, small.events, strict=True)
    )
    assert all((row["label"] == "distillation") == (row["family"] is not None) for row in truth)
    assert len({row["event_id"] for row in truth}) == len(truth)


def test_the_truth_of_accounts_adds_up(small: World) -> None:
    """An account's counts, label and first attack are those of its events; every family has taken part."""
    events = small.truth("truth_events.parquet")
    sent = Counter(row["account_id"] for row in events)
    attacks = [row for row in events if row["label"] == "distillation"]
    hostile = Counter(row["account_id"] for row in attacks)
    first = {row["account_id"]: row["time"] for row in reversed(attacks)}
    accounts = small.truth("truth_accounts.parquet")
    assert {row["account_id"]: row["n_events"] for row in accounts} == sent
    for row in accounts:
        name = row["account_id"]
        assert (row["n_attack"], row["first_attack_time"]) == (hostile[name], first.get(name))
        assert (row["label"] == "distillation") == (name in hostile)
        assert (row["family"] is None) == (row["campaign_id"] is None) == (name not in hostile)
    assert {row["family"] for row in accounts} - {None} == set(all_families())


def test_records_come_in_order_of_time(small: World) -> None:
    """Lifecycle records stand among the events where their time says, and tell of accounts that exist."""
    times = [record["time"] for record in small.records]
    assert all(a <= b for a, b in pairwise(times))
    told = [record for record in small.records if "kind" in record]
    stage, _ = stage_world(SMALL)
    assert told == [json.loads(line) for _, line in sorted(stage.lifecycle)]
    banned = {record["account_id"] for record in told if record["kind"] == "ban"}
    assert banned <= {facts.account_id for facts in stage.facts}
    assert banned


def test_a_banned_account_is_not_answered_again(small: World) -> None:
    """From its ban on an account meets with refusals only."""
    banned: set[str] = set()
    for record in small.records:
        if record.get("kind") == "ban":
            banned.add(record["account_id"])
        elif record.get("account_id") in banned:
            assert record["status"] != 200
    assert banned


def test_asked_for_events_come_about(tmp_path: Path) -> None:
    """With a number of events asked for, the world has about as many, and is made in little time."""
    began = time.process_time()
    done = simulate(WorldPlan(5, honest=600, days=4, events=30_000), tmp_path)
    assert done.events == pytest.approx(30_000, rel=0.1)
    assert time.process_time() - began < 15


def test_truth_takes_room_by_request_however_many_accounts(tmp_path: Path) -> None:
    """Of many accounts that hardly ask there are as many requests as asked for, campaigns' among them."""
    campaign = Campaign("reference", Effort(300, 6_000))
    plan = WorldPlan(5, honest=5_000, days=10, pools=0, events=20_000, campaigns=(campaign,))
    done = simulate(plan, tmp_path)
    labels = pq.read_table(tmp_path / TRUTHS[0], columns=["label"])["label"].to_pylist()
    assert done.events == len(labels) == pytest.approx(20_000, rel=0.05)
    assert labels.count("distillation") == pytest.approx(6_000, rel=0.1)
    assert (tmp_path / TRUTHS[0]).stat().st_size < 50 * done.events


@dataclass(slots=True)
class Marathon:
    """Sessions that start in the first slice, last for days, and come out of order."""

    times: NDArray[np.int64]
    asked: int = 0
    name: str = "marathon"

    def expected(self, end: int) -> float:
        """All that is before the end."""
        return float((self.times < end).sum())

    def scale(self, factor: float) -> None:
        """They do what they do."""

    def requests(self, start: int, end: int, rng: np.random.Generator) -> NDArray[np.void]:
        """Everything in the first slice."""
        self.asked = end
        rows = np.zeros(len(self.times) if start == START else 0, dtype=REQUEST)
        rows["time"], rows["status"], rows["output"] = rng.permutation(self.times)[: len(rows)], 200, 9
        return rows


def _stage(days: int) -> Stage:
    said = Wording.of(Template(("hello",)))
    stage = Stage(
        7, said, Clock(START, days, START), Corpus({}, {}), Market.open(generator(7, "market")),
        np.ones((1, 168)), scenes=[Scene(said, said)], params=[Params()],
        places=[Place("192.0.2.1", 1, "NL")], clients=[Client("client/1")],
    )  # fmt: skip
    stage.account(Facts("acct_1"), Role("benign", "chat"), 0)
    return stage


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(-1, 3 * DAY), max_size=60).map(lambda times: [max(0, at) for at in times]),
    st.lists(st.integers(0, 2 * DAY - 1), max_size=9),
)
def test_sessions_that_run_on_are_neither_lost_nor_doubled(times: list[int], records: list[int]) -> None:
    """What a slice leaves over comes out once, in order, until the world ends; so do lifecycle records."""
    stage = _stage(days=2)
    stage.lifecycle = [(START + at, json.dumps({"time": rfc3339(START + at)})) for at in records]
    chunks = list(play(stage, [Marathon(np.array(times, dtype=np.int64) + START)]))
    lines = [json.loads(line)["time"] for chunk in chunks for line in chunk.text.splitlines()]
    due = [at for at in times if at < 2 * DAY]
    assert lines == [rfc3339(START + at) for at in sorted([*due, *records])]
    assert [at for chunk in chunks for at in chunk.rows["time"].tolist()] == [
        START + at for at in sorted(due)
    ]


def test_a_world_is_played_slice_by_slice() -> None:
    """Nothing beyond a slice is asked for before its lines are taken, and chunks are of limited size."""
    actor = Marathon(START + np.arange(2 * CHUNK, dtype=np.int64))
    chunks = play(_stage(days=4), [actor])
    sizes = [len(next(chunks).rows)]
    assert actor.asked == START + SLICE
    sizes += [len(chunk.rows) for chunk in chunks]
    assert sum(sizes) == 2 * CHUNK
    assert max(sizes) <= CHUNK
