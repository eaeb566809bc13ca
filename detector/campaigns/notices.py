"""Notices of searches for a technique: told before there is a campaign, and no alert of distillation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from detector.alert import Alert, Reason
from detector.campaigns.actions import SEARCH
from detector.campaigns.campaign import PRE_CAMPAIGN
from detector.campaigns.evidence import reasons
from detector.campaigns.groups import gone, listed, run_alike
from detector.campaigns.identity import Identities
from detector.campaigns.searching import candidates, search

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from detector.alert import Status
    from detector.campaigns.campaign import Campaign, Indicator
    from detector.campaigns.groups import Group
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View
    from detector.policy import Policy

GROWN: Final = 1.25
"""A search is told of again when it has so many times the accounts."""
ENDED: Final = Reason("cleared", 0.0, "its accounts are alerted by now, or no longer mostly declined")


class Told(NamedTuple):
    """What was told of a search."""

    first: int
    """end of the tick of the first notice, ms"""
    revision: int
    accounts: int
    """of the latest revision; 0: it is cleared"""


class Notices:
    """Searches for a technique, a notice each; accounts that are alerted or in a campaign are in none."""

    def __init__(self, model_id: str, rules: LinkRules, policy: Policy) -> None:
        self._model_id = model_id
        self._rules = rules
        self._policy = policy
        self._identities = Identities()
        self._told: dict[str, Told] = {}
        self._groups: dict[str, Group] = {}
        self._gone: tuple[Campaign, ...] = ()

    @property
    def groups(self) -> Mapping[str, Group]:
        """Searches by id."""
        return self._groups

    @property
    def gone(self) -> tuple[Campaign, ...]:
        """Searches that were no more when searches were last looked for."""
        return self._gone

    def update(self, end: int, view: View, others: NDArray[np.bool_]) -> list[Alert]:
        """Notices that follow from what is there at `end` (ms); accounts of `others`, by row, are in none."""
        alone = candidates(view.rows) & ~view.covered & ~others
        groups = run_alike(alone, view, end, 1, self._rules)
        found = [(one, seen) for one in groups if (seen := search(view.rows[one])) is not None]
        named = self._identities.name([one for one, _ in found], view.names, end)
        self._gone = gone(self._groups, named.ids, named.merged, end)
        self._groups = {
            name: self._group(name, *one, view, end) for name, one in zip(named.ids, found, strict=True)
        }
        over = [name for name, told in self._told.items() if told.accounts and name not in self._groups]
        told = [self._notice(name, one, end, len(view.names)) for name, one in self._due()]
        return told + [self._cleared(name, end) for name in over]

    def leave(self, others: NDArray[np.bool_]) -> None:
        """Let accounts go that turned out to be of `others`, shape (accounts,)."""
        left = {name: _without(one, others) for name, one in self._groups.items()}
        self._groups = {name: one for name, one in left.items() if one.campaign.members}

    def _group(self, name: str, members: NDArray[np.int64], seen: Indicator, view: View, end: int) -> Group:
        group = listed(name, members, view, end, self._rules)
        first = self._told[name].first if name in self._told else end
        said = replace(group.campaign, label="benign", status=PRE_CAMPAIGN, first_alert=first)
        return replace(group, campaign=replace(said, indicators=(seen,), action=SEARCH))

    def _due(self) -> list[tuple[str, Group]]:
        """Searches that were not told of, or grew since."""
        told = {name: one.accounts for name, one in self._told.items()}
        return [
            (name, one)
            for name, one in self._groups.items()
            if len(one.campaign.members) >= max(GROWN * told.get(name, 0), 1)
        ]

    def _notice(self, name: str, group: Group, end: int, accounts: int) -> Alert:
        members = len(group.campaign.members)
        seen = (Reason(one.code, 0.0, one.detail) for one in group.campaign.indicators)
        why = (*seen, *reasons(group.shown, members, accounts))
        return self._alert(name, self._count(name, members, end), end, "open", group.campaign.score, why)

    def _cleared(self, name: str, end: int) -> Alert:
        return self._alert(name, self._count(name, 0, end), end, "cleared", 0.0, (ENDED,))

    def _count(self, name: str, accounts: int, end: int) -> int:
        """The number of the next revision, which tells of so many accounts."""
        told = self._told.get(name, Told(end, 0, 0))
        self._told[name] = Told(told.first, told.revision + 1, accounts)
        return told.revision + 1

    def _alert(
        self, name: str, revision: int, end: int, status: Status, score: float, why: tuple[Reason, ...]
    ) -> Alert:
        return Alert(
            subject_id=name,
            kind="campaign",
            revision=revision,
            time=end,
            label="benign",
            score=score,
            status=status,
            reasons=why,
            model_id=self._model_id,
            shadow=self._policy.shadow,
        )


def _without(group: Group, others: NDArray[np.bool_]) -> Group:
    members = tuple(row for row in group.campaign.members if not others[row])
    return replace(group, campaign=replace(group.campaign, members=members))
