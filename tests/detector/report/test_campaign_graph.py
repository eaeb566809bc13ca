from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns.kinds import KIND_NAMES
from detector.report.graph import WIDTH, Graph, draw
from detector.report.objects import linked_by, rarity, spread
from detector.report.patterns import MOST_OBJECTS, MOST_PATTERNS, Pattern, patterns
from features.population.layout import KINDS
from tests.support.campaigns import campaign, shared

if TYPE_CHECKING:
    from detector.report.patterns import Tie

SHOWS = st.dictionaries(
    st.tuples(st.integers(0, 19), st.integers(0, MOST_OBJECTS + 1)), st.integers(1, 99), max_size=120
)
"""Requests by member and object."""


def grouped(shows: dict[tuple[int, int], int], members: int = 20) -> list[Pattern]:
    """The patterns of a campaign with these links."""
    evidence = tuple(shared("head", f"{at}") for at in range(MOST_OBJECTS + 2))
    rows = [
        {"account_id": f"m{who}", "object": f"head:{what}", "requests": n} for (who, what), n in shows.items()
    ]
    names = pd.Index([f"m{at}" for at in range(members)])
    one = campaign(members=tuple(range(members)), evidence=evidence)
    return patterns(one, names, pd.DataFrame(rows, columns=pd.Index(["account_id", "object", "requests"])))


@given(SHOWS)
def test_every_member_is_in_one_pattern(shows: dict[tuple[int, int], int]) -> None:
    """However they are linked, members are counted once, and there are few enough nodes to look at."""
    found = grouped(shows)
    assert sum(group.members for group in found) == 20
    assert len(found) <= MOST_PATTERNS + 1


@given(SHOWS.filter(bool))
def test_no_link_is_lost_or_invented(shows: dict[tuple[int, int], int]) -> None:
    """Over all patterns an object has the members and the requests that it has."""
    ties = [tie for group in grouped(shows) for tie in group.ties]
    for what in range(MOST_OBJECTS):
        own = [n for (_, shown), n in shows.items() if shown == what]
        assert sum(tie.members for tie in ties if tie.shared == what) == len(own)
        assert sum(tie.requests for tie in ties if tie.shared == what) == sum(own)
    assert all(tie.shared < MOST_OBJECTS for tie in ties)


@given(SHOWS.filter(bool))
def test_members_of_a_pattern_show_the_same(shows: dict[tuple[int, int], int]) -> None:
    """Only what is left over may be mixed, and says so."""
    for group in grouped(shows):
        if not group.is_mixed:
            assert all(tie.members == group.members for tie in group.ties)


def test_without_links_the_counts_of_the_evidence_are_shown() -> None:
    """Where nobody kept who shows what, all members are one node."""
    (group,) = grouped({})
    assert (group.members, [tie.members for tie in group.ties]) == (20, [3] * MOST_OBJECTS)


@given(SHOWS, st.lists(st.integers(0, 10**7), min_size=1, max_size=MOST_OBJECTS + 2))
def test_a_graph_lies_within_its_drawing(shows: dict[tuple[int, int], int], requests: list[int]) -> None:
    """Nodes do not overlap or leave the drawing, and every line joins members to an object."""
    found = grouped(shows)
    evidence = tuple(shared("head", f"{at}", requests=n) for at, n in enumerate(requests))
    kept = [
        Pattern(group.account, group.members, group.requests, _of(group, len(evidence)), group.is_mixed)
        for group in found
    ]
    drawn = draw(campaign(members=tuple(range(20)), evidence=evidence), kept, 100)
    for column in (drawn.members, drawn.objects):
        spans = [(node.y - node.size, node.y + node.size) for node in column]
        assert all(above[1] < below[0] for above, below in pairwise(spans))
        assert all(low >= 0 and high <= drawn.height for low, high in spans)
        assert all(0 < node.strength <= 1 for node in column)
    assert len(drawn.edges) == sum(len(group.ties) for group in kept)
    assert all(within(drawn, edge.path) for edge in drawn.edges)


def test_size_and_strength_tell_of_requests_and_weight() -> None:
    """The busier member and object are larger, and what links more is stronger."""
    evidence = (
        shared("head", "a", requests=900, weight=3.0),
        shared("tail", "b", requests=100, weight=1.0),
    )
    shows = pd.DataFrame({"account_id": ["m0", "m1"], "object": ["head:a", "tail:b"], "requests": [900, 100]})
    one = campaign(members=(0, 1), evidence=evidence)
    drawn = draw(one, patterns(one, pd.Index(["m0", "m1"]), shows), 10)
    for column in (drawn.members, drawn.objects):
        assert column[0].size > column[1].size
    assert drawn.objects[0].strength > drawn.objects[1].strength
    assert "2 accounts share 2 rare objects" in drawn.description


def test_a_large_campaign_is_as_readable_as_a_small_one() -> None:
    """25,000 members in thousands of combinations are a few nodes that count all of them."""
    rng = np.random.default_rng(3)
    shows = {(int(who), int(what)): 1 for who, what in rng.integers((0, 0), (25_000, 8), (60_000, 2))}
    found = grouped(shows, 25_000)
    assert len(found) == MOST_PATTERNS + 1
    assert sum(group.members for group in found) == 25_000


def test_every_kind_of_object_has_a_name() -> None:
    """What accounts can have in common is said in words."""
    assert set(KINDS) <= set(KIND_NAMES)


def test_rarity_is_told_in_words() -> None:
    """Who shows it, who else does, and what links a campaign most."""
    assert rarity(shared("head", "a"), 10) == "nobody else"
    assert rarity(shared("head", "a", others=1), 1000) == "1 other (0.1 %)"
    assert rarity(shared("head", "a", others=1200), 4000) == "1,200 others (30 %)"
    assert rarity(shared("head", "a", others=2), 0) == "2 others"
    assert spread(shared("head", "a"), 3) == "all 3 members"
    assert spread(shared("head", "a"), 4000) == "3 of 4,000 members"
    evidence = [shared("head", "a", weight=1), shared("device", "b", weight=3), shared("head", "c", weight=1)]
    assert linked_by(evidence, 3) == "device, first words (2)"
    assert linked_by(evidence, 1) == "device, 1 more"


def within(drawn: Graph, path: str) -> bool:
    """Whether a path stays within the drawing."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return all(0 <= x <= WIDTH for x in numbers[::2]) and all(0 <= y <= drawn.height for y in numbers[1::2])


def _of(group: Pattern, objects: int) -> tuple[Tie, ...]:
    return tuple(tie for tie in group.ties if tie.shared < objects)
