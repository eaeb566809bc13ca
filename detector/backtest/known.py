"""What is known of accounts of a log: what they are, and by what they are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.retrain.facts import UNKNOWN, read_facts
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detector.retrain.labels import Label
    from detector.truth import WorldTruth

UNJUDGED: Final = "unjudged"
DIMENSIONS: Final = ("plan", "client", "privacy", "language")


@dataclass(frozen=True, slots=True)
class Known:
    """By row of a run, each of shape (accounts,)."""

    labels: NDArray[np.str_]
    """`benign`, `relay`, `distillation`, `authorised` or `UNJUDGED`"""
    since: NDArray[np.int64]
    """event time from which the label holds, ms"""
    slices: Mapping[str, NDArray[np.str_]]
    """by dimension"""


def from_labels(names: Sequence[str], logs: Sequence[str], labels: Mapping[str, Label]) -> Known:
    """By what people said of accounts, by id."""
    said = [labels.get(name) for name in names]
    return Known(
        np.array([UNJUDGED if one is None else one.label for one in said], dtype=np.str_),
        np.array([0 if one is None else one.since for one in said], dtype=np.int64),
        _slices(names, logs),
    )


def from_truth(names: Sequence[str], logs: Sequence[str], truth: WorldTruth) -> Known:
    """By the truth of a labelled world."""
    known = truth.of(names)
    labels = np.array(LABELS)[known.labels]
    return Known(labels, known.attack_from, {"kind": known.kinds, **_slices(names, logs)})


def _slices(names: Sequence[str], logs: Sequence[str]) -> dict[str, NDArray[np.str_]]:
    facts = read_facts([log for log in logs if log != "-"])
    nothing: dict[str, str] = {}
    return {
        dimension: np.array(
            [facts.get(name, nothing).get(dimension, UNKNOWN) for name in names], dtype=np.str_
        )
        for dimension in DIMENSIONS
    }
