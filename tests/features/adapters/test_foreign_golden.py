"""Records written by hand from each format's documentation, and the canonical events that they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from features.adapters import FORMATS, detect_format, make_adapter
from features.adapters.otlp_export import split_export
from features.hashing import HashKey
from tests.support.batches import plain

KEY = HashKey.from_secret("a secret of the tests")
GOLDEN = Path(__file__).parent / "golden"
CASES = [
    pytest.param(path.parent.name, json.loads(path.read_text("utf-8")), id=f"{path.parent.name}: {path.stem}")
    for path in sorted(GOLDEN.glob("*/*.json"))
]


def _lines(records: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_golden_records_become_their_events(name: str, case: dict[str, Any]) -> None:
    """Foreign records have the columns and the text of the canonical events that the fixture says."""
    found = make_adapter(name, KEY).decode(_lines(case["records"]))
    expected = make_adapter("canonical", KEY).decode(_lines(case["events"]))

    assert expected.rejected == []
    assert plain(found.batch) == plain(expected.batch)
    assert found.lines == len(found.batch.rows) + len(found.rejected)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_golden_records_have_every_field_of_their_events(name: str, case: dict[str, Any]) -> None:
    """One by one, foreign records are the canonical events, those fields included that have no column."""
    adapter, canonical = make_adapter(name, KEY), make_adapter("canonical", KEY)
    bad = {line for line, *_ in case["rejected"]}
    whole = [record for line, record in enumerate(case["records"]) if line not in bad]
    if any("resourceSpans" in record for record in whole):
        whole = [msgspec.json.decode(span) for one in _lines(whole) for span in split_export(one).records]

    assert [adapter.read(line) for line in _lines(whole)] == [
        canonical.read(e) for e in _lines(case["events"])
    ]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_golden_complaints_name_field_and_remedy(name: str, case: dict[str, Any]) -> None:
    """A record that is none is rejected at its place with reason, field and remedy."""
    found = make_adapter(name, KEY).decode(_lines(case["records"]))

    told = [[one.line, one.reason, one.detail.partition(": ")[0]] for one in found.rejected]
    assert told == case["rejected"]
    assert all("; " in one.detail for one in found.rejected)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_golden_records_are_recognised(name: str, case: dict[str, Any]) -> None:
    """Each format's own records speak for it and for no other."""
    if case["events"]:
        assert detect_format(_lines(case["records"])) == name


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"canonical", "litellm"}))
def test_no_format_takes_an_event_from_the_future(name: str) -> None:
    """Whatever the format, what starts after the present is rejected."""
    cases = [json.loads(path.read_text("utf-8")) for path in sorted((GOLDEN / name).glob("*.json"))]
    records = [record for case in cases for record in case["records"]]

    found = make_adapter(name, KEY).decode(_lines(records), datetime(2026, 1, 1, tzinfo=UTC))

    assert len(found.batch.rows) == 0
    late = sum(one.reason == "from_future" for one in found.rejected)
    assert late == sum(len(case["events"]) for case in cases)


def test_every_foreign_format_has_golden_records() -> None:
    """No format is without fixtures."""
    assert {path.name for path in GOLDEN.iterdir()} == set(FORMATS) - {"canonical", "litellm"}
