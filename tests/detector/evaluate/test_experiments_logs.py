from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from detector.evaluate.experiments import missing, privacy
from detector.evaluate.experiments.missing import GROUPS
from detector.evaluate.experiments.rewrite import rewrite, without
from detector.evaluate.experiments.sketched import sketched
from detector.truth import WorldError
from features.contract import UsageEvent
from tests.support.logs import Event, Shape, as_litellm, encode, make_log, write_log
from tests.support.worlds import truth_of_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.compose import Setup
    from detector.truth import WorldTruth
    from tests.support.replays import Replayer

REQUIRED = {"event_id", "time", "account_id"}


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """Honest and harvesting accounts, some requests without text, and a ban."""
    log = make_log(7, Shape(honest=30, harvesting=6, requests=12))
    for event in log[::9]:
        event["messages"] = event["response"] = None
    for event in log[4::9]:
        event["response"] = None
    ban = {"kind": "ban", "time": log[20]["time"], "account_id": "user-1"}
    return [*log[:20], ban, *log[20:]]


@pytest.fixture(scope="module")
def truth(events: list[Event]) -> WorldTruth:
    """What the log's makers know."""
    return truth_of_log(events)


@pytest.fixture(scope="module")
def log(events: list[Event], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The events as a file, between lines that are none."""
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    path.write_bytes(b"no event\n" + encode(events) + b'["nor this"]\n{"event_id": 3}\n')
    return str(path)


def lines_of(path: str) -> list[bytes]:
    """The records of a rewritten log."""
    with zstandard.open(path, "rb") as file:
        return list(file.read().splitlines())


def test_a_sketched_log_has_the_findings_of_its_text(
    log: str, shipped: Setup, eager: Replayer, tmp_path: Path
) -> None:
    """With all text replaced by sketches, alerts and accounts are the same to the last bit."""
    sent = rewrite([log], tmp_path, sketched(shipped.replay))

    content, sketch = eager(log), eager(*sent)

    assert sketch.files == content.files
    assert sketch.summary == content.summary
    assert content.alerts


def test_a_sketched_log_holds_no_text(log: str, events: list[Event], shipped: Setup, tmp_path: Path) -> None:
    """Nothing of a prompt or an answer is left, and sketching twice changes nothing."""
    (sent,) = rewrite([log], tmp_path / "once", sketched(shipped.replay))
    (again,) = rewrite([sent], tmp_path / "twice", sketched(shipped.replay))

    records = lines_of(sent)

    said = [event["messages"][0]["content"] for event in events if event.get("messages")]
    said += [event["response"] for event in events if event.get("response")]
    together = b"".join(records)
    assert not any(text[:24].encode() in together for text in said)
    assert sum(b'"sketch"' in record for record in records) > 100
    assert lines_of(again) == records


def test_levels_lose_nothing_to_sketches_and_something_to_silence(
    log: str, truth: WorldTruth, shipped: Setup
) -> None:
    """Content and sketch have the same figures; metadata alone finds fewer."""
    content, sketch, metadata = privacy([log], truth, shipped)

    assert [level.name for level in (content, sketch, metadata)] == ["content", "sketch", "metadata"]
    assert sketch.figures == content.figures
    assert content.figures.recall.value > 0.9
    assert metadata.figures.recall.value < content.figures.recall.value


def test_a_removed_field_is_one_that_was_never_logged(
    log: str, events: list[Event], eager: Replayer, tmp_path: Path
) -> None:
    """Findings are those of a log whose gateway had never had the fields."""
    fields = ("latency_ms", "temperature", "client_ip")
    bare: list[dict[str, Any]] = [
        {name: value for name, value in event.items() if name not in fields} for event in events
    ]

    found = eager(*rewrite([log], tmp_path / "bare", without(fields)))

    assert found.files == eager(write_log(tmp_path / "never.jsonl", bare)).files
    assert found.summary["dead_lettered"] == 3


def test_each_group_of_fields_is_removed_in_turn(log: str, truth: WorldTruth, shipped: Setup) -> None:
    """The first run removes nothing, and a step is told before each."""
    groups = {"nothing": (), "counts": ("output_tokens", "input_tokens"), "plan": ("plan",)}
    steps: list[tuple[str, int, int]] = []

    found = missing([log], truth, shipped, groups, lambda *step: steps.append(step))

    (content, *_) = privacy([log], truth, shipped)
    assert [(field.name, field.fields) for field in found] == list(groups.items())
    assert found[0].figures == found[2].figures == content.figures
    assert steps == [("without nothing", 1, 3), ("without counts", 2, 3), ("without plan", 3, 3)]


def test_the_groups_are_optional_fields_of_the_contract() -> None:
    """Every field that is removed exists, is not required, and is in one group only."""
    fields = [field for group in GROUPS.values() for field in group]

    assert set(fields) <= set(UsageEvent.__struct_fields__) - REQUIRED
    assert len(fields) == len(set(fields))


def test_a_log_of_another_format_is_refused_by_name(
    events: list[Event], truth: WorldTruth, shipped: Setup, tmp_path: Path
) -> None:
    """LiteLLM's payload has no place for a sketch: the message names the file and the remedy."""
    payloads = [as_litellm(event) for event in events if event.get("response") is not None]
    path = write_log(tmp_path / "litellm.jsonl", payloads)

    with pytest.raises(WorldError, match=r"litellm\.jsonl: format litellm .* canonical"):
        privacy([path], truth, shipped)


def test_broken_lines_are_copied_as_they_are(log: str, tmp_path: Path) -> None:
    """What is no JSON object reaches the reader unchanged, for it to reject."""
    (copy,) = rewrite([log], tmp_path, without(["plan"]))

    records = lines_of(copy)

    assert (records[0], records[-2]) == (b"no event", b'["nor this"]')
    assert json.loads(records[-1]) == {"event_id": 3}
