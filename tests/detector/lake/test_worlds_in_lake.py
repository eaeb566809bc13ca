from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detector.defaults import DEFAULT_MODEL
from detector.lake.errors import LakeError
from detector.lake.lake import open_lake
from detector.lake.layout import ROOT
from detector.lake.manifest import manifest_of
from detector.lake.replaying import RecordedReplay
from detector.lake.teaching import StatedLabels, TrueWorld
from detector.lake.writer import open_writer
from detector.retrain.lake import lake_traffic
from detector.retrain.slicing import slices_of
from detector.truth import WorldTruth
from detector.worlds import read_world
from features.rows import SHINGLES
from features.text.purposes import PurposeWeights
from models.scorer import BENIGN, DISTILLATION, RELAY
from streaming.dead_letters import DeadLetterCounts
from tests.detector.lake.recorded import refused
from tests.support.logs import Shape, make_log
from tests.support.worlds import write_world

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup
    from models.dataset import PopulationSet, TrainingSet


@dataclass(frozen=True)
class Said:
    """A label of the tests."""

    label: str
    since: int = 0
    time: int = 4_000_000_000_000
    weight: float = 1.0
    group: str = ""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled world with a campaign, a resale pool and verdicts of the provider."""
    log = make_log(5, Shape(honest=24, harvesting=6, requests=20, span=timedelta(hours=5)))
    for at, event in enumerate(log):
        for number in "12":
            event["account_id"] = event["account_id"].replace(f"user-{number}", f"resold-{number}")
        event["status"] = 403 if at % 29 == 0 else 200
        event["org_id"] = f"org of {event['account_id'][:6]}"
        event["plan"] = "plan of the pool" if event["account_id"].startswith("resold") else "plan of others"
        event["user_agent"] = "OpenAI/Python 1.2"
    return write_world(tmp_path_factory.mktemp("world"), log)


def replayed(setup: Setup, world: Path, lake: Path, *, events: bool) -> Path:
    """The world's log, replayed into a lake."""
    replay = setup.replay
    mine = manifest_of(replay.reading.edge, replay.admission.tick)
    writer = open_writer(str(lake), mine, "test", refused, events=events)
    logs = [str(world / "events.jsonl")]
    RecordedReplay.of(replay, writer).run(logs, DeadLetterCounts(), lambda _: None, lambda _: None)
    return lake


@pytest.fixture(scope="module")
def lake(shipped: Setup, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world in a lake that keeps requests."""
    return replayed(shipped, world, tmp_path_factory.mktemp("lake"), events=True)


def assert_same(found: TrainingSet | PopulationSet, expected: TrainingSet | PopulationSet) -> None:
    """Column by column, which says more than a digest."""
    for column in fields(expected):
        ours, theirs = getattr(found, column.name), getattr(expected, column.name)
        np.testing.assert_array_equal(ours, theirs, err_msg=column.name)


def test_a_lake_gives_the_examples_of_the_world_that_was_replayed_into_it(
    shipped: Setup, world: Path, lake: Path
) -> None:
    """Every array is the same, bit by bit, and so is the digest."""
    expected = read_world(world, PurposeWeights.load(DEFAULT_MODEL / "text"))
    teacher = TrueWorld(WorldTruth.read(world), shipped.replay.reading.key)

    found = open_lake(str(lake), "test").examples(teacher)

    assert len(expected.accounts) > 100
    assert set(expected.populations.labels.tolist()) == {BENIGN, RELAY, DISTILLATION}
    assert_same(found.accounts, expected.accounts)
    assert_same(found.populations, expected.populations)
    assert found.digest() == expected.digest()


def test_a_lake_without_requests_tells_no_truth_of_them(shipped: Setup, world: Path, tmp_path: Path) -> None:
    """It says so, and with which option it would; rows under people's labels it has."""
    kept = open_lake(str(replayed(shipped, world, tmp_path, events=False)), "test")

    with pytest.raises(LakeError, match="--lake-events"):
        kept.examples(TrueWorld(WorldTruth.read(world), shipped.replay.reading.key))
    assert len(kept.examples(StatedLabels({})).accounts) > 100


def test_rows_up_to_a_moment_are_the_same_whatever_came_later(lake: Path) -> None:
    """Half of the log gives the rows that all of it gives, each account's latest one being its last."""
    kept = open_lake(str(lake), "test")
    whole = kept.recorded(StatedLabels({}))
    until = int(np.median(whole.ends))

    half = kept.recorded(StatedLabels({}), until)

    early = whole.ends <= until
    rows = whole.examples.accounts.take(early)
    names = whole.names[rows.accounts].tolist()
    assert half.ends.max() <= until
    assert half.names[half.examples.accounts.accounts].tolist() == names
    np.testing.assert_array_equal(half.examples.accounts.vectors, rows.vectors)
    np.testing.assert_array_equal(half.examples.accounts.parts, rows.parts)
    last = {name: at for at, name in enumerate(names)}
    assert np.flatnonzero(half.examples.accounts.final).tolist() == sorted(last.values())


def test_a_label_reaches_from_when_it_holds_to_when_it_was_said(lake: Path) -> None:
    """Rows before and after teach nothing; of an account that nobody judged all do, as ordinary use."""
    kept = open_lake(str(lake), "test")
    everything = kept.recorded(StatedLabels({}))
    mine = everything.ends[everything.names[everything.examples.accounts.accounts] == "pipe-0"]
    since, said = int(mine[1]), int(mine[-2])

    found = kept.recorded(StatedLabels({"pipe-0": Said("distillation", since, said, 0.5, "case 1")}, 0.1))

    rows = found.examples.accounts
    of = found.names[rows.accounts] == "pipe-0"
    assert found.ends[of].tolist() == mine[(mine >= since) & (mine <= said)].tolist()
    assert 0 < of.sum() < len(mine)
    assert set(rows.labels[of].tolist()) == {DISTILLATION}
    assert set(rows.groups[of].tolist()) == {"case 1"}
    assert set(rows.importance[of].tolist()) == {0.5}
    assert set(rows.labels[~of].tolist()) == {BENIGN}
    assert set(rows.importance[~of].tolist()) == {0.1}


def test_accounts_of_an_organisation_are_one_group(lake: Path) -> None:
    """Nobody judged them, and they must not be split; no id of the organisation is in the lake."""
    found = open_lake(str(lake), "test").recorded(StatedLabels({}))

    rows = found.examples.accounts
    organisations = {name[:6] for name in found.names.tolist()}
    assert len(set(rows.groups.tolist())) == len(organisations) == len(set(found.told["org"].tolist()))
    for path in lake.rglob("*.parquet"):
        assert b"org of" not in path.read_bytes()


def test_a_lake_tells_what_slices_of_accounts_there_are(lake: Path) -> None:
    """Who is of one plan or client is of one slice; neither is in the lake in the clear."""
    rows = lake_traffic(open_lake(str(lake), "test"))

    plans = dict(zip(rows.names.tolist(), rows.facts.plan.tolist(), strict=True))
    sizes = {name: len(members) for name, members in slices_of(rows, "plan", np.arange(len(plans)), 1)}
    of_pool = {plan for name, plan in plans.items() if name.startswith("resold")}
    assert len(of_pool) == 1
    assert sizes[of_pool.pop()] == sum(name.startswith("resold") for name in plans)
    assert len(sizes) == 2
    assert len(set(rows.facts.client.tolist())) == 1
    assert set(rows.facts.privacy.tolist()) == {"text"}
    for path in lake.rglob("*.parquet"):
        assert b"plan of" not in path.read_bytes()
        assert b"OpenAI" not in path.read_bytes()


def test_requests_are_kept_with_the_sketch_of_their_text(lake: Path) -> None:
    """Every request's sketch is there in columns, its signature as a list; the text is not."""
    table = pa.concat_tables([pq.read_table(path) for path in lake.glob(f"{ROOT}/events/*/*.parquet")])

    shingles = table["s_shingles"].combine_chunks()
    assert shingles.type.list_size == SHINGLES
    assert len(table) == len(shingles) > 100
    assert table["s_present"].to_pylist() == [1] * len(table)
    assert len(set(table["s_template"].to_pylist())) > 1


def test_what_is_authorised_teaches_nothing(lake: Path) -> None:
    """Nor do populations that are mostly such accounts'."""
    names = open_lake(str(lake), "test").recorded(StatedLabels({})).names.tolist()
    labels = {name: Said("authorised") for name in names if name.startswith("pipe")}

    found = open_lake(str(lake), "test").examples(StatedLabels(labels))

    assert not any(name in labels for name in found.accounts.groups.tolist())
    assert (found.populations.importance == 0).any()
    assert (found.populations.importance == 1).any()


def test_a_population_is_what_its_members_are_said_to_be(lake: Path) -> None:
    """By their requests at that moment: the campaign's wordings are an attack once its members are."""
    names = open_lake(str(lake), "test").recorded(StatedLabels({})).names.tolist()
    labels = {name: Said("distillation", group="case 1") for name in names if name.startswith("pipe")}

    found = open_lake(str(lake), "test").examples(StatedLabels(labels)).populations

    attack = found.labels == DISTILLATION
    assert attack.any()
    assert set(found.groups[attack].tolist()) == {"case 1"}
    assert set(found.kinds[attack].tolist()) == {"distillation"}
