"""What happened to a campaign: what its members' rows tell, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detector.dossier.records import Moment
from features.account.fold import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign
    from detector.campaigns.releases import Release
    from detector.campaigns.view import View
    from detector.dossier.memory import Remembered

MOST: Final = 30
"""Steps of new accounts, and of bans: the latest."""


def moments(
    campaign: Campaign, members: NDArray[np.int64], view: View, remembered: Iterable[Moment]
) -> tuple[Moment, ...]:
    """Everything in order of time; `members` are account rows."""
    alert = [Moment(campaign.first_alert, "alert", "first alert")] if campaign.first_alert else []
    joined = _steps(view.rows["first"][members], DAY, "joined", "sent their first request")
    banned = _steps(view.banned[members], HOUR, "ban", "were banned")
    everything = {*alert, *joined, *banned, *remembered}
    return tuple(sorted(everything, key=lambda one: (one.time, one.kind, one.detail)))


def released(releases: Iterable[Release], first: int, last: int) -> list[Moment]:
    """Models that came out while a campaign was at work (ms)."""
    return [
        Moment(one.time, "release", f"{one.model} came out") for one in releases if first <= one.time <= last
    ]


def changes(before: Remembered, now: Campaign) -> list[Moment]:
    """What a tick did to a campaign, of which so much was known."""
    out = [
        Moment(now.updated, "merged", f"{gone} turned out to be part of it")
        for gone in now.merged
        if gone not in before.merged
    ]
    if not before.status and now.split_from:
        out.append(Moment(now.updated, "split", f"it was part of {now.split_from}"))
    taken_up = len(now.migrated_from)
    if taken_up > before.taken_up:
        out.append(
            Moment(
                now.updated, "successor", f"others took up the work of {taken_up:,} accounts that had stopped"
            )
        )
    if now.status == "cleared" and before.status != "cleared":
        into = f"it is part of {now.merged_into}" if now.merged_into else "nobody of it is alerted any more"
        out.append(Moment(now.updated, "cleared", into))
    return out


def _steps(times: NDArray[np.int64], step: int, kind: str, done: str) -> list[Moment]:
    """One for each step in which it happened to some, at the first of them."""
    times = np.sort(times[times > 0])
    _, first, number = np.unique(times // step, return_index=True, return_counts=True)
    return [
        Moment(int(times[at]), kind, f"accounts that {done}: {count:,}")  # type: ignore[arg-type]
        for at, count in zip(first[-MOST:], number[-MOST:], strict=True)
    ]
