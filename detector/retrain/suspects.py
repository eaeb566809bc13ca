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
_NEAREST: Final = 64
"""Neighbours among which those of other authors are looked for."""
_MIDDLE: Final = 0.5
_BACKGROUND: Final = 0.01
"""Contradictions that are to be expected of anybody."""
_LEVEL: Final = 0.01
"""Chance of suspecting anybody where nobody is to blame, shared out among authors (Bonferroni)."""
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
    cleared and the champion is below its middle; a clearance where most were accused.
    """
    if len(attack) == 0:
        return Suspicions((), np.zeros(0, dtype=np.int64))
    said = _Said(attack, authors, champion, _nearest(_places(vectors)))
    contradicted = said.contradicted("")
    checks = tuple(said.check(str(name), contradicted) for name in np.unique(authors))
    return Suspicions(checks, np.flatnonzero(contradicted))


@dataclass(frozen=True, slots=True)
class _Said:
    attack: NDArray[np.bool_]
    authors: NDArray[np.str_]
    champion: NDArray[np.float64]
    nearest: NDArray[np.int64]
    """places of the nearest labels of each, the nearest first, shape (n, k)"""

    def check(self, name: str, contradicted: NDArray[np.bool_]) -> AuthorCheck:
        """An author against the others, judged among themselves: or a liar would make all look bad."""
        mine = self.authors == name
        labels, hits, others = int(mine.sum()), int(contradicted[mine].sum()), int((~mine).sum())
        if hits == 0:
            return AuthorCheck(name, labels, 0, 1.0, suspected=False)
        among = int(self.contradicted(name)[~mine].sum())
        rate = max((among + 1) / (others + 2), _BACKGROUND)
        p_value = float(binomtest(hits, labels, rate, alternative="greater").pvalue)
        level = _LEVEL / len(np.unique(self.authors))
        return AuthorCheck(name, labels, hits, p_value, hits >= _LEAST and p_value < level)

    def contradicted(self, without: str) -> NDArray[np.bool_]:
        """Whether the neighbours of each label say the contrary, those by its author and `without` aside."""
        by = self.authors[self.nearest]
        valid = (by != self.authors[:, None]) & (by != without)
        counted = valid & (np.cumsum(valid, axis=1) <= NEIGHBOURS)
        seen = counted.sum(axis=1)
        accused = (counted & self.attack[self.nearest]).sum(axis=1) / np.maximum(seen, 1)
        against = np.where(self.attack, 1 - accused, accused) >= _AGAINST
        found: NDArray[np.bool_] = against & (seen > 1) & (~self.attack | (self.champion < _MIDDLE))
        return found


def _nearest(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Without the label itself, which may stand anywhere among those in the same place."""
    wanted = min(_NEAREST, len(places) - 1)
    if wanted == 0:
        return np.zeros((len(places), 0), dtype=np.int64)
    found = NearestNeighbors(n_neighbors=wanted).fit(places).kneighbors(return_distance=False)
    return np.asarray(found, dtype=np.int64)


def _places(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature by its rank, unknown ones in the middle. What is shared counts as much."""
    usual = np.nanmedian(np.where(np.isnan(vectors).all(axis=0), 0.0, vectors), axis=0)
    known = np.where(np.isnan(vectors), usual, vectors)
    ranks = QuantileTransformer(n_quantiles=min(_QUANTILES, len(known)), random_state=0).fit_transform(known)
    shared = known.shape[1] - OWN
    ranks[:, OWN:] *= np.sqrt(OWN / max(shared, 1))
    out: NDArray[np.float64] = ranks
    return out
