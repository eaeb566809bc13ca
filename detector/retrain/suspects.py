"""Whose labels do not fit what everybody else says of such accounts: mistaken, bought, or an attacker's.

Each label is compared with those of other authors on its nearest neighbours, and with the champion. An author
is suspected whose labels contradict both more often than everybody else's do, by more than chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import binomtest
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import QuantileTransformer

from features.scored import OWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOURS: Final = 5
_AGAINST: Final = 0.6
"""Share of neighbours that say the contrary."""
_BACKGROUND: Final = 0.01
"""Contradictions that are to be expected of anybody."""
_LEVEL: Final = 0.01
"""Chance of suspecting anybody where nobody is to blame."""
_LEAST: Final = 3
"""Contradictions before anybody is suspected."""
_QUANTILES: Final = 200


@dataclass(frozen=True, slots=True)
class AuthorCheck:
    """One author's labels against everybody else's."""

    author: str
    labels: int
    contradicted: int
    p_value: float
    """of as many contradictions or more, at the rate of the others"""
    suspected: bool


@dataclass(frozen=True, slots=True)
class Suspicions:
    """What the check found."""

    authors: tuple[AuthorCheck, ...]
    """in order of their names"""
    contradicted: NDArray[np.int64]
    """places of labels that neighbours and the champion contradict"""

    @property
    def suspected(self) -> tuple[str, ...]:
        """Names of the authors that are suspected."""
        return tuple(check.author for check in self.authors if check.suspected)


def check_authors(
    vectors: NDArray[np.float64],
    attack: NDArray[np.bool_],
    authors: NDArray[np.str_],
    champion: NDArray[np.float64],
) -> Suspicions:
    """Check labels: `vectors` of `features.scored.FEATURES`, shape (n, features), the rest of shape (n,).

    `champion` are its scores. An accusation is contradicted where most neighbours that others judged were
    cleared and the champion is below its middle; a clearance where most were accused, or where the champion
    is nearly sure and none was cleared.
    """
    if len(attack) == 0:
        return Suspicions((), np.zeros(0, dtype=np.int64))
    places = _places(vectors)
    accused = np.full(len(attack), np.nan)
    for author in np.unique(authors):
        mine = authors == author
        accused[mine] = _accused_share(places[~mine], attack[~mine], places[mine])
    against = np.where(attack, 1 - accused, accused) >= _AGAINST
    contradicted = against & (~attack | (champion < 0.5))  # noqa: PLR2004 - its middle
    return Suspicions(
        tuple(_author(str(name), authors == name, contradicted) for name in np.unique(authors)),
        np.flatnonzero(contradicted),
    )


def _author(name: str, mine: NDArray[np.bool_], contradicted: NDArray[np.bool_]) -> AuthorCheck:
    labels, hits = int(mine.sum()), int(contradicted[mine].sum())
    others = int((~mine).sum())
    rate = max((int(contradicted[~mine].sum()) + 1) / (others + 2), _BACKGROUND) if others else _BACKGROUND
    p_value = float(binomtest(hits, labels, min(rate, 1.0), alternative="greater").pvalue) if hits else 1.0
    return AuthorCheck(name, labels, hits, p_value, hits >= _LEAST and p_value < _LEVEL)


def _accused_share(
    known: NDArray[np.float64], attack: NDArray[np.bool_], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of each one's neighbours that are accused; NaN where nobody else judged anything."""
    if len(known) < NEIGHBOURS:
        return np.full(len(asked), np.nan)
    _, at = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(known).kneighbors(asked)
    share: NDArray[np.float64] = attack[at].mean(axis=1)
    return share


def _places(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature by its rank, unknown ones in the middle. What is shared counts as much."""
    usual = np.nanmedian(np.where(np.isnan(vectors).all(axis=0), 0.0, vectors), axis=0)
    known = np.where(np.isnan(vectors), usual, vectors)
    ranks = QuantileTransformer(n_quantiles=min(_QUANTILES, len(known)), random_state=0).fit_transform(known)
    shared = known.shape[1] - OWN
    ranks[:, OWN:] *= np.sqrt(OWN / max(shared, 1))
    out: NDArray[np.float64] = ranks
    return out
