"""Fitting a detector: populations, accounts and what joins them, out of fold; thresholds from a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from features.population.attachment import attach
from models.accounts import fit_accounts
from models.bars import raise_at, relay_at
from models.boosting import Boosting
from models.calibration import calibrate
from models.folds import folds_of
from models.fusion import FusedScorer, fit_fusion, fused_inputs
from models.population import fit_populations
from models.sampling import sampled
from models.scorer import DISTILLATION, Scores, sigmoid
from models.weights import account_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.accounts import Columns, FittedAccounts
    from models.dataset import Examples, TrainingSet
    from models.fusion import FittedFusion
    from models.population import FittedPopulations, PopulationScorer


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How a detector is fitted; the defaults are those of the shipped model."""

    accounts: Boosting = field(default=Boosting(trees=100, leaves=16, rate=0.1, smallest_leaf=40))
    populations: Boosting = field(default=Boosting(trees=150, leaves=8, rate=0.06, smallest_leaf=15))
    """small steps, for a log holds few campaigns"""
    fusion: Boosting = field(default=Boosting(trees=100, leaves=6, rate=0.08, smallest_leaf=40))
    context_margin: float = 0.0
    budget: float = 1e-3
    """share of honest accounts that may ever be alerted"""
    relay_budget: float = 0.02
    """share of relay accounts without a campaign that may be alerted as distillation"""
    relay_label_budget: float = 0.01
    """share of honest accounts that may be labelled relay"""
    min_events: int = 2
    most_rows: int = 300_000
    """rows that accounts, and populations, are learnt from; of more a sample is"""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Scorers, and what was learnt about them out of fold."""

    scorer: FusedScorer
    populations: PopulationScorer
    raise_at: float
    relay_at: float
    out_of_fold: Scores
    """of every account's snapshot"""
    attachment: NDArray[np.float64]
    """of every account's snapshot, out of fold: those of `features.scored.FEATURES` that are not its own"""
    learnt_from: tuple[int, int]
    """rows of accounts, and of populations"""

    def score(self, examples: Examples) -> Scores:
        """Scores of accounts, none of which was learnt from."""
        logits, _ = self.populations.logits(examples.populations.vectors)
        return self.scorer.score(attached(examples.accounts, logits))


def attached(rows: TrainingSet, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors of `features.scored.FEATURES` of `rows`, by log-odds of populations; all without company."""
    return np.concatenate([rows.vectors, attachment(rows, logits)], axis=1)


def attachment(rows: TrainingSet, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same without own features."""
    return np.concatenate([attach(rows.part_counts, rows.parts, logits), np.zeros((len(rows), 1))], axis=1)


def fit(examples: Examples, columns: Columns, settings: FitSettings) -> Fitted:
    """Fit on `examples`; raises `UnlearnableError` where a fold of them lacks a class."""
    rows, folds = examples.accounts, folds_of(examples.accounts)
    sample = sampled(rows.kinds, account_weights(rows), settings.most_rows, settings.accounts.seed)
    populations = fit_populations(examples, settings.most_rows, settings.populations)
    accounts = fit_accounts(rows, sample, folds, columns, settings.context_margin, settings.accounts)
    parts = attachment(rows, populations.out_of_fold)
    inputs = fused_inputs(accounts.out_of_fold, parts)
    fusion = fit_fusion(inputs, rows.labels == DISTILLATION, sample, folds, settings.fusion)
    learnt_from = len(sample.at), populations.learnt_from
    return _assemble(rows, parts, (populations, accounts, fusion), learnt_from, settings)


def _assemble(
    rows: TrainingSet,
    parts: NDArray[np.float64],
    models: tuple[FittedPopulations, FittedAccounts, FittedFusion],
    learnt_from: tuple[int, int],
    settings: FitSettings,
) -> Fitted:
    (populations, accounts, fusion), last = models, rows.final
    calibration = calibrate(fusion.out_of_fold[last], rows.labels[last] == DISTILLATION)
    scores = Scores(sigmoid(calibration.apply(fusion.out_of_fold)), accounts.out_of_fold.relay)
    return Fitted(
        FusedScorer(accounts.scorer, fusion.forest, calibration),
        populations.scorer,
        raise_at(rows, scores, settings), relay_at(rows, scores, settings), scores, parts,
        learnt_from,
    )  # fmt: skip
