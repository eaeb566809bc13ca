from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.hook.controls import exemption
from detector.hook.decision import Facts
from detector.store.kept_records import Home
from tests.detector.hook.made import NOW, Desk

if TYPE_CHECKING:
    from detector.store.hook_records import ControlKind

ASKED = Facts(account_id="a")


def suspect(campaign: str | None = "c") -> Desk:
    """An account that is denied, and is of an organisation."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id=campaign)
    assert desk.decider.decide(ASKED).action != "allow"
    return desk


def allow(desk: Desk, kind: ControlKind, subject: str, until: int | None = None) -> None:
    """As the store tells it."""
    desk.decider.allowed.put(kind, subject, exemption("allow", "", until).body)


@pytest.mark.parametrize(
    ("kind", "subject", "campaign"),
    [
        ("allow", "a", "c"),
        ("allow_campaign", "c", "c"),
        ("allow_detector", "campaign/distillation", "c"),
        ("allow_detector", "account/distillation", None),
    ],
)
def test_an_allowance_of_any_scope_covers_the_account(
    kind: ControlKind, subject: str, campaign: str | None
) -> None:
    """Until its end and not after it; of other subjects it says nothing."""
    desk = suspect(campaign)
    allow(desk, kind, "other")
    assert desk.decider.decide(ASKED).action != "allow"
    allow(desk, kind, subject, NOW + 1000)
    assert desk.decider.decide(ASKED).action == "allow"
    desk.clock.at += 1000
    assert desk.decider.decide(ASKED).action != "allow"


def test_an_allowance_that_is_taken_back_covers_nobody() -> None:
    """An account listed by its campaign is denied again at once."""
    desk = suspect()
    allow(desk, "allow_campaign", "c")
    desk.decider.allowed.put("allow_campaign", "c", None)
    assert desk.decider.decide(ASKED).action != "allow"


def test_an_organisation_covers_who_is_of_it() -> None:
    """Accounts that join later are covered too, and those that leave are not."""
    desk, allowed = suspect(), Desk().decider.allowed
    assert not allowed.needs_homes
    allow(desk, "allow_organisation", "acme")
    allowed = desk.decider.allowed
    assert allowed.needs_homes
    assert desk.decider.decide(ASKED).action != "allow"
    allowed.take_homes([Home(1, "b", "acme"), Home(4, "a", "acme")])
    assert desk.decider.decide(ASKED).action == "allow"
    allowed.take_homes([Home(5, "a", "other")])
    assert desk.decider.decide(ASKED).action != "allow"


def test_another_organisation_is_looked_up_from_the_start() -> None:
    """Its accounts were passed over while only others were listed; to list one again changes nothing."""
    desk = suspect()
    allow(desk, "allow_organisation", "acme")
    desk.decider.allowed.take_homes([Home(7, "a", "other")])
    allow(desk, "allow_organisation", "acme", NOW + 5)
    assert desk.decider.allowed.homes_read == 7
    allow(desk, "allow_organisation", "other")
    assert desk.decider.allowed.homes_read == 0


def test_what_is_over_is_forgotten() -> None:
    """Followers are told of accounts by name, and of anything wider that all may have changed."""
    desk = suspect()
    allow(desk, "allow", "a", NOW + 1)
    allow(desk, "allow_campaign", "c", NOW + 2)
    assert desk.decider.allowed.ended(NOW + 1) == (["a"], False)
    assert desk.decider.allowed.ended(NOW + 2) == ([], True)
    assert desk.decider.allowed.ended(NOW + 3) == ([], False)
