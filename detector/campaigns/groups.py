"""Groups of accounts that what they are run with links, whatever they ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.actions import OVER
from detector.campaigns.campaign import Campaign
from detector.campaigns.evidence import evidence
from detector.campaigns.incidence import incidence
from detector.campaigns.infrastructure import united
from detector.campaigns.kinds import is_of
from detector.campaigns.linking import Linked
from features.account.fold import DAY

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from numpy.typing import NDArray

    from detector.campaigns.evidence import Evidence
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View

WEAK: Final = ("settings",)
"""Kinds of objects that only alerted accounts are linked by."""


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
    """Groups among the accounts `chosen`, shape (accounts,), that rare infrastructure links; no words do.

    Nor do request settings: nothing is held against these accounts, so that what is weak must not join them.
    """
    accounts = np.flatnonzero(chosen).astype(np.int64)
    tools = incidence(view.means, accounts, None, end // DAY, rules)
    tools = tools.at(~is_of(tools.kinds, WEAK)[tools.object])
    labels = united(np.arange(len(accounts)), tools, replace(rules, loose=()))
    return parted(Linked(accounts, labels), least)


def listed(name: str, members: NDArray[np.int64], view: View, end: int, rules: LinkRules) -> Group:
    """A group of resellers' accounts (rows), as of `end` (ms), that is shown and never alerted."""
    shown = evidence(members, view, end, rules, without=WEAK)
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


def gone(
    before: Mapping[str, Group], now: Container[str], merged: Mapping[str, str], end: int
) -> tuple[Campaign, ...]:
    """Groups of `before` that are not among those of `now`, as they are told of a last time, at `end` (ms).

    `merged` are those that turned out to be part of another one, by id.
    """
    return tuple(
        _over(one.campaign, merged.get(name), end) for name, one in before.items() if name not in now
    )


def _over(last: Campaign, into: str | None, end: int) -> Campaign:
    return replace(
        last,
        label="benign" if into is None else last.label,
        status="cleared",
        updated=end,
        members=(),
        action=OVER if into is None else f"see {into}, which this group is part of",
        merged_into=into,
    )
