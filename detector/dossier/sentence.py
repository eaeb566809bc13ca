"""What a campaign is, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detector.alert import timestamp
from detector.campaigns.campaign import PRE_CAMPAIGN
from detector.campaigns.indicators import NEW
from detector.report.objects import linked_by

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign

_KINDS: Final = 2


def sentence(one: Campaign, members: NDArray[np.void], requests: int) -> str:
    """Of a campaign whose `members` are or were these rows of ACCOUNT_ROW, with so many requests."""
    who = f"{len(members):,} account{'' if len(members) == 1 else 's'}"
    if one.merged_into:
        return f"{who}, now part of {one.merged_into}."
    done = {"listed": _pool, PRE_CAMPAIGN: _search}.get(one.status, _campaign)(one, who)
    return f"{done}, in {requests:,} requests{_since(members)}{_new(members)}."


def _campaign(one: Campaign, who: str) -> str:
    held = "were held to be distilling" if one.status == "cleared" else "ask alike"
    common = linked_by(one.evidence, _KINDS)
    said = f"{who} {held}"
    return f"{said}, linked by {common}" if common else said


def _pool(one: Campaign, who: str) -> str:
    return f"{who} of resellers are run alike, linked by {linked_by(one.evidence, _KINDS)}"


def _search(one: Campaign, who: str) -> str:
    common = linked_by(one.evidence, _KINDS)
    said = f"{who} try one wording after another, most of them declined"
    return f"{said}, linked by {common}" if common else said


def _since(members: NDArray[np.void]) -> str:
    return f", since {timestamp(int(members['first'].min()))[:10]}" if len(members) else ""


def _new(members: NDArray[np.void]) -> str:
    """How many came for it, of those whose sign-up is known."""
    known = members[members["created"] > 0]
    if len(known) == 0:
        return ""
    new = int((known["first"] - known["created"] < NEW).sum())
    return f"; {new / len(known):.0%} of those whose sign-up is known were new within a week"
