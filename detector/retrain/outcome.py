"""What a training came to, as it is written to `gate.json`."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from detector.evaluate.grades import Bin  # noqa: TC001 - msgspec reads annotations at run time
from detector.retrain.ablation import Ablation  # noqa: TC001
from detector.retrain.gate import Gate  # noqa: TC001

FILE: Final = "gate.json"


class LabelSummary(msgspec.Struct, frozen=True):
    """What was said, and what was made of it."""

    labels: dict[str, int]
    """accounts by what they were settled to be"""
    sources: dict[str, int]
    unknown: int
    """labels of accounts that the traffic does not have"""
    conflicts: int
    disputed: tuple[str, ...]
    """accounts on which people disagree, the first hundred"""
    authors: dict[str, tuple[int, int, float]]
    """labels, contradicted ones, and the chance of as many, by author"""
    suspected: tuple[str, ...]
    distrusted: tuple[str, ...]
    cut: tuple[tuple[str, str, float, float], ...]
    """kind, name and share of the whole before and after, of whoever would have weighed too much"""
    accused_wrongly: float
    """estimated share of accusations that are wrong"""
    cleared_wrongly: float
    doubtful: tuple[str, ...]
    """accounts whose label is likeliest wrong, the first hundred: worth a second look"""


class Fairness(msgspec.Struct, frozen=True):
    """Share of honest accounts alerted across the slices of one dimension, by the challenger."""

    dimension: str
    lowest: float
    highest: float
    worst: str


class Reliability(msgspec.Struct, frozen=True):
    """Whether the scores on the rows that were judged are probabilities."""

    champion_ece: float
    challenger_ece: float
    bins: tuple[Bin, ...]
    """of the challenger"""


class Outcome(msgspec.Struct, frozen=True):
    """A challenger, what it learnt from, and whether it may replace the champion."""

    gate: Gate
    model: str
    """folder of the challenger in the output"""
    lineage: dict[str, Any]
    """data digests, settings, seed and version"""
    labels: LabelSummary
    fairness: tuple[Fairness, ...]
    reliability: Reliability
    ablations: tuple[Ablation, ...] = ()
