"""Links covered accounts into groups: by what they ask, then by what they are run with.

A star of an object and its accounts stands for all pairs of them, so the time is near-linear in the
memberships of covered accounts. An account that is not covered is never a member and never a bridge: it only
makes what it shows less exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.carriers import carried, carriers, kept_apart
from detector.campaigns.incidence import incidence
from detector.campaigns.infrastructure import agreed, united

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.rules import LinkRules
    from features.population.table import PopulationTable


@dataclass(frozen=True, slots=True)
class Linked:
    """Groups among covered accounts."""

    accounts: NDArray[np.int64]
    """rows of the covered accounts, ascending"""
    labels: NDArray[np.int64]
    """the group of each, from 0 up; an account that nothing links is a group of its own"""


def link(
    words: PopulationTable,
    means: PopulationTable,
    flagged: NDArray[np.bool_],
    covered: NDArray[np.bool_],
    day: int,
    rules: LinkRules,
) -> Linked:
    """Group the accounts that are `covered`, shape (accounts,), as of a day since the epoch.

    `flagged`, shape (len(words),), are the populations of words held to be distillation. The result depends
    on what accounts show, never on the numbers of rows.
    """
    accounts = np.flatnonzero(covered).astype(np.int64)
    chosen = carriers(incidence(words, accounts, flagged, day, rules), rules)
    tools = incidence(means, accounts, None, day, rules)
    if len(accounts) == 0:
        return Linked(accounts, accounts)
    parts = kept_apart(chosen, rules.stragglers)
    cores = agreed(parts, carried(chosen), tools, rules)
    return Linked(accounts, united(cores, tools, rules))
