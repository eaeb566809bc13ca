from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.spark.seen_file import mark_after, seen_table
from streaming.seen import SEEN

if TYPE_CHECKING:
    from pathlib import Path

    from streaming.seen import SeenIds

MARK = mark_after(b"", b"a state")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the table of a shard is."""
    return tmp_path / "shard"


def _put(seen: SeenIds, ids: range) -> None:
    seen.reserve(len(ids))
    rows = np.zeros(len(ids), SEEN)
    rows["event"], rows["available"] = ids, 5
    seen.recall(rows)


def _held(seen: SeenIds) -> set[int]:
    return {int(one) for one in seen.ids if one}


def _keep(path: Path, ids: range, mark: bytes = MARK) -> None:
    with seen_table(path, b"") as table:
        _put(table.ids, ids)
        table.keep(mark)


def test_a_table_is_found_under_its_mark_and_grows(path: Path) -> None:
    """The next batch has what this one left, however large it has become, and how full it is."""
    _keep(path, range(1, 1001))
    after = mark_after(MARK, b"a batch")
    with seen_table(path, MARK) as table:
        assert table.known
        table.ids.added(0, 9_000, 8_000)
        table.keep(after)
    with seen_table(path, after) as table:
        assert (table.ids.used, table.ids.oldest) == (1000, 1000)
        table.ids.oldest = None
        _put(table.ids, range(1001, 100_001))
        table.keep(MARK)
    with seen_table(path, MARK) as table:
        assert table.known
        assert _held(table.ids) == set(range(1, 100_001))
        assert len(table.ids.times) > 100_000


def test_a_table_of_another_state_is_not_used(path: Path) -> None:
    """Nor is one that a batch has changed and not kept, or the one of no state at all."""
    _keep(path, range(1, 11))
    for mark in (mark_after(MARK, b""), b""):
        with seen_table(path, mark) as table:
            assert not table.known
            assert _held(table.ids) == set()
    with seen_table(path, MARK) as table:
        _put(table.ids, range(11, 21))
    with seen_table(path, MARK) as table:
        assert not table.known


def test_a_file_that_is_no_table_is_not_used(path: Path) -> None:
    """Cut short, empty, or with a capacity that is not its own."""
    _keep(path, range(1, 11))
    whole = path.read_bytes()
    for body in (whole[: len(whole) // 2], whole[:40], b"", whole[:16] + b"\xff" * 8 + whole[24:]):
        path.write_bytes(body)
        with seen_table(path, MARK) as table:
            assert not table.known


def test_without_a_file_a_table_is_in_memory(path: Path) -> None:
    """In no folder, with no room on the disk, or while another attempt holds it: the batch goes on."""
    with seen_table(path / "absent" / "shard", MARK) as table:
        _put(table.ids, range(1, 11))
        table.keep(MARK)
    assert not (path / "absent").exists()

    with seen_table(path, b"") as first, seen_table(path, b"") as second:
        _put(first.ids, range(1, 11))
        _put(second.ids, range(11, 21))
        second.keep(MARK)
        first.keep(MARK)
    with seen_table(path, MARK) as table:
        assert _held(table.ids) == set(range(1, 11))


def test_a_full_disk_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is asked for before a file is mapped: a write to a mapping without any would end the process."""

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    _keep(path, range(1, 11))
    with seen_table(path, MARK) as table:
        assert not table.known


def test_what_a_batch_raises_is_raised(path: Path) -> None:
    """Also an OSError, which is not taken for one of the file."""
    with pytest.raises(OSError, match="of the batch"), seen_table(path, MARK):
        raise OSError("of the batch")


def test_only_the_owner_may_read_it(path: Path) -> None:
    """Executors of other users may share the machine."""
    _keep(path, range(1, 11))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_mark_tells_changes_apart() -> None:
    """Also where what was changed reads the same when it is written side by side."""
    marks = {
        mark_after(b"", b"ab", b"c"),
        mark_after(b"", b"a", b"bc"),
        mark_after(b"", b"abc"),
        mark_after(b""),
    }
    assert len(marks) == 4
    assert {len(mark) for mark in marks} == {16}
