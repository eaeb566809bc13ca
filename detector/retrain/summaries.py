"""What a training tells beside its gate: labels, fairness, calibration."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.calibration import grade_calibration
from detector.retrain.checks import Check
from detector.retrain.noise import estimate_noise
from detector.retrain.outcome import Fairness, LabelSummary, Reliability
from detector.retrain.slicing import FPR_SLICES, slices_of
from models.scorer import BENIGN, DISTILLATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from detector.retrain.checks import Compared
    from detector.retrain.judging import Judged
    from detector.retrain.labelled import Labelled
    from detector.retrain.settling import Settled
    from detector.retrain.suspects import Suspicions
    from detector.retrain.teaching import Taught

_SHOWN: Final = 100


def told_labels(
    taught: Taught, rows: Labelled, scores: NDArray[np.float64], distrusted: Sequence[str]
) -> LabelSummary:
    """Summary of the labels; `scores` are out of fold, of `rows`, which are what was learnt from."""
    settled = taught.settled
    known = rows.examples.accounts
    judged = known.final & (known.accounts >= taught.traffic) & _settled(rows, settled)
    noise = estimate_noise(known.labels[judged] == DISTILLATION, scores[judged])
    doubtful = rows.named[judged][noise.doubtful][:_SHOWN]
    return LabelSummary(
        labels=dict(sorted(Counter(label.label for label in settled.labels.values()).items())),
        sources=dict(sorted(Counter(label.source for label in settled.labels.values()).items())),
        unknown=taught.unknown,
        conflicts=len(settled.conflicts),
        disputed=tuple(conflict.account_id for conflict in settled.conflicts[:_SHOWN]),
        authors={
            one.author: (one.labels, one.contradicted, one.p_value) for one in taught.suspicions.authors
        },
        suspected=taught.suspicions.suspected,
        distrusted=tuple(distrusted),
        cut=tuple((one.what, one.name, one.before, one.after) for one in taught.cut),
        accused_wrongly=noise.accused_wrongly,
        cleared_wrongly=noise.cleared_wrongly,
        doubtful=tuple(doubtful.tolist()),
    )


def _settled(rows: Labelled, settled: Settled) -> NDArray[np.bool_]:
    """Whether anything was said of the account of each row."""
    said: NDArray[np.bool_] = np.isin(rows.names, list(settled.labels))[rows.examples.accounts.accounts]
    return said


def suspicion_checks(suspicions: Suspicions) -> Iterator[Check]:
    """A check for each author who gave labels."""
    for one in suspicions.authors:
        share = one.contradicted / one.labels
        why = (
            f"{one.contradicted} of {one.labels} labels contradict those of others on such accounts "
            f"(p = {one.p_value:.1g}); look at them, or train with --distrust {one.author}"
        )
        yield Check(
            "labels", one.author, "labels that others contradict", one.labels, 0.0, share, share, share,
            not one.suspected, why if one.suspected else "",
        )  # fmt: skip


def fairness(tested: Compared, least: int) -> tuple[Fairness, ...]:
    """The range of false-positive rates over the slices of each dimension that has two or more."""
    return tuple(found for one in FPR_SLICES if (found := _range(tested, one, least)) is not None)


def _range(tested: Compared, dimension: str, least: int) -> Fairness | None:
    alerted = tested.challenger.alerted
    name = next(one for one in FPR_SLICES if one == dimension)
    rates = {
        value: float(alerted[chosen].mean())
        for value, chosen in slices_of(tested.rows, name, tested.honest, least)
    }
    if len(rates) < 2:  # noqa: PLR2004 - a range
        return None
    worst = max(rates, key=lambda value: rates[value])
    return Fairness(dimension, min(rates.values()), rates[worst], worst)


def reliability(tested: Compared) -> Reliability:
    """Calibration of both models on the accounts that are honest or distil."""
    labels = tested.labels
    chosen = np.isin(labels, (BENIGN, DISTILLATION))
    attack = labels[chosen] == DISTILLATION

    def graded(judged: Judged) -> NDArray[np.float64]:
        return np.asarray(judged.last[chosen])

    before, after = (grade_calibration(graded(one), attack) for one in (tested.champion, tested.challenger))
    return Reliability(before.ece, after.ece, after.bins)
