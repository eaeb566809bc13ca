from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from detector.demo.sample import recent_sample, sample_roles

DAY = timedelta(days=1)
MADE = datetime(2026, 6, 5, tzinfo=UTC)
"""just after the sample's end"""


def ms(moment: datetime) -> int:
    """Since the epoch."""
    return round(moment.timestamp() * 1000)


@pytest.mark.parametrize("later", [timedelta(), DAY - timedelta(seconds=1), DAY, timedelta(days=400.3)])
def test_the_log_ends_within_the_last_day(later: timedelta) -> None:
    """Whenever the demo is run, the sample is the past few days, in order, at the hours that it has."""
    log, now = recent_sample(ms(MADE + later)), ms(MADE + later)
    assert 0 <= now - log.times[-1] < DAY / timedelta(milliseconds=1)
    assert list(log.times) == sorted(log.times)
    moved = log.times[0] - recent_sample(ms(MADE)).times[0]
    assert timedelta(milliseconds=moved) % DAY == timedelta()


def test_accounts_are_as_old_as_they_were() -> None:
    """Times of events and of accounts move together; nothing else of a line changes."""
    early = recent_sample(ms(MADE))
    late = recent_sample(ms(MADE + 10 * DAY))
    before, after = (msgspec.json.decode(log.lines[0]) for log in (early, late))
    for name in ("time", "account_created"):
        assert datetime.fromisoformat(after.pop(name)) - datetime.fromisoformat(before.pop(name)) == 10 * DAY
    assert before == after
    assert before["account_id"] in sample_roles()


def test_the_tour_asks_for_an_account_of_the_campaign() -> None:
    """docs/tour.md names an account that the sample has, and that is to be refused."""
    page = (Path(__file__).parents[3] / "docs" / "tour.md").read_text(encoding="utf-8")
    named = set(re.findall(r"acct_[0-9a-f]+", page))
    assert {sample_roles()[name] for name in named} == {"distillation campaign"}
