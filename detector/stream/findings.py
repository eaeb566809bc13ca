"""What ticks changed, as records to store: alerts, verdicts and campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from detector.campaign_outputs import campaign_to_json
from detector.campaigns.identity import NOBODY
from detector.store.findings import AlertRecord, CampaignRecord, VerdictRecord
from features.state import State
from models.scorer import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detector.alert import Alert
    from detector.engine import Engine

STEP: Final = 0.05
"""A verdict is told anew when its score moved so far,"""
WORTH: Final = 0.3
"""and one of the two is at least this: below it nobody acts on a score."""

_TOLD: Final = np.dtype([("label", "i1"), ("score", "<f4"), ("campaign", "<i4")])


class Verdicts:
    """Remembers what was told of each account; who was never remarkable is never told of."""

    def __init__(self) -> None:
        self._told: NDArray[np.void] = np.zeros(0, dtype=_TOLD)
        self._numbers: dict[str, int] = {}

    def changes(self, engine: Engine, end: int) -> list[VerdictRecord]:
        """Verdicts that differ from those told last, as of the tick that ended at `end` (ms)."""
        now = self._now(engine)
        before = self._told
        before = np.concatenate([before, _unremarkable(len(now) - len(before))])
        moved = np.abs(now["score"] - before["score"]) >= STEP
        moved &= np.maximum(now["score"], before["score"]) >= WORTH
        differs = moved | (now["label"] != before["label"]) | (now["campaign"] != before["campaign"])
        before[differs] = now[differs]
        self._told = before
        return [self._record(int(row), engine, end) for row in np.flatnonzero(differs)]

    def state(self) -> State:
        """What `restore` needs."""
        return State({"told": self._told}, {"campaigns": list(self._numbers)})

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._told = state.arrays["told"]
        self._numbers = {name: number for number, name in enumerate(state.facts["campaigns"])}

    def _now(self, engine: Engine) -> NDArray[np.void]:
        now = _unremarkable(len(engine.verdicts))
        now["label"] = engine.labels
        now["score"] = engine.verdicts["score"]
        ids, of = engine.campaigns.membership
        numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in ids]
        now["campaign"][: len(of)] = np.array([*numbers, NOBODY])[of[: len(now)]]
        return now

    def _record(self, row: int, engine: Engine, end: int) -> VerdictRecord:
        told = self._told[row]
        return VerdictRecord(
            account_id=engine.name(row),
            label=LABELS[told["label"]],
            score=float(told["score"]),
            status="open" if engine.verdicts["open"][row] else "clear",
            campaign_id=engine.campaigns.of(row),
            time=end,
        )


def alert_records(alerts: Iterable[Alert]) -> list[AlertRecord]:
    """Alerts with their bodies in JSON."""
    return [
        AlertRecord(
            alert_id=alert.alert_id,
            revision=alert.revision,
            time=alert.time,
            kind=alert.kind,
            subject_id=alert.subject_id,
            label=alert.label,
            score=alert.score,
            status=alert.status,
            body=msgspec.json.encode(alert.to_json()),
        )
        for alert in alerts
    ]


def campaign_records(engine: Engine, end: int) -> list[CampaignRecord]:
    """Campaigns that the tick that ended at `end` (ms) changed, and those that are over since then.

    One that turned out to be part of another is cleared, and `merged_into` in its body names the other.
    """
    return [
        CampaignRecord(
            campaign_id=one.campaign_id,
            status=one.status,
            label=one.label,
            score=one.score,
            time=end,
            body=msgspec.json.encode(campaign_to_json(one, engine.name) | {"merged_into": one.merged_into}),
        )
        for one in engine.campaigns.changed(end)
    ]


def _unremarkable(accounts: int) -> NDArray[np.void]:
    told = np.zeros(accounts, dtype=_TOLD)
    told["campaign"] = NOBODY
    return told
