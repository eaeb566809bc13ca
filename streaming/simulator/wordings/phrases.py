"""The phrases of an intent, and how a wrapper is put together from a random choice of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


def wrap(
    rng: np.random.Generator,
    name: str,
    phrases: Phrases,
    slots: Mapping[str, Slot],
    values: Mapping[str, str] | None = None,
    *,
    bare: float = 0.35,
) -> Wrapper:
    """Draw one wording. In a share `bare` of them the instructions go into the system message."""
    layout = drawn_layout(rng)
    in_system = chance(rng, bare)
    instructions = layout.instructions(rng, _sections(rng, phrases))
    blocks = [(say(rng, (phrases.items[key],)), f"{{{key}}}") for key in phrases.items if key in slots]
    items = layout.items(rng, blocks, alone=in_system)
    values = values or {}
    if in_system and items:
        system = compose(instructions, {}, values).literals[0]
        return Wrapper(name, system, compose(items, slots, values))
    return Wrapper(name, None, compose(layout.joined(rng, instructions, items), slots, values))


def _sections(rng: np.random.Generator, phrases: Phrases) -> list[tuple[str, list[str]]]:
    sections = [("role", [_who(rng, phrases)])] if chance(rng, 0.65) else []
    if phrases.aims and chance(rng, 0.35):
        sections.append(("aim", [say(rng, phrases.aims)]))
    sections.append(("task", [say(rng, phrases.tasks)]))
    rules = [say(rng, (rule,)) for rule in some(rng, phrases.rules, 0, min(4, len(phrases.rules)))]
    tail = [("rules", rules)]
    if phrases.outputs:
        tail.insert(int(rng.integers(2)), ("output", [say(rng, phrases.outputs)]))
    return [section for section in sections + tail if any(section[1])]


def _who(rng: np.random.Generator, phrases: Phrases) -> str:
    if phrases.roles:
        return say(rng, phrases.roles)
    return role(rng, phrases.nouns) if phrases.nouns else ""
