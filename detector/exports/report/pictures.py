"""Pictures of a campaign's dossier: when it worked, and what links its members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.alert import timestamp
from detector.campaigns.kinds import kind_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.dossier.records import CampaignDossier, Moment

WIDTH: Final = 720.0
_ROW: Final = 26.0
_LANE: Final = 22.0
_LEFT: Final = 200.0
_RIGHT: Final = 520.0
_MOST: Final = 14


@dataclass(frozen=True, slots=True)
class Dot:
    """A moment on the line of its kind, or an end of a line."""

    x: float
    y: float
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """From a member to an object that it shows."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots in lanes, or members and objects with lines between them."""

    height: float
    dots: tuple[Dot, ...]
    names: tuple[Dot, ...]
    lines: tuple[Line, ...] = ()


def moments(found: Sequence[Moment], first: int, last: int) -> Picture:
    """What happened, a lane for each kind, over the time from `first` to `last` (ms) and what is beyond."""
    first = min((first, *(one.time for one in found)))
    last = max((last, *(one.time for one in found)))
    kinds = list(dict.fromkeys(one.kind for one in found))
    span = max(last - first, 1)
    dots = [
        Dot(
            100 + (WIDTH - 110) * (one.time - first) / span,
            _LANE * (kinds.index(one.kind) + 0.5),
            one.kind,
            f"{timestamp(one.time)}: {one.detail}",
        )
        for one in found
    ]
    names = [Dot(0, _LANE * (at + 0.5), kind, kind) for at, kind in enumerate(kinds)]
    return Picture(_LANE * max(len(kinds), 1), tuple(dots), tuple(names))


def links(dossier: CampaignDossier) -> Picture:
    """The busiest members to the left, the heaviest objects to the right."""
    members, objects = dossier.members[:_MOST], dossier.objects[:_MOST]
    height = _ROW * max(len(members), len(objects), 1)
    left = [_place(at, len(members), height) for at in range(len(members))]
    right = [_place(at, len(objects), height) for at in range(len(objects))]
    lines = [
        Line(_LEFT, left[at], _RIGHT, right[to])
        for at, one in enumerate(members)
        for to in one.objects
        if to < len(objects)
    ]
    accounts = [Dot(_LEFT, left[at], one.account_id, one.account_id) for at, one in enumerate(members)]
    shared = [Dot(_RIGHT, right[at], kind_name(one.kind), one.object_id) for at, one in enumerate(objects)]
    return Picture(height, tuple(shared), tuple(accounts), tuple(lines))


def _place(at: int, count: int, height: float) -> float:
    return (at + 0.5) * height / count
