"""The model card: what the shipped model was made of, and what it is known to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def write_card(path: Path, manifest: dict[str, Any], built: date) -> None:
    """Write the card of a built model."""
    environment = Environment(  # noqa: S701 - Markdown, not HTML: names and figures of our own
        loader=PackageLoader("detector"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    card = environment.get_template("model_card.md.jinja").render(model=manifest, built=built)
    path.write_text(card, encoding="utf-8")
