"""Dossiers of accounts, many at once: features and links are worked out over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.contributions import contributions
from detector.dossier.answers import answered
from detector.dossier.facts import facts
from detector.dossier.objects import shared
from detector.dossier.records import AccountDossier, Pointer, Weighed
from models.scorer import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.view import View
    from detector.contributions import Contribution
    from detector.dossier.records import ShownObject
    from detector.engine import Engine, Model

LOWERING: Final = 5
"""Features named that speak against distillation."""
CONFOUNDED: Final = 3
"""Features that speak for it, whose honest causes are named."""


def account_dossiers(
    engine: Engine,
    model: Model,
    view: View,
    accounts: NDArray[np.int64],
    leaked: NDArray[np.int64],
    end: int,
) -> list[AccountDossier]:
    """Dossiers of `accounts` (rows) at the end of a tick (ms); `leaked` is of shape (accounts,).

    The score is what the account's features give now, so that the weights add up to it: the verdict's is of
    when the account was last judged.
    """
    found = engine.vectors(accounts)
    weights, rest = model.scorer.contributions(found)
    things = shared(view, accounts, end)
    number = answered(view.rows[accounts])
    batch = _Batch(engine, model, view, end)
    return [
        batch.dossier(
            int(account), _Taken(found[at], weights[at], float(rest[at])), things[at],
            int(number[at]), int(leaked[at]),
        )
        for at, account in enumerate(accounts)
    ]  # fmt: skip


def against(parts: tuple[Contribution, ...]) -> tuple[Pointer, ...]:
    """What lowers the score, then the honest causes of what raises it most; the heaviest first."""
    lowering = [part for part in parts if part.weight < 0][:LOWERING]
    raising = [part for part in parts if part.weight > 0][:CONFOUNDED]
    return (
        *(Pointer(part.feature.name, f"{part.feature.meaning} {part.said}") for part in lowering),
        *(Pointer(f"honest_{part.feature.name}", part.feature.confounder) for part in raising),
    )


def _weighed(part: Contribution) -> Weighed:
    return Weighed(
        feature=part.feature.name,
        weight=part.weight,
        value=part.known,
        low=part.low,
        middle=part.middle,
        high=part.high,
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A score, taken apart."""

    vector: NDArray[np.float64]
    weights: NDArray[np.float64]
    rest: float

    @property
    def score(self) -> float:
        return float(sigmoid(np.array(self.weights.sum() + self.rest)))


@dataclass(frozen=True, slots=True)
class _Batch:
    engine: Engine
    model: Model
    view: View
    end: int

    def dossier(
        self, account: int, taken: _Taken, objects: tuple[ShownObject, ...], number: int, leaked: int
    ) -> AccountDossier:
        row, verdict = self.view.rows[account], self.engine.verdicts[account]
        parts = contributions(self.model.cohorts, taken.vector, taken.weights)
        return AccountDossier(
            account_id=self.engine.name(account),
            time=self.end,
            label=self.engine.label(account),
            score=taken.score,
            relay=float(verdict["relay"]),
            campaign_id=self.engine.campaigns.of(account),
            model_id=self.model.model_id,
            requests=int(row["total"]),
            answered=number,
            leaked=leaked,
            first_seen=int(row["first"]),
            last_seen=int(row["last"]),
            first_alert=int(verdict["first_alert"]),
            rest=taken.rest,
            features=tuple(_weighed(part) for part in parts),
            objects=objects,
            facts=facts(row, taken.vector, int(self.view.banned[account])),
            against=against(parts),
        )
