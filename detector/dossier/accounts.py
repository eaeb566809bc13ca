"""Dossiers of accounts, many at once: features and links are worked out over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.contributions import contribution, usual_for
from detector.dossier.answers import answered
from detector.dossier.facts import facts
from detector.dossier.objects import shared
from detector.dossier.records import AccountDossier, Pointer
from detector.dossier.taken import taken_apart
from detector.dossier.weighing import of_accounts
from features.scored import FEATURES
from models.scorer import LABELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.campaigns.view import View
    from detector.dossier.records import ShownObject
    from detector.dossier.taken import Taken
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
    taken = taken_apart(engine, model, accounts)
    things = shared(view, accounts, end)
    wordings = of_accounts(model.populations, view, engine.wordings(accounts))
    number, labels = answered(view.rows[accounts]).tolist(), engine.labels[accounts].tolist()
    batch = _Batch(engine, model, view, end)
    return [
        batch.dossier(account, taken[at], things[at], wordings[at], LABELS[labels[at]], number[at], before)
        for at, (account, before) in enumerate(zip(accounts.tolist(), leaked.tolist(), strict=True))
    ]


@dataclass(frozen=True, slots=True)
class _Batch:
    engine: Engine
    model: Model
    view: View
    end: int

    def dossier(
        self,
        account: int,
        taken: Taken,
        objects: tuple[ShownObject, ...],
        wording: str | None,
        label: str,
        number: int,
        leaked: int,
    ) -> AccountDossier:
        row, verdict = self.view.rows[account], self.engine.verdicts[account]
        return AccountDossier(
            account_id=self.engine.name(account),
            time=self.end,
            label=label,
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
            features=taken.weighed(),
            objects=objects,
            facts=facts(row, taken.vector, int(self.view.banned[account]))
            | ({} if wording is None else {"wording": wording}),
            against=_against(taken, usual_for(self.model.cohorts, taken.vector)),
        )


def _against(taken: Taken, usual: NDArray[np.float64]) -> tuple[Pointer, ...]:
    """What lowers the score, then the honest causes of what raises it most; the heaviest first."""
    weights = taken.weights[taken.order]
    lowering, raising = taken.order[weights < 0][:LOWERING], taken.order[weights > 0][:CONFOUNDED]
    parts = [contribution(at, usual, taken.vector, taken.weights) for at in lowering.tolist()]
    causes = [FEATURES[at] for at in raising.tolist()]
    return (
        *(Pointer(part.feature.name, f"{part.feature.meaning} {part.said}") for part in parts),
        *(Pointer(f"honest_{feature.name}", feature.confounder) for feature in causes),
    )
