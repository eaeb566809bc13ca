from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.defaults import hash_key
from detector.truth import TRUTH, WorldError, WorldTruth, logs_of
from features.hashing import hash_strings
from models.scorer import BENIGN, DISTILLATION, RELAY
from tests.support.worlds import BEFORE, truth_of_log, write_world

if TYPE_CHECKING:
    from pathlib import Path

LOG = [
    {
        "event_id": f"{account}-{at}{end}",
        "time": f"2026-03-01T09:0{at}:00Z",
        "account_id": account,
        "status": 200,
    }
    for account, at, end in (
        ("user-0", 0, ""),
        ("pipe-0", 1, BEFORE),
        ("pipe-0", 2, ""),
        ("resold-0", 3, ""),
        ("pipe-0", 4, ""),
    )
]
NINE = 1_772_355_600_000
"""2026-03-01 09:00 UTC, ms"""


def test_labels_follow_the_names_asked_for() -> None:
    """Class, kind, group, pool and start of the attack, in any order; a name that is not known is benign."""
    known = truth_of_log(LOG).of(["resold-0", "nobody", "pipe-0", "user-0"])

    assert known.labels.tolist() == [RELAY, BENIGN, DISTILLATION, BENIGN]
    assert known.kinds.tolist() == ["chat", "", "harvest", "chat"]
    assert known.groups.tolist() == ["resold-0", "nobody", "harvest-1", "user-0"]
    assert known.pooled.tolist() == [True, False, False, False]
    assert known.attack_from.tolist() == [0, 0, NINE + 120_000, 0]


def test_attacks_are_the_requests_of_campaigns() -> None:
    """Hashes of their ids, ascending; what an account asked before its campaign is none."""
    key = hash_key(None)

    found = truth_of_log(LOG).attacks(key)

    assert found.tolist() == sorted(hash_strings(["pipe-0-2", "pipe-0-4"], key).tolist())


def test_a_truth_that_is_read_is_the_one_written(tmp_path: Path) -> None:
    """Nothing is lost on the way, and of requests only those of campaigns are kept."""
    read, made = WorldTruth.read(write_world(tmp_path / "small", LOG)), truth_of_log(LOG)

    names = ["user-0", "pipe-0", "resold-0"]
    assert read.name == made.name
    assert [one.tolist() for one in read.of(names)] == [one.tolist() for one in made.of(names)]
    assert read.events["event_id"].tolist() == made.events["event_id"].tolist()


def test_a_folder_that_is_no_world_is_named(tmp_path: Path) -> None:
    """Without a truth, or without a log, the message says which file is missing."""
    with pytest.raises(WorldError, match=f"{TRUTH}: missing"):
        WorldTruth.read(tmp_path)
    with pytest.raises(WorldError, match=r"holds no events\* file"):
        logs_of(tmp_path)
