"""Stillwatch's own event format: one usage event or lifecycle record a line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
import numpy as np

from features.adapters.base import RecordError
from features.adapters.block import BlockDecoder, decode_tolerant
from features.adapters.reasons import missing
from features.adapters.required import check_required, check_time
from features.batch import Decoded, Lifecycle
from features.batch_ops import concat, take
from features.contract import UsageEvent
from features.reading.block import read_plain
from features.times import LATEST, epoch_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ACCOUNT_KINDS: Final = frozenset({"ban", "unban"})
MODEL_RELEASE: Final = "model_release"
_OF_CLIENT: Final = frozenset({"response_format", "messages"})


@dataclass(frozen=True, slots=True)
class CanonicalAdapter:
    """Reads usage events and lifecycle records as `features.contract` describes them."""

    blocks: BlockDecoder
    decoder: msgspec.json.Decoder[UsageEvent] = field(
        default_factory=lambda: msgspec.json.Decoder(UsageEvent), repr=False
    )
    name: ClassVar[str] = "canonical"

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:
        """Decode a block of records; an event that starts after `latest` is rejected."""
        batch, plain = read_plain(records, self.blocks.key, self.blocks.limit, latest)
        others = np.setdiff1d(np.arange(len(records)), plain, assume_unique=True)
        if len(others) == 0:
            return Decoded(batch, [], [], len(records))
        decoded, lines = self.blocks.decode_lines([records[at] for at in others], self, latest)
        rejected = [replace(one, line=int(others[one.line])) for one in decoded.rejected]
        if lines:
            order = np.argsort(np.concatenate([plain, others[lines]]))
            batch = take(concat([batch, decoded.batch]), order)
        return Decoded(batch, decoded.lifecycle, rejected, len(records))

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all complete usage events."""
        decode = self.decoder.decode
        events = [decode(record) for record in records]
        for event in events:
            if event.kind is not None:
                raise RecordError("unknown_kind", "kind: lifecycle records are read one by one")
            check_required(event)
        return events

    def read(self, record: bytes) -> UsageEvent | Lifecycle:
        """Read one usage event or lifecycle record."""
        event = decode_tolerant(record, self.decoder, _OF_CLIENT)
        if event.kind is not None:
            return _lifecycle(event, event.kind)
        check_required(event)
        return event


def _lifecycle(event: UsageEvent, kind: str) -> Lifecycle:
    if kind not in ACCOUNT_KINDS and kind != MODEL_RELEASE:
        known = ", ".join(sorted(ACCOUNT_KINDS | {MODEL_RELEASE}))
        raise RecordError("unknown_kind", f"kind: not one of {known}; leave it out of usage events")
    name = "model" if kind == MODEL_RELEASE else "account_id"
    subject = event.model if kind == MODEL_RELEASE else event.account_id
    if not subject:
        raise missing(name)
    check_time(event.time)
    return Lifecycle(kind, int(epoch_ms([event.time])[0]), subject)
