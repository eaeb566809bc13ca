from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError
from kafka.protocol.consumer import IsolationLevel
from kafka.record import MemoryRecords, MemoryRecordsBuilder
from kafka.record.util import calc_crc32c

from streaming.kafka.batches import PlainRecords

if TYPE_CHECKING:
    from collections.abc import Sequence

PART: Final = TopicPartition("usage", 3)
CODECS: Final = range(5)
_ATTRIBUTES: Final = struct.calcsize(">qiibI")
_CRC: Final = struct.calcsize(">qiib")
_CONTROL: Final = 0x20

Header = tuple[str, bytes | None]
Record = tuple[bytes | None, bytes | None, list[Header]]

texts = st.none() | st.binary(max_size=40) | st.binary(min_size=100, max_size=300)
records = st.tuples(texts, texts, st.lists(st.tuples(st.text(max_size=4), texts), max_size=3))
batches = st.lists(st.lists(records, min_size=1, max_size=6), min_size=1, max_size=4)


class Aborted(NamedTuple):
    """As a broker tells of a transaction."""

    producer_id: int
    first_offset: int


def batch(base: int, content: Sequence[Record], codec: int = 0, producer: int | None = None) -> bytearray:
    """A batch of format 2 from offset `base` on; `producer` makes it a part of a transaction."""
    transaction = {} if producer is None else {"transactional": True, "producer_id": producer}
    transaction |= {} if producer is None else {"producer_epoch": 0, "base_sequence": 0}
    builder = MemoryRecordsBuilder(2, codec, 1 << 20, **transaction)
    for key, value, headers in content:
        builder.append(1_700_000_000_000, key, value, headers)
    builder.close()
    made = bytearray(builder.buffer())
    struct.pack_into(">q", made, 0, base)
    return made


def marker(base: int, producer: int, *, abort: bool) -> bytes:
    """What ends a transaction."""
    made = batch(base, [(struct.pack(">hh", 0, 0 if abort else 1), b"\0" * 6, [])], producer=producer)
    attributes = struct.unpack_from(">h", made, _ATTRIBUTES)[0] | _CONTROL
    struct.pack_into(">h", made, _ATTRIBUTES, attributes)
    return sealed(made)


def sealed(made: bytearray) -> bytes:
    """With the checksum of what is in it."""
    struct.pack_into(">I", made, _CRC, calc_crc32c(memoryview(made)[_ATTRIBUTES:]))
    return bytes(made)


def opened(kind: Any, data: bytes, begin: int = 0, aborted: Sequence[Aborted] = ()) -> Any:
    """A response of one partition, as a consumer of committed records reads it."""
    return kind(
        begin, PART, MemoryRecords(data),
        isolation_level=IsolationLevel.READ_COMMITTED, aborted_transactions=aborted,
    )  # fmt: skip


def read(data: bytes, most: int, begin: int = 0, aborted: Sequence[Aborted] = ()) -> list[Any]:
    """Both readers by turns: what each `take` gives and where the next fetch begins are the same."""
    ours = opened(PlainRecords, data, begin, aborted)
    theirs = opened(Fetcher.PartitionRecords, data, begin, aborted)
    taken: list[Any] = []
    while theirs:
        expected = [(record.offset, record.value) for record in theirs.take(most)]
        assert ours.take(most) == expected
        assert (ours.next_fetch_offset, ours.leader_epoch) == (theirs.next_fetch_offset, theirs.leader_epoch)
        taken += expected
    assert not ours
    return taken


@given(batches, st.sampled_from(CODECS), st.integers(1, 9), st.integers(0, 20))
def test_records_are_those_that_the_library_reads(
    content: list[list[Record]], codec: int, most: int, begin: int
) -> None:
    """Whatever keys, values, headers, compression, batches and first offset are."""
    data, base = b"", 0
    for one in content:
        data += batch(base, one, codec)
        base += len(one) + 2
    taken = read(data, most, begin)
    assert len(taken) <= sum(map(len, content))


def test_old_formats_are_read() -> None:
    """Topics may hold what was written before format 2."""
    builder = MemoryRecordsBuilder(1, 0, 1 << 16)
    for at in range(3):
        builder.append(1_700_000_000_000, b"a", b"%d" % at)
    builder.close()
    ours = opened(PlainRecords, bytes(builder.buffer()))
    assert ours.take(2) == [(0, b"0"), (1, b"1")]
    assert ours.take(5) == [(2, b"2")]
    assert not ours


def test_aborted_transactions_are_left_out() -> None:
    """What was aborted was never sent; what was committed, later and by the same producer too, was."""
    one: list[Record] = [(None, b"x", [])]
    data = b"".join(
        (
            batch(0, one, producer=7), batch(1, one), marker(2, 7, abort=True), batch(3, one, producer=7),
            batch(4, one, producer=8), marker(5, 7, abort=False), marker(6, 8, abort=True), batch(7, one),
        )
    )  # fmt: skip
    taken = read(data, 2, aborted=[Aborted(8, 4), Aborted(7, 0)])
    assert [offset for offset, _ in taken] == [1, 3, 7]


def test_a_batch_that_fails_its_checksum_is_an_error() -> None:
    """The records before it are handed out first."""
    damaged = batch(1, [(None, b"second", [])])
    damaged[-2] ^= 1
    ours = opened(PlainRecords, bytes(batch(0, [(None, b"first", [])]) + damaged))
    assert ours.take(5) == [(0, b"first")]
    with pytest.raises(CorruptRecordError, match="offset 1 fails its CRC"):
        ours.take(5)


@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_nothing_is_read_beyond_a_batch(content: list[Record], data: st.DataObject) -> None:
    """Bytes that are no records under a checksum that is right: an error, or as many records, and an end."""
    made = batch(0, content)
    begin = _CRC + 4 + struct.calcsize(">hiqqqhii")
    at = data.draw(st.integers(begin, len(made) - 1))
    made[at] = data.draw(st.integers(0, 255))
    try:
        taken = opened(PlainRecords, sealed(made)).take(100)
    except CorruptRecordError:
        return
    assert len(taken) == len(content)
    assert sum(len(value or b"") for _, value in taken) <= len(made)
