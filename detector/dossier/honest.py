"""Honest explanations of a group, what is measured of each, and whether that speaks for it.

Each is a usual reason why strangers send alike requests. None of them clears anybody: a person weighs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.dossier.records import Pointer
from features.account.fold import DAY
from features.population.vector import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FOR: Final = "speaks for it"
AGAINST: Final = "speaks against it"
UNKNOWN: Final = "the log does not tell"
ESTABLISHED: Final = 90 * DAY
"""An account that signed up so long before its first request was not made for it."""
MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Explanation:
    """One that is considered: it holds where a measured value is up to (or, if `above`, from) a limit."""

    code: str
    feature: str
    limit: float
    said: Callable[[float], str]
    above: bool = False

    def pointer(self, vector: NDArray[np.float64]) -> tuple[bool, Pointer]:
        """Whether it holds, and the same in words."""
        value = float(vector[NAMES.index(self.feature)])
        if np.isnan(value):
            return False, Pointer(self.code, f"{self.said(value)}: {UNKNOWN}")
        holds = value >= self.limit if self.above else value <= self.limit
        return holds, Pointer(self.code, f"{self.said(value)}: {FOR if holds else AGAINST}")


CONSIDERED: Final = (
    Explanation(
        "one_company", "orgs_each", 0.2,
        lambda v: f"keys of one company or school; organisations per member {_number(v)}",
    ),
    Explanation(
        "one_place", "networks_each", 0.2,
        lambda v: f"a class or an office behind one address; networks per member {_number(v)}",
    ),
    Explanation(
        "benchmark", "content_novelty", 0.5,
        lambda v: f"a benchmark that many run, with the same items for all; items that are new {_share(v)}",
    ),
    Explanation(
        "popular_text", "dedication", 0.25,
        lambda v: f"a popular text among much else; share of their requests that members make so {_share(v)}",
    ),
    Explanation(
        "homework", "unevenness", 1.0,
        lambda v: f"people, of whom some do far more; spread of requests over members {_number(v)}",
        above=True,
    ),
    Explanation(
        "product", "end_users", 2.0,
        lambda v: f"a product that says which end users it serves; end users {_number(v)}",
        above=True,
    ),
    Explanation(
        "conversation", "single_turn_share", 0.5,
        lambda v: f"conversations; requests that are single exchanges {_share(v)}",
    ),
    Explanation(
        "tools", "tool_result_share", 0.3,
        lambda v: f"work of agents; requests that carry results of tools {_share(v)}",
        above=True,
    ),
)  # fmt: skip
"""By the features of the population of what members have most in common."""


def considered(
    population: NDArray[np.float64] | None, members: NDArray[np.void], relays: float
) -> tuple[Pointer, ...]:
    """Explanations of a group, those that hold first.

    `population` is the vector of what members have most in common, None where they share no words;
    `members` are rows of ACCOUNT_ROW, `relays` the share of them that resell.
    """
    told = [] if population is None else [one.pointer(population) for one in CONSIDERED]
    told += [_old_customers(members), _resellers(relays)]
    return tuple(pointer for _, pointer in sorted(told, key=lambda one: not one[0]))


def _old_customers(members: NDArray[np.void]) -> tuple[bool, Pointer]:
    said = "customers of long standing"
    known = members[members["created"] > 0]
    if len(known) == 0:
        return False, Pointer("old_customers", f"{said}; sign-up of none is known: {UNKNOWN}")
    old = float((known["first"] - known["created"] >= ESTABLISHED).mean())
    holds = old >= MOSTLY
    detail = f"{said}; members that signed up {ESTABLISHED // DAY} days before they began {_share(old)}"
    return holds, Pointer("old_customers", f"{detail}: {FOR if holds else AGAINST}")


def _resellers(relays: float) -> tuple[bool, Pointer]:
    holds = relays >= MOSTLY
    detail = f"resellers, behind whom others ask; members that resell {_share(relays)}"
    return holds, Pointer("resellers", f"{detail}: {FOR if holds else AGAINST}")


def _number(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.2g}" if value < 10 else f"{value:,.0f}"  # noqa: PLR2004


def _share(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.0%}"
