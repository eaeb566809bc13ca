from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.campaigns.carriers import needless
from detector.campaigns.incidence import Incidence
from detector.campaigns.linking import link
from detector.campaigns.rules import RULES
from tests.detector.campaigns.crowd import FIRST_DAY, SETTINGS, Crowd, people

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

A, B, HONEST = people("a", 5), people("b", 5), people("h", 40)


def groups(
    crowd: Crowd, covered: Sequence[str], honest_heads: Sequence[int] = (), day: int = FIRST_DAY
) -> list[str]:
    """Groups of two and more as sorted names, in words: `a0 a1`."""
    view = crowd.view(covered, honest_heads=honest_heads)
    found = link(view.words, view.means, view.flagged, view.covered, day, RULES)
    parts: dict[int, list[str]] = {}
    for row, label in zip(found.accounts, found.labels, strict=True):
        parts.setdefault(int(label), []).append(crowd.names[int(row)])
    return sorted(" ".join(sorted(part)) for part in parts.values() if len(part) > 1)


def said(*parts: Sequence[str]) -> list[str]:
    """The same of expected groups."""
    return sorted(" ".join(sorted(part)) for part in parts)


def test_accounts_of_the_same_suspicious_words_are_a_group() -> None:
    """Each group has words of its own, and nothing else in common."""
    crowd = Crowd().ask(A, head=1).ask(B, head=2)
    assert groups(crowd, [*A, *B]) == said(A, B)


def test_accounts_that_are_not_covered_are_neither_members_nor_bridges() -> None:
    """An honest account that uses the words of two groups leaves them apart."""
    crowd = Crowd().ask([*A, "h"], head=1).ask([*B, "h"], head=2)
    assert groups(crowd, [*A, *B]) == said(A, B)
    assert groups(crowd, A) == said(A)


def test_words_that_are_not_suspicious_link_nobody() -> None:
    """Accounts that are covered for other reasons may share a product's words."""
    assert groups(Crowd().ask([*A, *B], head=1), [*A, *B], honest_heads=[1]) == []


def test_a_single_request_links_nobody() -> None:
    """Whoever sent some words once may have got them anywhere."""
    crowd = Crowd().ask(A, head=1).ask(B, head=1, times=1)
    assert groups(crowd, [*A, *B]) == said(A)


def test_words_beside_an_accounts_main_work_do_not_link_it() -> None:
    """A few requests in another group's words leave an account where most of its requests are."""
    crowd = Crowd().ask(A, head=1, times=20).ask(B, head=2, times=20).ask(["b0"], head=1, times=5)
    assert groups(crowd, [*A, *B]) == said(A, B)


def test_a_generic_phrase_does_not_join_two_operators() -> None:
    """Both use the same last words as often as their own first words, and differ in everything else."""
    crowd = Crowd().ask(A, head=1, tail=9, max_tokens=10, **SETTINGS)
    crowd.ask(B, head=2, tail=9, max_tokens=20, **SETTINGS)
    assert groups(crowd, [*A, *B]) == said(A, B)


def test_a_generic_phrase_joins_what_is_run_the_same_way() -> None:
    """Two parts of a campaign have one instruction each, the phrase in common, and the same settings."""
    crowd = Crowd().ask(A, head=1, tail=9, **SETTINGS).ask(B, head=2, tail=9, **SETTINGS)
    assert groups(crowd, [*A, *B]) == said([*A, *B])


def test_accounts_with_only_the_generic_phrase_go_where_most_of_it_is() -> None:
    """A straggler of the larger group joins it."""
    many = people("a", 12)
    crowd = Crowd().ask(many, head=1, tail=9, max_tokens=10, **SETTINGS)
    crowd.ask(B, head=2, tail=9, max_tokens=20, **SETTINGS).ask(["x"], tail=9)
    assert groups(crowd, [*many, *B, "x"]) == said([*many, "x"], B)


def test_a_card_of_nobody_else_joins_groups() -> None:
    """One means of payment on both sides is enough, since nobody else has it."""
    crowd = Crowd().ask(A, head=1, payment=7).ask(B, head=2, payment=7)
    assert groups(crowd, [*A, *B]) == said([*A, *B])


def test_a_card_of_many_others_joins_nobody() -> None:
    """A gateway's means of payment is everybody's."""
    crowd = Crowd().ask(A, head=1, payment=7).ask(B, head=2, payment=7).ask(HONEST, payment=7)
    assert groups(crowd, [*A, *B]) == said(A, B)


def test_one_network_alone_joins_nobody() -> None:
    """Even one that only covered accounts use."""
    crowd = Crowd().ask(A, head=1, ip_net=7).ask(B, head=2, ip_net=7)
    assert groups(crowd, [*A, *B]) == said(A, B)


def test_two_kinds_of_weak_objects_join_groups() -> None:
    """The same network, and the same software behind it."""
    crowd = Crowd().ask(A, head=1, ip_net=7, user_agent=3, asn=1)
    crowd.ask(B, head=2, ip_net=7, user_agent=3, asn=1)
    assert groups(crowd, [*A, *B]) == said([*A, *B])


def test_exclusive_settings_join_loose_accounts_but_no_groups() -> None:
    """Where words link nobody, settings of nobody else do; two groups of words stay two."""
    crowd = Crowd().ask(A, head=1, **SETTINGS).ask(B, head=2, **SETTINGS)
    assert groups(crowd, [*A, *B]) == said(A, B)
    loose = Crowd().ask(A, **SETTINGS).ask(HONEST, max_tokens=5, **SETTINGS)
    assert groups(loose, A) == said(A)


def test_usual_settings_join_nobody() -> None:
    """Settings that honest accounts use as well are a habit of the software."""
    assert groups(Crowd().ask([*A, *HONEST], **SETTINGS), A) == []


def test_links_lapse() -> None:
    """What nobody has shown for longer than the horizon links no longer."""
    crowd = Crowd().ask(A, head=1)
    assert groups(crowd, A, day=FIRST_DAY + RULES.horizon) == said(A)
    assert groups(crowd, A, day=FIRST_DAY + RULES.horizon + 2) == []


def test_no_accounts_make_no_groups() -> None:
    """Nor does a log in which nothing is covered."""
    assert groups(Crowd(), []) == []
    assert groups(Crowd().ask(A, head=1), []) == []


PAIRS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=30)


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_groups_do_not_depend_on_the_order_of_accounts(
    pairs: set[tuple[int, int]], order: random.Random
) -> None:
    """Whoever came first has another row, and is in the same group."""
    forward = sorted(pairs)
    shuffled = order.sample(forward, len(forward))
    first, second = Crowd(), Crowd()
    for crowd, listed in ((first, forward), (second, shuffled)):
        for account, what in listed:
            shown = {"head": what + 1} if what < 4 else {"payment": what}
            crowd.ask([f"a{account}"], times=2 + what, **shown)
    names = sorted({f"a{account}" for account, _ in forward})
    assert groups(first, names) == groups(second, names)


@given(PAIRS)
@settings(deadline=None)
def test_what_is_needless_leaves_every_account_linked(pairs: set[tuple[int, int]]) -> None:
    """Without stragglers nobody who shares an object loses all of them."""
    shown = _incidence(pairs)
    extra = needless(shown, stragglers=0.0)
    shared = shown.covered() > 1
    before = set(shown.account[shared[shown.object]].tolist())
    after = set(shown.account[(shared & ~extra)[shown.object]].tolist())
    assert after == before


def _incidence(pairs: set[tuple[int, int]]) -> Incidence:
    listed = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    number = np.bincount(listed[:, 1], minlength=6)
    ones = np.ones(len(listed), dtype=np.int64)
    return Incidence(
        8, np.arange(6), np.arange(6, dtype=np.uint64), np.zeros(6, dtype=np.int64), number,
        listed[:, 0], listed[:, 1], ones, ones.astype(np.float64),
    )  # fmt: skip
