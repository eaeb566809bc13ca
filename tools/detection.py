"""Writes the README's figures of detection: `python -m tools.detection out/evaluation/evaluation.json`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from detector.evaluate.report.overview import in_short, missed
from detector.evaluate.report.page import read_evaluation
from detector.evaluate.report.plots import shares
from detector.evaluate.report.words import estimated
from detector.evaluate.results import OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detector.evaluate.results import Evaluation, WorldResult

README: Final = Path("README.md")
PICTURE: Final = Path("docs/pictures/detection.svg")
START: Final = "<!-- detection table -->"
END: Final = "<!-- end of detection table -->"
_LEFT: Final = 210.0
"""Room for the longest name of a family."""
_ATTACKS: Final = 5
"""Items on what is missed that tell of attacks; those on what cannot be claimed are in docs/detection.md."""


def filled(page: str, evaluation: Evaluation) -> str:
    """The page with what is between its marks made anew."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{block(evaluation)}{END}{after}"


def block(evaluation: Evaluation) -> str:
    """The main figures, other detectors beside ours, and what is missed."""
    short = in_short(evaluation.worlds).tables[0]
    names = tuple(world.name for world in evaluation.worlds)
    parts = [
        f"Model `{evaluation.model_id}`, thresholds `{evaluation.thresholds}`, measured {evaluation.made}.",
        _table(short.head, short.rows),
        _table(("detector: TPR at 0.1 % FPR", *names), _beside(evaluation.worlds)),
    ]
    for world in evaluation.worlds:
        section = missed(world)
        parts.append(
            "\n".join([f"**{section.title}.**", "", *(f"- {item}" for item in section.items[:_ATTACKS])])
        )
    return "\n\n".join(parts) + "\n"


def _beside(worlds: Sequence[WorldResult]) -> list[tuple[str, ...]]:
    """A row for each detector that saw all of the worlds."""
    names = [name for name in worlds[0].detectors if all(name in world.detectors for world in worlds)]
    return [(name, *(estimated(world.detectors[name].at[0].macro) for world in worlds)) for name in names]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def picture(evaluation: Evaluation) -> str:
    """The families of the world that has most of them, as an SVG that loads nothing."""
    world = max(evaluation.worlds, key=lambda world: len(world.detectors[OURS].at[0].families))
    families = world.detectors[OURS].at[0].families
    drawing = shares("TPR by family", "share of the family's accounts above the cut", families)
    drawing = replace(drawing, left=_LEFT)
    loader = ChoiceLoader([PackageLoader("detector"), FileSystemLoader("tools")])
    environment = Environment(
        loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("detection.svg.jinja")
    return template.render(drawing=drawing, world=world.name, synthetic=world.synthetic)


def main(evaluation: Annotated[Path, typer.Argument(help="what `stillwatch evaluate` wrote")]) -> None:
    """Write the README's tables and their picture."""
    found = read_evaluation(evaluation)
    README.write_text(filled(README.read_text(encoding="utf-8"), found), encoding="utf-8")
    PICTURE.write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
