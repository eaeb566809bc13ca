from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.campaigns.identity import Identities, campaign_id
from features.account.names import NameIndex
from features.hashing import HashKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.campaigns.identity import Named

NAMES = tuple("abcdefghij")


class Ticks:
    """Groups named tick after tick, each a word of one-letter account names."""

    def __init__(self, arrival: Sequence[str] = NAMES) -> None:
        self.names = NameIndex(HashKey.from_secret("ticks"))
        self.names.locate(arrival)
        self._identities = Identities()
        self._end = 0

    def tick(self, *groups: str) -> Named:
        """Name groups as of the next tick."""
        self._end += 1
        rows = [np.sort(self.names.locate(tuple(group)).astype(np.int64)) for group in groups]
        return self._identities.name(rows, self.names, self._end)


def test_a_campaign_keeps_its_id_while_it_grows_and_shrinks() -> None:
    """Half of the members may leave and others come."""
    ticks = Ticks()
    (first,) = ticks.tick("abc").ids
    assert first == campaign_id(1, "a")
    assert ticks.tick("abcde").ids == (first,)
    assert ticks.tick("de").ids == (first,)


def test_campaigns_that_merge_take_the_id_of_the_larger() -> None:
    """The other id is told to be part of it."""
    ticks = Ticks()
    small, large = ticks.tick("ab", "cde").ids
    named = ticks.tick("abcde")
    assert named.ids == (large,)
    assert named.merged == {small: large}
    assert named.ended == ()


def test_equal_campaigns_that_merge_take_the_older_id() -> None:
    """With as many members from both sides the one founded first stays."""
    ticks = Ticks()
    ticks.tick("cd")
    named = ticks.tick("cd", "ab")
    merged = ticks.tick("abcd")
    assert merged.ids == named.ids[:1]
    assert merged.merged == {named.ids[1]: named.ids[0]}


def test_the_larger_part_of_a_split_keeps_the_id() -> None:
    """The smaller one is new, and says what it was part of."""
    ticks = Ticks()
    (whole,) = ticks.tick("abcde").ids
    named = ticks.tick("ab", "cde")
    assert named.ids[1] == whole
    assert named.split_from == {named.ids[0]: whole}


def test_a_campaign_without_members_has_ended_and_can_come_back() -> None:
    """The same accounts are the same campaign again."""
    ticks = Ticks()
    (first,) = ticks.tick("abc").ids
    assert ticks.tick().ended == (first,)
    assert ticks.tick("abc").ids == (first,)


def test_a_campaign_of_whom_a_few_went_to_another_has_ended() -> None:
    """It is no part of the other one, and keeps its id for those who come back."""
    ticks = Ticks()
    small, large = ticks.tick("abcd", "efghi").ids
    named = ticks.tick("aefghi")
    assert named.merged == {}
    assert named.ended == (small,)
    assert ticks.tick("bcd", "aefghi").ids == (small, large)


GROUPINGS = st.lists(st.lists(st.integers(-1, 3), min_size=10, max_size=10), min_size=1, max_size=5)


def _groups(labels: Sequence[int]) -> list[str]:
    words = ("".join(n for n, at in zip(NAMES, labels, strict=True) if at == label) for label in range(4))
    return [word for word in words if len(word) > 1]


@given(GROUPINGS, st.permutations(NAMES))
def test_ids_depend_on_who_is_a_member_and_on_nothing_else(
    groupings: list[list[int]], arrival: list[str]
) -> None:
    """Accounts that came in another order, and groups listed the other way round, get the same ids."""
    straight, other = Ticks(), Ticks(arrival)
    for labels in groupings:
        groups = _groups(labels)
        named, again = straight.tick(*groups), other.tick(*groups[::-1])
        assert named.ids == again.ids[::-1]
        assert named.merged == again.merged
        assert named.split_from == again.split_from
        assert len(set(named.ids)) == len(groups)
        assert not set(named.merged) & set(named.ids)


@given(GROUPINGS)
def test_nothing_changes_where_groups_do_not(groupings: list[list[int]]) -> None:
    """The same groups again are the same campaigns, none of them merged, split or ended."""
    ticks = Ticks()
    for labels in groupings:
        before = ticks.tick(*_groups(labels))
    again = ticks.tick(*_groups(labels))
    assert again.ids == before.ids
    assert not again.merged
    assert not again.split_from
    assert not again.ended
