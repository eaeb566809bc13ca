"""The tables of campaigns: what a replay writes of them, and the same read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.alert import timestamp
from detector.campaigns.actions import techniques
from detector.campaigns.campaign import Campaign, Indicator, SharedObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from detector.grouping import Grouping, Links

TIME: Final = pa.timestamp("ms", "UTC")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS: Final = pa.list_(pa.string())
_EVIDENCE: Final = pa.list_(
    pa.struct(
        [
            ("object", pa.string()),
            ("weight", pa.float64()),
            ("kind", pa.string()),
            ("members", pa.int64()),
            ("others", pa.int64()),
            ("requests", pa.int64()),
        ]
    )
)
_CAMPAIGN: Final = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("first_alert_time", TIME),
        ("accounts", pa.int64()),
        ("events", pa.int64()),
        ("evidence", _EVIDENCE),
        ("status", pa.string()),
        ("updated", TIME),
        ("shared_events", pa.int64()),
        ("indicators", pa.list_(pa.struct([("code", pa.string()), ("detail", pa.string())]))),
        ("techniques", _TEXTS),
        ("action", pa.string()),
        ("migrated_from", _TEXTS),
        ("merged", _TEXTS),
        ("split_from", pa.string()),
    ]
)
_LINK: Final = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("account_id", pa.string()),
        ("object", pa.string()),
        ("requests", pa.int64()),
    ]
)


def write_campaigns(path: Path, campaigns: Sequence[Campaign], events: NDArray[np.int64]) -> None:
    """Write a row for each campaign, in order of its id; `events` are counted by account row."""
    ordered = sorted(campaigns, key=lambda one: one.campaign_id)
    rows = [_row(one, int(events[list(one.members)].sum())) for one in ordered]
    pq.write_table(pa.Table.from_pylist(rows, _CAMPAIGN), path)


def write_links(path: Path, grouping: Grouping, names: NDArray[np.object_]) -> None:
    """Write a row for each member and each shared object that it shows; `names` by account row."""
    with pq.ParquetWriter(path, _LINK) as writer:
        for campaign in grouping.campaigns:
            if campaign.campaign_id in grouping.links:
                writer.write_table(_link_table(campaign, grouping.links[campaign.campaign_id], names))


def read_campaigns(path: Path, members: Mapping[str, tuple[int, ...]]) -> tuple[Campaign, ...]:
    """Read what `write_campaigns` wrote; `members` of each campaign by its id.

    Raises `KeyError` where a column is missing.
    """
    return tuple(_campaign(row, members) for row in pq.read_table(path).to_pylist())


def shared_to_json(shared: SharedObject) -> dict[str, Any]:
    """As in the output contract, with what it leaves open added."""
    return {
        "object": shared.object_id,
        "weight": shared.weight,
        "kind": shared.kind,
        "members": shared.members,
        "others": shared.others,
        "requests": shared.requests,
    }


def campaign_to_json(one: Campaign, name: Callable[[int], str]) -> dict[str, Any]:
    """A campaign by itself, with the names of its members and without what replays count at their end."""
    times = {
        "first_alert_time": timestamp(one.first_alert) if one.first_alert else None,
        "updated": timestamp(one.updated),
    }
    return _said(one) | times | {"members": [name(member) for member in one.members]}


def _row(one: Campaign, events: int) -> dict[str, Any]:
    times = {"first_alert_time": one.first_alert or None, "updated": one.updated}
    return _said(one) | times | {"events": events}


def _said(one: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": one.campaign_id,
        "label": one.label,
        "score": one.score,
        "accounts": len(one.members),
        "evidence": [shared_to_json(shared) for shared in one.evidence],
        "status": one.status,
        "shared_events": one.requests,
        "indicators": [{"code": seen.code, "detail": seen.detail} for seen in one.indicators],
        "techniques": techniques(one.label),
        "action": one.action,
        "migrated_from": one.migrated_from,
        "merged": one.merged,
        "split_from": one.split_from,
    }


def _link_table(campaign: Campaign, links: Links, names: NDArray[np.object_]) -> pa.Table:
    ids = np.array([shared.object_id for shared in campaign.evidence], dtype=object)
    columns = {
        "campaign_id": pa.array([campaign.campaign_id] * len(links.accounts), pa.string()),
        "account_id": pa.array(names[links.accounts], pa.string()),
        "object": pa.array(ids[links.objects], pa.string()),
        "requests": pa.array(links.requests),
    }
    return pa.table(columns, _LINK)


def _campaign(row: dict[str, Any], members: Mapping[str, tuple[int, ...]]) -> Campaign:
    name, first = row["campaign_id"], row["first_alert_time"]
    return Campaign(
        campaign_id=name,
        label=row["label"],
        score=row["score"],
        status=row["status"],
        first_alert=0 if first is None else _ms(first),
        updated=_ms(row["updated"]),
        members=members.get(name, ()),
        requests=row["shared_events"],
        evidence=tuple(_shared(one) for one in row["evidence"]),
        indicators=tuple(Indicator(**one) for one in row["indicators"]),
        action=row["action"],
        migrated_from=tuple(row["migrated_from"]),
        merged=tuple(row["merged"]),
        split_from=row["split_from"],
    )


def _shared(row: dict[str, Any]) -> SharedObject:
    return SharedObject(**{"object_id" if name == "object" else name: value for name, value in row.items()})


def _ms(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)
