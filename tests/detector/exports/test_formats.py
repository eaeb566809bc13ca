from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from detector.exports.ecs import ecs
from detector.exports.finding import decoded
from detector.exports.formats import FORMATS, exported
from detector.exports.wording import summary
from tests.support.exported import finding_of

XSS = "<script>alert(1)</script>\"'&{{7*7}}"


class Tags(HTMLParser):
    """Names of the elements of a page, and what they load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.seen.add(tag)
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"} or name[:2] == "on"]


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("kind", ["account", "campaign"])
@pytest.mark.parametrize("bare", [False, True])
def test_every_format_takes_every_finding(name: Any, kind: Any, *, bare: bool) -> None:
    """Whether there is a case and a dossier or not, and always with the same bytes."""
    first, second = (exported(finding_of(kind, bare=bare), name) for _ in range(2))
    assert first == second
    assert first.endswith((b"\n", b"</html>"))
    if "json" in FORMATS[name].media_type:
        assert json.loads(first)


@pytest.mark.parametrize("kind", ["account", "campaign"])
def test_a_report_is_by_itself_and_inert(kind: Any) -> None:
    """No script, nothing loaded, and whatever was logged is text."""
    page = exported(finding_of(kind, subject=XSS), "report").decode()
    tags = Tags(page)
    assert "script" not in tags.seen
    assert tags.loaded == []
    assert "&lt;script&gt;" in page
    assert "@media print" in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


def test_a_report_shows_what_the_dossier_knows() -> None:
    """Evidence for and against, the wording, moments, links and members."""
    page = exported(finding_of(), "report").decode()
    for said in (
        "3 accounts with one payment method",
        "several keys of one company",
        "Explain {slot} step by step",
        "payment method",
        "acc-2",
        "1,200",
        "<svg",
    ):
        assert said in page


def test_an_account_s_report_shows_its_features() -> None:
    """With what is usual, as far as that is known."""
    page = exported(finding_of("account"), "report").decode()
    assert "+2.50" in page
    assert "0, 0.01, 0.05" in page
    assert "an evaluation harness" in page


def test_ecs_is_an_alert_of_a_framework() -> None:
    """The fields that Elastic's own views go by."""
    document = ecs(finding_of("account"))
    assert document["event"]["kind"] == "alert"
    assert document["threat"]["framework"] == "MITRE ATLAS"
    assert document["threat"]["technique"]["id"] == ["AML.T0024.002", "AML.T0040"]
    assert document["user"] == {"id": "acc-1"}
    assert document["event"]["severity"] == 80


def test_a_message_names_no_account_in_its_title() -> None:
    """Titles show up on locked phones; names are for whoever opens the message."""
    title, text = summary(finding_of("account", bare=True))
    assert "acc-1" not in title
    assert "acc-1" in text


def test_a_message_pings_nobody() -> None:
    """What an account is called is no mention, no link and no line of its own in a chat."""
    _, text = summary(finding_of("account", bare=True, subject="<!channel> @here\n`x`"))
    assert not set("<`") & set(text)
    assert "@here" not in text
    assert text.splitlines()[0].startswith("Account ")


def test_half_a_letter_becomes_a_question_mark() -> None:
    """A log may hold half a surrogate pair, which no file can."""
    assert decoded(b'{"subject_id": "a\\ud800"}') == {"subject_id": "a?"}


def test_severity_without_a_case_goes_by_the_rules_of_cases() -> None:
    """So that sinks that take only severe findings work where nobody triages."""
    severities = [
        finding_of(bare=True).severity,
        finding_of("account", bare=True).severity,
        finding_of("account", bare=True, label="relay").severity,
        finding_of("account", bare=True, status="cleared").severity,
    ]
    assert severities == [4, 3, 2, 1]
