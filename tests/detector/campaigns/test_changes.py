from __future__ import annotations

import pytest

from detector.campaigns.changes import WAIT, Seen
from tests.detector.campaigns.crowd import Crowd, people
from tests.features.account.streams import START

TICK = 300_000
END = START + TICK
MANY = people("a", 300)
BANNED = START + 1


def crowd() -> Crowd:
    """Members of a campaign, one who may become one, and somebody else."""
    return Crowd().ask([*MANY, "late"], head=1).ask(["honest"], head=2)


def test_without_a_change_accounts_are_linked_once() -> None:
    """The same accounts and words are looked at no more."""
    seen, view = Seen(), crowd().view(MANY)
    assert [seen.differs(view, END + at * TICK) for at in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("before", "after", "links"),
    [
        ((), ("a0",), True),
        (("a0",), (), True),
        (("a0",), ("a1",), True),
        (("a0",), ("a0",), False),
        ((), ("honest",), False),
        (("honest",), (), False),
        ((), ("late",), False),
    ],
)
def test_bans_of_linked_accounts_alone_link_anew(
    before: tuple[str, ...], after: tuple[str, ...], *, links: bool
) -> None:
    """A gateway that bans by the thousand costs no time where no campaign is concerned."""
    seen, everybody = Seen(), crowd()
    assert seen.differs(everybody.view(MANY, banned=dict.fromkeys(before, BANNED)), END)
    assert seen.differs(everybody.view(MANY, banned=dict.fromkeys(after, BANNED)), END + TICK) is links


def test_a_member_that_is_no_longer_covered_still_counts() -> None:
    """It is in its campaign until accounts are linked anew."""
    seen, everybody = Seen(), crowd()
    assert seen.differs(everybody.view(MANY), END)
    assert not seen.differs(everybody.view(MANY[1:]), END + TICK)
    assert seen.differs(everybody.view(MANY[1:], banned={"a0": BANNED}), END + 2 * TICK)


def test_a_ban_of_a_covered_account_does_not_wait() -> None:
    """One among many is linked an hour later, and at once where it is banned."""
    seen, everybody = Seen(), crowd()
    assert seen.differs(everybody.view(MANY), END)
    grown = everybody.view([*MANY, "late"])
    assert not seen.differs(grown, END + TICK)
    assert seen.differs(everybody.view([*MANY, "late"], banned={"late": BANNED}), END + 2 * TICK)
    assert seen.differs(grown, END + 3 * TICK)
    assert not seen.differs(grown, END + WAIT)
