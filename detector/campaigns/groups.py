"""Groups of accounts that what they are run with links, whatever they ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detector.campaigns.campaign import Campaign
from detector.campaigns.evidence import evidence
from detector.campaigns.linking import link
from features.account.fold import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.campaigns.evidence import Evidence
    from detector.campaigns.linking import Linked
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View


@dataclass(frozen=True, slots=True)
class Group:
    """A group as everybody sees it, and who of it shows what it shares."""

    campaign: Campaign
    shown: Evidence


def parted(linked: Linked, least: int) -> list[NDArray[np.int64]]:
    """The groups of at least so many accounts, each as account rows, ascending."""
    order = np.argsort(linked.labels, kind="stable")
    cuts = np.flatnonzero(np.diff(linked.labels[order])) + 1
    return [one for one in np.split(linked.accounts[order], cuts) if len(one) >= least]


def run_alike(
    chosen: NDArray[np.bool_], view: View, end: int, least: int, rules: LinkRules
) -> list[NDArray[np.int64]]:
    """Groups among the accounts `chosen`, shape (accounts,), that rare infrastructure links; no words do."""
    no_words = np.zeros(len(view.words), dtype=np.bool_)
    return parted(link(view.words, view.means, no_words, chosen, end // DAY, rules), least)


def listed(name: str, members: NDArray[np.int64], view: View, end: int, rules: LinkRules) -> Group:
    """A group of resellers' accounts (rows), as of `end` (ms), that is shown and never alerted."""
    shown = evidence(members, view, end, rules)
    requests = np.maximum(view.rows["total"][members], 1)
    said = Campaign(
        campaign_id=name,
        label="relay",
        score=float(np.average(view.scores[members], weights=requests)),
        status="listed",
        first_alert=0,
        updated=end,
        members=tuple(members.tolist()),
        requests=shown.shared,
        evidence=shown.objects,
        indicators=(),
        action="",
    )
    return Group(said, shown)
