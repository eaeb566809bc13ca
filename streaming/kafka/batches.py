"""Fetched batches to records without an object for each field of each.

kafka-python reads a record by some forty calls of Python, which hold the GIL longer than everything that
becomes of it later. Here a kernel walks over the varints of a batch (KIP-98, message format 2), and of each
record nothing is made but its offset and its value. Fetching, checksums, decompression and transactions
stay the library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from kafka import errors
from kafka.consumer.fetcher import Fetcher
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Plain = tuple[int, bytes | None]
"""Offset and value of a record."""

_LATEST_FORMAT: Final = 2
_ABSENT: Final = -1
_DAMAGED: Final = -2
_LONGEST: Final = 63
"""Bits by which the last part of a varint is shifted."""
_UNSIGNED: Final = (1 << 63) - 1
"""Shifting to the right repeats the sign, but for this."""


def read_by_batches(consumer: Any) -> None:
    """Let polls of a `kafka.KafkaConsumer` bring `Plain` records, not ConsumerRecords."""
    # No setting of the library names the class; 3.0 looks it up on its fetcher for each response.
    consumer._fetcher.PartitionRecords = PlainRecords  # noqa: SLF001


class PlainRecords(Fetcher.PartitionRecords):  # type: ignore[misc]  # kafka-python has no types
    """What one response brought of one partition; raises CorruptRecordError where it is damaged."""

    next_fetch_offset: int

    def take(self, n: int | None = None) -> list[Plain]:
        """At most the next `n` records; the fetch after them begins behind the last."""
        records: list[Plain] = super().take(n)
        if records:
            self.next_fetch_offset = max(self.next_fetch_offset, records[-1][0] + 1)
        return records

    def _maybe_skip_record(self, record: Plain) -> bool:
        return record[0] < self.fetch_offset

    def _unpack_records(self, tp: object, records: Any, *_: object) -> Iterator[Plain]:
        for batch in records:
            if self.check_crcs and not batch.validate_crc():
                raise errors.CorruptRecordError(f"{tp}: batch at offset {batch.base_offset} fails its CRC")
            self.bytes_read += batch.size_in_bytes
            if batch.magic < _LATEST_FORMAT:
                yield from ((record.offset, record.value) for record in batch)
                continue
            self.leader_epoch = batch.leader_epoch
            if not self._is_left_out(batch):
                yield from plain_records(batch)
            # Compaction removes records and keeps the offsets that a batch spans.
            self.next_fetch_offset = batch.next_offset
        self.drain()

    def _is_left_out(self, batch: Any) -> bool:
        """Whether a batch is a marker of transactions, or of one that was aborted."""
        if batch.has_producer_id():
            self._consume_aborted_transactions_up_to(batch.last_offset)
            if self._contains_abort_marker(batch):
                self.aborted_producer_ids.discard(batch.producer_id)
            elif self._is_batch_aborted(batch):
                return True
        return bool(batch.is_control_batch)


def plain_records(batch: Any) -> Iterator[Plain]:
    """Records of a batch of format 2 that was not read from yet."""
    # To iterate is what decompresses; where the records then begin is told nowhere else.
    iter(batch)
    body, begin = bytes(batch._buffer), batch._pos  # noqa: SLF001
    count = batch.records_count
    spans = np.empty((3, count), dtype=np.int64)
    if _walk(np.frombuffer(body, dtype=np.uint8), begin, spans) != len(body):
        raise errors.CorruptRecordError(f"batch at offset {batch.base_offset} is not what its header says")
    spans[0] += batch.base_offset
    offsets, starts, ends = spans.tolist()
    values = [body[a:b] if a != _ABSENT else None for a, b in zip(starts, ends, strict=True)]
    return zip(offsets, values, strict=True)


@njit(cache=True, nogil=True)
def _walk(data: NDArray[np.uint8], at: int, spans: NDArray[np.int64]) -> int:
    """Fill each record's offset in its batch and where its value lies; the end, or _DAMAGED."""
    for record in range(spans.shape[1]):
        length, at = _varint(data, at)
        end = at + length
        if at == _DAMAGED or length < 0 or end > data.shape[0]:
            return _DAMAGED
        _, at = _varint(data, at + 1)
        spans[0, record], at = _varint(data, at)
        _, _, at = _field(data, at)
        spans[1, record], spans[2, record], at = _field(data, at)
        if _past_headers(data, at) != end:
            return _DAMAGED
        at = end
    return at


@njit(cache=True, nogil=True)
def _past_headers(data: NDArray[np.uint8], at: int) -> int:
    headers, at = _varint(data, at)
    if headers < 0:
        return _DAMAGED
    for _ in range(headers):
        _, _, at = _field(data, at)
        _, _, at = _field(data, at)
        if at == _DAMAGED:
            break
    return at


@njit(cache=True, nogil=True)
def _field(data: NDArray[np.uint8], at: int) -> tuple[int, int, int]:
    """Where bytes that follow their length begin and end, _ABSENT for none, and what comes next."""
    length, at = _varint(data, at)
    if at == _DAMAGED or length > data.shape[0] - at:
        return _ABSENT, _ABSENT, _DAMAGED
    if length < 0:
        return _ABSENT, _ABSENT, at
    return at, at + length, at + length


@njit(cache=True, nogil=True)
def _varint(data: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """A zigzag varint (Protocol Buffers) and what comes next; _DAMAGED from behind the end on."""
    value, shift = 0, 0
    while 0 <= at < data.shape[0] and shift <= _LONGEST:
        byte = int(data[at])
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return (value >> 1 & _UNSIGNED) ^ -(value & 1), at
        shift += 7
    return 0, _DAMAGED
