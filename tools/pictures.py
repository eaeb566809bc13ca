"""Writes the README's pictures from the sample log: `python -m tools.pictures`."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typer
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from detector.cli.compose import ModelOption, Setup, set_up
from detector.cli.explain import show_explanation
from detector.cli.replay import replay_to
from detector.defaults import DEFAULT_MODEL
from detector.report.explanation import explain_accounts
from detector.report.findings import Findings
from detector.report.page import context

PICTURES: Final = Path("docs/pictures")
SAMPLE: Final = "detector/sample/events.jsonl.zst"

# Rich's own frame, but without its web font: a picture loads nothing.
_FRAME: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>.{unique_id}-matrix {{ font: {char_height}px monospace; line-height: {line_height}px; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def main(model: ModelOption = DEFAULT_MODEL) -> None:
    """Replay the sample log and draw what is found."""
    with TemporaryDirectory() as folder:
        draw(set_up(model), Path(folder))


def draw(setup: Setup, folder: Path) -> None:
    """Replay the sample log into `folder` and draw what is found."""
    _, outcome = replay_to([SAMPLE], folder, setup, Console(file=io.StringIO()))
    found = Findings.read(folder)
    name = found.open_alerts()[0]["subject_id"]
    explanation = explain_accounts(found, setup.artefact, [name])[name]
    terminal = Console(record=True, width=120, file=io.StringIO())
    show_explanation(terminal, found, explanation, shown=6)
    PICTURES.mkdir(parents=True, exist_ok=True)
    terminal.save_svg(
        str(PICTURES / "explain.svg"), title=f"stillwatch explain {name} --from findings",
        theme=DEFAULT_TERMINAL_THEME, code_format=_FRAME, unique_id="terminal",
    )  # fmt: skip
    shown = context(found, setup.artefact, outcome.traffic, setup.policy.raise_at)
    summary = found.summary
    counts = (
        f"{summary['read']:,} records, {summary['accounts']} accounts, "
        f"{summary['accounts_alerted']} of them alerted"
    )
    loader = ChoiceLoader([PackageLoader("detector"), FileSystemLoader("tools")])
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=True)
    picture = environment.get_template("picture.svg.jinja").render(
        **shown,
        counts=counts,
        account=name,
        score=found.verdict(name)["score"],
        rows=shown["explained"][name],
    )
    (PICTURES / "report.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
