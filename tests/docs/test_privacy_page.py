from __future__ import annotations

import re

import pytest

from detector.store.retention import Retention
from tests.docs.written import ROOT

PAGE = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
DAY = 86_400_000
ROWS = {
    "alerts": "alerts",
    "changes of verdicts": "verdict_history",
    "measurements": "measurements",
    "series": "series",
    "samples": "samples",
    "dead letters": "letters",
    "ids of events": "seen",
}


@pytest.mark.parametrize(("what", "name"), ROWS.items())
def test_what_is_kept_is_kept_as_long_as_the_page_says(what: str, name: str) -> None:
    """The table's days are those that the store goes by."""
    (days,) = re.findall(rf"(?m)^\| {what}\b[^|]*\| (\d+) days", PAGE)
    assert int(days) * DAY == getattr(Retention(), name)


def test_everything_with_a_retention_is_on_the_page() -> None:
    """And nothing that the store removes is left out."""
    assert {name for name in Retention.__slots__ if name != "vacuum_bytes"} == set(ROWS.values())
