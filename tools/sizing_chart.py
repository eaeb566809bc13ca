"""A chart of two logarithmic axes, as SVG that follows the reader's theme and loads nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 720
HEIGHT: Final = 360
_LEFT: Final = 60
_RIGHT: Final = 30
_TOP: Final = 34
_BOTTOM: Final = 40

_STYLE: Final = """<style>
text { font: 13px sans-serif; fill: #1f2328; }
path { fill: none; stroke-width: 2.5; }
.grid { stroke: #8884; stroke-width: 1; }
.limit { stroke: #888; stroke-width: 1.5; stroke-dasharray: 5 4; }
.line0 { stroke: #0969da; } .line1 { stroke: #bc4c00; }
.of0 { fill: #0969da; } .of1 { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
text { fill: #d1d7e0; } .line0 { stroke: #58a6ff; } .line1 { stroke: #f0883e; }
.of0 { fill: #58a6ff; } .of1 { fill: #f0883e; } }
</style>"""


def chart(at: Sequence[float], lines: Mapping[str, Sequence[float]], limits: Mapping[str, float]) -> str:
    """Lines of cores over requests a day, each positive; two `limits` stand upright."""
    values = [value for line in lines.values() for value in line]
    across, up = _Axis(min(at), max(at)), _Axis(min(values), max(values))
    parts = [_STYLE, *_grid(across, up)]
    for number, (name, limit) in enumerate(limits.items()):
        # One name on each side, for limits may be near each other.
        x, side, anchor = across.x(limit), 6 if number else -6, "start" if number else "end"
        parts.append(f'<path class="limit" d="M{x:.1f} {_TOP - 20} V{HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text x="{x + side:.1f}" y="{_TOP - 8}" text-anchor="{anchor}">most of {name}</text>')
    for number, (name, line) in enumerate(lines.items()):
        points = " ".join(f"{across.x(a):.1f} {up.y(b):.1f}" for a, b in zip(at, line, strict=True))
        parts.append(f'<path class="line{number}" d="M{points}"/>')
        parts.append(f'<text class="of{number}" x="{_LEFT + 10}" y="{_TOP + 44 + 18 * number}">{name}</text>')
    title = "<title>Cores against requests a day</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    return "\n".join([head, title, *parts, "</svg>", ""])


class _Axis:
    """Whole decades around some values."""

    def __init__(self, low: float, high: float) -> None:
        self.low = math.floor(math.log10(low))
        self.high = math.ceil(math.log10(high))

    def x(self, value: float) -> float:
        """A place from left to right."""
        return _LEFT + self._share(value) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """A place from the bottom up."""
        return HEIGHT - _BOTTOM - self._share(value) * (HEIGHT - _BOTTOM - _TOP)

    @property
    def decades(self) -> list[int]:
        """Exponents of ten."""
        return list(range(self.low, self.high + 1))

    def _share(self, value: float) -> float:
        return (math.log10(value) - self.low) / (self.high - self.low)


def _grid(across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for exponent in across.decades:
        x = across.x(10.0**exponent)
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP} V{HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 20}" text-anchor="middle">{_said(exponent)}</text>')
    for exponent in up.decades:
        y = up.y(10.0**exponent)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f} H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**exponent:g}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">requests a day</text>')
    return [*parts, '<text x="8" y="14">cores</text>']


def _said(exponent: int) -> str:
    unit, name = max((unit, name) for unit, name in ((0, ""), (6, " M"), (9, " G")) if unit <= exponent)
    return f"{10 ** (exponent - unit):,}{name}"
