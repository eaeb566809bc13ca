from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import zstandard

from detector import compose
from detector.campaigns.evidence import evidence
from detector.campaigns.groups import parted
from detector.campaigns.linking import link as link_here
from detector.campaigns.rules import RULES
from detector.campaigns.suspicion import suspected
from detector.intake import Counts
from detector.reader import LogReader
from detector.spark.errors import SparkError
from detector.spark.link import Linking, link
from detector.spark.link_found import Alerted, read_words, write_found
from detector.spark.stage import log_files, write_stage
from features.account.fold import DAY
from features.population.table import PopulationTable
from streaming.dead_letters import DeadLetterCounts
from streaming.simulator.family import Effort
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate
from tests.detector.spark.spark_plain import interpreted

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from detector.campaigns.view import View
    from detector.compose import Setup
    from detector.spark.link import LinkedGroups


@dataclass(frozen=True)
class Case:
    """A log with two campaigns and a second file that repeats some of it, linked by both."""

    alerted: Alerted
    found: LinkedGroups
    view: View
    end: int

    def groups_here(self) -> list[list[str]]:
        """As the single process links the state at the end of its replay."""
        view = self.view
        linked = link_here(view.words, view.means, view.flagged, view.covered, self.end // DAY, RULES)
        return sorted(sorted(view.names[int(row)] for row in group) for group in parted(linked, 2))


@pytest.fixture(scope="module")
def case(spark: SparkSession, shipped: Setup, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Everything that distils is alerted; a tenth of the log is there a second time."""
    folder = tmp_path_factory.mktemp("link")
    effort = Effort(accounts=12, exchanges=500)
    campaigns = (Campaign("fixed_cot", effort), Campaign("persona_dialogues", effort))
    plan = WorldPlan(seed=7, honest=120, days=3, events=2_500, campaigns=campaigns, pools=1)
    simulate(plan, folder / "world", lambda _: None, "canonical")
    paths = [str(folder / "world" / "events.jsonl.zst"), str(_repeated(folder))]
    replay = shipped.replay
    intake = compose.Intake(replay.kernel, replay.reading)
    view, end = _seen(shipped, paths)
    alerted = Alerted.read(_accounts(folder), replay.reading.key)
    covered = np.isin([view.names[row] for row in range(len(view.names))], alerted.names)
    view = replace(view, covered=covered, flagged=np.zeros(len(view.words), dtype=np.bool_))
    view = suspected(view, view.words.groups["key"], end, RULES)
    with interpreted(spark):
        write_stage(spark, log_files(paths), intake, folder / "stage")
        frames = spark.read.parquet((folder / "stage").as_uri())
        found = link(frames, alerted.hashes, None, Linking.of(intake, replay.admission.tick))
    return Case(alerted, found, view, end)


def test_groups_are_those_of_the_single_process(case: Case) -> None:
    """Of the same log, for the same accounts and by the same words; what is there twice counts once."""
    rows = np.searchsorted(case.alerted.hashes, case.found.members["account"].to_numpy().view(np.uint64))
    groups: dict[int, list[str]] = {}
    for row, group in zip(rows, case.found.members["group"].to_pylist(), strict=True):
        groups.setdefault(group, []).append(case.alerted.names[row])
    assert sorted(map(sorted, groups.values())) == case.groups_here()
    assert len(groups) >= 2
    assert (case.found.end, case.found.accounts) == (case.end, len(case.view.names))


def test_findings_have_the_evidence_of_the_single_process(case: Case, tmp_path: Path) -> None:
    """Campaigns, members and links are tables as a replay writes them, with the same objects and weights."""
    assert write_found(tmp_path, case.found, case.alerted) == len(case.groups_here())
    members = pq.read_table(tmp_path / "members.parquet").to_pylist()
    links = pq.read_table(tmp_path / "links.parquet").to_pylist()
    row_of = {case.view.names[row]: row for row in range(len(case.view.names))}
    for campaign in pq.read_table(tmp_path / "campaigns.parquet").to_pylist():
        own = [one["account_id"] for one in members if one["campaign_id"] == campaign["campaign_id"]]
        rows = np.sort([row_of[name] for name in own])
        here = evidence(rows, case.view, case.end, RULES)
        told = [(one["object"], one["members"], one["others"], one["weight"]) for one in campaign["evidence"]]
        assert told == [(one.object_id, one.members, one.others, one.weight) for one in here.objects]
        assert campaign["shared_events"] == here.shared
        assert campaign["accounts"] == len(own)
        assert sum(one["campaign_id"] == campaign["campaign_id"] for one in links) == len(here.accounts)


def test_words_of_links_can_be_given(case: Case, tmp_path: Path) -> None:
    """The objects of a table of links, each once."""
    write_found(tmp_path, case.found, case.alerted)
    words = read_words(tmp_path / "links.parquet")
    objects = set(pq.read_table(tmp_path / "links.parquet")["object"].to_pylist())
    assert {f"{key:016x}" for key in words.tolist()} == {one.partition(":")[2] for one in objects}


def test_a_table_of_something_else_is_refused(shipped: Setup, case: Case, tmp_path: Path) -> None:
    """The message names the option and what it needs."""
    write_found(tmp_path, case.found, case.alerted)
    with pytest.raises(SparkError, match="--alerted"):
        Alerted.read(tmp_path / "links.parquet", shipped.replay.reading.key)
    with pytest.raises(SparkError, match="--words"):
        read_words(tmp_path / "campaigns.parquet")


def test_a_table_that_is_not_there_is_named(shipped: Setup, tmp_path: Path) -> None:
    """By its option and path, with what to give instead."""
    missing = tmp_path / "missing.parquet"
    with pytest.raises(SparkError, match=r"--alerted .*missing\.parquet: no file .* give the path"):
        Alerted.read(missing, shipped.replay.reading.key)
    with pytest.raises(SparkError, match=r"--words .*missing\.parquet: no file .* give the path"):
        read_words(missing)


def test_rules_of_membership_are_those_of_the_tables() -> None:
    """What is too popular to link is told by the same number in both."""
    default = inspect.signature(PopulationTable).parameters["most_members"].default
    assert default == RULES.most_members


def _seen(shipped: Setup, paths: list[str]) -> tuple[View, int]:
    """What the single process has folded at the end of a log, and when its last tick ended."""
    loop, engine = shipped.replay.start()
    reader = LogReader(paths, shipped.replay.reading, Counts(), DeadLetterCounts(), lambda _: None)
    ends = [tick.end for batch in reader.batches() for tick in loop.observe(batch)]
    ends += [tick.end for tick in loop.finish()]
    return engine.view(ends[-1]), ends[-1]


def _repeated(folder: Path) -> Path:
    """Every tenth line of the log, in a file of its own."""
    path = folder / "again.jsonl"
    with zstandard.open(folder / "world" / "events.jsonl.zst", "rt", encoding="utf-8") as lines:
        path.write_text("".join(line for at, line in enumerate(lines) if at % 10 == 0), encoding="utf-8")
    return path


def _accounts(folder: Path) -> Path:
    """The truth about accounts, in the columns of a replay's findings."""
    truth = pq.read_table(folder / "world" / "truth_accounts.parquet")
    score = pa.array(np.where(pc.equal(truth["label"], "distillation"), 0.9, 0.1))
    columns = {"account_id": truth["account_id"], "label": truth["label"], "score": score}
    path = folder / "accounts.parquet"
    pq.write_table(pa.table({**columns, "events": truth["n_events"]}), path)
    return path
