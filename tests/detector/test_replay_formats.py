from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from detector.cli.app import make_app
from features.adapters import make_adapter
from tests.support.logs import Event, as_litellm, encode, make_log, write_log
from tests.support.replays import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from detector.reader import ReadSettings
    from tests.support.replays import Replayer

LOG = make_log(11)
SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("name", ["log.jsonl.gz", "log.jsonl.zst", "log.parquet", "no_telling_name"])
def test_every_container_gives_the_same_findings(eager: Replayer, tmp_path: Path, name: str) -> None:
    """Compressed lines and Parquet are read as the plain lines are, whatever the file is called."""
    found = eager(write_log(tmp_path / name, LOG))
    assert found.files == eager(LOG).files


def test_standard_input_gives_the_same_findings(replay: Replayer, tmp_path: Path) -> None:
    """A log piped into the command is a log."""
    out = tmp_path / "out"
    result = CliRunner().invoke(make_app(), ["replay", "-", "--out", str(out)], input=encode(LOG))
    assert result.exit_code == 0, result.output
    assert Findings.read(out).files == replay(LOG).files


def test_litellm_scores_close_to_canonical(replay: Replayer) -> None:
    """The same traffic as LiteLLM logs it, which says a little less, scores nearly the same."""
    told, plain = replay([as_litellm(event) for event in LOG]), replay(LOG)
    assert told.summary["accepted"] == len(LOG)
    assert told.accounts.keys() == plain.accounts.keys()
    assert all(abs(told.scores[name] - plain.scores[name]) < 0.1 for name in plain.scores)


@settings(max_examples=5)
@given(seed=SEEDS)
def test_sketches_made_at_the_edge_give_the_findings_of_the_text(eager: Replayer, seed: int) -> None:
    """Text that never left the gateway, sent as sketches, changes no alert and no account."""
    log = make_log(seed)
    assert eager(_sketched(log, eager)).files == eager(log).files


def test_a_sketch_made_with_other_weights_is_dead_lettered(eager: Replayer) -> None:
    """A sketch that cannot be compared is no event, and is counted."""
    log = _sketched(LOG, eager)
    log[3] = log[3] | {"sketch": log[3]["sketch"] | {"weights": "text-other"}}
    found = eager(log)
    assert found.summary["dead_letter_reasons"] == {"bad_sketch": 1}
    assert found.adds_up


def test_metadata_alone_is_scored(replay: Replayer) -> None:
    """Every account of a log without text gets a score, from what there is."""
    bare = [{name: value for name, value in event.items() if name not in CONTENT} for event in LOG]
    found = replay(bare)
    assert found.accounts.keys() == replay(LOG).accounts.keys()
    assert all(0 <= score <= 1 for score in found.scores.values())


def test_required_fields_alone_are_scored_and_never_alert(replay: Replayer) -> None:
    """Three fields an event are enough to be counted, and not enough to be accused."""
    bare = [{name: event[name] for name in ("event_id", "time", "account_id")} for event in LOG]
    found = replay(bare)
    assert len(found.accounts) == len({event["account_id"] for event in LOG})
    assert not found.alerts


CONTENT = ("messages", "response")


def _sketched(log: list[Event], replayer: Replayer) -> list[Event]:
    """`log` as a gateway would send it that keeps the text to itself."""
    reading: ReadSettings = replayer.setup.replay.reading
    batch = make_adapter("canonical", reading.key).decode(encode(log).splitlines()).batch
    sketches = reading.edge.encode(replayer.setup.replay.kernel.sketch(batch.parts))
    return [
        {name: value for name, value in event.items() if name not in CONTENT} | {"sketch": sketch}
        for event, sketch in zip(log, sketches, strict=True)
    ]
