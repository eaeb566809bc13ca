"""Words that linked accounts go on linking them while most who show them are alerted.

A score about the threshold would else part a campaign into what its infrastructure holds together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.incidence import incidence
from detector.campaigns.measures import is_mostly
from features.account.fold import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View


def suspected(view: View, before: NDArray[np.uint64], end: int, rules: LinkRules) -> View:
    """`view` with words flagged as well that were among `before` (keys) and are mostly covered accounts'."""
    words = view.words
    dipped = np.isin(words.groups["key"], before) & ~view.flagged
    if not dipped.any():
        return view
    covered = np.flatnonzero(view.covered).astype(np.int64)
    shown = incidence(words, covered, dipped, end // DAY, replace(rules, least_requests=1))
    flagged = view.flagged.copy()
    flagged[shown.rows[is_mostly(shown.covered(), shown.members)]] = True
    return replace(view, flagged=flagged)
