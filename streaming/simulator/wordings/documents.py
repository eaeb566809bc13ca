"""Work on documents: summaries, translations, answers from sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper


def summarise(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """A summary of each item."""
    return wrap(rng, "summarise", language, {"item": item})


def translate(
    rng: np.random.Generator,
    item: Slot,
    source: str = "English",
    target: str = "German",
    language: str = "en",
) -> Wrapper:
    """Each item from one language into another; `language` is that of the instructions."""
    return wrap(rng, "translate", language, {"item": item}, {"source": source, "target": target})


def rag_answer(rng: np.random.Generator, context: Slot, question: Slot, language: str = "en") -> Wrapper:
    """A question answered from retrieved passages."""
    return wrap(rng, "rag_answer", language, {"context": context, "question": question})
