"""What others would do, on the same logs: simple rules and published detectors, each a short module.

Rules get the alert budget of the graded log's accounts, without labels. What learns, learns from the honest
accounts of a reference world and never sees a label of the graded one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from detector.evaluate.baselines import (
    distances,
    hourly,
    infrastructure,
    isolation,
    mmd,
    phrases,
    similar_pairs,
    volume,
)
from detector.evaluate.baselines.reading import read_usage
from detector.truth import WorldError, WorldTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detector.evaluate.baselines.usage import Usage
    from detector.evaluate.predictions import Predictions


class Baseline(Protocol):
    """A module of this package that scores accounts."""

    NAME: str

    def score(self, usage: Usage, reference: Usage | None) -> Predictions:
        """Verdicts on the accounts of `usage`; `reference` holds honest accounts of another world."""
        ...


BASELINES: Final = (volume, hourly, phrases, isolation, similar_pairs, distances, mmd, infrastructure)


def run(
    paths: Sequence[str], reference: Sequence[str] | None, progress: Callable[[str], None]
) -> dict[str, Predictions]:
    """Predictions of every baseline by its name; `progress` is told what comes next.

    `reference` names the logs of a labelled world other than the graded one, each beside its
    `truth_accounts.parquet`; without it, baselines that learn do so from the graded log, unlabelled. Raises
    `WorldError` where a log breaks off, truth is missing or a log is both graded and reference.
    """
    both = {Path(path).resolve() for path in paths} & {Path(path).resolve() for path in reference or ()}
    if both:
        raise WorldError(f"{min(both)}: is graded and reference; calibrate on another world")
    if reference is not None:
        progress("reading the reference")
    return compare(paths, None if reference is None else read_honest(reference), progress)


def compare(
    paths: Sequence[str], honest: Usage | None, progress: Callable[[str], None]
) -> dict[str, Predictions]:
    """As `run`, for several worlds with one reference: `honest` is what `read_honest` gave."""
    progress("reading the log")
    usage = read_usage(paths)
    found = {}
    for baseline in BASELINES:
        progress(baseline.NAME)
        found[baseline.NAME] = baseline.score(usage, honest)
    return found


def read_honest(paths: Sequence[str]) -> Usage:
    """The usage of the accounts that a labelled world's truth calls benign."""
    usage = read_usage(paths)
    folders = sorted({Path(path).parent for path in paths})
    labels = [WorldTruth.read(folder).accounts.set_index("account_id")["label"] for folder in folders]
    honest = {str(name) for label in labels for name in label.index[label == "benign"]}
    keep = np.array([name in honest for name in usage.accounts], dtype=np.bool_)
    if not keep.any():
        raise WorldError(f"{folders[0]}: has no benign account; choose another reference")
    return usage.only(keep)
