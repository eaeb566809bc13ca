"""Scenes compiled to arrays, so that a kernel can write their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from streaming.simulator.scenes import Answers
from streaming.simulator.texts import BY_ITEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from streaming.simulator.scenes import Scene
    from streaming.simulator.texts import Slot, Template, Texts, Wording

LITERAL: Final = 0
SLOT: Final = 1
TRACE: Final = 2
NO_WORDING: Final = -1

# Columns of a compiled scene.
PREFIX: Final = 0
OPENING: Final = 1
ANSWER: Final = 2
LATER: Final = 3
BY_TOOL: Final = 4
KEEP: Final = 5
SALT: Final = 6


class Program(NamedTuple):
    """What the kernel reads; all numbers are positions in the next array."""

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    """(strings + 1,) where each string begins in `text`"""
    pools: NDArray[np.int32]
    """strings that fill slots, pool after pool"""
    operations: NDArray[np.int64]
    """(operations, 4): kind, first operand, second operand, salt"""
    templates: NDArray[np.int64]
    """(templates, 2): operations from, to"""
    wordings: NDArray[np.int64]
    """(wordings, 2): first template, templates"""
    scenes: NDArray[np.int64]
    """(scenes, 7)"""
    refusal: int
    """wording of a declined request"""


class Compiler:
    """Collects what the scenes of a stage have in common."""

    def __init__(self) -> None:
        self._strings: dict[str, int] = {}
        self._pools: list[int] = []
        self._pool_of: dict[int, int] = {}
        self._kept: list[Texts] = []  # so that no id is given out twice
        self._operations: list[tuple[int, int, int, int]] = []
        self._templates: list[tuple[int, int]] = []
        self._wordings: list[tuple[int, int]] = []
        self._wording_of: dict[int, int] = {}
        self._scene_of: dict[int, int] = {}

    def compile(self, scenes: Sequence[Scene], refusal: Wording) -> Program:
        """The program of `scenes`; raises `ValueError` for a trace of a scene that is not on the stage."""
        self._scene_of = {id(scene): at for at, scene in enumerate(scenes)}
        rows = [self._scene(scene) for scene in scenes]
        declined = self._wording(refusal)
        text, starts = arena(self._strings)
        return Program(
            text, starts,
            np.array(self._pools or [0], dtype=np.int32),
            np.array(self._operations, dtype=np.int64).reshape(-1, 4),
            np.array(self._templates, dtype=np.int64).reshape(-1, 2),
            np.array(self._wordings, dtype=np.int64).reshape(-1, 2),
            np.array(rows, dtype=np.int64).reshape(-1, 7),
            declined,
        )  # fmt: skip

    def _scene(self, scene: Scene) -> tuple[int, ...]:
        later = scene.follow if scene.result is None else scene.result
        return (
            self._string(scene.prefix),
            self._wording(scene.opening),
            self._wording(scene.answer),
            NO_WORDING if later is None else self._wording(later),
            scene.result is not None,
            scene.keep,
            scene.salt,
        )

    def _wording(self, wording: Wording) -> int:
        found = self._wording_of.get(id(wording.templates))
        if found is None:
            compiled = [self._template(template) for template in wording.templates]
            first = len(self._templates)
            self._templates += compiled
            self._wordings.append((first, len(compiled)))
            found = self._wording_of[id(wording.templates)] = len(self._wordings) - 1
        return found

    def _template(self, template: Template) -> tuple[int, int]:
        first = len(self._operations)
        literals = template.literals
        made = [(LITERAL, self._string(literals[0]), 0, 0)]
        for slot, literal in zip(template.slots, literals[1:], strict=True):
            made += [self._slot(slot), (LITERAL, self._string(literal), 0, 0)]
        self._operations += made
        return first, len(self._operations)

    def _slot(self, slot: Slot) -> tuple[int, int, int, int]:
        texts = slot.texts
        if isinstance(texts, Answers):
            if slot.salt != BY_ITEM or id(texts.scene) not in self._scene_of:
                raise ValueError("trace: must be chosen by item, from a scene that is on the stage")
            return TRACE, self._scene_of[id(texts.scene)], texts.turn, 0
        first = self._pool_of.get(id(texts))
        if first is None:
            first = self._pool_of[id(texts)] = len(self._pools)
            self._kept.append(texts)
            self._pools += [self._string(texts[at]) for at in range(len(texts))]
        return SLOT, first, len(texts), slot.salt

    def _string(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))


def arena(strings: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All strings in one array of UTF-8 bytes, and where each begins."""
    encoded = [text.encode() for text in strings]
    starts = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in encoded], out=starts[1:])
    # A copy, since a kernel is compiled again for an array that cannot be written.
    return np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8).copy(), starts
