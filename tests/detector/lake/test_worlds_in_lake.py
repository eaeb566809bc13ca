from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.compose import Intake
from detector.lake.errors import LakeError
from detector.lake.replaying import RecordedReplay
from detector.lake.teaching import TrueWorld
from detector.lake.writer import open_writer
from detector.lake.manifest import manifest_of
from detector.lake.lake import open_lake
from detector.truth import WorldTruth, logs_of
from detector.worlds import read_world
from features.text.purposes import PurposeWeights
from streaming.dead_letters import DeadLetterCounts
from tests.detector.lake.recorded import refused
from tests.support.logs import START, Shape, make_log, stamp
from tests.support.worlds import write_world

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup
    from models.dataset import Examples


def replayed(setup: Setup, log: Path, lake: Path, *, events: bool) -> None:
    """A log is replayed into a lake, without a look at what is found."""
    replay = setup.replay
    mine = manifest_of(replay.reading.edge, replay.admission.tick)
    writer = open_writer(str(lake), mine, "test", refused, events=events)
    RecordedReplay.of(replay, writer).run([str(log)], DeadLetterCounts(), lambda _: None, lambda _: None)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled world with a campaign, a resale pool and verdicts of the provider."""
    log = make_log(5, Shape(honest=24, harvesting=6, requests=20, span=timedelta(hours=60)))
    for at, event in enumerate(log):
        event["account_id"] = event["account_id"].replace("user-1", "resold-1")
        event["status"] = 403 if at % 29 == 0 else 200
        event["org_id"] = f"org of {event['account_id'][:6]}"
    return write_world(tmp_path_factory.mktemp("world"), log)


@pytest.fixture(scope="module")
def lake(shipped: Setup, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world, replayed into a lake that keeps requests."""
    folder = tmp_path_factory.mktemp("lake")
    replayed(shipped, world / "events.jsonl", folder, events=True)
    return folder


def test_a_lake_gives_the_examples_of_the_world_that_was_replayed_into_it(
    shipped: Setup, world: Path, lake: Path
) -> None:
    """Every array is the same, bit by bit, and so is the digest."""
    weights = PurposeWeights.load(shipped_text())
    expected = read_world(world, weights)
    teacher = TrueWorld(WorldTruth.read(world), shipped.replay.reading.key)

    found = open_lake(str(lake), "test").examples(teacher)

    assert len(expected.accounts) > 100
    assert_same(found, expected)
    assert found.digest() == expected.digest()


def shipped_text() -> Path:
    from detector.defaults import DEFAULT_MODEL
    return DEFAULT_MODEL / "text"


def assert_same(found: Examples, expected: Examples) -> None:
    """Column by column, which says more than a digest."""
    for ours, theirs in ((found.accounts, expected.accounts), (found.populations, expected.populations)):
        for column in fields(theirs):
            np.testing.assert_array_equal(
                getattr(ours, column.name), getattr(theirs, column.name), err_msg=column.name
            )
