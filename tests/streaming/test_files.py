from __future__ import annotations

import gzip
import io
import os
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.files import check_readable, open_source, total_size
from streaming.lines import LineSplitter
from streaming.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from streaming.source import Block

TEXT = b'{"n": 1}\n\n{"n": 2}\r\n   \n{"n": 3}'
RECORDS = [(1, b'{"n": 1}'), (3, b'{"n": 2}\r'), (5, b'{"n": 3}')]
_NOBODY = 65534
LONG_WINDOW = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(compression_params=LONG_WINDOW).compress(data)


def _skippable(data: bytes) -> bytes:
    return b"\x52\x2a\x4d\x18\x03\x00\x00\x00xyz" + _zstd(data)


def _frames(data: bytes) -> bytes:
    return _zstd(data[:10]) + _zstd(b"") + _zstd(data[10:])


def _members(data: bytes) -> bytes:
    return gzip.compress(data[:10]) + gzip.compress(data[10:]) + bytes(512)


def _with_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def _numbered(blocks: list[Block]) -> list[tuple[int, bytes]]:
    return [pair for block in blocks for pair in zip(block.positions, block.records, strict=True)]


@pytest.mark.parametrize("store", [bytes, _with_mark, gzip.compress, _members, _zstd, _frames, _skippable])
@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.zst", "-"])
def test_content_tells_the_compression(store: Callable[[bytes], bytes], name: str, tmp_path: Path) -> None:
    """Every compression is read from files of any name and from a pipe; blank lines are left out."""
    data = store(TEXT)
    path = "-" if name == "-" else str(tmp_path / name)
    if path != "-":
        (tmp_path / name).write_bytes(data)

    blocks = list(open_source([path], stdin=io.BytesIO(data)).blocks())

    assert _numbered(blocks) == RECORDS
    assert {block.origin for block in blocks} == {path}
    assert sum(block.bytes_read for block in blocks) == len(data)
    assert total_size([path]) == (None if path == "-" else len(data))


@pytest.mark.parametrize("store", [gzip.compress, _zstd])
def test_a_truncated_file_gives_its_lines_and_then_an_error(
    store: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """The complete lines before the cut are read; then the error names the file and the remedy."""
    lines = [os.urandom(300).hex().encode() for _ in range(2000)]
    path = tmp_path / "events"
    path.write_bytes(store(b"\n".join(lines) + b"\n")[:-50_000])
    found: list[Block] = []

    with pytest.raises(SourceError, match=r"events: the compressed data ends too early; copy"):
        found.extend(open_source([path], max_records=100).blocks())

    records = [record for block in found for record in block.records]
    assert len(records) > 1000
    assert records == lines[: len(records)]


@pytest.mark.parametrize("store", [gzip.compress, _zstd])
def test_damaged_compression_is_an_error(store: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Bytes changed in the middle are found out, not read as something else."""
    data = bytearray(store(os.urandom(100_000).hex().encode()))
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    path = tmp_path / "events"
    path.write_bytes(data)

    with pytest.raises(SourceError, match="events: the compressed data is damaged"):
        list(open_source([path]).blocks())


@pytest.mark.parametrize(
    "data",
    [b"", b"\n \n\n", gzip.compress(b""), _zstd(b"")],
    ids=["empty", "blank", "gzip", "zstd"],
)
def test_an_empty_file_has_no_blocks(data: bytes, tmp_path: Path) -> None:
    """Nothing, or blank lines alone, is no block and no error."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(data)

    assert list(open_source([path]).blocks()) == []


def test_files_follow_each_other_and_blocks_are_bounded(tmp_path: Path) -> None:
    """Each file starts new blocks and numbers its own lines; blocks end at the bounds given."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"".join(b"%s%02d\n" % (name.encode(), i) for i in range(25)))

    by_count = list(open_source([tmp_path / "b", tmp_path / "a"], max_records=10).blocks())
    by_size = list(open_source([tmp_path / "a"], max_bytes=15).blocks())

    assert [len(block.records) for block in by_count] == [10, 10, 5, 10, 10, 5]
    assert [block.records[0] for block in by_count[::3]] == [b"b00", b"a00"]
    assert [block.positions[0] for block in by_count] == [1, 11, 21, 1, 11, 21]
    assert [len(block.records) for block in by_size] == [5] * 5
    assert total_size([tmp_path / "a", tmp_path / "b"]) == 200


def test_a_giant_line_is_cut_in_bounded_memory(tmp_path: Path) -> None:
    """Of a 200 MB line one byte beyond the limit is kept, and the line after it is whole."""
    path = tmp_path / "events.zst"
    with zstandard.open(path, "wb") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'\n{"n": 1}\n')
    tracemalloc.start()

    (block,) = open_source([path], record_limit=1000).blocks()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [len(record) for record in block.records] == [1001, 8]
    assert block.positions == [1, 2]
    assert peak < 100_000_000


@settings(deadline=None)
@given(st.lists(st.binary(max_size=12)), st.integers(1, 8))
def test_splitting_does_not_depend_on_the_chunks(chunks: list[bytes], limit: int) -> None:
    """Lines are those of the whole text, each cut one byte beyond the limit, however it was chunked."""
    splitter = LineSplitter(limit)

    lines = [line for chunk in chunks for line in splitter.feed(chunk)]

    assert [*lines, splitter.rest()] == [line[: limit + 1] for line in b"".join(chunks).split(b"\n")]


def test_a_missing_file_is_an_error_at_once(tmp_path: Path) -> None:
    """A path that is not there is refused before anything is read."""
    with pytest.raises(SourceError, match=r"absent\.jsonl: no such file; check the path"):
        open_source([tmp_path / "absent.jsonl"])


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    """A directory is refused, with what to give instead."""
    with pytest.raises(SourceError, match="is a directory; name the files in it"):
        open_source([tmp_path])


@contextmanager
def nobody() -> Iterator[None]:
    """Without the superuser's right to read every file, if we have it."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    """A file without read permission is refused."""
    path = tmp_path / "events.jsonl"
    path.touch(mode=0)

    with nobody(), pytest.raises(SourceError, match="may not be read; check its permissions"):
        check_readable(path)


def test_a_file_that_vanishes_is_an_error(tmp_path: Path) -> None:
    """A file removed between opening the source and reading it is an error of the source."""
    path = tmp_path / "events.jsonl"
    path.touch()
    source = open_source([path])
    path.unlink()

    with pytest.raises(SourceError, match="no such file"):
        list(source.blocks())
