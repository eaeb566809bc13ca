"""Scenes: what one kind of request asks, and what comes back; its text is a function of its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, overload

from streaming.simulator.streams import MASK

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streaming.simulator.texts import Wording

TURN: Final = 0xD1B54A32D192ED03
TAKE: Final = 0xABC98388FB8FAC03


class Items(IntEnum):
    """How a scene's requests come by what fills their slots."""

    FRESH = 0
    """something new each time"""
    FIXED = 1
    """drawn from the account's own set, again and again"""
    SWEEP = 2
    """the account's own set, one after another, and then from the start"""
    QUEUE = 3
    """the next of a queue that all accounts of the scene share"""


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of request.

    A scene with `follow` or `result` is a conversation: the same item and seed through all of its turns,
    earlier turns travelling in the input. Any other scene is a batch: every request is an item of its own.
    """

    opening: Wording
    answer: Wording
    system: str | None = None
    """escaped"""
    follow: Wording | None = None
    """the user's later turns"""
    result: Wording | None = None
    """what tools returned, instead of a later turn of the user"""
    items: Items = Items.FRESH
    repeats: int = 1
    """requests for each item: samples drawn from the same prompt"""
    keep: int = 3
    """earlier exchanges that the log keeps in the input"""
    attack: bool = False
    output: tuple[float, float] = (220.0, 0.7)
    """tokens generated: median, and sigma of their logarithm"""
    hidden: float = 0.0
    """reasoning tokens for each visible one"""
    refused: float = 0.0
    """share of requests that the model declines"""
    salt: int = 0
    """scenes of one salt and one opening send identical prompts"""
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what every request of the scene begins with."""
        system = "" if self.system is None else f'{{"role":"system","content":"{self.system}"}},'
        object.__setattr__(self, "prefix", f'[{system}{{"role":"user","content":"')

    @property
    def is_conversation(self) -> bool:
        """Whether requests of a session continue one another."""
        return self.follow is not None or self.result is not None

    def messages(self, item: int, seed: int, take: int, turn: int) -> str:
        """The request's input as a JSON array."""
        if turn == 0:
            return f'{self.prefix}{self.opening.fill(item, seed)}"}}]'
        first = max(0, turn - self.keep)
        said = [self.prefix, self._asked(item, seed, first)]
        role = "user" if self.result is None else "tool"
        for at in range(first, turn):
            answer = self.answered(item, seed, take, at)
            asked = self._asked(item, seed, at + 1)
            said.append(
                f'"}},{{"role":"assistant","content":"{answer}"}},{{"role":"{role}","content":"{asked}'
            )
        said.append('"}]')
        return "".join(said)

    def answered(self, item: int, seed: int, take: int, turn: int) -> str:
        """The answer of a turn, escaped."""
        return self.answer.fill(item, (seed + turn * TURN + (take + 1) * TAKE) & MASK)

    def _asked(self, item: int, seed: int, turn: int) -> str:
        if turn == 0:
            return self.opening.fill(item, seed)
        later = self.follow if self.result is None else self.result
        return "" if later is None else later.fill(item, (seed + turn * TURN) & MASK)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that another scene got, as texts for a slot: traces that are played back.

    Item `k` is the answer to item `k` of `scene`, whose items must come from a queue, sampled first.
    """

    scene: Scene
    turn: int = 0

    def __len__(self) -> int:
        return 1 << 40

    def __getitem__(self, item: int) -> str:
        return self.scene.answered(item, item_seed(self.scene.salt, item), 0, self.turn)


@overload
def item_seed(salt: int, item: int) -> int: ...
@overload
def item_seed(salt: NDArray[np.uint64], item: NDArray[np.uint64]) -> NDArray[np.uint64]: ...
def item_seed(salt: Any, item: Any) -> Any:
    """The seed of all that is asked about `item`, one number or a column of words."""
    word = ((item + 1) * TURN ^ (salt + 1) * TAKE) & MASK
    return ((word ^ (word >> 29)) * TURN) & MASK
