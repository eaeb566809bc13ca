"""Products that people talk to, and stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streaming.simulator.wordings.grammar import expand, pick
from streaming.simulator.wordings.phrases import wrap

if TYPE_CHECKING:
    import numpy as np

    from streaming.simulator.texts import Slot
    from streaming.simulator.wordings.wrapper import Wrapper

_STEM: Final = "[Lumi|Nora|Pico|Vela|Tavo|Kiri|Orbi|Sola|Mina|Zephy|Brio|Faro|Juno|Ciro|Alba|Riko|Dune|Echo]"
_PRODUCT: Final = (
    f"{_STEM}[desk|ly|cart|mate|nest|way|lab|verse|hub|bank|travel|fit|learn|home|cook|pay|docs]"
)
_DOMAINS: Final = (
    "travel", "cooking", "home loans", "fitness", "language learning", "gardening", "used cars", "wine",
    "tax forms", "job search", "online shopping", "event tickets", "electricity contracts", "phone plans",
    "school projects", "furniture", "insurance", "hiking", "photo editing", "music lessons", "small business",
)  # fmt: skip


def chat_persona(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """The assistant of an invented product; its instructions are the system text."""
    return wrap(rng, "chat_persona", language, {"item": item}, _product(rng), bare=1.0)


def support_agent(rng: np.random.Generator, item: Slot, language: str = "en") -> Wrapper:
    """A help desk of an invented product."""
    return wrap(rng, "support_agent", language, {"item": item}, _product(rng), bare=0.8)


def persona_story(rng: np.random.Generator, item: Slot) -> Wrapper:
    """Fiction about an idea or a character."""
    return wrap(rng, "persona_story", "en", {"item": item}, bare=0.2)


def _product(rng: np.random.Generator) -> dict[str, str]:
    return {"name": expand(rng, _STEM), "product": expand(rng, _PRODUCT), "domain": pick(rng, _DOMAINS)}
