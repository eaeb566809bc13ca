"""When a score becomes an alert, and when it stops being one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE: Final = 0
RAISE: Final = 1
UPDATE: Final = 2
CLEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds of the distillation score, with hysteresis, and where they come from."""

    raise_at: float
    """an alert is raised at this score"""
    clear_below: float
    """and cleared below this one; lower, so that a score about the threshold does not flap"""
    relay_at: float
    """an account that is no distillation alert is labelled relay from this relay probability on"""
    source: str
    """`shipped`, or the name of the calibration that made them"""
    min_events: int = 2
    """fewer requests say too little about anybody"""
    step: float = 0.1
    """an open alert is updated when its score has moved by this much"""

    @property
    def shadow(self) -> bool:
        """Thresholds made on synthetic traffic do not transfer: until calibrated, nothing is enforced."""
        return self.source == "shipped"

    def decide(
        self,
        scores: NDArray[np.float64],
        events: NDArray[np.int64],
        is_open: NDArray[np.bool_],
        last: NDArray[np.float64],
    ) -> NDArray[np.int8]:
        """NONE, RAISE, UPDATE or CLEAR for accounts with these scores, all of shape (n,).

        `last` is the score of the alert's latest revision.
        """
        enough = events >= self.min_events
        action = np.zeros(len(scores), dtype=np.int8)
        action[~is_open & enough & (scores >= self.raise_at)] = RAISE
        action[is_open & (np.abs(scores - last) >= self.step)] = UPDATE
        action[is_open & (scores < self.clear_below)] = CLEAR
        return action
