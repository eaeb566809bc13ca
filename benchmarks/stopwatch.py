"""How long the steps of a replay take, call by call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


class Stopwatch:
    """CPU seconds of each call of some functions, by the name of the step."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def watch(self, owner: object, method: str, step: str) -> None:
        """Measure the calls of a method of one object, which has no slots."""
        vars(owner)[method] = self.timed(getattr(owner, method), step)

    def timed(self, call: Callable[..., Any], step: str) -> Callable[..., Any]:
        """`call`, measured under the name of `step`."""
        taken = self.seconds.setdefault(step, [])

        def measured(*arguments: Any) -> Any:
            began = time.process_time()
            found = call(*arguments)
            taken.append(time.process_time() - began)
            return found

        return measured

    def figures(self, step: str) -> dict[str, float]:
        """Calls of a step, their sum in seconds, and median, 99th percentile and largest in milliseconds."""
        taken = np.array(self.seconds[step] or [0.0])
        median, high, largest = 1000 * np.quantile(taken, [0.5, 0.99, 1.0])
        return {
            "calls": len(self.seconds[step]),
            "seconds": float(taken.sum()),
            "median_ms": float(median),
            "p99_ms": float(high),
            "max_ms": float(largest),
        }
