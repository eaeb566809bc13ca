"""Repeated measurements: one process each, interleaved, so that a busy moment hits every candidate alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
ROUNDS: Final = 5
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles of a figure over rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """From the values of all rounds."""
        low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
        return cls(float(median), float(low), float(high))

    def to_json(self) -> dict[str, float]:
        """As stored in the results."""
        return asdict(self)


def worker(script: str, *arguments: str) -> Any:
    """Run a worker script on one core and return the JSON of its last line."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    # benchmarks are run from a checkout, which is what they measure
    environment = os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def interleaved(tasks: Mapping[str, tuple[str, ...]], rounds: int) -> dict[str, list[Any]]:
    """Results of each task's worker, by round; `tasks` maps a name to a script and its arguments."""
    found: dict[str, list[Any]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name, command in tasks.items():
            print(f"  round {number + 1} of {rounds}: {name}", flush=True)
            found[name].append(worker(*command))
    return found


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """`ours / theirs` round by round."""
    return Spread.of([a / b for a, b in zip(ours, theirs, strict=True)]).to_json()
