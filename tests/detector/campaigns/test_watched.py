from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.campaigns.tracker import Campaigns
from features.rows import FINISH_REFUSED, FINISH_STOP
from tests.detector.campaigns.crowd import Crowd, people
from tests.detector.campaigns.test_tracker import POLICY
from tests.features.account.reference import mix64
from tests.features.account.streams import START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.campaigns.campaign import Campaign

HOUR = 3_600_000
NOON = START + 12 * HOUR
A, B = people("a", 6), people("b", 6)
WHO = st.sets(st.sampled_from([*A, *B]))


def campaigns() -> Campaigns:
    """Without any."""
    return Campaigns(POLICY, "sw-hand")


def listed(found: Campaigns) -> list[tuple[str, str]]:
    """Label and status of all that there is."""
    return [(one.label, one.status) for one in found.campaigns]


def tries(
    crowd: Crowd, who: Sequence[str], *, phrasings: int, wordings: int = 10**6, finish: int = FINISH_REFUSED
) -> Crowd:
    """Each of `who` sends so many requests in so many wordings at most, about something else each time."""
    for at in range(phrasings):
        said = {"template": mix64(at % wordings + 1), "content": mix64(at % wordings + 10_000)}
        crowd.ask(who, times=1, finish=finish, payment=7, device=8, **said)
    return crowd


def test_resellers_that_are_run_alike_are_listed_as_a_pool() -> None:
    """It is never alerted, and its accounts are in no campaign."""
    found, crowd = campaigns(), Crowd().ask(A, head=1, payment=5).ask(B, head=2)
    assert found.update(NOON, crowd.view([], relay=[*A, *B])) == []
    (pool,) = found.campaigns
    assert (pool.label, pool.status, pool.first_alert) == ("relay", "listed", 0)
    assert pool.members == tuple(range(6))
    assert [one.kind for one in pool.evidence] == ["head", "payment"]
    assert found.of(0) is None
    assert not found.covered_at.any()


def test_what_honest_accounts_show_as_well_makes_no_pool() -> None:
    """Two resellers' accounts are none, and a payment method of many others links nobody."""
    found = campaigns()
    crowd = Crowd().ask(A, payment=5).ask(people("h", 20), payment=5).ask(B[:2], payment=6)
    found.update(NOON, crowd.view([], relay=[*A, *B[:2]]))
    assert found.campaigns == ()


def test_a_pool_keeps_its_id_as_it_grows() -> None:
    """As campaigns do."""
    found, crowd = campaigns(), Crowd().ask(A, payment=5)
    found.update(NOON, crowd.view([], relay=A[:5]))
    first = found.campaigns[0]
    found.update(NOON + HOUR, crowd.view([], relay=A))
    found.settle(NOON + 2 * HOUR, crowd.view([], relay=A))
    (later,) = found.campaigns
    assert later.campaign_id == first.campaign_id
    assert (len(first.members), len(later.members)) == (5, 6)


@settings(max_examples=20)
@given(WHO, WHO, WHO, WHO)
def test_an_account_is_in_one_group_at_most(
    covered: set[str], relay: set[str], declined: set[str], later: set[str]
) -> None:
    """Whoever is alerted, resells or is declined, then and an hour later; only campaigns are open."""
    crowd = tries(Crowd().ask([*A, *B], head=1, payment=5), sorted(declined), phrasings=45)
    found = campaigns()
    found.update(NOON, crowd.view(covered, relay=relay - covered))
    found.update(NOON + HOUR, crowd.view(later, relay=relay - later))
    found.settle(NOON + HOUR, crowd.view(later, relay=relay - later))
    members = [row for one in found.campaigns for row in one.members]
    assert len(members) == len(set(members))
    for one in found.campaigns:
        assert (one.status == "open") == (one.label == "distillation")
        assert set(one.members).isdisjoint(_rows(crowd, later)) == (one.status != "open")


def test_a_search_for_a_technique_is_told_before_there_is_a_campaign() -> None:
    """Once, as no distillation, and with what was seen; the notice is cleared when it is an alert."""
    found, crowd = campaigns(), tries(Crowd(), A[:1], phrasings=60)
    (notice,) = found.update(NOON, crowd.view([]))
    assert (notice.kind, notice.label, notice.status, notice.revision) == ("campaign", "benign", "open", 1)
    assert notice.reasons[0].code == "technique_search"
    assert "60 of 60" in notice.reasons[0].detail
    assert listed(found) == [("benign", "pre-campaign")]
    assert found.of(0) is None
    assert found.update(NOON + HOUR, crowd.view([])) == []
    (cleared,) = found.update(NOON + 2 * HOUR, crowd.view(A[:1]))
    assert (cleared.alert_id, cleared.status, cleared.revision) == (notice.alert_id, "cleared", 2)
    assert found.campaigns == ()


def test_fixed_sets_and_answered_requests_are_no_search() -> None:
    """A red team's tests come back; somebody who tries much and is answered searches for nothing."""
    for crowd in (
        tries(Crowd(), A[:1], phrasings=90, wordings=12),
        tries(Crowd(), A[:1], phrasings=60, finish=FINISH_STOP),
        tries(Crowd(), A[:1], phrasings=10),
    ):
        found = campaigns()
        assert found.update(NOON, crowd.view([])) == []
        assert found.campaigns == ()


def test_a_small_group_searches_together() -> None:
    """None of four accounts tries much; they share a machine and a card."""
    crowd = Crowd()
    for at, account in enumerate(A[:4]):
        for phrase in range(12):
            said = {"template": mix64(100 * at + phrase + 1), "content": mix64(100 * at + phrase + 10_000)}
            crowd.ask([account], times=1, finish=FINISH_REFUSED, payment=7, **said)
    found = campaigns()
    (notice,) = found.update(NOON, crowd.view([]))
    assert "48 of 48" in notice.reasons[0].detail
    search: Campaign = found.campaigns[0]
    assert search.members == (0, 1, 2, 3)
    assert [one.kind for one in search.evidence] == ["payment"]


def _rows(crowd: Crowd, who: set[str]) -> set[int]:
    return {int(row) for row in crowd.names.locate(sorted(who))} if who else set()
