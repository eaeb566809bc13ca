"""How the parts of a prompt are set on the page: paragraphs, headings, lists, tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import chance, expand, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_HEADINGS: Final = {
    "role": "[Role|Who you are|Persona|Profile|Context]",
    "aim": "[Background|Context|Purpose|Why|About this job|Situation]",
    "task": "[Task|Instructions|Instruction|What to do|Your task|Objective|Goal|Assignment]",
    "rules": "[Rules|Constraints|Guidelines|Requirements|Notes|Please note|Keep in mind|Conditions]",
    "output": "[Output|Output format|Format|Answer format|Response format|Result|Deliverable|How to answer]",
}
_STYLES: Final = (
    "run_on",
    "paragraphs",
    "paragraphs",
    "lines",
    "markdown",
    "tags",
    "capitals",
    "bold",
    "colon",
)
_PLAIN_STYLES: Final = ("run_on", "paragraphs", "lines")
_BULLETS: Final = ("- ", "* ", "• ", "{n}. ", "{n}) ", "+ ", "({n}) ")
_GAPS: Final = (
    "\n\n",
    "\n\n",
    "\n\n",
    "\n",
    "\n\n---\n\n",
    "\n\n***\n\n",
    "\n\n\n",
    "\n-----\n",
    "\n\n===\n\n",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """One program's way of setting prompts."""

    style: str
    bullet: str
    gap: str
    depth: int
    """of markdown headings"""
    fence: str
    """around items: nothing, quotes or a fence"""

    def headed(self, heading: str, body: str) -> str:
        """`body` under a heading in this style."""
        tag = heading.lower().replace(" ", "_")
        match self.style:
            case "markdown":
                return f"{'#' * self.depth} {heading}\n{body}"
            case "tags":
                return f"<{tag}>\n{body}\n</{tag}>"
            case "capitals":
                return f"{heading.upper()}\n{body}"
            case "bold":
                return f"**{heading}**\n{body}" if self.depth > 2 else f"**{heading}:** {body}"  # noqa: PLR2004 - small headings run in
            case "colon":
                return f"{heading}: {body}"
            case _:
                return body

    def listed(self, rng: np.random.Generator, points: Sequence[str]) -> str:
        """`points` as a list, or as sentences."""
        if self.style == "run_on" or len(points) == 1 or chance(rng, 0.3):
            return " ".join(points)
        return "\n".join(self.bullet.replace("{n}", str(n)) + point for n, point in enumerate(points, 1))

    def instructions(self, rng: np.random.Generator, sections: Sequence[tuple[str, list[str]]]) -> str:
        """All sections (a key of the headings and its sentences) as one text."""
        bodies = [(key, self.listed(rng, points)) for key, points in sections]
        if self.style == "run_on":
            return " ".join(body for _, body in bodies)
        between = "\n" if self.style == "lines" else "\n\n"
        return between.join(self.headed(expand(rng, _HEADINGS[key]), body) for key, body in bodies)

    def items(self, rng: np.random.Generator, blocks: Sequence[tuple[str, str]], *, alone: bool) -> str:
        """The items with their headings; a single one that stands `alone` mostly has none."""
        if alone and len(blocks) == 1 and chance(rng, 0.7):
            return blocks[0][1]
        return self.between().join(self._item(heading, body) for heading, body in blocks)

    def between(self) -> str:
        """What stands between items."""
        return "\n" if self.style in {"lines", "run_on"} else "\n\n"

    def joined(self, rng: np.random.Generator, instructions: str, items: str) -> str:
        """Instructions and items, mostly in this order."""
        if not items:
            return instructions
        pair = (items, instructions) if chance(rng, 0.2) else (instructions, items)
        return self.gap.join(pair)

    def _item(self, heading: str, body: str) -> str:
        match self.fence:
            case "quotes":
                body = f'"""\n{body}\n"""'
            case "ticks":
                body = f"```\n{body}\n```"
            case "marks":
                body = f'"{body}"'
            case _:
                pass
        if self.style in {"paragraphs", "lines", "run_on"}:
            return f"{heading}:{' ' if self.fence in {'none', 'marks'} and self.depth > 1 else chr(10)}{body}"
        return self.headed(heading, body)


def drawn_layout(rng: np.random.Generator, *, headings: bool = True) -> Layout:
    """Any layout, or any that needs no headings."""
    return Layout(
        style=pick(rng, _STYLES if headings else _PLAIN_STYLES),
        bullet=pick(rng, _BULLETS),
        gap=pick(rng, _GAPS),
        depth=int(rng.integers(1, 5)),
        fence=pick(rng, ("none", "none", "none", "quotes", "ticks", "marks")),
    )
