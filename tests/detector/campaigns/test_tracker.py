from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from detector.campaigns.tracker import Campaigns
from detector.policy import Policy
from tests.detector.campaigns.crowd import Crowd, people
from tests.features.account.streams import START

if TYPE_CHECKING:
    from detector.alert import Alert

POLICY = Policy(raise_at=0.5, clear_below=0.3, relay_at=0.5, source="hand")
TICK = 300_000
END = START + TICK
A, B = people("a", 8), people("b", 4)


def campaigns() -> Campaigns:
    """Without any."""
    return Campaigns(POLICY, "sw-hand")


def only(alerts: list[Alert]) -> Alert:
    """The single alert of a tick."""
    assert len(alerts) == 1
    return alerts[0]


def test_a_group_raises_one_alert_and_is_then_left_alone() -> None:
    """It names who, what is shared, how rare that is, and the techniques."""
    found, crowd = campaigns(), Crowd().ask(A, head=1, payment=5).ask(["honest"], head=2)
    alert = only(found.update(END, crowd.view(A)))
    assert (alert.kind, alert.status, alert.label, alert.revision) == ("campaign", "open", "distillation", 1)
    assert alert.time == END
    assert alert.score == pytest.approx(0.9)
    assert {reason.code for reason in alert.reasons} == {"shared_head", "shared_payment"}
    assert alert.techniques
    assert found.update(END + TICK, crowd.view(A)) == []


def test_an_account_alone_is_no_campaign() -> None:
    """It has an alert of its own."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    assert found.update(END, crowd.view(["a0"])) == []
    assert found.of(0) is None
    assert found.campaigns == ()


def test_members_know_their_campaign_and_since_when() -> None:
    """Those who join later are covered later."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    alert = only(found.update(END, crowd.view(A[:7])))
    assert [found.of(row) for row in range(8)] == [alert.subject_id] * 7 + [None]
    assert found.update(END + TICK, crowd.view(A)) == []
    assert found.of(7) == alert.subject_id
    assert found.covered_at.tolist() == [END] * 7 + [END + TICK]


def test_an_alert_is_updated_when_the_campaign_grew_by_a_quarter() -> None:
    """The revision is the second of the same alert."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    first = only(found.update(END, crowd.view(A[:6])))
    second = only(found.update(END + TICK, crowd.view(A)))
    assert second.alert_id == first.alert_id
    assert second.revision == 2
    assert found.campaigns[0].members == tuple(range(8))


def test_an_alert_is_updated_when_the_score_moved() -> None:
    """The score is the mean of the members', by their requests."""
    found, crowd = campaigns(), Crowd().ask(A, head=1, times=2).ask(["a0"], head=1, times=14)
    first = only(found.update(END, crowd.view(A)))
    second = only(found.update(END + TICK, crowd.view(A, scores={"a0": 0.3})))
    assert first.score == pytest.approx(0.9)
    assert second.score == pytest.approx((16 * 0.3 + 14 * 0.9) / 30)


def test_a_campaign_without_covered_members_is_cleared() -> None:
    """And it is raised again under its id when they are covered again."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    first = only(found.update(END, crowd.view(A)))
    cleared = only(found.update(END + TICK, crowd.view([])))
    assert (cleared.status, cleared.label, cleared.subject_id) == ("cleared", "benign", first.subject_id)
    assert cleared.techniques == ()
    assert found.of(0) is None
    again = only(found.update(END + 2 * TICK, crowd.view(A)))
    assert (again.subject_id, again.revision, again.status) == (first.subject_id, 3, "open")
    assert found.campaigns[0].first_alert == END


def test_campaigns_that_turn_out_to_be_one_are_merged() -> None:
    """The smaller one's alert is cleared and points to the other."""
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(B, head=2)
    before = {alert.subject_id for alert in found.update(END, crowd.view([*A, *B]))}
    crowd.ask([*A, *B], head=1, times=20)
    alerts = found.update(END + TICK, crowd.view([*A, *B]))
    stays, goes = sorted(alerts, key=lambda alert: alert.status, reverse=True)
    assert {stays.subject_id, goes.subject_id} == before
    assert goes.status == "cleared"
    assert stays.subject_id in goes.reasons[0].detail
    (heir,) = [one for one in found.campaigns if one.status == "open"]
    assert heir.merged == (goes.subject_id,)
    assert len(heir.members) == 12
    assert found.campaigns == (heir,)


def test_a_campaign_is_known_by_all_ids_that_it_had() -> None:
    """Of three that become one step by step the last one names the others, and only it is listed."""
    third = people("c", 20)
    everybody = [*A, *B, *third]
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(B, head=2).ask(third, head=3)
    ids = {alert.subject_id for alert in found.update(END, crowd.view(everybody))}
    found.update(END + TICK, crowd.ask([*A, *B], head=4, times=40).view(everybody))
    assert [len(one.merged) for one in found.campaigns] in ([0, 1], [1, 0])
    found.update(END + 2 * TICK, crowd.ask(everybody, head=5, times=400).view(everybody))
    (last,) = found.campaigns
    assert {last.campaign_id, *last.merged} == ids


def test_a_ban_that_moves_the_work_is_told() -> None:
    """New members began within hours of the ban, in the same words."""
    found, crowd = campaigns(), Crowd().ask(A[:6], head=1)
    found.update(END, crowd.view(A[:6]))
    crowd.ask(A[6:], head=1, hour=5)
    banned = {"a0": START + 3_600_000}
    now = START + 6 * 3_600_000
    alert = only(found.update(now, crowd.view(A, banned=banned)))
    assert "migrated" in {reason.code for reason in alert.reasons}
    assert found.campaigns[0].migrated_from == ("a0",)


def test_silence_is_told_when_it_has_lasted_a_day() -> None:
    """Four fell silent and four others began within the hour; no member joins or leaves after that."""
    crowd = Crowd().ask(A[:4], head=1).ask(A[4:], head=1, hour=1)
    found = campaigns()
    first = only(found.update(START + 2 * 3_600_000, crowd.view(A)))
    assert "migrated" not in {reason.code for reason in first.reasons}
    crowd.ask(A[4:], head=1, hour=40)
    again = only(found.update(START + 41 * 3_600_000, crowd.view(A)))
    assert "migrated" in {reason.code for reason in again.reasons}
    assert found.campaigns[0].migrated_from == ("a0", "a1", "a2", "a3")


def test_idle_accounts_that_come_back_take_up_the_work() -> None:
    """Two asked something else days ago; they return in the campaign's words, hours after a ban."""
    crowd = Crowd().ask(A[6:], head=2).ask(A[:6], head=1, hour=120).ask(A[6:], head=1, hour=125)
    ban = START + 121 * 3_600_000
    found = campaigns()
    alert = only(found.update(ban + 6 * 3_600_000, crowd.view(A, banned={"a0": ban})))
    assert "migrated" in {reason.code for reason in alert.reasons}
    assert found.campaigns[0].migrated_from == ("a0",)


def test_what_a_campaign_shares_is_listed_with_who_shows_it() -> None:
    """Members, others and requests of each object add up."""
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(["honest"], head=1, times=3)
    alert = only(found.update(END, crowd.view(A)))
    one = found.campaigns[0]
    assert one.requests == 32
    assert (one.evidence[0].kind, one.evidence[0].members, one.evidence[0].others) == ("head", 8, 1)
    shown = found.evidence(alert.subject_id)
    assert sorted(shown.accounts.tolist()) == list(range(8))
    assert shown.requests.sum() == one.evidence[0].requests == 32


def test_settling_brings_a_campaign_up_to_date_without_an_alert() -> None:
    """Scores of the end of the log are shown, and no revision is made of them."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    found.update(END, crowd.view(A))
    found.settle(END + TICK, crowd.view(A, scores=dict.fromkeys(A, 0.8)))
    assert found.campaigns[0].score == pytest.approx(0.8)


def test_a_relays_campaign_is_for_its_operator() -> None:
    """Where members are mostly a reseller's, the advice is to ask the reseller."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    found.update(END, crowd.view(A, relay=A))
    assert "relay" in found.campaigns[0].action


def test_alerts_of_campaigns_keep_the_output_contract() -> None:
    """They become JSON with the contract's keys."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    said = json.loads(json.dumps(only(found.update(END, crowd.view(A))).to_json()))
    keys = {"alert_id", "revision", "time", "kind", "subject_id", "label", "score", "reasons", "model_id"}
    assert keys <= set(said)
    assert set(said["reasons"][0]) == {"code", "weight", "detail"}


def test_the_same_ticks_make_the_same_alerts() -> None:
    """Whoever came first: ids depend on names, not on rows."""
    said = []
    for order in (1, -1):
        found, crowd = campaigns(), Crowd().ask(A[::order], head=1).ask(B[::order], head=2)
        alerts = found.update(END, crowd.view([*A, *B]))
        said.append([alert.to_json() for alert in alerts])
    assert said[0] == said[1]


def test_of_many_covered_accounts_a_few_wait_at_most_an_hour() -> None:
    """One more among hundreds joins its campaign with the next ones, or an hour later."""
    many = people("m", 300)
    found, crowd = campaigns(), Crowd().ask(many, head=1, times=2)
    found.update(END, crowd.view(many[:299]))
    found.update(END + TICK, crowd.view(many))
    assert found.of(299) is None
    found.update(END + 12 * TICK, crowd.view(many))
    assert found.of(299) == found.of(0)
    assert found.covered_at[299] == END + 12 * TICK


def test_a_dip_of_a_score_parts_nobody() -> None:
    """Words that are no longer suspicious link on as long as most who show them are alerted."""
    found, crowd = campaigns(), Crowd().ask(A, head=1, payment=3)
    first = only(found.update(END, crowd.view(A)))
    assert found.update(END + TICK, crowd.view(A, honest_heads=[1])) == []
    assert {one.kind for one in found.campaigns[0].evidence} == {"head", "payment"}
    crowd.ask(people("h", 20), head=1, payment=3)
    cleared = only(found.update(END + 2 * TICK, crowd.view(A[:7], honest_heads=[1])))
    assert (cleared.subject_id, cleared.status) == (first.subject_id, "cleared")
    assert [reason.code for reason in cleared.reasons] == ["cleared"]


def test_a_campaign_that_comes_back_is_no_longer_told_of_as_merged() -> None:
    """Half of it went over to another one; the other half was not alerted for a while."""
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(B, head=2)
    found.update(END, crowd.view([*A, *B]))
    stays, goes = found.of(0), found.of(8)
    crowd.ask([*A, *B[:2]], head=1, times=20)
    found.update(END + TICK, crowd.view([*A, *B[:2]]))
    told = {one.campaign_id: one for one in found.campaigns}
    assert told[str(stays)].merged == (goes,)
    found.update(END + 2 * TICK, crowd.view([*A, *B]))
    told = {one.campaign_id: one for one in found.campaigns}
    assert told[str(stays)].merged == ()
    assert (told[str(goes)].status, told[str(goes)].members) == ("open", (10, 11))
