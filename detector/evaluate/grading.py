"""Grades a detector's predictions against the truth of a world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.alerts import grade_alerts, grade_relays
from detector.evaluate.calibration import grade_calibration
from detector.evaluate.grades import Counts, Grades
from detector.evaluate.groups import grade_groups
from detector.evaluate.joined import Joined
from detector.evaluate.leakage import grade_leakage
from detector.evaluate.roc import CURVE, FPRS, at_rate, average_precision, curve, resampled

if TYPE_CHECKING:
    from detector.evaluate.predictions import Predictions
    from detector.truth import WorldTruth

RESAMPLES: Final = 300


def grade(truth: WorldTruth, said: Predictions, *, resamples: int = RESAMPLES, seed: int = 0) -> Grades:
    """Every figure of `said` on the world that `truth` describes.

    Distillation accounts are positives and benign ones negatives; relay accounts are neither, except where
    a figure says so. The same arguments give the same intervals.
    """
    joined = Joined.of(truth, said)
    rng = np.random.default_rng(seed)
    drawn = resampled(joined, (*FPRS, *CURVE), rng, resamples)
    judged = joined.accounts[joined.accounts["label"] != "relay"]
    everyone = joined.accounts
    return Grades(
        counts=_counts(joined),
        at=tuple(at_rate(joined, fpr, drawn[:, at]) for at, fpr in enumerate(FPRS)),
        roc=curve(joined, drawn[:, len(FPRS) :]),
        pr_auc=average_precision((judged["label"] == "distillation").to_numpy(), judged["score"].to_numpy()),
        alerts=grade_alerts(joined),
        relays=grade_relays(joined),
        leakage=grade_leakage(truth, joined, rng, resamples),
        groups=grade_groups(joined, rng, resamples),
        calibration=grade_calibration(
            everyone["score"].to_numpy(), (everyone["label"] == "distillation").to_numpy()
        ),
    )


def _counts(joined: Joined) -> Counts:
    attack = joined.labelled("distillation")
    return Counts(
        benign=len(joined.labelled("benign")),
        relay=len(joined.labelled("relay")),
        pure_relay=len(joined.pure_relays()),
        distillation=len(attack),
        campaigns=attack["campaign_id"].nunique(),
    )
