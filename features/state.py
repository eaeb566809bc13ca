"""What an object needs to go on as if it had never stopped: its arrays, and a few facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class State:
    """The state of an object and of its parts; taken between two steps and used before the next one."""

    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """one dimension each, of any dtype without objects; views where that saves a copy"""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """what JSON can say"""
    parts: Mapping[str, State] = field(default_factory=dict)

    def flat(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """The arrays of the object and its parts, named by the path to them."""
        own = {prefix + name: array for name, array in self.arrays.items()}
        for name, part in self.parts.items():
            own |= part.flat(f"{prefix}{name}/")
        return own

    def outline(self) -> dict[str, Any]:
        """What is left of the state without its arrays: facts, names and parts, as JSON can say it."""
        parts = {name: part.outline() for name, part in self.parts.items()}
        return {"arrays": sorted(self.arrays), "facts": dict(self.facts), "parts": parts}

    @classmethod
    def of(cls, outline: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> State:
        """Put together what `outline` and `flat` took apart; raises `KeyError` where an array is missing."""
        own = {name: arrays[prefix + name] for name in outline["arrays"]}
        parts = {name: cls.of(part, arrays, f"{prefix}{name}/") for name, part in outline["parts"].items()}
        return cls(own, outline["facts"], parts)
