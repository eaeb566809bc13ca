"""The dossier of a campaign: who, linked by what, since when, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detector.campaigns.actions import techniques
from detector.dossier.answers import answered
from detector.dossier.honest import considered
from detector.dossier.moments import moments
from detector.dossier.objects import infrastructure, population_of
from detector.dossier.records import CampaignDossier, LinkedObject, MemberShown, Pointer
from detector.dossier.sentence import sentence
from detector.dossier.weighing import weighed
from detector.dossier.wording import coverage, described
from features.population.layout import KINDS, WORDS
from features.population.vector import vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detector.campaigns.campaign import Campaign
    from detector.campaigns.evidence import Evidence
    from detector.campaigns.view import View
    from detector.dossier.records import Moment
    from models.population import PopulationScorer

MEMBERS: Final = 200
"""Members that are shown, the busiest."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A campaign, and what the leader knows beside it."""

    campaign: Campaign
    members: NDArray[np.int64]
    """account rows; of one that is cleared, those that it had"""
    shown: Evidence | None
    """None where nobody kept who shows what"""
    leaked: NDArray[np.int64]
    """of each member, answered requests before its first alert"""
    share: float
    """of members' requests, in what they have in common: pools do other work as well"""
    remembered: Sequence[Moment]


def campaign_dossier(
    subject: Subject, view: View, scorer: PopulationScorer, end: int
) -> tuple[CampaignDossier, float | None]:
    """The dossier at the end of a tick (ms), and how much of its items is covered, if that is known."""
    one, members = subject.campaign, subject.members
    rows = view.rows[members]
    vector = _population(one, view)
    requests = round(int(rows["total"].sum()) * subject.share)
    dossier = CampaignDossier(
        campaign_id=one.campaign_id,
        time=end,
        label=one.label,
        status=one.status,
        score=one.score,
        sentence=sentence(one, rows, requests),
        accounts=len(members),
        requests=requests,
        answered=round(int(answered(rows).sum()) * subject.share),
        leaked=round(int(subject.leaked.sum()) * subject.share),
        first_seen=int(rows["first"].min(initial=one.updated)),
        last_seen=int(rows["last"].max(initial=0)),
        first_alert=one.first_alert,
        action=one.action,
        techniques=techniques(one.label),
        indicators=tuple(Pointer(seen.code, seen.detail) for seen in one.indicators),
        against=considered(vector, rows, float(view.relay[members].mean()) if len(members) else 0.0),
        objects=_objects(one),
        members=_busiest(subject, view),
        template=_template(one, vector, scorer),
        infrastructure=infrastructure(view, members, end),
        moments=moments(one, members, view, subject.remembered),
        merged=one.merged,
        split_from=one.split_from,
    )
    return dossier, None if vector is None else coverage(vector)


def _population(one: Campaign, view: View) -> NDArray[np.float64] | None:
    """Features of the words that link the members most; None where no words do."""
    for thing in one.evidence:
        if KINDS.index(thing.kind) in WORDS:
            row = population_of(view.words, thing.object_id)
            if row is not None:
                found: NDArray[np.float64] = vectors(view.words, view.rows, np.array([row]))[0]
                return found
    return None


def _template(one: Campaign, vector: NDArray[np.float64] | None, scorer: PopulationScorer) -> tuple[str, ...]:
    words = [thing for thing in one.evidence if KINDS.index(thing.kind) in WORDS]
    if not words:
        return ()
    why = () if vector is None else weighed(scorer, vector[None])
    return (*described(words[0], vector), *why)


def _objects(one: Campaign) -> tuple[LinkedObject, ...]:
    return tuple(
        LinkedObject(thing.object_id, thing.kind, thing.members, thing.others, thing.requests, thing.weight)
        for thing in one.evidence
    )


def _busiest(subject: Subject, view: View) -> tuple[MemberShown, ...]:
    rows = view.rows[subject.members]
    top = subject.members[np.argsort(-rows["total"], kind="stable")[:MEMBERS]]
    number, shows = answered(view.rows[top]), _shows(subject.shown, top)
    return tuple(
        MemberShown(
            account_id=view.names[row],
            score=float(view.scores[row]),
            requests=int(view.rows["total"][row]),
            answered=int(number[at]),
            joined=int(view.rows["first"][row]),
            banned=int(view.banned[row]),
            objects=tuple(shows.get(row, ())),
        )
        for at, row in enumerate(top.tolist())
    )


def _shows(shown: Evidence | None, accounts: NDArray[np.int64]) -> dict[int, list[int]]:
    """Places of the objects that each of some accounts shows."""
    out: dict[int, list[int]] = {}
    if shown is not None:
        wanted = np.isin(shown.accounts, accounts)
        pairs = zip(shown.accounts[wanted].tolist(), shown.places[wanted].tolist(), strict=True)
        for row, place in sorted(pairs):
            out.setdefault(row, []).append(place)
    return out
