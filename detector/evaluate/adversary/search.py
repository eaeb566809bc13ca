"""A search by trial: strategies at random first, then small changes of the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.evaluate.adversary.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from detector.evaluate.rates import Rate
    from streaming.simulator.family import Effort

EXPLORE: Final = 0.4
"""Share of the tries that are drawn at random."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a search may use."""

    queries: int
    dollars: float
    """for all tries together"""

    @property
    def each(self) -> float:
        """Dollars that one try may cost at most."""
        return self.dollars / self.queries


@dataclass(frozen=True, slots=True)
class Answer:
    """What a try taught."""

    worth: float
    """exchanges kept for a dollar, as far as the attacker can tell"""
    alerted: Rate
    """its accounts"""


@dataclass(frozen=True, slots=True)
class Tried:
    """One try."""

    query: int
    """from 1"""
    strategy: Strategy
    answer: Answer
    dollars: float
    """its bill, all exchanges made"""


def search(
    first: Strategy,
    ask: Callable[[Strategy], Answer],
    price: Callable[[Effort], float],
    budget: Budget,
    rng: np.random.Generator,
) -> tuple[Tried, ...]:
    """Every try in order: `first`, random ones (Bergstra and Bengio, JMLR 2012), then hill climbing.

    A try that would cost more than its part of the budget is made smaller first, so that all of them
    together never cost more than the budget. Raises `ValueError` where a part pays for nothing.
    """
    tried: list[Tried] = []
    for query in range(1, budget.queries + 1):
        strategy = _next(first, tried, budget, rng).within(budget.each, price)
        tried.append(Tried(query, strategy, ask(strategy), price(strategy.effort)))
    return tuple(tried)


def best(tried: tuple[Tried, ...] | list[Tried]) -> Tried:
    """The try of the highest worth; of equals the cheapest, then the first."""
    return max(tried, key=lambda one: (one.answer.worth, -one.dollars, -one.query))


def improvements(tried: tuple[Tried, ...]) -> tuple[Tried, ...]:
    """The tries that were the best so far when they were made."""
    found = list(tried[:1])
    for one in tried[1:]:
        if one.answer.worth > found[-1].answer.worth:
            found.append(one)
    return tuple(found)


def _next(first: Strategy, tried: list[Tried], budget: Budget, rng: np.random.Generator) -> Strategy:
    if not tried:
        return first
    if len(tried) < EXPLORE * budget.queries:
        return Strategy.drawn(rng)
    return best(tried).strategy.neighbour(rng)
