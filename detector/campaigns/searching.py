"""Accounts that search for a technique: one wording after another, most of them declined, before a campaign.

Refusals are what a log says of them: `finish_reason`, or an error that names a content policy. Where a
gateway tells neither, nothing is found; phrases of refusals are not looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.campaign import Indicator
from detector.campaigns.kernels import distinct_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODE: Final = "technique_search"

MOSTLY: Final = 0.5
"""Of the answers whose end is known, how many were refusals: red teams and moderation mostly have fewer."""
SOME: Final = 8
"""Refusals of an account before it counts towards a group."""
MANY: Final = 40
"""And of a group, one account included."""
PHRASINGS: Final = 30
"""Different wordings of a group: a fixed set of tests has few."""
FRESH: Final = 0.5
"""Of the requests, how many were not sent before: a fixed set comes back after each change."""
_LOW: Final = 0x0F
_HIGH: Final = 0xF0


def candidates(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Accounts that are mostly declined, shape (accounts,); rows of ACCOUNT_ROW."""
    declined: NDArray[np.bool_] = (rows["refused"] >= SOME) & (rows["refused"] >= MOSTLY * rows["finished"])
    return declined


def search(members: NDArray[np.void]) -> Indicator | None:
    """What the `members` of a group, rows of ACCOUNT_ROW, try; None where it is no search."""
    refused, finished = int(members["refused"].sum()), int(members["finished"].sum())
    phrasings, texts = _different(members["template_kinds"]), int(members["with_text"].sum())
    if refused < MANY or phrasings < PHRASINGS or _different(members["contents"]) < FRESH * texts:
        return None
    return Indicator(
        CODE,
        f"{refused:,} of {finished:,} answers were refusals, to about {phrasings:,.0f} wordings; "
        f"accounts: {len(members):,}; red teams do this, too",
    )


def _different(registers: NDArray[np.uint8]) -> float:
    """How many different values several accounts have counted together: the union of their sketches."""
    union = np.max(registers & _LOW, axis=0) | np.max(registers & _HIGH, axis=0)
    return float(distinct_each(union[None, :])[0])
