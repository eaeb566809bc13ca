"""Dossiers of accounts, many at once: features and links are worked out over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.contributions import DIGITS, HIGH, LOW, MIDDLE, contribution, heaviest, usual_for
from detector.dossier.answers import answered
from detector.dossier.facts import facts
from detector.dossier.objects import shared
from detector.dossier.records import AccountDossier, Pointer, Weighed
from features.scored import FEATURES, NAMES
from models.scorer import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.view import View
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
        usual, order = usual_for(self.model.cohorts, taken.vector), heaviest(taken.weights)
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
            features=_weighed(taken, usual, order),
            objects=objects,
            facts=facts(row, taken.vector, int(self.view.banned[account])),
            against=_against(taken, usual, order),
        )


def _weighed(taken: _Taken, usual: NDArray[np.float64], order: NDArray[np.int64]) -> tuple[Weighed, ...]:
    columns = (taken.vector, usual[:, LOW], usual[:, MIDDLE], usual[:, HIGH])
    names = [NAMES[at] for at in order.tolist()]
    told = zip(
        names, taken.weights[order].tolist(), *(_told(column[order]) for column in columns), strict=True
    )
    return tuple(Weighed(*one) for one in told)


def _told(values: NDArray[np.float64]) -> list[float | None]:
    """Rounded, None where unknown."""
    told: list[float | None] = np.where(np.isnan(values), None, np.round(values, DIGITS)).tolist()  # type: ignore[call-overload]
    return told


def _against(taken: _Taken, usual: NDArray[np.float64], order: NDArray[np.int64]) -> tuple[Pointer, ...]:
    """What lowers the score, then the honest causes of what raises it most; the heaviest first."""
    weights = taken.weights[order]
    lowering, raising = order[weights < 0][:LOWERING], order[weights > 0][:CONFOUNDED]
    parts = [contribution(at, usual, taken.vector, taken.weights) for at in lowering.tolist()]
    causes = [FEATURES[at] for at in raising.tolist()]
    return (
        *(Pointer(part.feature.name, f"{part.feature.meaning} {part.said}") for part in parts),
        *(Pointer(f"honest_{feature.name}", feature.confounder) for feature in causes),
    )
