from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detector.campaigns.crowd import Crowd, people
from tests.detector.campaigns.test_tracker import campaigns
from tests.detector.campaigns.test_watched import HOUR, NOON, tries

if TYPE_CHECKING:
    from detector.campaigns.campaign import Campaign
    from detector.campaigns.tracker import Campaigns

A, B = people("a", 6), people("b", 4)
WHO = st.sets(st.sampled_from([*A, *B]))
STEPS = st.lists(st.tuples(WHO, WHO, st.sampled_from(["", "join", "part", "pool"])), max_size=6)


def told(found: Campaigns, end: int) -> dict[str, Campaign]:
    """What a tick changed, by id."""
    return {one.campaign_id: one for one in found.changed(end)}


def test_a_tick_that_changes_nothing_tells_of_nothing() -> None:
    """What was told before is known; what changed is told once."""
    found, crowd = campaigns(), Crowd().ask(A, head=1)
    (alert,) = found.update(NOON, crowd.view(A))
    assert set(told(found, NOON)) == {alert.subject_id}
    found.update(NOON + 1, crowd.view(A))
    assert found.changed(NOON + 1) == ()


def test_a_campaign_that_became_part_of_another_is_told_to_be_over() -> None:
    """It is cleared, and names the one that lists it."""
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(B, head=2)
    found.update(NOON, crowd.view([*A, *B]))
    stays, goes = str(found.of(0)), str(found.of(6))
    found.update(NOON + HOUR, crowd.ask([*A, *B], head=1, times=20).view([*A, *B]))
    now = told(found, NOON + HOUR)
    assert (now[goes].status, now[goes].merged_into, now[goes].members) == ("cleared", stays, ())
    assert (now[stays].status, now[stays].merged_into, now[stays].merged) == ("open", None, (goes,))


def test_a_campaign_that_is_by_itself_again_is_told_of_by_both() -> None:
    """It is open and part of nothing; the one that listed it does so no longer."""
    found, crowd = campaigns(), Crowd().ask(A, head=1).ask(B, head=2)
    found.update(NOON, crowd.view([*A, *B]))
    stays, goes = str(found.of(0)), str(found.of(6))
    found.update(NOON + HOUR, crowd.ask([*A, *B[:2]], head=1, times=20).view([*A, *B[:2]]))
    found.update(NOON + 2 * HOUR, crowd.view([*A, *B]))
    now = told(found, NOON + 2 * HOUR)
    assert (now[goes].status, now[goes].merged_into) == ("open", None)
    assert now[stays].merged == ()


def test_a_pool_whose_accounts_resell_no_more_is_told_to_be_over() -> None:
    """It has no members, and comes back under its id."""
    found, crowd = campaigns(), Crowd().ask(A, payment=5)
    found.update(NOON, crowd.view([], relay=A))
    (pool,) = found.campaigns
    found.update(NOON + HOUR, crowd.view([]))
    (over,) = found.changed(NOON + HOUR)
    assert (over.campaign_id, over.status, over.label) == (pool.campaign_id, "cleared", "benign")
    assert (over.members, over.merged_into) == ((), None)
    assert found.campaigns == ()
    found.update(NOON + 2 * HOUR, crowd.view([], relay=A))
    assert told(found, NOON + 2 * HOUR)[pool.campaign_id].status == "listed"


def test_pools_that_turn_out_to_be_one_are_merged() -> None:
    """The smaller one is cleared and names the other."""
    found, crowd = campaigns(), Crowd().ask(A, payment=5).ask(B, payment=6)
    found.update(NOON, crowd.view([], relay=[*A, *B]))
    size = {one.campaign_id: len(one.members) for one in found.campaigns}
    goes, stays = sorted(size, key=lambda name: size[name])
    crowd.ask([*A, *B, "c"], payment=7, times=20)
    found.update(NOON + HOUR, crowd.view([], relay=[*A, *B, "c"]))
    records = told(found, NOON + HOUR)
    assert (records[goes].status, records[goes].label) == ("cleared", "relay")
    assert records[goes].merged_into == stays
    assert stays in records[goes].action


def test_a_search_that_became_an_alert_is_told_to_be_over() -> None:
    """Its accounts are alerted by now."""
    found, crowd = campaigns(), tries(Crowd(), A[:1], phrasings=60)
    found.update(NOON, crowd.view([]))
    (search,) = found.campaigns
    found.update(NOON + HOUR, crowd.view(A[:1]))
    assert told(found, NOON + HOUR)[search.campaign_id].status == "cleared"


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_who_keeps_what_was_told_last_knows_what_there_is(
    steps: list[tuple[set[str], set[str], str]],
) -> None:
    """Whatever is no longer listed was told to be cleared, and of the rest the latest record stands."""
    found, crowd = campaigns(), Crowd().ask(A, head=1, payment=5).ask(B, head=2, payment=6)
    known: dict[str, Campaign] = {}
    for step, (covered, relay, turn) in enumerate(steps):
        _turn(crowd, turn, step)
        end = NOON + step * HOUR
        found.update(end, crowd.view(covered, relay=relay - covered))
        known |= told(found, end)
        listed = {one.campaign_id: one for one in found.campaigns}
        assert {name: known[name] for name in listed} == listed
        over = [one for name, one in known.items() if name not in listed]
        assert all(one.status == "cleared" and one.members == () for one in over)
        assert {one.merged_into for one in over if one.merged_into is not None} <= set(known)


def _turn(crowd: Crowd, turn: str, step: int) -> None:
    """Everybody asks the same, or each group something new of its own, or all over one payment method."""
    times = 10 * 2**step
    if turn == "join":
        crowd.ask([*A, *B], head=1, times=times)
    if turn == "part":
        crowd.ask(A, head=10 + step, times=times).ask(B, head=20 + step, times=times)
    if turn == "pool":
        crowd.ask([*A, *B], payment=7, times=times)
