from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detector.campaigns.actions import action, techniques
from detector.campaigns.campaign import SharedObject
from detector.campaigns.indicators import indicators
from features.account.layout import ACCOUNT_ROW
from tests.features.account.streams import DAY, START


def members(number: int = 4, **fields: Any) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Accounts that were seen for ten days, created long before, in office hours."""
    rows = np.zeros(number, ACCOUNT_ROW)
    hours = [40 if 8 <= hour < 18 else 0 for hour in range(24)]
    usual = {"first": START, "last": START + 10 * DAY, "created": START - 400 * DAY, "total": 400}
    for name, value in {**usual, "hours": hours, "early": 40, "day_peak": 60, **fields}.items():
        rows[name] = value
    return rows


@pytest.mark.parametrize(
    ("fields", "usual", "code"),
    [
        ({"hours": [20] * 24}, 40.0, "around_the_clock"),
        ({"created": START - DAY, "early": 60}, 40.0, "no_ramp"),
        ({"networks": 0x44, "agents": 0x44}, 40.0, "many_networks"),
        ({"total": 40_000}, 40.0, "use_out_of_proportion"),
    ],
)
def test_each_indicator_holds_by_itself(fields: dict[str, Any], usual: float, code: str) -> None:
    """What was seen is told in numbers."""
    (found,) = indicators(members(**fields), usual)
    assert found.code == code
    assert any(letter.isdigit() for letter in found.detail)


def test_ordinary_members_show_none() -> None:
    """Office hours, an old account, one network and usual volumes."""
    assert indicators(members(), 40.0) == ()


def test_little_is_known_of_few_requests() -> None:
    """An idle hour of an account with a handful of requests is an accident, and so is a busy one."""
    assert indicators(members(1, hours=[1] * 24, last=START + DAY, created=-1), 0.0) == ()


def _shared(kind: str) -> SharedObject:
    return SharedObject(f"{kind}:1", kind, 3, 0, 30, 5.0)


def test_advice_follows_certainty_and_what_moved() -> None:
    """The more certain and the more it moves, the more is advised; a relay's operator is asked first."""
    doubtful = action(0.6, 0.0, migrated=False, shared=())
    certain = action(0.95, 0.0, migrated=False, shared=())
    moving = action(0.95, 0.0, migrated=True, shared=())
    known = action(0.95, 0.0, migrated=True, shared=(_shared("head"), _shared("payment")))
    resold = action(0.95, 0.8, migrated=False, shared=())
    assert len({doubtful, certain, moving, known, resold}) == 5
    assert "payment" in known
    assert "relay" in resold


def test_advice_names_what_the_next_accounts_can_be_told_by() -> None:
    """In the words of the evidence, and without a hash."""
    said = action(0.95, 0.0, migrated=True, shared=(_shared("template"), _shared("signup")))
    assert "sign-up batch" in said


@pytest.mark.parametrize(("label", "shown"), [("distillation", 2), ("relay", 1), ("benign", 0)])
def test_a_label_has_its_techniques(label: str, shown: int) -> None:
    """A relay only uses the API, and honest use shows none."""
    assert len(techniques(label)) == shown
