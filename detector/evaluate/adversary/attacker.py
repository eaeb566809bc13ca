"""The adaptive attacker: searches against the product, log in and alerts out, and is then graded afresh."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.evaluate.adversary.prices import POOLED, Prices, bill
from detector.evaluate.adversary.search import Answer, Budget, best, improvements, search
from detector.evaluate.adversary.strategy import NAIVE, PER_DAY, Strategy, changes
from detector.evaluate.experiments.steps import unseen
from detector.evaluate.results import AdaptiveResult, AdaptiveStep, Attack

if TYPE_CHECKING:
    from detector.evaluate.adversary.prices import Bill
    from detector.evaluate.adversary.search import Tried
    from detector.evaluate.adversary.trial import Ground
    from detector.evaluate.experiments.steps import Step
    from streaming.simulator.family import Effort

BUDGET: Final = Budget(queries=40, dollars=40_000.0)
FRESH: Final = 4
"""Campaigns that a strategy is graded on after the search."""

_FRESH_SEED: Final = 1_000_003
"""Beyond every look, so that no graded campaign was tried."""


@dataclass(frozen=True, slots=True)
class Attacker:
    """Who searches: a family to stage, prices to pay, and what can be seen of the product."""

    ground: Ground
    family: str
    prices: Prices
    sees_scores: bool = False
    """false: only which of its accounts were alerted, and when"""

    def ask(self, strategy: Strategy) -> Answer:
        """Stage one campaign and see what became of it.

        Who sees scores counts an exchange by how little the score of its account says against it: no
        alert is needed to learn from.
        """
        trial = self.ground.trial(self.family, strategy.effort, 1, strategy.look)
        kept = min(trial.kept, trial.unsuspected) if self.sees_scores else trial.kept
        seen = kept if trial.answered else 0.0
        paid = self.bill(strategy.effort)
        return Answer(seen * paid.exchanges / paid.spent(seen), trial.alerted)

    def price(self, effort: Effort) -> float:
        """Dollars that a campaign costs at most."""
        return self.bill(effort).total

    def graded(self, name: str, strategy: Strategy) -> Attack:
        """The strategy on campaigns that nobody has seen."""
        trial = self.ground.trial(self.family, strategy.effort, FRESH, _FRESH_SEED)
        paid = self.bill(strategy.effort)
        return Attack(
            name, trial.above, trial.alerted, trial.campaigns, trial.kept, paid.total,
            paid.per_thousand(trial.kept),
        )  # fmt: skip

    def bill(self, effort: Effort) -> Bill:
        """What a campaign costs."""
        return bill(effort, self.ground.lasting, self.prices, pays_cover=self.family not in POOLED)


def adaptive(
    ground: Ground,
    family: str = "fixed_cot",
    naive: Effort = NAIVE,
    budget: Budget = BUDGET,
    prices: Prices | None = None,
    seed: int = 0,
    step: Step = unseen,
) -> AdaptiveResult:
    """Search from `naive` on twice: seeing alerts alone, and, as the worst case, seeing scores.

    The same arguments give the same searches. Raises `ValueError` for an unknown family, or a budget that
    pays for nothing.
    """
    blind = Attacker(ground, family, prices or Prices())
    seeing = replace(blind, sees_scores=True)
    start = Strategy(naive, seed).within(budget.each, blind.price)
    plain = blind.graded("naive", start)
    found, worst = (_searched(who, start, plain, budget, step) for who in (blind, seeing))
    return msgspec.structs.replace(found, worst=worst)


def _searched(
    attacker: Attacker, start: Strategy, plain: Attack, budget: Budget, step: Step
) -> AdaptiveResult:
    sight = "seeing scores" if attacker.sees_scores else "seeing alerts"
    count = 0

    def ask(strategy: Strategy) -> Answer:
        nonlocal count
        count += 1
        step(f"{attacker.family}, an attacker {sight}", count, budget.queries)
        return attacker.ask(strategy)

    tried = search(start, ask, attacker.price, budget, np.random.default_rng(start.look))
    found = best(tried).strategy
    return AdaptiveResult(
        family=attacker.family,
        budget=f"{budget.queries} tries and {budget.dollars:,.0f} dollars in all, at most {PER_DAY:,} "
        f"requests of an account in a day, {sight}",
        steps=tuple(_step(one, tried[0]) for one in improvements(tried)),
        tried=tuple(one.answer.worth for one in tried),
        compared=(plain, attacker.graded(f"found: {changes(start.effort, found.effort)}", found)),
    )


def _step(one: Tried, first: Tried) -> AdaptiveStep:
    return AdaptiveStep(
        queries=one.query,
        alerted=one.answer.alerted,
        cost=one.dollars / first.dollars,
        change=changes(first.strategy.effort, one.strategy.effort),
        kept=one.answer.worth,
    )
