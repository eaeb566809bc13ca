"""Why wordings are taken for a campaign's, or are not, in words."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from features.population.layout import FREE
from features.population.vector import vectors
from models.product import FACTORS, measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.view import View
    from models.population import PopulationScorer

_SAID: Final = MappingProxyType(
    {
        "purpose": "wording that elicits training data",
        "dedication": "of their requests members make here",
        "single_turn_share": "are single exchanges",
        "switch_share": "follow one of another member",
        "content_novelty": "ask for something new",
        "shingle_novelty": "of a request's words are its own",
        "orgs_each": "as many organisations as members",
        "payers_each": "as many payers as members",
        "evenness": "evenness of members",
    }
)
"""factors of the product, each after its share"""
_MOST: Final = 1000
"""Odds that are told no more exactly."""


def weighed(scorer: PopulationScorer, found: NDArray[np.float64]) -> list[str]:
    """A sentence of each population, from their features, shape (n, features).

    What trees make of it, what the product does, and the shares that count in that: those that take most off
    it first.
    """
    trees, product = scorer.apart(found)
    terms, shares = scorer.product.terms(found), measured(found)
    some = np.flatnonzero(scorer.product.exponents)
    both = np.logaddexp(trees, product)
    return [
        f"taken for a campaign's at odds of {odds(both[at])}: {odds(trees[at])} by comparison with learnt "
        f"examples, {odds(product[at])} as a product of shares ({_shares(terms[at], shares[at], some)})"
        for at in range(len(found))
    ]


def of_accounts(scorer: PopulationScorer, view: View, wordings: NDArray[np.int64]) -> list[str | None]:
    """The same of accounts' most suspicious wordings (rows; FREE: none), and how many share them."""
    rows = np.unique(wordings[wordings != FREE])
    found = vectors(view.words, view.rows, rows)
    members = view.words.groups["members"][rows].tolist()
    told = weighed(scorer, found) if len(rows) else []
    said = {
        row: f"of {many:,} accounts; {why}"
        for row, many, why in zip(rows.tolist(), members, told, strict=True)
    }
    return [said.get(row) for row in wordings.tolist()]


def odds(logit: float) -> str:
    """Log-odds as people say them."""
    size = min(abs(logit), math.log(_MOST))
    many = f"{math.exp(size):.2g}" if size < math.log(10) else f"{math.exp(size):,.0f}"
    many = f"over {many}" if abs(logit) > size else many
    return f"{many} to 1" if logit >= 0 else f"1 to {many}"


def _shares(terms: NDArray[np.float64], shares: NDArray[np.float64], counting: NDArray[np.int64]) -> str:
    order = counting[np.argsort(terms[counting], kind="stable")].tolist()
    return ", ".join(f"{_share(shares[at])} {_SAID[FACTORS[at]]}" for at in order)


def _share(value: float) -> str:
    return "unknown:" if math.isnan(value) else f"{min(max(value, 0.0), 1.0):.0%}"
