"""The phrases of an intent, and how a wrapper is put together from a random choice of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from streaming.simulator.wordings.grammar import chance, say, some
from streaming.simulator.wordings.layout import drawn_layout
from streaming.simulator.wordings.roles import role
from streaming.simulator.wordings.wrapper import Wrapper, compose

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from streaming.simulator.texts import Slot


@dataclass(frozen=True, slots=True)
class Phrases:
    """One intent in one language; every text may have alternatives in brackets (see `grammar`)."""

    tasks: tuple[str, ...]
    """what is to be done; one is said"""
    outputs: tuple[str, ...] = ()
    """what the answer looks like; one is said"""
    rules: tuple[str, ...] = ()
    """constraints, none to four of which are said"""
    aims: tuple[str, ...] = ()
    """what it is for; said in a third of the wordings"""
    nouns: tuple[str, ...] = ()
    """who the model is told to be, in English; said in two thirds"""
    roles: tuple[str, ...] = ()
    """the same as whole sentences"""
    items: Mapping[str, str] = field(default_factory=dict)
    """slot to heading, in the order in which they stand"""


def _read(file: str) -> dict[str, Phrases]:
    tables = tomllib.loads(files(__package__).joinpath("book", f"{file}.toml").read_text("utf-8"))
    return {intent: _phrases(table) for intent, table in tables.items()}


def _phrases(table: Mapping[str, Any]) -> Phrases:
    texts: dict[str, Any] = {key: tuple(value) for key, value in table.items() if key != "items"}
    return Phrases(**texts, items=table.get("items", {}))


_SUBJECTS: Final = (
    "agency",
    "coding",
    "documents",
    "judging",
    "labelling",
    "probing",
    "problems",
    "products",
    "reasoning",
    "synthesis",
)
_LANGUAGES: Final = ("de", "es", "fr", "ja", "zh")
BOOK: Final[Mapping[str, Mapping[str, Phrases]]] = {
    "en": {intent: phrases for file in _SUBJECTS for intent, phrases in _read(file).items()},
    **{language: _read(language) for language in _LANGUAGES},
}
"""Phrases by language and intent."""


def phrases(intent: str, language: str) -> Phrases:
    """The phrases of an intent in a language; raises `KeyError` where there are none."""
    if intent not in BOOK.get(language, {}):
        have = ", ".join(other for other in BOOK if intent in BOOK[other])
        raise KeyError(f"wording {intent}: no phrases in {language!r}; use one of {have}")
    return BOOK[language][intent]


def wrap(
    rng: np.random.Generator,
    name: str,
    language: str,
    slots: Mapping[str, Slot],
    values: Mapping[str, str] | None = None,
    *,
    bare: float = 0.35,
) -> Wrapper:
    """Draw one wording. In a share `bare` of them the instructions go into the system message."""
    book = phrases(name, language)
    layout = drawn_layout(rng, headings=language == "en")
    in_system = chance(rng, bare)
    instructions = layout.instructions(rng, _sections(rng, book))
    blocks = [(say(rng, (book.items[key],)), f"{{{key}}}") for key in book.items if key in slots]
    items = layout.items(rng, blocks, alone=in_system)
    values = values or {}
    if in_system and items:
        system = compose(instructions, {}, values).literals[0]
        return Wrapper(name, system, compose(items, slots, values))
    return Wrapper(name, None, compose(layout.joined(rng, instructions, items), slots, values))


def _sections(rng: np.random.Generator, book: Phrases) -> list[tuple[str, list[str]]]:
    sections = [("role", [_who(rng, book)])] if chance(rng, 0.65) else []
    if book.aims and chance(rng, 0.35):
        sections.append(("aim", [say(rng, book.aims)]))
    sections.append(("task", [say(rng, book.tasks)]))
    rules = [say(rng, (rule,)) for rule in some(rng, book.rules, 0, min(4, len(book.rules)))]
    tail = [("rules", rules)]
    if book.outputs:
        tail.insert(int(rng.integers(2)), ("output", [say(rng, book.outputs)]))
    return [section for section in sections + tail if any(section[1])]


def _who(rng: np.random.Generator, book: Phrases) -> str:
    if book.roles:
        return say(rng, book.roles)
    return role(rng, book.nouns) if book.nouns else ""
