"""Trying what a model lets out, by those who may and those who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper


def refusal_probe(rng: np.random.Generator, item: Slot | None = None) -> Wrapper:
    """One phrasing of a demand for hidden text; draw one for each technique of a sweep."""
    return wrap(rng, "refusal_probe", "en", {} if item is None else {"item": item}, bare=0.15)


def red_team(rng: np.random.Generator, item: Slot) -> Wrapper:
    """An agreed security test."""
    return wrap(rng, "red_team", "en", {"item": item})
