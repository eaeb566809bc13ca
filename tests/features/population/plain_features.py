"""What the catalogue promises of several accounts together, by name, from a plain population."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import TYPE_CHECKING, Any

from tests.features.account.reference import HyperLogLog, log256, mix64
from tests.features.population.plain_populations import batch_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.features.population.plain_populations import Population, Row

NAN = math.nan
HOUR = 3_600_000
MASK = 2**64 - 1


def shared_features(one: Population, totals: list[int]) -> dict[str, float]:
    """Every feature that only several accounts have; `totals` are the requests of each account."""
    rows = [row for row, _, _ in one.requests]
    texts = [sketch for _, sketch, _ in one.requests if sketch["present"] and sketch["user_turns"]]
    return {"kind": one.kind} | _work(one, totals) | _turns(one) | _people(one, rows) | _words(texts) | {
        "duration": math.log2(1 + (max(r["time"] for r in rows) - min(r["time"] for r in rows)) / HOUR),
    }  # fmt: skip


def _work(one: Population, totals: list[int]) -> dict[str, float]:
    counts = [member.count for member in one.members.values()]
    parts = [min(member.count / max(totals[who], 1), 1) for who, member in one.members.items()]
    mean = statistics.mean(counts)
    return {
        "members": math.log2(len(counts)),
        "requests_each": math.log2(mean),
        "steady_share": statistics.mean(count >= 2 for count in counts),
        "busiest_share": max(counts) / sum(counts),
        "unevenness": statistics.pstdev(counts) / mean if len(counts) > 1 else NAN,
        "dedication": statistics.mean(parts),
        "dedicated_share": statistics.mean(part >= 0.5 for part in parts),
    }


def _turns(one: Population) -> dict[str, float]:
    senders = [row["account"] for row, _, _ in one.requests]
    switches = [a != b for a, b in itertools.pairwise(senders)]
    logs = [log256(gap) / 256 for gap in one.gaps]
    return {
        "switch_share": _mean(switches),
        "turn_distance": _mean(logs) - math.log2(len(one.members)),
        "turn_spread": statistics.pstdev(logs) if len(logs) > 1 else NAN,
    }


def _people(one: Population, rows: list[Row]) -> dict[str, float]:
    payers = [row["payment"] or mix64(row["account"] + 1) for row in rows]
    orgs = [row["org"] or payer for row, payer in zip(rows, payers, strict=True)]
    batches = [batch_of(row) for row in rows]
    ages = [
        log256(max(row["time"] - row["account_created"], 0) / HOUR) / 256
        for row in rows
        if row["account_created"] > 0
    ]
    origins = [(origin, row["account"]) for row, _, origin in one.requests if origin >= 0]
    different = {
        "payers_each": payers,
        "orgs_each": orgs,
        "networks_each": [row["ip_net"] for row in rows],
        "devices_each": [row["device"] for row in rows],
        "batches_each": [mix64((batch[0] + batch[1]) & MASK) if batch else 0 for batch in batches],
    }
    return {name: _distinct(values) / len(one.members) for name, values in different.items()} | {
        "member_age": _mean(ages),
        "member_age_spread": statistics.pstdev(ages) if len(ages) > 1 else NAN,
        "foreign_share": _mean([origin != account for origin, account in origins]),
    }


def _words(texts: list[Row]) -> dict[str, float]:
    different = {
        "joint_opening_variety": [text["opening"] for text in texts],
        **{
            name: [mix64(text[of]) for text in texts]
            for name, of in (
                ("joint_template_variety", "template"),
                ("head_variety", "head"),
                ("tail_variety", "tail"),
            )
        },
    }
    return {name: _variety(values) for name, values in different.items()}


def _variety(values: list[int]) -> float:
    if not values:
        return NAN
    known = _distinct(values)
    return 0.0 if math.isnan(known) else min(known / len(values), 1)


def _distinct(values: Iterable[int]) -> float:
    known = [value for value in values if value]
    sketch = HyperLogLog(64)
    for value in known:
        sketch.add(value)
    return sketch.estimate() if known else NAN


def _mean(values: list[Any]) -> float:
    return statistics.mean(values) if values else NAN
