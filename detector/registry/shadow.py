"""Scores by a challenger what the champion scores, on the live stream; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from detector.engine import Model
from detector.joining import Company
from detector.populations import PopulationScores
from detector.store.findings import SeriesPoint
from features.account.vector import vectors
from features.population.attachment import attach, parts_of
from models.artefact import ModelError
from models.scorer import logit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detector.compose import Setup
    from detector.engine import Engine
    from detector.ledger import Ledger, Tick

AGREEMENTS: Final = ("both", "neither", "champion", "challenger")
"""Whose score reaches its own bar."""
PREFIX: Final = "shadow."
DIFFERENCE: Final = "difference"
"""Sum of the differences of logits, without their signs."""

_CERTAIN: Final = 1e-6


class ShadowTold(Protocol):
    """Whoever is told of what both think."""

    def shadowed(self, counts: Mapping[str, int], difference: float) -> None:
        """Accounts of a tick by whose bar they reach, and the mean difference of their logits."""
        ...


@dataclass(frozen=True, slots=True)
class Challenger:
    """A model that is scored beside the champion, and the scores from which each of them alerts."""

    model: Model
    bar: float
    champion_bar: float

    @classmethod
    def beside(cls, champion: Setup, challenger: Setup) -> Challenger:
        """Raises `ModelError` where both cannot read the same events."""
        weights = "text_weights"
        made, used = challenger.artefact.manifest[weights], champion.artefact.manifest[weights]
        if made != used:
            raise ModelError(
                f"challenger {challenger.artefact.model_id}: made for purpose weights {made}, but "
                f"the champion reads with {used}; train it with the champion's"
            )
        return cls(Model.of(challenger.artefact), challenger.policy.raise_at, champion.policy.raise_at)


class Shadow:
    """Keeps only what the challenger thinks of populations, and thinks it anew after a start.

    Company is that of the champion's alerts, as they are after the tick: the challenger raises none itself.
    """

    def __init__(self, challenger: Challenger, engine: Engine, ledger: Ledger, told: ShadowTold) -> None:
        self._model = challenger.model
        self._bars = challenger.champion_bar, challenger.bar
        self._engine = engine
        self._ledger = ledger
        self._populations = PopulationScores(ledger.words, ledger.accounts, challenger.model.populations)
        self._begun = False
        self._told = told

    def watch(self, tick: Tick, judged: NDArray[np.int64]) -> list[SeriesPoint]:
        """What both think of the accounts that were scored."""
        self._follow(tick)
        if len(judged) == 0:
            return []
        before = self._engine.verdicts["score"][judged].astype(np.float64)
        after = self._model.scorer.score(self._vectors(judged)).distillation
        counts = _counts(before >= self._bars[0], after >= self._bars[1])
        difference = float(np.abs(_logit(after) - _logit(before)).sum())
        self._told.shadowed(counts, difference / len(judged))
        told = {**counts, DIFFERENCE: difference}
        # By tick, not by step: a tick that is repeated after a crash takes its own place.
        return [
            SeriesPoint(f"{PREFIX}{self._model.model_id}.{name}", tick.end - 1, float(n))
            for name, n in told.items()
        ]

    def _follow(self, tick: Tick) -> None:
        if not self._begun:
            self._populations.settle()
            self._begun = True
        elif tick.renumbered is not None:
            self._populations.renumber(tick.renumbered)
        self._populations.update(tick.populations)

    def _vectors(self, accounts: NDArray[np.int64]) -> NDArray[np.float64]:
        rows, words = self._ledger.accounts.rows, self._ledger.words
        counts, parts = parts_of(words, rows["total"], accounts)
        shared = attach(counts, parts, self._populations.logits)
        near = Company(words, rows["total"], self._populations.flagged, self._engine.verdicts["open"])
        company = near.has(counts, parts)
        return np.concatenate([vectors(rows, accounts), shared, company[:, None]], axis=1)


def _counts(champion: NDArray[np.bool_], challenger: NDArray[np.bool_]) -> dict[str, int]:
    return {
        "both": int((champion & challenger).sum()),
        "neither": int((~champion & ~challenger).sum()),
        "champion": int((champion & ~challenger).sum()),
        "challenger": int((challenger & ~champion).sum()),
    }


def _logit(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return logit(np.clip(scores, _CERTAIN, 1 - _CERTAIN))
