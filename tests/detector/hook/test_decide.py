from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.hook.controls import exemption
from detector.hook.decision import Degrade, Facts
from detector.hook.policy.reading import read_policy
from detector.store.hook_records import Link
from tests.detector.hook.made import NOW, Desk

if TYPE_CHECKING:
    from detector.store.findings import StoredVerdict

DAY = 86_400_000
ASKED = Facts(account_id="a")


def body(until: int | None = None) -> bytes:
    """Of an allow-list entry or an undo."""
    found = exemption("allow", "", until).body
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("score", "campaign", "action"),
    [(0.99, "c", "block"), (0.95, "c", "challenge"), (0.95, None, "throttle"), (0.6, None, "degrade")],
)
def test_the_shipped_policy_acts_by_score_and_campaign(
    score: float, campaign: str | None, action: str
) -> None:
    """Nobody is blocked alone; each decision names its rule and the account."""
    desk = Desk()
    desk.verdict("a", score, campaign_id=campaign)
    decision = desk.decider.decide(ASKED)
    assert (decision.action, decision.enforced, decision.shadow) == (action, action, False)
    assert (decision.account_id, decision.score, decision.campaign_id) == ("a", score, campaign)
    assert (decision.retry_after == 30) == (action == "throttle")
    stripped = Degrade(("logprobs", "top_logprobs", "logit_bias"), 1)
    assert decision.degrade == (stripped if action == "degrade" else None)


@pytest.mark.parametrize("changes", [{"status": "clear"}, {"label": "relay"}, {"label": "benign"}])
def test_who_is_not_alerted_of_distillation_is_allowed(changes: dict[str, str]) -> None:
    """Whatever the score: resellers and those that were cleared, too."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id="c", **changes)
    assert desk.decider.decide(ASKED).action == "allow"


def test_shadow_lets_everything_through() -> None:
    """It says what would be done, and that it is not."""
    desk = Desk()
    desk.decider.mode = "shadow"
    desk.verdict("a", 0.99, campaign_id="c")
    decision = desk.decider.decide(ASKED)
    assert (decision.action, decision.enforced, decision.shadow) == ("block", "allow", True)


def test_a_verdict_is_found_by_key_and_end_user() -> None:
    """By the account that is known to own them, or where they are what is scored; the account first."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id="c")
    desk.verdict("k2", 0.95)
    desk.subjects.put(Link("api_key", "k1", "a"))
    desk.subjects.put(Link("end_user", "u1", "a"))
    decide = desk.decider.decide
    assert decide(Facts(api_key_id="k1")).action == "block"
    assert decide(Facts(end_user_id="u1")).action == "block"
    assert decide(Facts(api_key_id="k2")).action == "throttle"
    assert decide(Facts(account_id="a", api_key_id="k2")).action == "block"
    assert decide(Facts(end_user_id="k1")).reason == "no_verdict"
    assert [decide(one).reason for one in (Facts(), Facts(account_id=""))] == ["no_subject"] * 2


def test_nobody_speaks_against_others_by_an_end_users_id() -> None:
    """Customers choose those ids: they count where nobody else is named, and never as somebody's account."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id="c")
    desk.subjects.put(Link("end_user", "u1", "a"))
    decide = desk.decider.decide
    assert decide(Facts(account_id="other", end_user_id="u1")).reason == "no_verdict"
    assert decide(Facts(api_key_id="k1", end_user_id="u1")).reason == "no_verdict"
    assert decide(Facts(end_user_id="a")).reason == "no_verdict"


def test_exemptions_hold_until_they_end() -> None:
    """An allow-list entry and an undo each, at once and for as long as they say."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id="c")
    for exemptions, reason in (
        (desk.decider.allowed.accounts, "allow-listed"),
        (desk.decider.undone, "undone"),
    ):
        exemptions.put("a", body(NOW + 1000))
        assert desk.decider.decide(ASKED).reason == reason
        assert desk.decider.decide(ASKED).action == "allow"
        desk.clock.at = NOW + 1000
        assert desk.decider.decide(ASKED).action == "block"
        assert exemptions.ended(desk.clock.at) == ["a"]
        desk.clock.at = NOW
        exemptions.put("a", body())
        assert desk.decider.decide(ASKED).action == "allow"
        exemptions.put("a", None)
        assert desk.decider.decide(ASKED).action == "block"


def test_a_verdict_expires() -> None:
    """After a week under the shipped policy, unless it was renewed."""
    desk = Desk()
    desk.verdict("a", 0.99, campaign_id="c")
    desk.clock.at += 7 * DAY + 1
    assert desk.decider.decide(ASKED).reason == "expired"
    desk.verdict("a", 0.99, campaign_id="c")
    assert desk.decider.decide(ASKED).action == "block"


def test_a_token_answers_a_challenge_and_clears_nobody() -> None:
    """Who would be challenged is let through with a token; it lifts neither throttle nor block."""
    desk = Desk()
    for score, campaign, without, with_token in (
        (0.95, "c", "challenge", "allow"),
        (0.95, None, "throttle", "throttle"),
        (0.99, "c", "block", "block"),
    ):
        desk.verdict("a", score, campaign_id=campaign)
        assert desk.decider.decide(Facts("a", human_token="none")).action == without
        assert desk.decider.decide(Facts("a", human_token="invalid")).action == without
        assert desk.decider.decide(Facts("a", human_token="valid")).action == with_token
    desk.verdict("a", 0.91, campaign_id="c")
    passed = desk.decider.decide(Facts("a", human_token="valid"))
    assert (passed.reason, passed.ttl) == ("challenge_answered", 0)


def test_an_action_goes_on_while_the_score_wavers() -> None:
    """Until it is below the rule's bar by the margin; to come back it needs the full bar."""
    desk, actions = Desk(), []
    for score in (0.89, 0.90, 0.86, 0.84, 0.86, 0.91):
        desk.verdict("a", score)
        actions.append(desk.decider.decide(ASKED).action)
    assert actions == ["degrade", "throttle", "throttle", "degrade", "degrade", "throttle"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_process_that_starts_late_decides_the_same(scores: list[float]) -> None:
    """What holds follows from the verdicts, so that one that was there and one that reads them agree."""
    there, late = Desk(), Desk()
    for score in scores:
        there.verdict("a", score, campaign_id="c")
    late.decider.ready = False
    late.verdict("a", scores[-1], campaign_id="c")
    history = Desk()
    records: list[StoredVerdict] = []
    history.decider.put = records.append  # type: ignore[method-assign, assignment]  # it writes down what it is given
    for score in scores:
        history.verdict("a", score, campaign_id="c")
    for row in late.decider.uncertain:
        late.decider.replay(row, records)
    late.decider.ready = True
    assert late.decider.decide(ASKED).action == there.decider.decide(ASKED).action


def test_until_verdicts_are_loaded_requests_pass() -> None:
    """Undecided, and said so; what is loaded already counts."""
    desk = Desk()
    desk.decider.ready = False
    desk.verdict("a", 0.99, campaign_id="c")
    assert desk.decider.decide(Facts("b")).bypass == "loading"
    assert desk.decider.decide(ASKED).action == "block"


def test_plans_may_differ() -> None:
    """A rule for some plans leaves the others to the next."""
    text = """
        [[rule]]
        name = "free"
        action = "block"
        when = { plan = ["free"], score_at_least = 0.5 }
        [[rule]]
        name = "others"
        action = "throttle"
        when = { score_at_least = 0.5 }
        retry_after = 7
    """
    desk = Desk(read_policy(text))
    desk.verdict("a", 0.7, label="relay")
    assert desk.decider.decide(Facts("a", plan="free")).action == "block"
    assert desk.decider.decide(Facts("a", plan="paid")).retry_after == 7
    assert desk.decider.decide(ASKED).reason == "others"


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_name_may_have_a_verdict(name: str, other: str) -> None:
    """It is found again, and nobody else is."""
    desk = Desk()
    desk.verdict(name or "x", 0.95)
    assert desk.decider.decide(Facts(name or "x")).account_id == (name or "x")
    if other != (name or "x"):
        assert desk.decider.decide(Facts(other)).account_id is None
