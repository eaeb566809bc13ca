"""What accounts looked like when a model was made, or when an operator last said that all was well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from features.scored import NAMES, catalogue_version
from models.artefact import ModelError
from models.cohort import EDGES, QUANTILES, Cohorts
from models.scorer import logit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.artefact import Artefact

FILE: Final = "reference.npz"
"""Beside `account` and `text` in the folder of a model."""
SCORE: Final = "score"
MEASURED: Final = (*NAMES, SCORE)
"""Columns: all features, and the logit of the score."""
COHORTS: Final = ("1-7", "8-31", "32-127", "128 and more")
"""Accounts by their requests, as `models.cohort` has them."""
LEAST: Final = 200
"""Accounts of a cohort, below which nothing is said of it."""

_PARTS: Final = np.arange(1, 10) / 10
_COMMON: Final = 0.05
"""Share of accounts that a value has to itself, below which nobody asks for it."""
_SIDES: Final[tuple[Literal["left"], Literal["right"]]] = ("left", "right")
_FORMAT: Final = 1
_CERTAIN: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Reference:
    """Cumulative shares at edges, by cohort and column, among the accounts that have the feature.

    Of shape (cohorts, columns, edges), ascending, NaN behind the last edge. A value that many accounts share
    is an edge, and so is the number just below it. Quantiles alone say of it only between which two bounds
    its cumulative share lies: `low` and `high`.
    """

    edges: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    missing: NDArray[np.float64]
    """share of accounts without the feature, shape (cohorts, columns); NaN: not known"""
    accounts: NDArray[np.int64]
    """what it was made from, shape (cohorts,); 0: not known"""

    @classmethod
    def of_traffic(
        cls, vectors: NDArray[np.float64], events: NDArray[np.int64], scores: NDArray[np.float64]
    ) -> Reference:
        """From accounts: `vectors` of shape (n, features), requests and scores of shape (n,)."""
        columns, cohort = with_scores(vectors, scores), cohorts_of(events)
        made = _empty(2 * len(_PARTS))
        for at in range(len(COHORTS)):
            inside = columns[cohort == at]
            made.accounts[at] = len(inside)
            if len(inside) >= LEAST:
                for column, values in enumerate(inside.T):
                    _describe(made, (at, column), values)
        return made

    @classmethod
    def of_quantiles(cls, cohorts: Cohorts) -> Reference:
        """From the quantiles of honest accounts that a model was fitted on; they have no scores."""
        made = _empty(2 * len(QUANTILES))
        for at, column in np.argwhere(~np.isnan(cohorts.quantiles[..., 0])):
            _tell(made, (int(at), int(column)), cohorts.quantiles[at, column])
        return made

    @property
    def is_own(self) -> bool:
        """Whether it was made from traffic: of what a model was fitted on a difference is no drift."""
        return bool(self.accounts.any())

    def save(self, path: Path) -> None:
        """Write it."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                allow_pickle=False,
                **arrays,
                format=np.array(_FORMAT),
                catalogue=np.array(catalogue_version()),
            )

    @classmethod
    def load(cls, path: Path) -> Reference:
        """Read what `save` wrote; raises `ModelError` where it is damaged or of other features."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                known = (int(stored["format"]), str(stored["catalogue"]))
                found = cls(*(stored[name] for name in cls.__slots__))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"{path}: not a reference ({type(error).__name__}); make one with `stillwatch drift --save`"
            ) from None
        if known != (_FORMAT, catalogue_version()):
            raise ModelError(f"{path}: made for other features; make it anew with `stillwatch drift --save`")
        return found


def reference_of(artefact: Artefact) -> Reference:
    """The operator's own, where it lies beside a model, else what the model was fitted on."""
    own = artefact.folder.parent / FILE
    return Reference.load(own) if own.exists() else Reference.of_quantiles(artefact.cohorts)


def cohorts_of(events: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cohort of accounts with so many requests, shape (n,)."""
    return np.searchsorted(EDGES, events, side="right").astype(np.int64)


def with_scores(vectors: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns of `MEASURED`, shape (n, columns)."""
    return np.column_stack([vectors, logit(np.clip(scores, _CERTAIN, 1 - _CERTAIN))])


def _empty(edges: int) -> Reference:
    shape = (len(COHORTS), len(MEASURED), edges)
    return Reference(
        np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan),
        np.full(shape[:2], np.nan), np.zeros(shape[0], dtype=np.int64),
    )  # fmt: skip


def _describe(made: Reference, at: tuple[int, int], values: NDArray[np.float64]) -> None:
    known = np.sort(values[~np.isnan(values)])
    made.missing[at] = 1 - len(known) / len(values)
    if len(known) < LEAST:
        return
    tenths = np.unique(np.quantile(known, _PARTS, method="inverted_cdf"))
    below, upto = (np.searchsorted(known, tenths, side=side) / len(known) for side in _SIDES)
    edges = np.unique(np.concatenate([np.nextafter(tenths, -np.inf)[upto - below >= _COMMON], tenths]))
    shares = np.searchsorted(known, edges, side="right") / len(known)
    _put(made, at, edges, shares, shares)


def _tell(made: Reference, at: tuple[int, int], quantiles: NDArray[np.float64]) -> None:
    """A quantile that occurs once is taken for exact; of one that occurs again only bounds are known."""
    values, counts = np.unique(quantiles, return_counts=True)
    last, common = np.cumsum(counts) - 1, counts > 1
    bounds = np.array([0.0, *QUANTILES, 1.0])
    upto = bounds[last + 1], np.where(common, bounds[last + 2], bounds[last + 1])
    first = (last - counts + 1)[common]
    edges = np.concatenate([np.nextafter(values[common], -np.inf), values])
    order = np.argsort(edges)
    low, high = np.concatenate([bounds[first], upto[0]]), np.concatenate([bounds[first + 1], upto[1]])
    _put(made, at, edges[order], low[order], high[order])


def _put(
    made: Reference,
    at: tuple[int, int],
    edges: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    made.edges[at][: len(edges)], made.low[at][: len(edges)], made.high[at][: len(edges)] = edges, low, high
