from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from detector.cli.app import make_app
from detector.defaults import DEFAULT_MODEL
from tests.support.logs import START, Shape, encode, make_log, stamp, write_log
from tests.support.replays import Findings

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup
    from tests.support.replays import Replayer

GOOD = encode(make_log(2, Shape(honest=5, harvesting=1, requests=4))).splitlines()
HEAD = b'{"event_id":"bad","time":"2026-03-01T10:00:00.000Z","account_id":"a"'

RECORDS = {
    "truncated JSON": (GOOD[0][:60], "not_json"),
    "no JSON": (b"127.0.0.1 - - GET /v1/chat", "not_json"),
    "a list": (b"[1,2,3]", "wrong_type"),
    "a null": (b"null", "wrong_type"),
    "a NUL byte": (HEAD + b',"model":"a\0b"}', "not_json"),
    "NUL bytes alone": (b"\0\0\0\0", "not_json"),
    "invalid UTF-8": (HEAD + b',"response":"\xff\xfe"}', "not_utf8"),
    "half an escape": (HEAD + b',"response":"\\ud80"}', "not_json"),
    "a number for a text": (HEAD + b',"model":7}', "wrong_type"),
    "a text for a number": (HEAD + b',"input_tokens":"7"}', "wrong_type"),
    "an object for messages": (HEAD + b',"messages":{"role":"user"}}', "wrong_type"),
    "no event id": (b'{"time":"2026-03-01T10:00:00Z","account_id":"a"}', "missing_field"),
    "a null account": (b'{"event_id":"b","time":"2026-03-01T10:00:00Z","account_id":null}', "missing_field"),
    "an empty account": (b'{"event_id":"b","time":"2026-03-01T10:00:00Z","account_id":""}', "missing_field"),
    "no time": (b'{"event_id":"b","account_id":"a"}', "missing_field"),
    "NaN": (HEAD + b',"latency_ms":NaN}', "not_json"),
    "1e400": (HEAD + b',"latency_ms":1e400}', "out_of_range"),
    "1e400 tokens": (HEAD + b',"input_tokens":1e400}', "out_of_range"),
    "negative tokens": (HEAD + b',"input_tokens":-1}', "out_of_range"),
    "too many tokens": (HEAD + b',"output_tokens":99999999999999999999}', "out_of_range"),
    "year 0001": (b'{"event_id":"b","time":"0001-01-01T00:00:00Z","account_id":"a"}', "bad_time"),
    "year 9999": (b'{"event_id":"b","time":"9999-12-31T23:59:59Z","account_id":"a"}', "bad_time"),
    "no zone": (b'{"event_id":"b","time":"2026-03-01T10:00:00","account_id":"a"}', "bad_time"),
    "the future": (b'{"event_id":"b","time":"2190-01-01T00:00:00Z","account_id":"a"}', "from_future"),
    "deep nesting": (HEAD + b',"response_format":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    "10 MB": (HEAD + b',"response":"' + b"x" * 10_000_000 + b'"}', "too_large"),
    "an unknown kind": (b'{"kind":"party","time":"2026-03-01T10:00:00Z","account_id":"a"}', "unknown_kind"),
    "a foreign sketch": (HEAD + b',"sketch":{"v":1}}', "bad_sketch"),
}


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    """Run the command line; a traceback in what it prints fails the test."""
    result = CliRunner().invoke(make_app(), list(arguments), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def replay_file(path: Path, *options: str) -> tuple[Result, Path]:
    """Replay one file into a folder beside it."""
    out = path.parent / "out"
    return run("replay", str(path), "--out", str(out), *options), out


@pytest.mark.parametrize("name", RECORDS)
def test_a_bad_record_is_counted_and_stops_nothing(replay: Replayer, tmp_path: Path, name: str) -> None:
    """A bad record, first in its file and in the middle of it, is dead-lettered; the others count."""
    bad, reason = RECORDS[name]
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join([bad, *GOOD[:9], bad, *GOOD[9:]]) + b"\n")
    found = replay(str(log))
    assert found.summary["dead_letter_reasons"] == {reason: 2}
    assert found.summary["accepted"] == len(GOOD)
    assert found.adds_up


def test_all_bad_records_together_add_up(tmp_path: Path) -> None:
    """Every kind of bad record in one file: the counts add up, and --strict says so by its exit code."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join([*(bad for bad, _ in RECORDS.values()), *GOOD, *GOOD, b"", b"  "]))
    result, out = replay_file(log, "--strict")
    found = Findings.read(out)
    assert result.exit_code == 1
    letters = [json.loads(line) for line in (out / "dead_letters.jsonl").read_text().splitlines()]
    told = [(letter["position"], letter["reason"]) for letter in letters]
    assert told == list(enumerate((reason for _, reason in RECORDS.values()), 1))
    assert found.summary["accepted"] == len(GOOD)
    assert found.summary["duplicate"] + found.summary["late"] == len(GOOD)
    assert found.adds_up


def test_no_content_reaches_the_output(tmp_path: Path) -> None:
    """Neither the dead letters nor what is printed quotes a rejected record, unless it was asked for."""
    log = tmp_path / "log.jsonl"
    secret = HEAD + b',"response":"my password is tulip","model":7}'
    log.write_bytes(b"\n".join([*GOOD, secret]))
    result, out = replay_file(log)
    assert "tulip" not in (out / "dead_letters.jsonl").read_text()
    assert "tulip" not in result.output
    _, out = replay_file(log, "--keep-payloads")
    assert "tulip" in (out / "dead_letters.jsonl").read_text()


def test_strict_is_content_with_a_clean_log(tmp_path: Path) -> None:
    """Without a dead letter --strict changes nothing."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    assert replay_file(log, "--strict")[0].exit_code == 0


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"], ids=["empty", "blank", "a mark"])
def test_an_empty_file_has_empty_findings(tmp_path: Path, content: bytes) -> None:
    """Nothing in, nothing found: every file is written, with its columns, and nothing is wrong."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(content)
    result, out = replay_file(log, "--strict")
    found = Findings.read(out)
    assert result.exit_code == 0
    assert (found.summary["read"], found.accounts, found.alerts) == (0, {}, [])
    assert str(pq.read_schema(out / "accounts.parquet").field("reasons").type).startswith("list<")
    assert (out / "campaigns.parquet").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no record to read"), (HEAD + b',"model":7}', "none of 1 records was accepted")],
    ids=["empty", "bad"],
)
def test_a_log_of_which_nothing_counts_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    """Findings without an account must not pass for a quiet day."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(content)
    said = " ".join(replay_file(log)[0].output.split())
    assert told in said
    log.write_bytes(content + b"\n" + b"\n".join(GOOD))
    assert told not in " ".join(replay_file(log)[0].output.split())


@pytest.mark.parametrize("name", ["log.jsonl.zst", "log.jsonl.gz"])
@pytest.mark.parametrize("damage", ["cut", "altered"])
def test_a_damaged_file_keeps_what_was_read_before(tmp_path: Path, name: str, damage: str) -> None:
    """A compressed file that breaks off is told by exit code 3, and what came before it counts."""
    path = tmp_path / name
    write_log(path, make_log(4, Shape(honest=60, harvesting=10)))
    data = bytearray(path.read_bytes())
    if damage == "altered":
        data[len(data) // 2 :] = b"\x07" * 500
    path.write_bytes(data[: len(data) * 3 // 4] if damage == "cut" else data)
    result, out = replay_file(path)
    assert result.exit_code == 3
    assert "warning" in result.output
    assert Findings.read(out).adds_up


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    """A Parquet file without its end breaks off at once."""
    path = tmp_path / "log.parquet"
    write_log(path, make_log(4))
    path.write_bytes(path.read_bytes()[:-100])
    assert replay_file(path)[0].exit_code == 3


def test_one_broken_file_does_not_cost_the_others(tmp_path: Path) -> None:
    """Of two files the sound one is read to its end."""
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl.zst"
    log = make_log(4)
    write_log(whole, log[::2])
    write_log(cut, log[1::2])
    cut.write_bytes(cut.read_bytes()[:-50])
    result = run("replay", str(whole), str(cut), "--out", str(tmp_path / "out"))
    assert result.exit_code == 3
    assert Findings.read(tmp_path / "out").summary["accepted"] >= len(log[::2])


def test_one_file_of_no_known_format_does_not_cost_the_others(tmp_path: Path) -> None:
    """It is told as a file that broke off is, whichever stands first, and the sound one is read in full."""
    log, junk = tmp_path / "log.jsonl", tmp_path / "junk.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    junk.write_bytes(b"{\n" * 1100 + b"\n".join(GOOD))
    for place, paths in enumerate([(log, junk), (junk, log)]):
        out = tmp_path / f"out{place}"
        result = run("replay", *map(str, paths), "--out", str(out))
        assert result.exit_code == 3
        assert "junk.jsonl" in result.output.replace("\n", "")
        assert "nothing of it is in the findings" in " ".join(result.output.split())
        assert Findings.read(out).summary["accepted"] == len(GOOD)


def test_a_log_of_no_known_format_leaves_earlier_findings(tmp_path: Path) -> None:
    """Where nothing could be read, nothing is overwritten, and nothing half made stays behind."""
    log, junk, empty = tmp_path / "log.jsonl", tmp_path / "junk.jsonl", tmp_path / "empty.jsonl"
    log.write_bytes(b"\n".join([*GOOD, b"{"]))
    junk.write_bytes(b"{\n" * 9)
    empty.write_bytes(b"")
    _, out = replay_file(log)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    for other in (junk, empty):
        result = run("replay", str(junk), str(other), "--out", str(out))
        assert result.exit_code == 2
        assert "--format" in result.output
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_a_killed_replay_left_is_removed(tmp_path: Path) -> None:
    """It may hold prompts."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    left = tmp_path / "out" / ".replay-abc"
    left.mkdir(parents=True)
    (left / "dead_letters.jsonl").write_text("a prompt", encoding="utf-8")
    assert replay_file(log)[0].exit_code == 0
    assert not left.exists()


@pytest.mark.parametrize("command", [("calibrate", "--out"), ("drift", "--save")], ids=["calibrate", "drift"])
def test_what_is_learnt_of_a_log_needs_all_of_it(tmp_path: Path, command: tuple[str, str]) -> None:
    """A file that nothing could be read of is refused by name, and nothing is written."""
    log, junk, made = tmp_path / "log.jsonl", tmp_path / "junk.jsonl", tmp_path / "made.json"
    write_log(log, make_log(4))
    junk.write_bytes(b"{\n" * 9)
    name, option = command
    result = run(name, str(log), str(junk), option, str(made))
    assert result.exit_code == 2
    assert "junk.jsonl" in result.output.replace("\n", "")
    assert not made.exists()


@pytest.mark.parametrize("option", [(), ("--format", "canonical")], ids=["told", "given"])
def test_a_missing_file_is_named_and_leaves_earlier_findings(tmp_path: Path, option: tuple[str, ...]) -> None:
    """A mistyped name is an error that names it, and overwrites nothing."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    _, out = replay_file(log)
    before = Findings.read(out).files
    result = run("replay", str(log), str(tmp_path / "lgo.jsonl"), "--out", str(out), *option)
    assert result.exit_code == 2
    assert "lgo.jsonl" in result.output.replace("\n", "")
    assert Findings.read(out).files == before


def test_a_folder_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    """What is no log at all is an error with a remedy."""
    assert run("replay", str(tmp_path), "--out", str(tmp_path / "out")).exit_code == 2
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"message":"hello"}\n' * 50)
    result, _ = replay_file(log)
    assert result.exit_code == 2
    assert "--format" in result.output
    for content in (b"\n".join(GOOD), b""):
        log.write_bytes(content)
        result, _ = replay_file(log, "--format", "apache")
        assert result.exit_code == 2
        assert "canonical" in result.output


@pytest.mark.parametrize("option", ["--tick", "--lateness"])
@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "-1", "x"])
def test_absurd_settings_are_refused(tmp_path: Path, option: str, value: str) -> None:
    """A number that is no length of time is an error."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    assert replay_file(log, option, value)[0].exit_code == 2


@pytest.mark.parametrize("damage", ["altered", "missing", "no manifest", "not JSON", "weights"])
def test_a_damaged_model_is_refused(tmp_path: Path, damage: str) -> None:
    """A model that is not what was shipped is not used, and the error says what to do."""
    model = tmp_path / "model"
    shutil.copytree(DEFAULT_MODEL, model)
    account = model / "account"
    target = max(
        (path for path in account.iterdir() if path.suffix != ".json"), key=lambda p: p.stat().st_size
    )
    data = bytearray(target.read_bytes())
    if damage == "altered":
        data[len(data) // 2] ^= 1
        target.write_bytes(data)
    elif damage == "missing":
        target.unlink()
    elif damage == "no manifest":
        (account / "manifest.json").unlink()
    elif damage == "not JSON":
        (account / "manifest.json").write_text("{")
    else:
        shutil.rmtree(model / "text")
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    result, _ = replay_file(log, "--model", str(model))
    assert result.exit_code == 2
    assert "error:" in result.output


def calibration(**changed: Any) -> str:
    """A calibration file for no model that exists."""
    fields = {"format": 1, "name": "mine", "model_id": "sw-other", "raise_at": 0.9, "relay_at": 0.5}
    return json.dumps(fields | {"accounts": 900, "budget": 0.001} | changed)


@pytest.mark.parametrize(
    "text",
    [
        calibration(),
        calibration(format=99),
        calibration(raise_at="high"),
        calibration(raise_at=None),
        calibration(raise_at=7.5),
        calibration(unknown=1),
        "[]",
        "{",
        "",
    ],
    ids=["another model", "format", "text", "null", "range", "unknown", "list", "broken", "empty"],
)
def test_a_wrong_calibration_is_refused(tmp_path: Path, shipped: Setup, text: str) -> None:
    """Thresholds that are damaged or belong to another model are not used."""
    log, path = tmp_path / "log.jsonl", tmp_path / "calibration.json"
    log.write_bytes(b"\n".join(GOOD))
    path.write_text(
        text
        if "sw-other" not in text or text == calibration()
        else text.replace("sw-other", shipped.artefact.model_id)
    )
    result, _ = replay_file(log, "--calibration", str(path))
    assert result.exit_code == 2
    assert "calibrat" in result.output


def test_an_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """Findings need a folder."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(GOOD))
    assert run("replay", str(log), "--out", str(log)).exit_code == 2


def test_garbage_on_standard_input_is_told(tmp_path: Path) -> None:
    """Bytes that are no log end in an error, whatever they are."""
    noise = np.random.default_rng(1).bytes(200_000)
    result = run("replay", "-", "--out", str(tmp_path / "out"), stdin=noise)
    assert result.exit_code == 2


def test_as_many_accounts_as_events_are_scored(replay: Replayer, tmp_path: Path) -> None:
    """200,000 accounts of one request each, all in one tick."""
    log = tmp_path / "log.jsonl"
    record = '{{"event_id":"e{0}","time":"{1}","account_id":"account-{0}"}}\n'
    log.write_text("".join(record.format(i, stamp(START)) for i in range(200_000)))
    found = replay(str(log))
    assert len(found.accounts) == found.summary["accepted"] == 200_000
    assert not found.alerts
