from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.telemetry.presence import FIELDS
from features.adapters import FORMATS
from features.adapters.advice import advice

if TYPE_CHECKING:
    from pathlib import Path

TOLD = {
    "event_id": "1",
    "time": "2026-03-01T00:00:00Z",
    "account_id": "a",
    "model": "m",
    "client_ip": "203.0.113.9",
}
ASKED = TOLD | {"event_id": "2", "messages": [{"role": "user", "content": "the secret"}], "client_ip": None}
NOBODY = TOLD | {"event_id": "3", "account_id": None}
ENVOY = {
    "start_time": "2026-03-01T00:00:00Z",
    "x-request-id": "r",
    "gen_ai.request.model": "m",
    "user.id": "a",
}


def _fields(*arguments: str) -> Result:
    return CliRunner().invoke(make_app(["fields", "demo"]), ["fields", *arguments])


def _log(folder: Path, name: str, *records: dict[str, Any]) -> str:
    path = folder / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def test_shares_by_format(tmp_path: Path) -> None:
    """For each format, the share of events with each field, and what was dead-lettered."""
    ours = _log(tmp_path, "ours.jsonl", TOLD, ASKED, NOBODY)

    result = _fields(ours, _log(tmp_path, "envoy.jsonl", ENVOY), "--json")

    told = json.loads(result.stdout)
    assert (result.exit_code, list(told)) == (0, ["canonical", "envoy"])
    assert told["canonical"]["events"] == 2
    assert told["canonical"]["dead_letters"] == {"missing_field": 1}
    assert set(told["canonical"]["shares"]) == set(FIELDS)
    shares = {
        name: told["canonical"]["shares"][name] for name in ("account", "model", "client_ip", "content")
    }
    assert shares == {"account": 0.666667, "model": 1.0, "client_ip": 0.5, "content": 0.5}
    assert told["envoy"]["shares"]["parameters"] == 0


def test_what_is_missing_has_a_remedy(tmp_path: Path) -> None:
    """Beside a field that few events have stands what to do; nothing is said of one that all have."""
    result = _fields(_log(tmp_path, "envoy.jsonl", ENVOY, ENVOY | {"user.id": "-"}))

    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert "envoy: 1 events" in said
    assert "1 dead letters, missing_field: account (user, team, key): required" in said
    assert "content 0 0.0% an access log has none" in said
    assert "model 1 100.0% status" in said


def test_nothing_of_the_content_is_shown(tmp_path: Path) -> None:
    """Neither the table nor a complaint quotes what a record holds."""
    result = _fields(_log(tmp_path, "log.jsonl", ASKED, ASKED | {"messages": "the secret"}))

    assert result.exit_code == 0
    assert "secret" not in result.output


def test_only_so_many_records_are_read(tmp_path: Path) -> None:
    """A long log is read up to about the number given; at least a block of it."""
    result = _fields(_log(tmp_path, "log.jsonl", *(TOLD for _ in range(20_000))), "--most", "1", "--json")

    assert 0 < json.loads(result.stdout)["canonical"]["events"] < 20_000


def test_an_empty_log_has_no_fields(tmp_path: Path) -> None:
    """A file without records is no error, and gives nothing."""
    result = _fields(_log(tmp_path, "empty.jsonl"), "--json")

    assert (result.exit_code, json.loads(result.stdout)) == (0, {})


@pytest.mark.parametrize("arguments", [("odd.jsonl",), ("odd.jsonl", "--format", "csv"), ("nowhere.jsonl",)])
def test_what_cannot_be_read_is_told_plainly(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Records of no known format, a format that does not exist and a missing file end with 2 and a remedy."""
    _log(tmp_path, "odd.jsonl", {"odd": 1})

    result = _fields(str(tmp_path / arguments[0]), *arguments[1:])

    assert result.exit_code == 2
    assert "error: " in result.stderr


@pytest.mark.parametrize("log_format", FORMATS)
def test_every_field_of_every_format_has_advice(log_format: str) -> None:
    """However a log is written, there is a remedy for each field that it may lack."""
    assert all(advice(log_format, field) for field in FIELDS)
