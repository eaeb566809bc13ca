"""A batch: the records of one partition that became durable together, compressed, under one checksum.

Little-endian: magic, length of the payload, first offset, count, length of what the payload decompresses to,
time of writing (ms), and XXH3-64 over all of that and the payload. The payload is one Zstandard frame
(RFC 8878) of the records' lengths, four bytes each, and the records.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash
import zstandard

if TYPE_CHECKING:
    from collections.abc import Sequence

MAGIC: Final = b"SWQ\xf1"
"""Its last byte is in no UTF-8 text, and the first byte of a changed layout would be another."""

HEADER: Final = struct.Struct("<4sIQIIqQ")
_DIGEST_BYTES: Final = 8
_LEVEL: Final = 1
_MAX_PLAIN: Final = 2**30


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """What is known of a batch without decompressing it."""

    size: int
    """bytes of the payload"""
    first: int
    """offset of its first record"""
    count: int
    plain: int
    """bytes of the payload once decompressed"""
    time: int
    """ms since the epoch"""
    digest: int

    @property
    def end(self) -> int:
        """The offset after its last record."""
        return self.first + self.count

    @property
    def total(self) -> int:
        """Bytes of the header and the payload."""
        return HEADER.size + self.size


def encode_batch(first: int, time: int, records: Sequence[bytes]) -> bytes:
    """A batch of at least one record, whose first has the offset `first`."""
    lengths = np.fromiter(map(len, records), dtype="<u4", count=len(records)).tobytes()
    plain = b"".join((lengths, *records))
    payload = zstandard.ZstdCompressor(level=_LEVEL).compress(plain)
    head = HEADER.pack(MAGIC, len(payload), first, len(records), len(plain), time, 0)[:-_DIGEST_BYTES]
    return b"".join((head, _digest(head, payload).to_bytes(_DIGEST_BYTES, "little"), payload))


def parse_header(data: bytes) -> BatchHeader | None:
    """The header at the start of `data`; None where there is none, or only a part of one."""
    if len(data) < HEADER.size:
        return None
    magic, size, first, count, plain, time, digest = HEADER.unpack_from(data)
    if magic != MAGIC or count < 1 or plain > _MAX_PLAIN:
        return None
    return BatchHeader(size, first, count, plain, time, digest)


def is_intact(head: bytes, header: BatchHeader, payload: bytes) -> bool:
    """Whether `payload` is all there and unchanged; `head` is the bytes that `header` was read from."""
    return len(payload) == header.size and _digest(head[:-_DIGEST_BYTES], payload) == header.digest


def decode_records(header: BatchHeader, payload: bytes) -> list[bytes]:
    """The records of a batch that is intact."""
    plain = zstandard.ZstdDecompressor().decompress(payload, max_output_size=header.plain)
    start = 4 * header.count
    ends = (np.cumsum(np.frombuffer(plain[:start], "<u4"), dtype=np.int64) + start).tolist()
    return [plain[a:b] for a, b in zip([start, *ends], ends, strict=False)]


def _digest(head: bytes, payload: bytes) -> int:
    digest = xxhash.xxh3_64(head)
    digest.update(payload)
    return digest.intdigest()
