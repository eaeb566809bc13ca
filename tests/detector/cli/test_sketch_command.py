"""`stillwatch sketch` on files."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
import zstandard
from typer.testing import CliRunner

from detector.cli.app import make_app
from features.adapters import make_adapter
from tests.detector.hook.ingest.serving import CANARY, SECRET, event, intake, lines
from tests.detector.hook.ingest.test_ingest_formats import PAYLOAD, SPANS

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def sketch(*options: str, secret: str = SECRET) -> Result:
    """Run the command."""
    return CliRunner().invoke(make_app(), ["sketch", *options], env={"STILLWATCH_HASH_KEY": secret})


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.zst", "jsonl.gz"])
def test_text_stays_behind_and_its_sketch_is_written(tmp_path: Path, ending: str) -> None:
    """What is written has no text, and is read as the text would have been."""
    log, out = tmp_path / "log.jsonl", tmp_path / f"out.{ending}"
    log.write_bytes(lines(event(1), event(2, hidden=CANARY)) + b'{"response": "%s"' % CANARY.encode())
    done = sketch(str(log), "--out", str(out))
    assert done.exit_code == 0, done.output
    data = out.read_bytes()
    data = zstandard.ZstdDecompressor().stream_reader(data).read() if ending.endswith("zst") else data
    data = gzip.decompress(data) if ending.endswith("gz") else data
    assert CANARY.encode() not in data
    assert CANARY not in done.output
    assert "1 left out: not_json, first in line 3" in done.output
    made = intake()
    adapter = make_adapter("canonical", made.reading.key, edge=made.reading.edge)
    plain = adapter.decode(log.read_bytes().splitlines()[:2]).batch
    read = adapter.decode(data.splitlines()).batch
    assert read.sketches.tobytes() == made.kernel.sketch(plain.parts).tobytes()


def test_foreign_logs_are_recognised(tmp_path: Path) -> None:
    """A LiteLLM log and exported traces become canonical events."""
    litellm, traces = tmp_path / "litellm.jsonl", tmp_path / "traces.jsonl"
    litellm.write_bytes(lines(PAYLOAD))
    traces.write_bytes(lines(SPANS))
    done = sketch(str(litellm), str(traces))
    assert done.exit_code == 0
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [one["account_id"] for one in events] == ["account-1", "account-1"]
    assert "1 left out: missing_field" in done.output


def test_a_secret_is_required(tmp_path: Path) -> None:
    """Under the public key of offline work anybody could guess texts."""
    done = sketch(str(tmp_path / "any"), secret="")
    assert done.exit_code == 2
    assert "STILLWATCH_HASH_KEY is not set" in " ".join(done.output.replace("│", " ").split())


def test_strict_ends_with_a_code(tmp_path: Path) -> None:
    """1 where a record was left out, and 2 for a file that is not there."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(lines(event(1)) + b"{}")
    assert sketch(str(log), "--strict").exit_code == 1
    assert sketch(str(tmp_path / "absent")).exit_code == 2
