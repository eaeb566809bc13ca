"""Short answers about texts: classes, fields, moderation, the next token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.wordings.grammar import pick, say
from streaming.simulator.wordings.phrases import phrases, wrap
from streaming.simulator.wordings.wrapper import Wrapper, compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.texts import Slot


def classify(rng: np.random.Generator, item: Slot, labels: Sequence[str], language: str = "en") -> Wrapper:
    """One of `labels` for each item."""
    values = {"labels": pick(rng, (", ", " / ", "; ", " | ")).join(labels)}
    return wrap(rng, "classify", language, {"item": item}, values)


def extract(rng: np.random.Generator, item: Slot, fields: Sequence[str], language: str = "en") -> Wrapper:
    """The values of `fields` in each item, mostly as JSON."""
    schema = "{" + ", ".join(f'"{name}": "{pick(rng, ("", "...", "string"))}"' for name in fields) + "}"
    return wrap(rng, "extract", language, {"item": item}, {"fields": ", ".join(fields), "schema": schema})


def moderation(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """Whether each item may be published."""
    return wrap(rng, "moderation", language, {"item": item})


def logit_probe(rng: np.random.Generator, item: Slot) -> Wrapper:
    """A short prompt whose next token is what counts."""
    text = say(rng, phrases("logit_probe", "en").tasks)
    return Wrapper("logit_probe", None, compose(text, {"item": item}, {}))
