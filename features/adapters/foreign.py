"""What the adapters of foreign formats have in common: an object a record, and a function that reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from features.adapters.accounts import DEFAULT_ACCOUNT_FROM, AccountField
from features.adapters.mending import decode_lenient
from features.times import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from features.adapters.block import BlockDecoder
    from features.batch import Decoded
    from features.contract import UsageEvent


class EventReader(Protocol):
    """Reads one record of a format; raises `RecordError` where it is no event."""

    def __call__(self, record: dict[str, Any], account_from: tuple[AccountField, ...]) -> UsageEvent:
        """The canonical event that `record` describes."""
        ...


@dataclass(frozen=True, slots=True)
class ForeignAdapter:
    """Reads records of the format `name`; `account_from` says which of their ids is the scored account."""

    name: str
    blocks: BlockDecoder
    event: EventReader
    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
    decoder: msgspec.json.Decoder[dict[str, Any]] = field(
        default_factory=lambda: msgspec.json.Decoder(dict[str, Any]), repr=False
    )

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:
        """Decode a block of records; an event that starts after `latest` is rejected."""
        return self.blocks.decode(records, self, latest)

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all events."""
        return [self.read(record) for record in records]

    def read(self, record: bytes) -> UsageEvent:
        """Read one record."""
        return self.event(decode_lenient(record, self.decoder), self.account_from)
