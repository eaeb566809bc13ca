from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stillwatch_client import Verdict
from stillwatch_client.sse import FeedError
from stillwatch_client.table import VerdictTable
from stillwatch_client.view import digest_of
from stillwatch_client.wire import Kind, Page

if TYPE_CHECKING:
    from stillwatch_client import Action

KEY, USER = digest_of("api_key", "k"), digest_of("end_user", "u")
ACCOUNTS = st.sampled_from("abcdef")
VERDICTS = st.builds(
    Verdict,
    ACCOUNTS,
    st.sampled_from(["allow", "throttle", "block"]),
    expires=st.sampled_from([1.0, 100.0]),
    subjects=st.lists(st.sampled_from(["k1", "k2"]), unique=True, max_size=2).map(tuple),
)
PAGES = st.lists(
    st.tuples(st.lists(VERDICTS, max_size=4), st.lists(ACCOUNTS, max_size=2), st.booleans()), max_size=8
)


def page(
    kind: Kind,
    version: int,
    verdicts: tuple[Verdict, ...] = (),
    deleted: tuple[str, ...] = (),
    *,
    more: bool = False,
) -> Page:
    """A page as it comes from the wire."""
    return Page(kind, version, str(version), verdicts, deleted, 0, more)


def table(most: int = 100, now: float = 0.0) -> VerdictTable:
    """An empty table at a time."""
    return VerdictTable(most, lambda: now)


def action_of(
    known: VerdictTable, account: str | None, key: str | None = None, user: str | None = None
) -> Action:
    """What is found."""
    assert known.view is not None
    verdict = known.view.find(account, key, user)
    return "allow" if verdict is None else verdict.action


@given(PAGES)
def test_pages_add_up_to_what_a_dictionary_holds(pages: list[tuple[list[Verdict], list[str], bool]]) -> None:
    """Snapshot and deltas leave each account's latest verdict, and none that was deleted."""
    known, truth = table(), dict[str, Verdict]()
    known.apply(page("snapshot", 0))
    for number, (verdicts, deleted, more) in enumerate(pages, 1):
        known.apply(page("delta", number, tuple(verdicts), tuple(deleted), more=more))
        for account in deleted:
            truth.pop(account, None)
        truth.update({verdict.account_id: verdict for verdict in verdicts})
    for account in "abcdef":
        assert action_of(known, account) == (truth[account].action if account in truth else "allow")


@given(PAGES)
def test_no_more_is_kept_than_may_be(pages: list[tuple[list[Verdict], list[str], bool]]) -> None:
    """What has no room is counted, and the view says that it is not complete."""
    known, left_out = table(most=2), 0
    known.apply(page("snapshot", 0))
    for number, (verdicts, deleted, more) in enumerate(pages, 1):
        left_out += known.apply(page("delta", number, tuple(verdicts), tuple(deleted), more=more))
        assert known.view is not None
        assert len(known.view) <= 2
        assert known.view.complete == (left_out == 0)


def test_expired_verdicts_make_room() -> None:
    """Before anything is left out."""
    known = table(most=1, now=50.0)
    known.apply(page("snapshot", 1, (Verdict("a", "block", expires=10.0),)))
    assert known.apply(page("delta", 2, (Verdict("b", "block"),))) == 0
    assert action_of(known, "b") == "block"


def test_half_a_snapshot_is_not_used() -> None:
    """Until it is whole the one before counts, and a connection that ends in it leaves nothing."""
    known = table()
    known.apply(page("snapshot", 1, (Verdict("a", "block"),)))
    known.apply(page("snapshot", 5, (Verdict("b", "block"),), more=True))
    assert (action_of(known, "a"), action_of(known, "b"), known.version) == ("block", "allow", 1)
    known.restart()
    known.apply(page("snapshot", 6, (Verdict("c", "block"),)))
    assert (action_of(known, "a"), action_of(known, "b"), action_of(known, "c")) == (
        "allow",
        "allow",
        "block",
    )


def test_only_a_whole_delta_moves_the_version() -> None:
    """Or what comes after a broken connection would lack its rest."""
    known = table()
    known.apply(page("snapshot", 1))
    known.apply(page("delta", 2, (Verdict("a", "block"),), more=True))
    assert (known.version, action_of(known, "a")) == (1, "block")
    known.apply(page("delta", 2))
    assert known.version == 2


def test_keys_and_end_users_find_their_account() -> None:
    """The account itself goes first; a key that went to another account goes with it."""
    known = table()
    known.apply(page("snapshot", 1, (Verdict("a", "block", subjects=(KEY, USER)),)))
    found = [action_of(known, *who) for who in ((None, "k"), (None, None, "u"), ("x", "k"), ("x", "y", "z"))]
    assert found == ["block", "block", "block", "allow"]
    known.apply(page("delta", 2, (Verdict("b", "throttle", subjects=(KEY,)),)))
    known.apply(page("delta", 3, deleted=("a",)))
    assert (action_of(known, None, "k"), action_of(known, None, None, "u")) == ("throttle", "allow")


def test_an_end_user_speaks_against_nobody_beside_it() -> None:
    """Customers choose those ids: whoever is flagged could name the end users of others."""
    known = table()
    known.apply(page("snapshot", 1, (Verdict("a", "block", subjects=(USER,)),)))
    assert action_of(known, "honest", None, "u") == "allow"
    assert action_of(known, None, "honest", "u") == "allow"


def test_an_end_user_is_not_an_account_of_the_same_name() -> None:
    """A customer may call its users as it likes; a key is a hash and may be what is scored."""
    known = table()
    known.apply(page("snapshot", 1, (Verdict("bob", "block"),)))
    assert action_of(known, "customer", None, "bob") == "allow"
    assert action_of(known, None, "bob") == "block"


@pytest.mark.parametrize("first", [[], [page("snapshot", 5)], [page("snapshot", 1, more=True)]])
def test_a_delta_that_continues_nothing_breaks_the_feed(first: list[Page]) -> None:
    """Without a snapshot, in the middle of one, or of a store whose versions went back."""
    known = table()
    for one in first:
        known.apply(one)
    with pytest.raises(FeedError):
        known.apply(page("delta", 2))
