from __future__ import annotations

import heapq
from itertools import accumulate
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from features.adapters import make_adapter
from features.hashing import HashKey
from streaming.merge import merge
from tests.support.batches import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from features.batch import EventBatch

ADAPTER = make_adapter("canonical", HashKey.from_secret("a secret of the tests"))
FILES = st.lists(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=4), max_size=4)


def _batches(name: int, sizes: list[list[int]]) -> Iterator[EventBatch]:
    line = 0
    for seconds in sizes:
        records = []
        for second in seconds:
            records.append(
                b'{"event_id":"e","time":"2026-03-01T00:00:%02dZ","account_id":"%d","response":"%d"}'
                % (second, name, line)
            )
            line += 1
        yield ADAPTER.decode(records).batch


def _merged(files: list[list[list[int]]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for batch in merge([_batches(name, sizes) for name, sizes in enumerate(files)]):
        lines = [int(parts[-1][1]) for parts in parts_of(batch)]
        accounts = [int(batch.accounts[i]) for i in batch.rows["account"]]
        found.extend(zip(accounts, lines, strict=True))
    return found


def _reference(files: list[list[list[int]]]) -> list[tuple[int, int]]:
    streams = []
    for name, sizes in enumerate(files):
        latest = accumulate((second for seconds in sizes for second in seconds), max)
        streams.append([(second, name, line) for line, second in enumerate(latest)])
    return [(name, line) for _, name, line in heapq.merge(*streams)]


@settings(deadline=None)
@given(FILES)
def test_order_is_that_of_a_plain_merge(files: list[list[list[int]]]) -> None:
    """Events come by the latest time of their file so far, then by file, then by line, however batched."""
    assert _merged(files) == _reference(files)


def test_files_that_do_not_overlap_follow_each_other() -> None:
    """Whatever the order given, the earlier file comes first as a whole."""
    assert _merged([[[5, 6], [7]], [[1], [2, 3]]]) == [(1, 0), (1, 1), (1, 2), (0, 0), (0, 1), (0, 2)]


def test_one_file_keeps_its_order() -> None:
    """A late event of a single file stays where it was written."""
    assert _merged([[[5, 1], [3, 7]]]) == [(0, 0), (0, 1), (0, 2), (0, 3)]


def test_a_batch_of_each_file_is_all_that_is_read_ahead() -> None:
    """Before the first event is out, no file was read beyond its first batch."""
    read: list[int] = []

    def watched(name: int) -> Iterator[EventBatch]:
        for batch in _batches(name, [[second] for second in range(9)]):
            read.append(name)
            yield batch

    next(merge([watched(0), watched(1)]))

    assert read == [0, 1]
