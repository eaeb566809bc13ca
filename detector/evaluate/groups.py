"""Found groups against true campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.grades import Groups
from detector.evaluate.leakage import OWN
from detector.evaluate.rates import Rate, estimate

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from numpy.typing import NDArray

    from detector.evaluate.joined import Joined
    from detector.evaluate.rates import Estimate

FOUND: Final = 0.5
"""Share of a campaign's accounts that a group of its own must hold for the campaign to be found."""


def grade_groups(joined: Joined, rng: np.random.Generator, resamples: int) -> Groups:
    """Recall and precision of whole groups, and B-cubed over distillation accounts."""
    attack = joined.labelled("distillation")
    sizes = joined.accounts.groupby("group").size()
    true_sizes = attack.groupby("campaign_id").size()
    shared = attack.groupby(["group", "campaign_id"]).size().reset_index(name="both")
    both = shared["both"].to_numpy()
    of_group = shared["group"].map(sizes).to_numpy(int)
    of_campaign = shared["campaign_id"].map(true_sizes).to_numpy(int)
    pure = both >= OWN * of_group
    found = set(shared.loc[pure & (both >= FOUND * of_campaign), "campaign_id"])
    several = sizes[sizes >= 2]  # noqa: PLR2004 - a group
    good = set(shared.loc[pure, "group"]) & set(several.index)
    families = attack.groupby("campaign_id")["family"].first()
    precision, recall = bcubed(attack, sizes)
    return Groups(
        recall=Rate.of(len(found), len(true_sizes)),
        precision=Rate.of(len(good), len(several)),
        predicted=len(sizes),
        families=_by_family(families, found),
        bcubed_precision=_mean(precision),
        bcubed_recall=_mean(recall),
        bcubed_f1=_f1(attack, precision, recall, rng, resamples),
    )


def _by_family(families: pd.Series, found: set[Hashable]) -> dict[str, Rate]:
    hit = families.index.isin(found)
    return {str(name): Rate.among(hit[(families == name).to_numpy()]) for name in sorted(set(families))}


def bcubed(attack: pd.DataFrame, sizes: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """B-cubed precision and recall of each distillation account (Bagga and Baldwin, LREC 1998).

    An account in no group is alone. Members of a group that are no distillation accounts count against the
    precision of those who are.
    """
    grouped = attack["group"].notna().to_numpy()
    true_size = attack["campaign_id"].map(attack.groupby("campaign_id").size()).to_numpy(float)
    both = attack.groupby(["group", "campaign_id"])["account_id"].transform("size").to_numpy(float)
    size = attack["group"].map(sizes).to_numpy(float)
    return np.where(grouped, both / size, 1.0), np.where(grouped, both, 1.0) / true_size


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None


def _harmonic(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 * precision * recall / np.maximum(precision + recall, 1e-9)


def _f1(
    attack: pd.DataFrame,
    precision: NDArray[np.float64],
    recall: NDArray[np.float64],
    rng: np.random.Generator,
    resamples: int,
) -> Estimate | None:
    """The harmonic mean of the means; its interval from resampled campaigns."""
    if len(attack) == 0:
        return None
    codes, names = attack["campaign_id"].factorize()
    sums = np.array([np.bincount(codes, values) for values in (np.ones(len(codes)), precision, recall)])
    drawn = sums[:, rng.integers(0, len(names), (resamples, len(names)))].sum(axis=2)
    value = float(_harmonic(precision.mean(keepdims=True), recall.mean(keepdims=True))[0])
    return estimate(value, _harmonic(drawn[1] / drawn[0], drawn[2] / drawn[0]), len(attack))
