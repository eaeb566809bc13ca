from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from detector.cli.app import make_app
from detector.defaults import DEFAULT_MODEL
from detector.lake.lake import open_lake
from detector.retrain.facts import client_of, read_facts, writing_system
from detector.retrain.lake import lake_traffic
from detector.retrain.stages import cached_rows, digest_of, load_rows, save_rows
from detector.retrain.world import read_labelled, read_traffic, rows_key
from detector.worlds import read_world
from features.text.purposes import PurposeWeights
from models.scorer import BENIGN, DISTILLATION
from tests.support.logs import Shape, available, make_log, write_log
from tests.support.worlds import write_world

if TYPE_CHECKING:
    from pathlib import Path

    from detector.retrain.labelled import Labelled

WEIGHTS = PurposeWeights.empty()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of some size."""
    return write_world(
        tmp_path_factory.mktemp("world"), make_log(5, Shape(honest=10, harvesting=4, requests=8))
    )


@pytest.fixture(scope="module")
def rows(folder: Path) -> Labelled:
    """Its rows."""
    return read_labelled(folder, WEIGHTS)


def test_rows_are_those_of_training(folder: Path, rows: Labelled) -> None:
    """Names and times are beside the very rows that the shipped model learns from."""
    assert rows.examples.digest() == read_world(folder, WEIGHTS).digest()
    assert len(rows.ends) == len(rows.examples.accounts)


def test_names_belong_to_labels(rows: Labelled) -> None:
    """Accounts of the campaign are labelled so, and no other."""
    labels = rows.examples.accounts.labels
    hostile = np.char.startswith(rows.named, "pipe")
    assert set(labels[hostile].tolist()) == {DISTILLATION}
    assert set(labels[~hostile].tolist()) == {BENIGN}


def test_times_rise_with_an_accounts_requests(rows: Labelled) -> None:
    """A later snapshot of an account ends later and holds no fewer requests."""
    for name in set(rows.named.tolist()):
        mine = rows.named == name
        assert (np.diff(rows.ends[mine]) >= 0).all()
        assert (np.diff(rows.examples.accounts.events[mine]) >= 0).all()


def test_traffic_has_no_labels(folder: Path, rows: Labelled) -> None:
    """The same log without truth has the same vectors, all of them benign."""
    found = read_traffic([str(folder / "events.jsonl")], WEIGHTS)
    assert set(found.examples.accounts.labels.tolist()) == {BENIGN}
    mine, theirs = found.named == "user-1", rows.named == "user-1"
    assert np.array_equal(
        found.examples.accounts.vectors[mine], rows.examples.accounts.vectors[theirs], equal_nan=True
    )


def test_a_lake_gives_the_same_rows_as_its_log(tmp_path: Path) -> None:
    """Replayed into a lake and read back, accounts have the vectors and times that the log gives."""
    log = write_log(tmp_path / "log.jsonl", make_log(5, Shape(honest=10, harvesting=4, requests=8)))
    command = ["replay", log, "--out", str(tmp_path / "out"), "--lake", str(tmp_path / "lake")]
    done = CliRunner().invoke(make_app(["replay"]), command)
    assert done.exit_code == 0, done.output
    kept = lake_traffic(open_lake(str(tmp_path / "lake"), "test"))
    read = read_traffic([log], PurposeWeights.load(DEFAULT_MODEL / "text"))
    for name in ("user-1", "pipe-0"):
        mine, theirs = kept.named == name, read.named == name
        assert kept.ends[mine].tolist() == read.ends[theirs].tolist()
        assert np.array_equal(
            kept.examples.accounts.vectors[mine], read.examples.accounts.vectors[theirs], equal_nan=True
        )


def test_rows_hold_nothing_of_later(tmp_path: Path, rows: Labelled) -> None:
    """Cutting the log at the time of a row changes no row of before."""
    log = make_log(5, Shape(honest=10, harvesting=4, requests=8))
    middle = int(np.median(rows.ends))
    early = [event for event in log if available(event).timestamp() * 1000 < middle]
    found = read_labelled(write_world(tmp_path / "early", early), WEIGHTS)
    kept = (rows.ends <= middle) & ~rows.examples.accounts.final
    again = (found.ends <= middle) & ~found.examples.accounts.final
    assert kept.sum() > 5
    assert np.array_equal(
        rows.examples.accounts.vectors[kept], found.examples.accounts.vectors[again], equal_nan=True
    )


def test_rows_survive_a_file(rows: Labelled, tmp_path: Path) -> None:
    """What is read is what was written; what exists is not made again."""
    save_rows(tmp_path / "rows.npz", rows)
    assert digest_of(load_rows(tmp_path / "rows.npz")) == digest_of(rows)
    kept = cached_rows(tmp_path / "rows.npz", lambda: pytest.fail("made again"))
    assert kept.facts.client.tolist() == rows.facts.client.tolist()


def test_a_key_changes_with_content(tmp_path: Path) -> None:
    """Other bytes, other rows."""
    (tmp_path / "log").write_text("a")
    first = rows_key([tmp_path / "log"], WEIGHTS)
    (tmp_path / "log").write_text("b")
    assert rows_key([tmp_path / "log"], WEIGHTS) != first


def test_facts_are_those_of_the_first_request(tmp_path: Path) -> None:
    """What a later request says changes nothing; what is no event is passed over."""
    said = {"account_id": "x", "time": "2026-03-01T09:00:00Z"}
    path = write_log(
        tmp_path / "log.jsonl",
        [
            said | {"event_id": "1", "user_agent": "OpenAI/Python 1.109.1", "org_id": "o-1"},
            said | {"event_id": "2", "user_agent": "curl/8.5", "plan": "pro", "sketch": {"v": 1}},
            said | {"event_id": "3", "messages": [{"role": "user", "content": "Привет, как дела"}]},
            {"kind": "ban", "time": "2026-03-01T09:00:00Z"},
        ],
    )
    assert read_facts([path]) == {
        "x": {
            "client": "OpenAI/Python", "org": "o-1", "plan": "pro", "privacy": "content",
            "language": "cyrillic",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "name"),
    [("OpenAI/Python 1.109.1", "OpenAI/Python"), ("curl/8.5", "curl"), ("Mozilla/5.0 (X11)", "Mozilla")],
)
def test_a_client_has_no_version(agent: str, name: str) -> None:
    """Or every release would be a slice of its own."""
    assert client_of(agent) == name


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("Write a note", "latin"), ("请写一封信", "han"), ("手紙を書いてください", "kana"),
        ("편지를 써 주세요", "hangul"), ("1 + 1 = ?", "unknown"),
    ],
)  # fmt: skip
def test_a_writing_system_is_told(text: str, system: str) -> None:
    """By most of its letters; numbers have none."""
    assert writing_system(text) == system
