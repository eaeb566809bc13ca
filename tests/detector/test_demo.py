from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
import zstandard
from typer.testing import CliRunner

import detector
from detector.cli.app import make_app
from detector.report.findings import Findings
from detector.report.page import REPORT
from tools.sample.__main__ import render

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

SAMPLE = files(detector) / "sample"
ROLES: dict[str, str] = json.loads((SAMPLE / "roles.json").read_text(encoding="utf-8"))
ATTACKERS = {"distillation campaign", "logit prober"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The demo's output, and the folder of its findings."""
    out = tmp_path_factory.mktemp("demo") / "out"
    return CliRunner().invoke(make_app(), ["demo", "--report", "--out", str(out)]), out


def test_the_demo_shows_its_alerts_and_writes_a_report(demo: tuple[Result, Path]) -> None:
    """A newcomer sees findings in words and where the report is."""
    result, out = demo
    assert result.exit_code == 0, result.output
    assert "Open alerts" in result.output
    assert str(out / REPORT) in result.output
    assert (out / REPORT).stat().st_size > 10_000


def test_the_sample_is_found_and_its_honest_accounts_are_not(demo: tuple[Result, Path]) -> None:
    """The shipped model alerts on most of the hidden campaign and on nobody honest."""
    found = Findings.read(demo[1])
    alerted = set(found.accounts.index[found.accounts["first_alert_time"].notna()])
    campaign = {name for name, role in ROLES.items() if role == "distillation campaign"}
    assert len(alerted & campaign) >= len(campaign) - 2
    assert not [ROLES[name] for name in alerted if ROLES[name] not in ATTACKERS]


def test_every_record_of_the_sample_is_counted_once(demo: tuple[Result, Path]) -> None:
    """The sample holds a duplicate, a late event and bad lines, and the counts add up."""
    counts = Findings.read(demo[1]).summary
    assert (counts["duplicate"], counts["late"], counts["dead_lettered"], counts["lifecycle"]) == (1, 1, 3, 2)
    assert counts["read"] == sum(counts[name] for name in ("accepted", "duplicate", "late", "dead_lettered"))


def test_the_sample_is_what_its_tool_writes() -> None:
    """The bundled log can be made again, byte for byte, and is small."""
    packed = (SAMPLE / "events.jsonl.zst").read_bytes()
    assert len(packed) < 400_000
    text, roles = render()
    assert zstandard.ZstdDecompressor().decompress(packed).decode() == text
    assert roles == ROLES
