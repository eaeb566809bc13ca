from __future__ import annotations

import io
import json
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

import detector
from detector.cli.app import make_app
from detector.cli.replay import replay_to, report_to
from detector.report.charts import HEIGHT, WIDTH, distribution, timeline
from detector.report.page import REPORT
from tests.support.logs import make_log, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from detector.cli.compose import Setup
    from detector.report.charts import Chart
    from tests.support.replays import Replayer

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text.append(data)


def sample_records() -> list[dict[str, Any]]:
    """The readable usage events of the bundled sample."""
    packed = (files(detector) / "sample" / "events.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().decompress(packed).decode().splitlines()
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    return [record for record in whole if record.get("event_id")]


def write_page(setup: Setup, log: str, out: Path) -> str:
    """Replay a log and write its report."""
    _, outcome = replay_to([log], out, setup, Console(file=io.StringIO()))
    return report_to(out, outcome, setup).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_page(eager: Replayer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report with many alerts on accounts whose ids are markup."""
    folder = tmp_path_factory.mktemp("report")
    records = sample_records()
    renamed = [record | {"account_id": HOSTILE + record["account_id"]} for record in records]
    return write_page(eager.setup, write_log(folder / "log.jsonl", renamed), folder / "out")


def test_account_ids_are_text_and_never_markup(hostile_page: str) -> None:
    """What a log calls its accounts is shown as it is, and is neither markup nor a template."""
    page = Tags()
    page.feed(hostile_page)
    assert "script" not in page.tags
    assert "<script" not in hostile_page
    assert any(HOSTILE in text for text in page.text)


def test_the_page_needs_nothing_from_outside(hostile_page: str) -> None:
    """One file: no script, no picture, no font, no address."""
    page = Tags()
    page.feed(hostile_page)
    assert not page.tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    assert not page.attributes & {"src", "href", "onload", "onclick", "action"}
    assert not any(word in hostile_page for word in ("http:", "https:", "@import", "url("))


def test_no_text_of_a_prompt_or_an_answer_is_shown(hostile_page: str) -> None:
    """The report is made from numbers: nothing that was asked or answered is in it."""
    records = sample_records()
    said = {message["content"][:25] for record in records for message in record["messages"]}
    said |= {record["response"][:25] for record in records}
    assert not [text for text in said if len(text) == 25 and text in hostile_page]


def test_the_counts_and_the_shadow_notice_are_shown(hostile_page: str) -> None:
    """A reader sees how many records became what, and that nothing was calibrated."""
    text = " ".join(" ".join(parse(hostile_page)).split())
    records = len(sample_records())
    assert f"{records:,} records read =" in text
    assert "Shadow mode." in text
    assert "duplicate" in text


def parse(page: str) -> list[str]:
    """The text of a page."""
    tags = Tags()
    tags.feed(page)
    return tags.text


def test_the_option_writes_the_page_beside_the_findings(tmp_path: Path) -> None:
    """`replay --report` adds the page; without it there is none."""
    log = write_log(tmp_path / "log.jsonl", make_log(3))
    for options in ((), ("--report",)):
        result = CliRunner().invoke(make_app(), ["replay", log, "--out", str(tmp_path / "out"), *options])
        assert result.exit_code == 0, result.output
        assert (tmp_path / "out" / REPORT).exists() == bool(options)


def test_a_log_without_alerts_has_a_page(replay: Replayer, tmp_path: Path) -> None:
    """Finding nothing is a finding too, and no proof."""
    page = write_page(replay.setup, write_log(tmp_path / "log.jsonl", make_log(3)[:5]), tmp_path / "out")
    assert "That is no proof" in page


@given(
    st.lists(st.tuples(st.integers(1, 4 * 10**12), st.integers(1, 10**6)), max_size=30),
    st.integers(0, 3),
)
def test_a_timeline_shows_every_request_once(traffic: list[tuple[int, int]], marks: int) -> None:
    """However long the log is, the bars stand for all requests and lie within the drawing."""
    alerts = [(time, "alert") for time, _ in traffic[:marks]]
    drawn = timeline(traffic, alerts)
    assert counted(drawn) == sum(count for _, count in traffic)
    assert within(drawn)
    assert len(drawn.marks) == len(alerts)


@given(st.lists(st.floats(0, 1), max_size=50), st.floats(0.001, 0.999))
def test_a_distribution_shows_every_account_once(scores: list[float], raise_at: float) -> None:
    """Whatever the scores, certain ones included, each account is in one bar."""
    drawn = distribution(np.array(scores), raise_at)
    assert sum(int(bar.title.split()[0].replace(",", "")) for bar in drawn.bars) == len(scores)
    assert within(drawn)


def counted(drawn: Chart) -> int:
    """The sum of what the bars say."""
    return sum(int(bar.title.rsplit(": ", 1)[1].replace(",", "")) for bar in drawn.bars)


def within(drawn: Chart) -> bool:
    """Whether bars and marks lie within the drawing."""
    bars = all(
        0 <= bar.x <= WIDTH and 0 <= bar.y <= HEIGHT + 1e-6 and 0 <= bar.height <= HEIGHT + 1e-6
        for bar in drawn.bars
    )
    return bars and all(0 <= mark.x <= WIDTH for mark in drawn.marks)
