"""Trials: campaigns staged, replayed through the product as logs, and what became of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from detector.evaluate.adversary.clustered import clustered
from detector.evaluate.joined import Joined
from detector.evaluate.leakage import campaign_leaks
from detector.evaluate.measure import LabelledWorld
from detector.evaluate.rates import Rate
from detector.evaluate.roc import FPRS, threshold
from detector.evaluate.runner import replay_world
from streaming.simulator.plan import Campaign, WorldPlan
from streaming.simulator.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from detector.compose import Setup
    from detector.evaluate.grades import CampaignLeak
    from detector.truth import WorldTruth
    from streaming.simulator.family import Effort


_LEFT: Final = 0.85
"""Part of a world that is left when a campaign begins, on average."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of several campaigns of one effort."""

    accounts: pd.DataFrame
    """accounts that took part: `campaign_id`, `score`, `alert`, `n_attack`"""
    leaks: tuple[CampaignLeak, ...]
    cut: float
    """score that at most 0.1 % of the honest accounts exceed"""

    @property
    def above(self) -> Rate:
        """Accounts above the cut (TPR at 0.1 % FPR)."""
        return self._rate((self.accounts["score"] > self.cut).to_numpy())

    @property
    def alerted(self) -> Rate:
        """Accounts with an alert."""
        return self._rate(self.accounts["alert"].to_numpy(bool))

    @property
    def campaigns(self) -> Rate:
        """Campaigns with an alert."""
        return Rate.of(sum(leak.hours is not None for leak in self.leaks), len(self.leaks))

    @property
    def answered(self) -> int:
        """Exchanges answered."""
        return sum(leak.exchanges for leak in self.leaks)

    @property
    def kept(self) -> float:
        """Share of the answered exchanges that came before the alert of their own account."""
        return sum(leak.leaked for leak in self.leaks) / max(self.answered, 1)

    @property
    def before_first(self) -> float:
        """Exchanges answered before a campaign's first alert, median."""
        return float(np.median([leak.before_first for leak in self.leaks])) if self.leaks else 0.0

    @property
    def unsuspected(self) -> float:
        """Share of the exchanges, each counted by how little its account's score says against it."""
        made = self.accounts["n_attack"].to_numpy(float)
        return float(((1 - self.accounts["score"]) * made).sum() / max(made.sum(), 1.0))

    def _rate(self, found: NDArray[np.bool_]) -> Rate:
        groups = self.accounts.assign(found=found).groupby("campaign_id")["found"]
        return clustered(groups.sum().to_numpy(np.int64), groups.size().to_numpy(np.int64))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where trials are made: a product, a world without campaigns, and the cut of its honest accounts."""

    setup: Setup
    plan: WorldPlan
    cut: float | None
    """none: every trial stages the honest accounts anew, and has its own cut"""

    @property
    def lasting(self) -> float:
        """Days that a campaign lasts which does not say how many: they begin in the first third."""
        return _LEFT * self.plan.days

    @classmethod
    def open(cls, setup: Setup, plan: WorldPlan, *, together: bool = False) -> Self:
        """Stage and score the honest accounts of `plan` once, and keep their cut.

        Trials then replay campaigns alone, which is the same as long as accounts are scored one by one,
        but for ids and times of answers, which the simulator draws anew in another world. Once scores
        depend on other accounts, ask for `together`: each trial stages and replays the whole world.
        """
        if together:
            return cls(setup, plan, None)
        _, joined = _replayed(setup, plan)
        return cls(setup, plan, _cut(joined))

    def trial(self, family: str, effort: Effort, campaigns: int, seed: int | None = None) -> Trial:
        """Try `campaigns` campaigns; the same seed draws the same campaigns but for what the effort changes.

        Raises `ValueError` for a family that does not exist.
        """
        staged = self.plan.changed(
            seed=self.plan.seed if seed is None else seed, campaigns=(Campaign(family, effort),) * campaigns
        )
        if self.cut is not None:
            staged = staged.changed(honest=0, pools=0)
        truth, joined = _replayed(self.setup, staged)
        accounts = joined.labelled("distillation")[["campaign_id", "score", "alert", "n_attack"]]
        cut = _cut(joined) if self.cut is None else self.cut
        return Trial(accounts, tuple(campaign_leaks(truth, joined)), cut)


def _cut(joined: Joined) -> float:
    return threshold(joined.labelled("benign")["score"].to_numpy(), FPRS[0])


def _replayed(setup: Setup, plan: WorldPlan) -> tuple[WorldTruth, Joined]:
    with tempfile.TemporaryDirectory() as name:
        simulate(plan, Path(name), lambda _: None)
        world = LabelledWorld.read(Path(name))
        said = replay_world(world.logs, setup)
    return world.truth, Joined.of(world.truth, said)
