"""Writes an evaluation: HTML without script or outside resource, Markdown, JSON, and the short page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from detector.evaluate.report.sections import sections
from detector.evaluate.results import FILE, Evaluation

if TYPE_CHECKING:
    from pathlib import Path

HTML: Final = "report.html"
MARKDOWN: Final = "report.md"


def write_evaluation(folder: Path, evaluation: Evaluation) -> None:
    """Write `report.html`, `report.md` and `evaluation.json` into a folder that exists."""
    packed = msgspec.json.format(msgspec.json.encode(evaluation), indent=1)
    (folder / FILE).write_bytes(packed + b"\n")
    (folder / HTML).write_text(as_html(evaluation), encoding="utf-8")
    (folder / MARKDOWN).write_text(as_markdown(evaluation), encoding="utf-8")


def read_evaluation(path: Path) -> Evaluation:
    """Read `evaluation.json`."""
    return msgspec.json.decode(path.read_bytes(), type=Evaluation)


def as_html(evaluation: Evaluation) -> str:
    """The report with its plots."""
    page = _render("evaluate.html.jinja", evaluation, html=True, brief=False)
    # A line must not break between a figure and its sign.
    return page.replace(" %", "&nbsp;%")


def as_markdown(evaluation: Evaluation) -> str:
    """The report in text."""
    return _render("evaluate.md.jinja", evaluation, html=False, brief=False)


def in_brief(evaluation: Evaluation) -> str:
    """The short page for the documentation, in Markdown."""
    return _render("evaluate.md.jinja", evaluation, html=False, brief=True)


def _render(template: str, evaluation: Evaluation, *, html: bool, brief: bool) -> str:
    environment = Environment(
        loader=PackageLoader("detector"),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701 - Markdown has no markup of HTML to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"cell": _cell, "marked": _marked}
    context: dict[str, Any] = {
        "evaluation": evaluation,
        "sections": [section for section in sections(evaluation) if section.brief or not brief],
        "brief": brief,
    }
    return environment.get_template(template).render(context)


def _cell(said: str) -> str:
    """Text that cannot end a cell of a Markdown table."""
    return " ".join(said.replace("|", "/").split())


def _marked(said: str) -> Markup:
    """Text with its code and emphasis as HTML; everything else in it stays text."""
    safe = re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(said)))
    return Markup(re.sub(r"\*\*([^*]*)\*\*", r"<b>\1</b>", safe))  # noqa: S704 - escaped above
