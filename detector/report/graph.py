"""Geometry of a campaign's evidence: members to the left, what they share to the right, lines between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detector.report.objects import rarity, short_name, spread
from detector.report.patterns import MOST_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.campaigns.campaign import Campaign, SharedObject
    from detector.report.patterns import Pattern, Tie

WIDTH: Final = 900.0

_ROW: Final = 46.0
_LEFT: Final = 235.0
_RIGHT: Final = 585.0
_LARGEST: Final = 17.0
_SMALLEST: Final = 3.5
_SQUARE: Final = math.sqrt(math.pi) / 2
"""Half a side of the square that has the area of a circle of radius 1."""
_WIDEST: Final = 8.0
_PORTS: Final = 0.75
"""Part of a node's height in which its lines end, so that wide ones do not stick out."""
_FAINTEST: Final = 0.35
_LETTERS: Final = 28


@dataclass(frozen=True, slots=True)
class Node:
    """Members or an object: where it is, how large, and what is written beside it."""

    x: float
    y: float
    size: float
    """radius, or half a side; the area stands for requests"""
    strength: float
    """opacity, in (0, 1]: how much an object links"""
    name: str
    note: str
    title: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from members to an object, as the data of an SVG path."""

    path: str
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawing of WIDTH x `height`, and what it shows in words."""

    height: float
    members: tuple[Node, ...]
    objects: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str
    description: str


def draw(campaign: Campaign, groups: Sequence[Pattern], outside: int) -> Graph:
    """Lay a campaign out; `outside` is how many accounts are not of it."""
    ordered = sorted(groups, key=_middle)
    height = _ROW * max(len(ordered), min(len(campaign.evidence), MOST_OBJECTS), 1)
    objects = _objects(campaign, height, outside)
    members = _members(ordered, height)
    return Graph(
        height,
        members,
        objects,
        _edges(ordered, members, objects),
        f"What links campaign {campaign.campaign_id}",
        _description(campaign, outside),
    )


def _middle(group: Pattern) -> tuple[float, int]:
    """Beside what they show, so that few lines cross; what is left comes last."""
    if not group.ties or group.is_mixed:
        return math.inf, len(group.ties) == 0
    return sum(tie.shared for tie in group.ties) / len(group.ties), -group.members


def _objects(campaign: Campaign, height: float, outside: int) -> tuple[Node, ...]:
    shown = campaign.evidence[:MOST_OBJECTS]
    most = max((shared.requests for shared in shown), default=1)
    heaviest = max((shared.weight for shared in shown), default=1.0)
    return tuple(
        _object(
            shared,
            _place(at, len(shown), height),
            _SQUARE * _size(shared.requests, most),
            max(shared.weight, 0.0) / max(heaviest, 1e-9),
            f"{spread(shared, len(campaign.members))}, {rarity(shared, outside)}",
        )
        for at, shared in enumerate(shown)
    )


def _object(shared: SharedObject, y: float, size: float, weight: float, said: str) -> Node:
    """`weight` is a share of the heaviest object's."""
    title = f"{shared.object_id}: {said}; {shared.requests:,} requests, weight {shared.weight:.2f}"
    strength = _FAINTEST + (1 - _FAINTEST) * weight
    return Node(_RIGHT, y, size, strength, short_name(shared), said, title)


def _members(groups: Sequence[Pattern], height: float) -> tuple[Node, ...]:
    most = max((group.requests for group in groups), default=1)
    nodes = []
    for at, group in enumerate(groups):
        name = group.account or f"{group.members:,} accounts"
        note = _note(group)
        size = _size(group.requests, most)
        nodes.append(
            Node(_LEFT, _place(at, len(groups), height), size, 1.0, _short(name), note, f"{name}: {note}")
        )
    return tuple(nodes)


def _note(group: Pattern) -> str:
    if not group.ties:
        return "linked through other objects"
    return f"{group.requests:,} requests{', mixed' if group.is_mixed else ''}"


def _edges(groups: Sequence[Pattern], members: Sequence[Node], objects: Sequence[Node]) -> tuple[Edge, ...]:
    pairs = [(at, tie) for at, group in enumerate(groups) for tie in group.ties]
    most = max((tie.requests for _, tie in pairs), default=1)
    into = [[at for at, tie in pairs if tie.shared == end] for end in range(len(objects))]
    edges = []
    for at, tie in pairs:
        start, end, ends = members[at], objects[tie.shared], into[tie.shared]
        out = _port(start, groups[at].ties.index(tie), len(groups[at].ties))
        path = _curve(start.x, out, end.x, _port(end, ends.index(at), len(ends)))
        edges.append(_edge(path, groups[at], tie, end, most))
    return tuple(edges)


def _edge(path: str, group: Pattern, tie: Tie, end: Node, most: int) -> Edge:
    said = f"{end.name}: {tie.members:,} of {group.members:,} accounts, {tie.requests:,} requests"
    return Edge(path, max(_WIDEST * math.sqrt(tie.requests / max(most, 1)), 1.0), said)


def _port(node: Node, at: int, count: int) -> float:
    """Where a node's line of several ends: they share its height, so that they can be told apart."""
    return node.y + _PORTS * node.size * ((2 * at + 1) / count - 1)


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"


def _place(at: int, count: int, height: float) -> float:
    return (at + 0.5) * height / count


def _size(requests: int, most: int) -> float:
    return max(_LARGEST * math.sqrt(requests / max(most, 1)), _SMALLEST)


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _description(campaign: Campaign, outside: int) -> str:
    members = len(campaign.members)
    said = [
        f"{short_name(shared)}: shown by {spread(shared, members)} and {rarity(shared, outside)}"
        for shared in campaign.evidence[:MOST_OBJECTS]
    ]
    return f"{members:,} accounts share {len(campaign.evidence):,} rare objects. {'; '.join(said)}."
