"""Hashed n-grams as a scikit-learn transformer, by the kernel's own tokeniser and hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin

from features.text.logits import buckets_of
from features.text.purposes import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Sequence


class NgramCounts(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Texts to counts over the root of their sum, shape (n, BUCKETS), sparse: what the kernel weighs."""

    def fit(self, texts: Sequence[str], y: object = None) -> NgramCounts:  # noqa: ARG002 - scikit-learn passes it
        """Nothing is learnt: the hash is fixed."""
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        """One row a text; equal n-grams add up."""
        buckets = buckets_of([text.encode("utf-8", "surrogatepass") for text in texts])
        sizes = np.array([len(found) for found in buckets])
        values = np.repeat(1.0 / np.sqrt(np.maximum(sizes, 1)), sizes)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        columns = np.concatenate(buckets).astype(np.int64) if buckets else np.zeros(0, np.int64)
        matrix = csr_matrix((values, columns, starts), shape=(len(texts), BUCKETS))
        matrix.sum_duplicates()
        return matrix
