"""Measured traffic: the week of real clients of a model API, as relative rates by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from streaming.simulator.streams import generator

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HOURS: Final = 168
_FILE: Final = "a_servegen_client_rates.parquet"
_COLUMNS: Final = ["model", "client", "timestamp_s", "rate_rps"]
_LEAST_HOURS: Final = 100
_INVENTED: Final = 60


def weekly_curves(folder: Path | None, seed: int) -> NDArray[np.float64]:
    """(curves, 168) request rates by hour of the week, mean 1; invented ones without a folder.

    Raises `FileNotFoundError` when the folder has no trace of client rates.
    """
    if folder is None:
        return _invented(generator(seed, "curves"))
    path = folder / _FILE
    if not path.is_file():
        raise FileNotFoundError(f"traces: {path} is missing; simulate without a folder of corpora or add it")
    rates = pd.read_parquet(path, columns=_COLUMNS)
    rates["hour"] = (rates["timestamp_s"] // 3600 % HOURS).astype(int)
    table = rates.pivot_table("rate_rps", ["model", "client"], "hour", observed=True)
    table = table[table.notna().sum(axis=1) >= _LEAST_HOURS].fillna(0.0)
    return _relative(table.to_numpy(np.float64))


def _invented(rng: np.random.Generator) -> NDArray[np.float64]:
    """Services with a day of their own, quieter weekends and uneven hours."""
    hour = np.arange(HOURS)
    angle = (hour % 24 - rng.uniform(0, 24, (_INVENTED, 1))) * (2 * np.pi / 24)
    day = np.exp(rng.uniform(0, 1.5, (_INVENTED, 1)) * np.cos(angle))
    weekend = np.where(hour >= 5 * 24, rng.uniform(0.2, 1.1, (_INVENTED, 1)), 1.0)
    return _relative(day * weekend * rng.lognormal(0, 0.35, (_INVENTED, HOURS)))


def _relative(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = rates[rates.mean(axis=1) > 0]
    result: NDArray[np.float64] = kept / kept.mean(axis=1, keepdims=True)
    return result
