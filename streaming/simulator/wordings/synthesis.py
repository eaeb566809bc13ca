"""Making up data: tasks, harder tasks, paraphrases and records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import pick
from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

_COUNTS: Final = ("5", "8", "10", "12", "15", "20", "25", "30", "ten", "twenty", "six", "three", "a dozen")
_TOPICS: Final = (
    "everyday life", "mathematics", "programming", "science", "finance", "law", "medicine", "writing",
    "data analysis", "system administration", "history", "customer service", "planning", "any field",
)  # fmt: skip
_WAYS: Final = (
    "adding a constraint", "asking for several steps", "replacing general terms by special ones",
    "adding an input table", "demanding a proof", "combining it with a second goal", "limiting the means",
    "adding a twist", "asking for edge cases", "raising the numbers", "making the context less familiar",
)  # fmt: skip


def generate_tasks(
    rng: np.random.Generator, seeds: Slot, topic: str | None = None, language: str = "en"
) -> Wrapper:
    """New tasks after seed tasks; a topic is drawn if none is given."""
    values = {"count": pick(rng, _COUNTS), "topic": topic or pick(rng, _TOPICS)}
    return wrap(rng, "generate_tasks", language, {"item": seeds}, values)


def evolve_instruction(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """A harder or rarer variant of an instruction."""
    return wrap(rng, "evolve_instruction", language, {"item": item}, {"way": pick(rng, _WAYS)})


def paraphrase_dataset(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """An utterance said in several ways."""
    return wrap(rng, "paraphrase_dataset", language, {"item": item}, {"count": pick(rng, _COUNTS)})


def data_record(rng: np.random.Generator, item: Slot, fields: Sequence[str]) -> Wrapper:
    """Invented records with `fields`; the item is an example or a theme."""
    values = {"count": pick(rng, _COUNTS), "fields": ", ".join(fields)}
    return wrap(rng, "data_record", "en", {"item": item}, values)
