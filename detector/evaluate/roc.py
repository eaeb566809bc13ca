"""True-positive rates at low false-positive rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.grades import AtRate, RocPoint
from detector.evaluate.rates import Rate, estimate, macro

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from detector.evaluate.joined import Joined

FPRS: Final = (1e-3, 1e-4)
CURVE: Final = tuple(10.0 ** (step / 4 - 4) for step in range(13))
"""False-positive rates of the curve, four a decade from 0.01 % to 10 %."""

_ALLOWED: Final = 2
"""Honest accounts that must be allowed above a cut before a rate at it is a claim."""


def threshold(negatives: NDArray[np.float64], fpr: float) -> float:
    """The lowest cut such that at most a share `fpr` of `negatives` lies strictly above it.

    -1, which every score exceeds, where that allows all of them.
    """
    allowed = int(np.floor(fpr * len(negatives)))
    return float(_cuts(negatives, [allowed])[0]) if allowed < len(negatives) else -1.0


def _cuts(negatives: NDArray[np.float64], allowed: Sequence[int]) -> NDArray[np.float64]:
    """The value with so many above it, for each of `allowed`; all must be less than the length."""
    ranks = [len(negatives) - 1 - count for count in allowed]
    found: NDArray[np.float64] = np.partition(negatives, ranks)[ranks]
    return found


def by_family(attack: pd.DataFrame, hits: NDArray[np.bool_]) -> dict[str, Rate]:
    """The share of `hits` in each family, in order of its name."""
    families = attack["family"].to_numpy(str)
    return {str(name): Rate.among(hits[families == name]) for name in np.unique(families)}


def at_rate(joined: Joined, fpr: float, resamples: NDArray[np.float64]) -> AtRate:
    """What lies above the cut of `fpr`; `resamples` are those of the macro figure."""
    honest, attack = joined.labelled("benign"), joined.labelled("distillation")
    cut = threshold(honest["score"].to_numpy(), fpr)
    hits = attack["score"].to_numpy() > cut
    families = by_family(attack, hits)
    return AtRate(
        fpr=fpr,
        cut=cut,
        supported=len(honest) * fpr >= _ALLOWED,
        macro=estimate(macro(families), resamples, len(attack)),
        families=families,
        accounts=Rate.among(hits),
        by_requests=_by_requests(attack, hits),
        relays=Rate.among(joined.labelled("relay")["score"].to_numpy() > cut),
    )


def _by_requests(attack: pd.DataFrame, hits: NDArray[np.bool_]) -> float | None:
    weights = attack["n_attack"].to_numpy(float)
    families = attack["family"].to_numpy(str)
    shares = [
        float((hits * weights)[families == name].sum() / max(weights[families == name].sum(), 1e-9))
        for name in np.unique(families)
    ]
    return float(np.mean(shares)) if shares else None


def resampled(
    joined: Joined, fprs: Sequence[float], rng: np.random.Generator, count: int
) -> NDArray[np.float64]:
    """Macro TPR at each of `fprs` in `count` resamples, shape (count, len(fprs)); NaN without accounts.

    Honest accounts are drawn one by one; of each family campaigns are drawn, and then accounts within
    them, because accounts of one campaign are not independent.
    """
    honest = joined.labelled("benign")["score"].to_numpy()
    families = _campaign_scores(joined.labelled("distillation"))
    if len(honest) == 0 or not families:
        return np.full((count, len(fprs)), np.nan)
    allowed = [int(np.floor(fpr * len(honest))) for fpr in fprs]
    found = np.empty((count, len(fprs)))
    for at in range(count):
        cuts = _cuts(honest[rng.integers(0, len(honest), len(honest))], allowed)
        shares = [(_drawn(scores, rng)[:, None] > cuts).mean(axis=0) for scores in families.values()]
        found[at] = np.mean(shares, axis=0)
    return found


def _campaign_scores(attack: pd.DataFrame) -> dict[str, list[NDArray[np.float64]]]:
    found: dict[str, list[NDArray[np.float64]]] = {}
    for (family, _), scores in attack.groupby(["family", "campaign_id"])["score"]:
        found.setdefault(str(family), []).append(scores.to_numpy())
    return found


def _drawn(campaigns: list[NDArray[np.float64]], rng: np.random.Generator) -> NDArray[np.float64]:
    chosen = [campaigns[at] for at in rng.integers(0, len(campaigns), len(campaigns))]
    return np.concatenate([scores[rng.integers(0, len(scores), len(scores))] for scores in chosen])


def curve(joined: Joined, resamples: NDArray[np.float64]) -> tuple[RocPoint, ...]:
    """The macro TPR at the rates of `CURVE` that the number of honest accounts can resolve."""
    honest, attack = joined.labelled("benign")["score"].to_numpy(), joined.labelled("distillation")
    scores = attack["score"].to_numpy()
    points = []
    for at, fpr in enumerate(CURVE):
        if fpr * len(honest) >= 1:
            tpr = macro(by_family(attack, scores > threshold(honest, fpr)))
            found = estimate(tpr, resamples[:, at], len(attack))
            points += [] if found is None else [RocPoint(fpr, found.value, found.low, found.high)]
    return tuple(points)


def strict_tpr(joined: Joined, fpr: float, relay_fpr: float) -> Mapping[str, Rate]:
    """TPR by family above a cut that also at most a share `relay_fpr` of pure relays exceeds."""
    cut = threshold(joined.labelled("benign")["score"].to_numpy(), fpr)
    relays = joined.pure_relays()["score"].to_numpy()
    if len(relays):
        cut = max(cut, threshold(relays, relay_fpr))
    attack = joined.labelled("distillation")
    return by_family(attack, attack["score"].to_numpy() > cut)


def average_precision(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """Area under precision and recall as a sum of steps, accounts of one score together; None of nothing."""
    if not positive.any():
        return None
    order = np.argsort(-scores, kind="stable")
    hits, ranked = np.cumsum(positive[order]), scores[order]
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    recall = hits[last] / positive.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * hits[last] / (last + 1)))
