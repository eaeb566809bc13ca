"""The benign-calibrated window test by maximum mean discrepancy (Liu, Guo and Dong 2026, arXiv 2606.05725).

A window of queries is alarmed when its distribution is further from that of benign traffic than benign
windows are. Here a window is what an account asked so far, at each day's end, up to its first 500 queries;
the embedding is a hashed bag of words; the Gaussian kernel, its width the median distance, is approximated
by random features (Rahimi and Recht, NeurIPS 2007), which turn the unbiased estimate of Gretton et al.
(JMLR 2012) into running sums. The benign traffic and the limit come from the honest accounts of the
reference world: the alert budget of them exceeds it (without a reference: of the log's accounts). Ignores
that every honest account asks of its own matters, so that a new customer looks like an attacker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.evaluate.baselines.embedding import SIZE
from detector.evaluate.baselines.usage import unit
from detector.evaluate.baselines.verdicts import Running, budget_cut, running, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions

NAME: Final = "MMD window test"
WINDOW: Final = 100
"""Fewest queries of a window: the paper's smallest. Shorter ones find less."""
FEATURES: Final = 512
SAMPLE: Final = 20_000
"""Queries that stand for benign traffic, drawn from the reference."""
SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Kernel:
    """Random features of a Gaussian kernel, and their mean over benign traffic."""

    weights: NDArray[np.float32]
    phases: NDArray[np.float32]
    benign: NDArray[np.float32]

    @classmethod
    def fit(cls, usage: Usage) -> Kernel:
        """Take the width and the mean from a sample of the embedded queries."""
        rng = np.random.default_rng(SEED)
        texts = len(usage.embedded)
        drawn = unit(usage.embedding[rng.permutation(texts)[:SAMPLE]])
        apart = np.linalg.norm(drawn[::2][: len(drawn) // 2] - drawn[1::2], axis=1)
        width = float(np.median(apart)) if len(apart) else 1.0
        weights = (rng.standard_normal((SIZE, FEATURES)) / max(width, 1e-3)).astype(np.float32)
        phases = rng.uniform(0, 2 * np.pi, FEATURES).astype(np.float32)
        features = _features(drawn, weights, phases)
        return cls(weights, phases, features.mean(axis=0) if texts else np.zeros(FEATURES, dtype=np.float32))

    def map(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features whose inner products approximate the kernel, shape (n, FEATURES)."""
        return _features(vectors, self.weights, self.phases)


def _features(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], phases: NDArray[np.float32]
) -> NDArray[np.float32]:
    angles: NDArray[np.float32] = vectors @ weights + phases
    return np.cos(angles, out=angles) * np.float32(np.sqrt(2 / FEATURES))


def score(usage: Usage, reference: Usage | None) -> Predictions:
    """Squared discrepancy between the account's queries so far and benign ones."""
    normal = usage if reference is None else reference
    kernel = Kernel.fit(normal)
    cut = budget_cut(discrepancy(normal, kernel), len(normal.accounts))
    return verdicts(usage, discrepancy(usage, kernel), cut)


def discrepancy(usage: Usage, kernel: Kernel) -> Running:
    """The unbiased squared MMD at each day's end with at least `WINDOW` queries."""
    ends = usage.day_ends(usage.embedded)
    values = np.full(len(ends), np.nan)
    for at, vectors in usage.texts():
        if len(at) >= WINDOW:
            first, stop = np.searchsorted(ends, [at[0], at[-1] + 1])
            values[first:stop] = _windows(kernel.map(vectors), ends[first:stop] - at[0] + 1, kernel.benign)
    known = np.flatnonzero(~np.isnan(values))
    return running(usage, usage.embedded[ends[known]], values[known])


def _windows(
    features: NDArray[np.float32], sizes: NDArray[np.int64], benign: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The estimate over the first `sizes` queries, NaN below `WINDOW`; the benign mean counts as exact."""
    sums = np.cumsum(features, axis=0, dtype=np.float64)[sizes - 1]
    itself = np.cumsum(np.einsum("ij,ij->i", features, features), dtype=np.float64)[sizes - 1]
    n = sizes.astype(np.float64)
    n[sizes < WINDOW] = np.nan
    within = (np.einsum("ij,ij->i", sums, sums) - itself) / (n * (n - 1))
    found: NDArray[np.float64] = within - 2 * (sums @ benign) / n + float(benign @ benign)
    return found
