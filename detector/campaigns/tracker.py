"""Follows campaigns from tick to tick: one alert for each, under one id, as long as there are members.

The score of a campaign is the mean of its members' scores, weighted by their requests. Each is a calibrated
probability, so the mean is one, too: that a member drawn by its requests distils. (That at least one member
does, one minus the product of the complements, would need members to err independently; they share their
evidence, and so their errors.)
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.changes import Seen
from detector.campaigns.evidence import Evidence, evidence
from detector.campaigns.groups import parted
from detector.campaigns.identity import NOBODY, Identities, Named
from detector.campaigns.indicators import indicators, requests_a_day
from detector.campaigns.linking import link
from detector.campaigns.reactions import Stints, migrated_from, pivots
from detector.campaigns.rules import RULES
from detector.campaigns.standing import Standing
from detector.campaigns.suspicion import suspected
from detector.campaigns.watched import Watched
from features.account.fold import DAY
from features.population.growth import reserved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.campaigns.campaign import Campaign, Indicator
    from detector.campaigns.rules import LinkRules
    from detector.campaigns.view import View
    from detector.policy import Policy

LEAST: Final = 2
"""Members of a campaign; an account alone has its own alert."""
GROWN: Final = 1.25
"""An alert is updated when a campaign has so many times the members."""
NOTHING_NEW: Final = Named((), {}, {}, ())
_CHANGED: Final = 16
"""Members are looked at again when this part of them changed."""


class _Tick:
    """A tick that is being looked at."""

    def __init__(
        self, end: int, given: View, suspects: NDArray[np.uint64], min_events: int, rules: LinkRules
    ) -> None:
        self.end = end
        self._given = given
        self._suspects = suspects
        self._min_events = min_events
        self._rules = rules

    @cached_property
    def view(self) -> View:
        """With words that linked accounts before; takes time, so only where something changed."""
        return suspected(self._given, self._suspects, self.end, self._rules)

    @cached_property
    def usual(self) -> float:
        """Requests a day of the median account; looks at all accounts, so only where it is asked for."""
        enough = self.view.rows["total"] >= self._min_events
        return float(np.median(requests_a_day(self.view.rows)[enough])) if enough.any() else 0.0


class Campaigns:
    """All campaigns that there ever were. The same ticks give the same ones, and the same alerts."""

    def __init__(self, policy: Policy, model_id: str, rules: LinkRules = RULES) -> None:
        self._policy = policy
        self._model_id = model_id
        self._rules = rules
        self._identities = Identities()
        self._seen = Seen()
        self._watched = Watched(model_id, rules, policy)
        self._stage = (0, 0)
        self._live: dict[str, NDArray[np.int64]] = {}
        self._standing: dict[str, Standing] = {}
        self._looked: dict[str, tuple[int, int, int, int]] = {}
        self._suspects: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._ids: tuple[str, ...] = ()
        self._accounts = 0
        self._of: NDArray[np.int32] = np.full(0, NOBODY, dtype=np.int32)
        self._covered_at: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """Campaigns that were ever alerted, as their alerts last told of them; pools and searches; by id.

        One that turned out to be part of another one is told of there.
        """
        told = {name: one.campaign() for name, one in self._standing.items() if one.into is None}
        told |= {name: one.campaign for name, one in self._watched.groups.items()}
        return tuple(told[name] for name in sorted(told))

    def changed(self, end: int) -> tuple[Campaign, ...]:
        """What the tick that ended at `end` (ms) changed, by id: those that were merged into others, too."""
        told = {name: one.campaign() for name, one in self._standing.items() if one.updated == end}
        told |= self._watched.changed(end)
        return tuple(told[name] for name in sorted(told))

    @property
    def covered_at(self) -> NDArray[np.int64]:
        """End of the tick in which a campaign's alert first covered each account, ms; 0: never."""
        return self._covered_at[: self._accounts]

    def of(self, account: int) -> str | None:
        """The id of the campaign that an account row is in."""
        at = int(self._of[account]) if account < len(self._of) else NOBODY
        return None if at == NOBODY else self._ids[at]

    @property
    def membership(self) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """Ids of the campaigns that have members, and each account row's place among them, or NOBODY."""
        return self._ids, self._of[: self._accounts]

    def evidence(self, campaign_id: str) -> Evidence:
        """What links a campaign, a pool or a search, and who shows it."""
        watched = self._watched.groups.get(campaign_id)
        return self._standing[campaign_id].shown if watched is None else watched.shown

    def update(self, end: int, view: View) -> list[Alert]:
        """The revisions of alerts that follow from a tick that ended at `end` (ms), by campaign id."""
        self._reserve(len(view.names))
        tick = self._tick(end, view)
        named = self._relink(tick) if self._seen.differs(view, end) else NOTHING_NEW
        moved = self._moved(named, tick, self._to_look_at(named, view, end))
        scores = self._scores(view)
        told = [
            self._told(name, scores[name], tick, named)
            for name in sorted(self._live)
            if name in moved or self._is_due(name, scores[name])
        ]
        told += [self._cleared(name, end, named.merged.get(name)) for name in (*named.merged, *named.ended)]
        for standing in told:
            self._standing[standing.campaign_id] = standing
        self._cover(named.ids, end)
        accounts = len(view.names)
        alerts = [one.alert(accounts, self._model_id, shadow=self._policy.shadow) for one in told]
        alerts += self._watched.update(end, view, self._is_member(accounts))
        return sorted(alerts, key=lambda alert: alert.subject_id)

    def settle(self, end: int, view: View) -> None:
        """Bring scores, members and evidence of open campaigns up to date, at the end of a log."""
        scores, shown = self._scores(view), self._tick(end, view).view
        for name, members in self._live.items():
            self._standing[name] = replace(
                self._standing[name],
                members=members,
                score=scores[name],
                shown=evidence(members, shown, end, self._rules),
            )
        self._watched.settle(end, view, self._is_member(len(view.names)))

    def _is_member(self, accounts: int) -> NDArray[np.bool_]:
        member: NDArray[np.bool_] = self._of[:accounts] != NOBODY
        return member

    def _tick(self, end: int, view: View) -> _Tick:
        return _Tick(end, view, self._suspects, self._policy.min_events, self._rules)

    def _relink(self, tick: _Tick) -> Named:
        view = tick.view
        self._suspects = view.words.groups["key"][view.flagged]
        linked = link(view.words, view.means, view.flagged, view.covered, tick.end // DAY, self._rules)
        groups = parted(linked, LEAST)
        named = self._identities.name(groups, view.names, tick.end)
        self._reopen(named.ids, tick.end)
        self._live = dict(zip(named.ids, groups, strict=True))
        self._ids = named.ids
        self._of[:] = NOBODY
        for at, group in enumerate(groups):
            self._of[group] = at
        return named

    def _reopen(self, linked: tuple[str, ...], end: int) -> None:
        """A campaign that was part of another one and is by itself again is no longer told of as merged."""
        for name in linked:
            into = self._standing[name].into if name in self._standing else None
            back = {name, *self._known_as(name)}
            while into is not None:
                heir = self._standing[into]
                left = tuple(one for one in heir.merged if one not in back)
                if left != heir.merged:
                    self._standing[into] = replace(heir, merged=left, updated=end)
                into = heir.into

    def _known_as(self, name: str) -> tuple[str, ...]:
        """The campaigns that turned out to be this one."""
        return self._standing[name].merged if name in self._standing else ()

    def _to_look_at(self, named: Named, view: View, end: int) -> tuple[str, ...]:
        """Campaigns that were linked anew; all of them once a day, and where more is known of a release."""
        before, self._stage = self._stage, _stage(view, end)
        return named.ids if self._stage == before else tuple(self._live)

    def _moved(self, named: Named, tick: _Tick, looked_at: tuple[str, ...]) -> set[str]:
        """Campaigns that merged or split, or of whose members something new holds."""
        moved = set(named.merged.values()) | set(named.split_from)
        for name in looked_at:
            old = self._standing.get(name)
            if old is None or name in moved or not self._is_worth_a_look(name, tick):
                continue
            now = _holds(self._live[name], tick)
            if _codes(now[0]) != _codes(old.indicators) or now[1] != old.migrated_from:
                moved.add(name)
        return moved

    def _is_worth_a_look(self, name: str, tick: _Tick) -> bool:
        """Whether members, or the banned ones, changed noticeably, or time tells who fell silent or moved."""
        members, view = self._live[name], tick.view
        now = len(members), int((view.banned[members] > 0).sum()), *_stage(view, tick.end)
        before = self._looked.get(name, (0, 0, 0, 0))
        if abs(now[0] - before[0]) * _CHANGED < before[0] and now[1:] == before[1:]:
            return False
        self._looked[name] = now
        return True

    def _scores(self, view: View) -> dict[str, float]:
        """Mean score of each campaign's members, by their requests."""
        members = np.concatenate([np.zeros(0, dtype=np.int64), *self._live.values()])
        at = np.repeat(np.arange(len(self._live)), [len(group) for group in self._live.values()])
        requests = np.maximum(view.rows["total"][members], 1)
        total = np.bincount(at, requests, minlength=len(self._live))
        mean = np.bincount(at, requests * view.scores[members], minlength=len(self._live)) / total
        return dict(zip(self._live, mean.tolist(), strict=True))

    def _is_due(self, name: str, score: float) -> bool:
        old = self._standing.get(name)
        if old is None or old.status == "cleared":
            return True
        grown = len(self._live[name]) >= GROWN * len(old.members)
        return grown or abs(score - old.score) >= self._policy.step

    def _told(self, name: str, score: float, tick: _Tick, named: Named) -> Standing:
        members = self._live[name]
        old = self._standing.get(name)
        found, migrated = _holds(members, tick)
        joined = {gone for gone, heir in named.merged.items() if heir == name}
        joined |= {one for gone in joined for one in self._known_as(gone)} | set(self._known_as(name))
        return Standing(
            campaign_id=name,
            members=members,
            score=score,
            relay_share=float(tick.view.relay[members].mean()),
            shown=evidence(members, tick.view, tick.end, self._rules),
            indicators=found,
            migrated_from=migrated,
            first_alert=tick.end if old is None else old.first_alert,
            updated=tick.end,
            revision=1 if old is None else old.revision + 1,
            merged=tuple(sorted(joined - {name})),
            split_from=named.split_from.get(name) if old is None else old.split_from,
        )

    def _cleared(self, name: str, end: int, into: str | None) -> Standing:
        old = self._standing[name]
        nobody = old.members[:0]
        return replace(
            old, members=nobody, status="cleared", updated=end, revision=old.revision + 1, into=into
        )

    def _cover(self, linked: tuple[str, ...], end: int) -> None:
        for name in linked:
            new = self._live[name][self._covered_at[self._live[name]] == 0]
            self._covered_at[new] = end

    def _reserve(self, accounts: int) -> None:
        self._accounts = accounts
        self._of = reserved(self._of, accounts, NOBODY)
        self._covered_at = reserved(self._covered_at, accounts)


def _stage(view: View, end: int) -> tuple[int, int]:
    """What passes with time alone: steps after releases, and days."""
    return view.history.releases.steps(end), end // DAY


def _codes(found: tuple[Indicator, ...]) -> tuple[str, ...]:
    return tuple(one.code for one in found)


def _holds(members: NDArray[np.int64], tick: _Tick) -> tuple[tuple[Indicator, ...], tuple[str, ...]]:
    """Indicators, and the names of members whose work was taken up."""
    view, end = tick.view, tick.end
    rows, absences = view.rows[members], view.history.absences
    pause = absences.left[members], absences.resumed[members]
    stints = Stints(rows["first"], rows["last"], rows["total"], *pause)
    moved = migrated_from(stints, view.banned[members], end)
    seen = indicators(rows, tick.usual) + pivots(view.history.releases, members, end)
    return seen, tuple(sorted(view.names[int(row)] for row in members[moved]))
