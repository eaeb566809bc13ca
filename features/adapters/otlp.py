"""OpenTelemetry's traces of GenAI requests: whole exports, in JSON or protobuf, or a span a record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import msgspec

from features.adapters.accounts import DEFAULT_ACCOUNT_FROM, AccountField
from features.adapters.base import RecordError
from features.adapters.mending import decode_lenient
from features.adapters.otlp_export import looks_like_export, split_export
from features.adapters.otlp_span import span_event
from features.adapters.otlp_values import Span
from features.adapters.reasons import not_a_request, too_large
from features.batch import Decoded, Rejected
from features.times import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from features.adapters.block import BlockDecoder
    from features.contract import UsageEvent


@dataclass(frozen=True, slots=True)
class OTLPAdapter:
    """Reads spans and exports of spans; `account_from` says which of their ids is the scored account.

    An export counts as many lines as it has requests, and may be rejected in part: `Rejected.line` is then
    the export's.
    """

    blocks: BlockDecoder
    account_from: tuple[AccountField, ...] = DEFAULT_ACCOUNT_FROM
    decoder: msgspec.json.Decoder[Span] = field(
        default_factory=lambda: msgspec.json.Decoder(Span), repr=False
    )
    name: ClassVar[str] = "otlp"

    def decode(self, records: Sequence[bytes], latest: datetime = LATEST) -> Decoded:
        """Decode a block of records; an event that starts after `latest` is rejected."""
        if not any(map(looks_like_export, records)):
            return self.blocks.decode(records, self, latest)
        spans, owners, broken = self._split(records)
        found = self.blocks.decode(spans, self, latest)
        rejected = [*broken, *(replace(one, line=owners[one.line]) for one in found.rejected)]
        rejected.sort(key=lambda one: one.line)
        return Decoded(found.batch, found.lifecycle, rejected, found.lines + len(broken))

    def read_all(self, records: Sequence[bytes]) -> list[UsageEvent]:
        """Read records that are all spans of requests."""
        return [self.read(record) for record in records]

    def read(self, record: bytes) -> UsageEvent:
        """Read one span."""
        return span_event(decode_lenient(record, self.decoder), self.account_from)

    def _split(self, records: Sequence[bytes]) -> tuple[list[bytes], list[int], list[Rejected]]:
        """All spans, the record that each is from, and the records that are no export."""
        spans: list[bytes] = []
        owners: list[int] = []
        broken: list[Rejected] = []
        for line, record in enumerate(records):
            found = [record]
            if looks_like_export(record):
                try:
                    found = self._spans(record)
                except RecordError as error:
                    broken.append(Rejected(line, error.reason, error.detail))
                    continue
            spans += found
            owners += [line] * len(found)
        return spans, owners, broken

    def _spans(self, record: bytes) -> list[bytes]:
        if len(record) > self.blocks.limit:
            raise too_large(len(record), self.blocks.limit)
        export = split_export(record)
        if not export.records and not export.left_out:
            raise not_a_request("record", "an export without a span")
        return export.records
