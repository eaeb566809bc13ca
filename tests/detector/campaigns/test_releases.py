from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns.reactions import PIVOT
from detector.campaigns.releases import ENDS, Releases
from detector.campaigns.tracker import Campaigns
from features.batch import Lifecycle
from features.rows import EVENT_ROW
from tests.detector.campaigns.crowd import KEY, Crowd, model_key, people
from tests.detector.campaigns.test_tracker import POLICY
from tests.features.account.streams import DAY, START

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign

A = people("a", 6)
HONEST = people("h", 12)
OLD, NEW = model_key("old-1"), model_key("new-2")
RELEASE = 50
HOURS = (RELEASE + 5, RELEASE + 30, RELEASE + 60)
EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20 * DAY), st.booleans()), max_size=40)


def rows_of(events: list[tuple[int, int, bool]]) -> NDArray[np.void]:
    """Requests of accounts, so long after the start, for the new model or not."""
    rows = np.zeros(len(events), EVENT_ROW)
    for row, (account, time, new) in zip(rows, events, strict=True):
        row["account"], row["time"], row["model"] = account, START + time, NEW if new else OLD
    return rows


def counted(*parts: list[tuple[int, int, bool]]) -> list[tuple[int, list[list[int]]]]:
    """Of four accounts the requests before a release on the third day, and in each step after it."""
    found, totals = Releases(KEY), np.zeros(4, dtype=np.int32)
    found.add([Lifecycle("model_release", START + 3 * DAY, "new-2")])
    for part in parts:
        rows = rows_of(part)
        totals += np.bincount(rows["account"], minlength=4).astype(np.int32)
        found.fold(rows, totals, int(rows["time"].max(initial=START)) + 1)
    each = [np.array([who]) for who in range(4)]
    return [(one.before(who), one.of(who).tolist()) for one in found.uptakes for who in each]


@given(EVENTS, st.integers(0, 40))
def test_counts_do_not_depend_on_how_a_log_is_cut(events: list[tuple[int, int, bool]], cut: int) -> None:
    """They are those that looking at all requests of an account gives."""
    ordered = sorted(events, key=lambda event: event[1])
    said = counted(ordered)
    assert counted(ordered[:cut], ordered[cut:]) == said
    for who, (before, (asked, moved)) in enumerate(said):
        mine = [(time - 3 * DAY, new) for account, time, new in events if account == who]
        steps = [[new for since, new in mine if start < since <= end] for start, end in pairwise((0, *ENDS))]
        assert before == sum(since <= 0 for since, _ in mine)
        assert asked == [len(step) for step in steps]
        assert moved == [sum(step) for step in steps]


def test_the_latest_two_releases_are_followed() -> None:
    """An older one makes way, and a record that is read twice is one."""
    found = Releases(KEY)
    records = [Lifecycle("model_release", START + at, f"m{at}") for at in (3, 1, 2, 3)]
    found.add(records[:2])
    found.add([*records, Lifecycle("ban", START, "a0")])
    found.fold(rows_of([(0, 9, True)]), np.ones(1, dtype=np.int32), START + DAY)
    assert [one.release.model for one in found.uptakes] == ["m2", "m3"]


def campaign_after(*models: int, others: int = OLD, release: bool = True, before: bool = True) -> Campaign:
    """A campaign that asks for these models at HOURS, beside others who do not react."""
    crowd = Crowd()
    if release:
        crowd.release("new-2", RELEASE)
    if before:
        crowd.ask(A, head=1, hour=1, times=8, model=OLD)
    crowd.ask(HONEST, head=2, hour=2, times=8, model=OLD)
    for hour, model in zip(HOURS, models, strict=True):
        crowd.ask(A, head=1, hour=hour, times=8, model=model)
        crowd.ask(HONEST, head=2, hour=hour, times=8, model=others)
    found = Campaigns(POLICY, "sw-hand")
    found.update(START + 9 * DAY, crowd.view(A))
    return found.campaigns[0]


def codes(one: Campaign) -> list[str]:
    """Of its indicators."""
    return [seen.code for seen in one.indicators if seen.code == PIVOT]


def test_a_move_to_a_new_model_is_told_and_raises_no_score() -> None:
    """It names the model, how much of the work moved, and what others did."""
    moved, stayed = campaign_after(NEW, NEW, NEW), campaign_after(OLD, OLD, OLD)
    assert codes(moved) == [PIVOT]
    (seen,) = [one for one in moved.indicators if one.code == PIVOT]
    assert "100%" in seen.detail
    assert "new-2" in seen.detail
    assert "0%" in seen.detail
    assert codes(stayed) == []
    assert moved.score == stayed.score


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ((NEW, OLD, OLD), {}),
        ((OLD, NEW, NEW), {}),
        ((NEW, NEW, NEW), {"others": NEW}),
        ((NEW, NEW, NEW), {"release": False}),
        ((NEW, NEW, NEW), {"before": False}),
    ],
    ids=["a burst that goes back", "days later", "everybody does", "no release", "new campaign"],
)
def test_other_moves_are_none(models: tuple[int, ...], said: dict[str, Any]) -> None:
    """What goes back, comes late, is done by everybody, follows nothing, or was never anything else."""
    assert codes(campaign_after(*models, **said)) == []


def test_a_move_is_told_once_it_stayed() -> None:
    """The alert is revised when the second day is over, though nothing else changed, and once."""
    crowd = Crowd().release("new-2", RELEASE).ask(A, head=1, hour=1, times=8, model=OLD)
    crowd.ask(HONEST, head=2, hour=1, times=8, model=OLD).ask(A, head=1, hour=HOURS[0], times=8, model=NEW)
    found = Campaigns(POLICY, "sw-hand")
    found.update(START + (RELEASE + 6) * DAY // 24, crowd.view(A))
    crowd.ask(A, head=1, hour=HOURS[1], times=8, model=NEW)
    found.update(START + (RELEASE + 47) * DAY // 24, crowd.view(A))
    (alert,) = found.update(START + (RELEASE + 48) * DAY // 24, crowd.view(A))
    assert PIVOT in {reason.code for reason in alert.reasons}
    assert found.update(START + (RELEASE + 49) * DAY // 24, crowd.view(A)) == []
