"""A wrapper: the words that one program puts around every item it sends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streaming.simulator.texts import Slot, Template, Wording, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

_FIELD: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Wrapper:
    """What stays the same over the requests of one job."""

    name: str
    """the intent"""
    system: str | None
    """escaped, or none"""
    opening: Template
    """the first user message"""

    def whole(self) -> Template:
        """System text and opening as one message, for callers without system messages."""
        if self.system is None:
            return self.opening
        first, *rest = self.opening.literals
        return Template((f"{self.system}\\n\\n{first}", *rest), self.opening.slots)


def compose(text: str, slots: Mapping[str, Slot], values: Mapping[str, str]) -> Template:
    """Cut `text` at its `{name}` fields: a slot stays open, a value is put in as it is (braces and all).

    Raises `KeyError` for a field that is neither.
    """
    literals, open_slots, literal, last = [], [], "", 0
    for field in _FIELD.finditer(text):
        literal += text[last : field.start()]
        last = field.end()
        if field[1] in slots:
            literals.append(escape(literal))
            open_slots.append(slots[field[1]])
            literal = ""
        elif field[1] in values:
            literal += values[field[1]]
        else:
            raise KeyError(f"wording: field {{{field[1]}}} has neither slot nor value; pass one")
    return Template((*literals, escape(literal + text[last:])), tuple(open_slots))


def paraphrased(
    factory: Callable[[np.random.Generator], Wrapper], rng: np.random.Generator, n: int
) -> Wording:
    """`n` wordings of one intent, each with its system text in front.

    What `factory` holds fixed (labels, fields, the form of the output) all of them demand alike.
    """
    return Wording.of(*(factory(rng).whole() for _ in range(n)))
