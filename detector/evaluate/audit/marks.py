"""What may not mark a family in a world: its corpus, its libraries, its limits, what it does not say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from detector.evaluate.audit.matching import matched
from detector.evaluate.audit.sample import mode
from detector.evaluate.audit.separation import separation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detector.evaluate.audit.sample import Sample
    from detector.evaluate.audit.sources import Sources
    from detector.evaluate.rates import Estimate

DEPTH: Final = 3
MARKED: Final = 0.7
"""A family whose AUC is shown to exceed it is marked by more than what it does."""
_LEAST_IN_LEAF: Final = 5
_OPTIONAL: Final = (
    "end_user_id", "session_id", "device_id", "ja4", "payment_fingerprint", "seed", "tools_hash",
    "temperature", "top_p", "n", "stream", "reasoning_effort", "response_format", "max_tokens",
)  # fmt: skip


def marks(sample: Sample, sources: Sources, rng: np.random.Generator) -> dict[str, Estimate | None]:
    """For each family the AUC of a depth-3 tree on superficial marks, against its matched honest accounts.

    None where too few of its campaigns are in the worlds.
    """
    accounts = superficial(sample, sources)
    found = {}
    for family in sorted(accounts["family"].dropna().unique()):
        kept = accounts[(accounts["family"] == family) | matched(accounts, family, rng)]
        columns = pd.get_dummies(kept[["source", "sdk", "max_tokens", "missing"]], columns=["source", "sdk"])
        found[family] = separation(
            columns.to_numpy(np.float64), kept["family"].notna().to_numpy(), kept["owner"].to_numpy(str),
            partial(DecisionTreeClassifier, max_depth=DEPTH, min_samples_leaf=_LEAST_IN_LEAF), rng,
        )  # fmt: skip
    return found


def superficial(sample: Sample, sources: Sources) -> pd.DataFrame:
    """A row for what each account did for its campaign, or on its own: the marks, and whose it is."""
    rows = sample.truth.assign(
        source=[sources.of(record.get("messages")) for record in sample.records],
        sdk=[_sdk(record.get("user_agent")) for record in sample.records],
        max_tokens=[record.get("max_tokens") or -1 for record in sample.records],
        missing=[_missing(record) for record in sample.records],
    )
    groups = rows.groupby(["account_id", rows["family"].notna()], sort=False)
    table = groups.first()[["family", "archetype", "n_events", "owner"]]
    table["source"], table["sdk"] = groups["source"].agg(mode), groups["sdk"].agg(mode)
    table["max_tokens"], table["missing"] = groups["max_tokens"].median(), groups["missing"].median()
    return table.reset_index(drop=True)


def _sdk(user_agent: str | None) -> str:
    return "" if user_agent is None else user_agent.rstrip("0123456789. ").rstrip("/")


def _missing(record: Mapping[str, Any]) -> int:
    return sum(record.get(name) is None for name in _OPTIONAL)
