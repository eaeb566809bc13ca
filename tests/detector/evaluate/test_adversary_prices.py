from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluate.adversary.prices import Price, Prices, bill
from streaming.simulator.family import Effort

ROUND = Prices(
    *(
        Price(name, dollars, "")
        for name, dollars in zip("acpdwr", (1.0, 10.0, 100.0, 5.0, 3.0, 0.5), strict=True)
    )
)
PLAIN = Effort(accounts=10, exchanges=200, isolation=0.0, days=4.0)


def test_a_bill_is_the_sum_of_what_was_bought() -> None:
    """Six accounts alone with two addresses each, four in a cell that shares a card and four addresses."""
    paid = bill(replace(PLAIN, isolation=0.6, wordings=2, cover=0.75), 9.0, ROUND)

    assert paid.accounts == 10 * 1.0
    assert paid.isolation == (6 + 1) * 10.0 + (6 * 2 + 4) * 100.0
    assert paid.wordings == 2 * 3.0
    assert paid.delay == 4.0 * 5.0
    assert paid.each == pytest.approx(4 * 0.5)
    assert paid.fixed == 10 + 1670 + 6 + 20
    assert paid.total == pytest.approx(paid.fixed + 200 * 2)


def test_an_effort_without_days_lasts_as_long_as_the_world_lets_it() -> None:
    """Delay is charged for the days given, and addresses by the begun month."""
    paid = bill(replace(PLAIN, days=None), 31.0, ROUND)

    assert paid.delay == 31 * 5.0
    assert paid.isolation == 10.0 + 4 * 2 * 100.0


def test_the_cover_of_a_pool_is_paid_by_its_customers() -> None:
    """Then an exchange costs one request."""
    hidden = replace(PLAIN, cover=0.9)

    assert bill(hidden, 9.0, ROUND, pays_cover=False).each == pytest.approx(0.5)
    assert bill(hidden, 9.0, ROUND).each == pytest.approx(5.0)


def test_what_is_lost_early_is_dear() -> None:
    """Setting up costs the same however little is kept, and nothing kept has no price."""
    paid = bill(PLAIN, 9.0, ROUND)

    assert paid.per_thousand(1.0) == pytest.approx(1000 * paid.total / 200)
    assert paid.per_thousand(0.1) == pytest.approx(1000 * (paid.fixed + 20 * 0.5) / 20)
    assert paid.per_thousand(0.0) is None


@given(
    st.builds(
        Effort,
        accounts=st.integers(1, 500),
        exchanges=st.integers(1, 10_000),
        cover=st.floats(0, 0.95),
        wordings=st.integers(1, 50),
        isolation=st.floats(0, 1),
        days=st.floats(0.1, 100),
    ),
    st.sampled_from(["accounts", "exchanges", "cover", "wordings", "days"]),
)
def test_more_of_anything_never_costs_less(effort: Effort, what: str) -> None:
    """Every purchase is on the bill."""
    more = {"cover": min(0.97, effort.cover + 0.02)}.get(what, getattr(effort, what) * 2)

    dearer = bill(replace(effort, **{what: more}), 8.0, Prices())

    assert dearer.total >= bill(effort, 8.0, Prices()).total


def test_every_price_says_where_it_comes_from() -> None:
    """A figure without a source is said to be assumed."""
    for price in Prices().listed():
        assert price.dollars > 0
        assert "assumed" in price.source or "(" in price.source
