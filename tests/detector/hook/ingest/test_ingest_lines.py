"""Bad lines among good ones, and what is told of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from detector.hook.ingest.check import checked, explained
from detector.hook.ingest.records import split
from detector.hook.ingest.settings import IngestSettings
from features.adapters import REASONS, make_adapter
from features.adapters.block import Check
from features.times import LATEST
from tests.detector.hook.ingest.serving import CANARY, event, intake, lines, queued, stored

if TYPE_CHECKING:
    from pathlib import Path

BAD: tuple[bytes, ...] = (
    b'{"event_id": "x", "time": "2026-11-20T10:00:00Z"}',
    b'{"event_id": "x", "account_id": "a", "time": "yesterday, %s"}' % CANARY.encode(),
    b'{"event_id": "x", "account_id": "a", "time": "2126-11-20T10:00:00Z"}',
    b'{"event_id": {"%s": 1}, "account_id": "a", "time": "2026-11-20T10:00:00Z"}' % CANARY.encode(),
    b'["%s"]' % CANARY.encode(),
    b"%s" % CANARY.encode(),
    b'{"kind": "%s", "time": "2026-11-20T10:00:00Z", "account_id": "a"}' % CANARY.encode(),
    b'{"event_id": "x", "account_id": "a", "time": "2026-11-20T10:00:00Z", "sketch": {"v": 7}}',
)


def test_bad_lines_are_told_and_good_ones_kept(tmp_path: Path) -> None:
    """Each bad line is named with its reason, field and remedy; the counts add up; nothing is quoted."""
    body = b"\n".join([lines(event(1)).strip(), *BAD, b"", lines(event(2)).strip()])
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", body)
        told = answer.json()
        assert (answer.status_code, told["received"], told["accepted"], told["refused"]) == (200, 10, 2, 8)
        assert [one["line"] for one in told["errors"]] == [*range(2, 10)]
        for one in told["errors"]:
            assert one["reason"] in REASONS
            assert all((one["field"], one["detail"], one["remedy"])), one
        assert told["errors"][0] == {
            "line": 2,
            "reason": "missing_field",
            "field": "account_id",
            "detail": "required, and absent, null or empty",
            "remedy": "give every record one",
        }
        assert CANARY not in answer.text + service.said.getvalue()
        assert '"refused events","events":8' in service.said.getvalue()
        refused = [
            sample.value
            for family in service.metrics.collect()
            for sample in family.samples
            if sample.name == "stillwatch_ingest_refused_total"
        ]
        stored_events = service.metrics.get_sample_value(
            "stillwatch_ingest_events_total", {"endpoint": "events"}
        )
        assert (sum(refused), stored_events) == (8, 2)
    assert stored(tmp_path) == [event(1), event(2)]


def test_where_all_are_bad_sending_again_does_not_help(tmp_path: Path) -> None:
    """422, with as many errors as the settings say, and all of them counted."""
    with queued(tmp_path, IngestSettings(told_errors=3)) as service:
        answer = service.post("/v1/events", b"\n".join(BAD))
    assert answer.status_code == 422
    assert (answer.json()["refused"], len(answer.json()["errors"])) == (8, 3)


def test_a_broken_array_is_refused_whole(tmp_path: Path) -> None:
    """Where elements end cannot be told, so nothing is taken, and the answer says so."""
    with queued(tmp_path) as service:
        answer = service.post("/v1/events", json.dumps([event(1), event(2)]).encode()[:-5])
    assert answer.status_code == 400
    assert "Nothing was taken" in answer.json()["detail"]
    assert CANARY not in answer.text
    assert stored(tmp_path) == []


def test_an_event_over_the_limit_is_refused_alone(tmp_path: Path) -> None:
    """Its neighbours are taken."""
    with queued(tmp_path, IngestSettings(record_bytes=1000)) as service:
        answer = service.post("/v1/events", lines(event(1), event(2, response="x" * 1000), event(3)))
    assert [one["reason"] for one in answer.json()["errors"]] == ["too_large"]
    assert [one["event_id"] for one in stored(tmp_path)] == ["e1", "e3"]


@given(mixture=st.lists(st.booleans(), max_size=600), bad=st.sampled_from(BAD))
def test_every_record_is_taken_or_refused(mixture: list[bool], bad: bytes) -> None:
    """Whatever the mixture, the bad places are exactly those of bad records."""
    good = [True, *mixture]
    fine = json.dumps(event(1)).encode()
    found = split(b"\n".join(fine if one else bad for one in good))
    reader: Any = make_adapter("canonical", intake_key(), edge=None)
    result = checked(found, reader, Check(10_000, LATEST, None))
    late = b"2126" in bad
    assert [one.line for one in result.refused] == [
        place for place, one in enumerate(good, 1) if not one and not late
    ]
    assert len(result.good) + len(result.refused) == len(good)


def intake_key() -> Any:
    """A key to hash under."""
    return intake().reading.key


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_detail_can_be_told(reason: str, detail: str) -> None:
    """A detail of another shape loses nothing but its separators."""
    told = explained(1, reason, detail)
    assert told.reason == reason
    assert told.field in detail
    assert told.detail in detail
