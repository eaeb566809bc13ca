"""What could give a label away though nobody did anything: ids, clocks, number formats, missing fields."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from detector.evaluate.audit.matching import TWINS, matched
from detector.evaluate.audit.separation import separation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from detector.evaluate.audit.sample import Sample
    from detector.evaluate.rates import Estimate

EVEN: Final = 0.5
_Read: TypeAlias = "Callable[[Mapping[str, Any]], Sequence[float] | None]"
"""Columns of a record; None where it has nothing to tell."""

TOLERANCE: Final = 0.02
_WIDER: Final = 2.81 / 1.96
"""Normal quantiles of one check in ten and of one alone."""
_GATEWAY: Final = (
    "org_id", "api_key_id", "client_asn", "client_country", "client_ip", "user_agent", "account_created",
    "plan", "signup_channel", "human_token", "ttft_ms", "cached_input_tokens", "reasoning_tokens",
)  # fmt: skip
"""Fields that are missing for no other reason than that a gateway does not log them."""
_NUMBERS: Final = ("latency_ms", "ttft_ms", "input_tokens", "output_tokens")
_LONG: Final = 100
"""Last digits of smaller numbers are not even, whoever wrote them."""
_OF_OWNER: Final = 100
"""requests of a campaign or an organisation"""
_MOST: Final = 40_000


def is_even(found: Estimate) -> bool:
    """Whether a separation is none: within the tolerance of 0.5, or not shown to be outside at its n.

    Shown at 95 % by all of the checks together (Bonferroni), so intervals are widened.
    """
    low = found.value - _WIDER * (found.value - found.low)
    high = found.value + _WIDER * (found.high - found.value)
    return abs(found.value - EVEN) <= TOLERANCE or low <= EVEN <= high


def leaks(sample: Sample, rng: np.random.Generator) -> dict[str, Estimate]:
    """AUC of each leak between requests of campaigns and of their honest twins."""
    rows = _compared(sample.truth, rng)
    labels = sample.truth["family"].notna().to_numpy()[rows]
    owners = sample.truth["owner"].to_numpy(str)[rows]
    make = partial(HistGradientBoostingClassifier, max_iter=20, max_leaf_nodes=8, early_stopping=False)
    found = {}
    for name, read in _LEAKS.items():
        told = [read(sample.records[row]) for row in rows]
        there = np.array([one is not None for one in told])
        features = np.array([one for one in told if one is not None], dtype=np.float64)
        each = separation(features, labels[there], owners[there], make, rng) if there.any() else None
        if each is not None:
            found[name] = each
    return found


def _compared(truth: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows of hostile requests, and of the requests of every family's twins."""
    accounts = truth.drop_duplicates(["account_id", "label"])
    chosen: set[str] = set()
    for family in sorted(accounts["family"].dropna().unique()):
        if family in TWINS:
            chosen |= set(accounts["account_id"][matched(accounts, family, rng)])
    kept = truth["family"].notna() | (truth["account_id"].isin(chosen) & truth["family"].isna())
    rows = rng.permutation(np.flatnonzero(kept.to_numpy()))
    # No campaign may outweigh the others because it is large.
    rank = truth["owner"].iloc[rows].groupby(truth["owner"]).cumcount().to_numpy()
    return np.sort(rows[rank < _OF_OWNER][:_MOST])


def _hex(name: str, digits: int) -> _Read:
    def read(record: Mapping[str, Any]) -> list[float]:
        text = record[name].rpartition("_")[2][-digits:]
        return [int(letter, 36) for letter in text.rjust(digits, "0")]

    return read


def _clock(record: Mapping[str, Any]) -> list[float]:
    time = record["time"]
    return [int(time[-4:-1]), int(time[-2]), int(time[-7:-5])]


def _gateway(record: Mapping[str, Any]) -> list[float]:
    """Absent, null or there, field by field."""
    return [(2.0 if record[name] is not None else 1.0) if name in record else 0.0 for name in _GATEWAY]


def _last_digit(name: str) -> _Read:
    """One column for each digit, so that a tree finds any of them."""

    def read(record: Mapping[str, Any]) -> list[float] | None:
        value = record.get(name) or 0
        # An answer that was cut ends where its asker said.
        if value < _LONG or (name == "output_tokens" and record.get("finish_reason") != "stop"):
            return None
        return [float(value % 10 == digit) for digit in range(10)]

    return read


def _decimals(name: str) -> _Read:
    def read(record: Mapping[str, Any]) -> list[float] | None:
        value = record.get(name)
        return None if value is None else [len(str(value).partition(".")[2]), isinstance(value, float)]

    return read


_LEAKS: Final = {
    "event id": _hex("event_id", 24),
    "account id": _hex("account_id", 12),
    "clock": _clock,
    "missing fields": _gateway,
    **{f"last digit of {name}": _last_digit(name) for name in _NUMBERS},
    **{f"decimals of {name}": _decimals(name) for name in ("temperature", "top_p")},
}
