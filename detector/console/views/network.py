"""A campaign's members and the rare objects that link them, laid out as the report of a replay does."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from detector.campaigns.campaign import Campaign, SharedObject
from detector.report.graph import Graph, draw
from detector.report.patterns import MOST_OBJECTS, MOST_PATTERNS, Pattern, Tie

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import CampaignDossier, MemberShown


def network(dossier: CampaignDossier, outside: int) -> Graph | None:
    """`outside` is how many accounts are not of the campaign; None where nothing links the members."""
    if not dossier.objects or not dossier.members:
        return None
    return draw(_campaign(dossier), _patterns(dossier.members), outside)


def _campaign(dossier: CampaignDossier) -> Campaign:
    evidence = tuple(
        SharedObject(one.object_id, one.kind, one.members, one.others, one.requests, one.weight)
        for one in dossier.objects
    )
    return Campaign(
        dossier.campaign_id,
        dossier.label,
        dossier.score,
        "listed",
        dossier.first_alert,
        dossier.time,
        tuple(range(dossier.accounts)),
        dossier.requests,
        evidence,
        (),
        dossier.action,
    )


def _patterns(members: Sequence[MemberShown]) -> list[Pattern]:
    """Members that show the same objects together, the most first, those left over last."""
    groups: defaultdict[tuple[int, ...], list[MemberShown]] = defaultdict(list)
    for member in members:
        groups[tuple(sorted(at for at in set(member.objects) if at < MOST_OBJECTS))].append(member)
    ordered = sorted(groups.items(), key=lambda found: (-len(found[1]), found[0]))
    shown = [_pattern(found) for _, found in ordered[:MOST_PATTERNS]]
    left = [member for _, found in ordered[MOST_PATTERNS:] for member in found]
    return [*shown, *([_pattern(left, is_mixed=len(left) > 1)] if left else [])]


def _pattern(members: Sequence[MemberShown], *, is_mixed: bool = False) -> Pattern:
    """How many of a member's requests show an object is not in a dossier; all of them stand for it."""
    places = sorted({at for member in members for at in member.objects if at < MOST_OBJECTS})
    ties = tuple(_tie(at, [member for member in members if at in member.objects]) for at in places)
    account = members[0].account_id if len(members) == 1 else None
    return Pattern(account, len(members), sum(one.requests for one in members), ties, is_mixed)


def _tie(at: int, members: Sequence[MemberShown]) -> Tie:
    return Tie(at, len(members), sum(member.requests for member in members))
