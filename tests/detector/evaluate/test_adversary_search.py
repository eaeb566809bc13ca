from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.evaluate.adversary.prices import Prices, bill
from detector.evaluate.adversary.search import Answer, Budget, Tried, best, improvements, search
from detector.evaluate.adversary.strategy import DAYS, NAIVE, PER_DAY, SHARES, SIZES, Strategy, changes
from detector.evaluate.rates import Rate

if TYPE_CHECKING:
    from streaming.simulator.family import Effort

FIRST = Strategy(NAIVE, 0)
SILENT = Rate.of(0, 1)


def price(effort: Effort) -> float:
    """The usual prices."""
    return bill(effort, 8.0, Prices()).total


def hide(strategy: Strategy) -> Answer:
    """A detector that only cover and slowness evade."""
    return Answer(strategy.effort.cover + (strategy.effort.days or 0.0) / 10, SILENT)


def run(seed: int = 0, queries: int = 30, dollars: float = 30_000.0) -> tuple[Tried, ...]:
    """A search against it."""
    return search(FIRST, hide, price, Budget(queries, dollars), np.random.default_rng(seed))


@given(st.integers(0, 10_000), st.integers(1, 30), st.floats(130.0, 2_000.0))
def test_a_search_never_spends_more_than_its_budget(seed: int, queries: int, each: float) -> None:
    """All tries together, each at the bill of all its exchanges, stay within what was given."""
    tried = run(seed, queries, each * queries)

    assert len(tried) == queries
    assert sum(one.dollars for one in tried) <= each * queries * (1 + 1e-9)
    assert all(one.dollars == price(one.strategy.effort) for one in tried)


def test_a_budget_that_pays_for_nothing_is_refused() -> None:
    """The message says what each try may cost."""
    with pytest.raises(ValueError, match=r"1\.00 dollars a try"):
        run(queries=10, dollars=10.0)


def test_the_search_finds_what_evades() -> None:
    """Cover and days rise, and every improvement is one."""
    tried = run()

    found = best(tried)
    assert found.answer.worth > hide(FIRST).worth + 0.5
    assert found.strategy.effort.cover > 0.5
    worths = [one.answer.worth for one in improvements(tried)]
    assert worths == sorted(set(worths))
    assert worths[-1] == found.answer.worth
    assert tried[0].strategy == FIRST


def test_the_same_seed_makes_the_same_search() -> None:
    """And another seed another one."""
    assert run(3) == run(3)
    assert run(3) != run(4)


@example(4565)
@given(st.integers(0, 10_000))
def test_strategies_stay_where_they_may_be(seed: int) -> None:
    """Each part is within its ends, but for exchanges once accounts could not make them; accounts pay."""
    rng = np.random.default_rng(seed)
    strategy = Strategy.drawn(rng)
    full = False
    for _ in range(5):
        effort = strategy.effort
        sizes = {name: getattr(effort, name) for name in SIZES}
        assert all(sizes[name] <= high for name, (_, high) in SIZES.items())
        # What was given up because accounts could not make it does not come back by itself.
        full |= effort.exchanges >= int(PER_DAY * effort.accounts * (1 - effort.cover) * (effort.days or 0))
        assert all(sizes[name] >= low for name, (low, _) in SIZES.items() if name != "exchanges" or not full)
        assert all(0 <= getattr(effort, name) <= most for name, most in SHARES.items())
        assert effort.days is not None
        assert DAYS[0] <= effort.days <= DAYS[1]
        assert effort.accounts <= effort.exchanges
        assert effort.exchanges / (1 - effort.cover) <= PER_DAY * effort.accounts * effort.days + 1
        strategy = strategy.neighbour(rng)


def test_changes_are_told_in_words() -> None:
    """Only what differs is said."""
    assert changes(NAIVE, NAIVE) == "as it is"
    told = changes(NAIVE, replace(NAIVE, accounts=100, cover=0.25, days=6.0))
    assert told == "accounts 32 to 100, cover 0 to 25 %, days 2.0 to 6.0"
