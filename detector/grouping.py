"""Campaigns at the end of a replay, and what they mean for the accounts in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign

NO_CAMPAIGN: Final = -1
"""Also the last position of a list, where callers keep what holds for none."""


@dataclass(frozen=True, slots=True)
class Links:
    """Which members of a campaign show which of its shared objects: arrays with an entry for each pair."""

    accounts: NDArray[np.int64]
    """account rows"""
    objects: NDArray[np.int64]
    """positions in `Campaign.evidence`"""
    requests: NDArray[np.int64]
    """of the account that show the object"""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The campaigns at the end of a replay, and what they mean for accounts."""

    campaigns: Sequence[Campaign] = ()
    covered: NDArray[np.int64] | None = None
    """end of the tick at which an alert of the account's campaign with label distillation first covered it,
    ms, 0 for never, shape (accounts,); None: nobody was"""
    links: Mapping[str, Links] = field(default_factory=dict)
    """by campaign id; a campaign may be left out"""

    def campaign_of(self, accounts: int) -> NDArray[np.int64]:
        """Position of each account's campaign, or NO_CAMPAIGN; of several the most probable."""
        out = np.full(accounts, NO_CAMPAIGN, dtype=np.int64)
        for at in sorted(range(len(self.campaigns)), key=lambda at: self.campaigns[at].score):
            out[list(self.campaigns[at].members)] = at
        return out

    def cover(self, accounts: int) -> NDArray[np.int64]:
        """`covered`, zeros where it is None."""
        return np.zeros(accounts, dtype=np.int64) if self.covered is None else self.covered

    def is_alerted(self, accounts: int) -> NDArray[np.bool_]:
        """Whether an open alert of its campaign covers each account now, shape (accounts,)."""
        raised = [one.status == "open" and one.label == "distillation" for one in self.campaigns]
        now: NDArray[np.bool_] = np.array([*raised, False])[self.campaign_of(accounts)]
        return now & (self.cover(accounts) > 0)
