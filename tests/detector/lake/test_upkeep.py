from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import fs

from detector.lake.errors import LakeError
from detector.lake.files import Files, open_files
from detector.lake.lake import open_lake
from detector.lake.layout import MANIFEST, ROOT, SCHEMA
from detector.lake.manifest import claim
from detector.lake.moments import NONE, Latest
from detector.lake.teaching import StatedLabels
from detector.lake.upkeep import forget, prune
from tests.detector.lake.recorded import MINE, bytes_of, files_in, lake_in, record, writer_in
from tests.detector.streamed import asks, name_of
from tests.features.account.streams import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.features.account.streams import Stream

NOW = 4_000_000_000_000
NOBODY = StatedLabels({})


def some_days() -> Stream:
    """Six accounts share two wordings over three days, the second wording on the first day only."""
    return asks(
        *((at // 3 * 1300, at % 6, 1, 100) for at in range(12)),
        *((at // 3 * 130, at % 3, 2, 900) for at in range(12)),
    )


def everything_in(folder: Path) -> bytes:
    """Names, metadata and values of every file, with nothing compressed."""
    said = [str(path.relative_to(folder)).encode() for path in folder.rglob("*")]
    for path in folder.rglob("*"):
        if path.is_file():
            said.append(path.read_bytes())
        if path.suffix == ".parquet":
            said.append(repr(pq.read_table(path).to_pydict()).encode())
    return b"\n".join(said)


def test_nothing_is_left_of_a_forgotten_account(tmp_path: Path) -> None:
    """No byte of its id in any file, half-written ones too; the rows of the others are as they were."""
    record(tmp_path, some_days(), events=True)
    (tmp_path / ROOT / "accounts" / ".0000.parquet.gone").write_bytes(name_of(2).encode())
    before = lake_in(tmp_path).recorded(NOBODY)
    assert everything_in(tmp_path).count(name_of(2).encode()) > 20

    found = forget(files_in(tmp_path), name_of(2), NOW)

    left = lake_in(tmp_path).recorded(NOBODY)
    others = before.names[before.examples.accounts.accounts] != name_of(2)
    assert found > 20
    assert name_of(2).encode() not in everything_in(tmp_path)
    np.testing.assert_array_equal(left.examples.accounts.vectors, before.examples.accounts.vectors[others])
    np.testing.assert_array_equal(left.examples.populations.vectors, before.examples.populations.vectors)
    assert forget(files_in(tmp_path), name_of(2), NOW) == 0


def test_whoever_repeats_old_ticks_does_not_bring_it_back(tmp_path: Path) -> None:
    """The same log again leaves the files as they are; ticks after it was forgotten are of a new account."""
    record(tmp_path, some_days(), events=True)
    ends = lake_in(tmp_path).recorded(NOBODY).ends
    forget(files_in(tmp_path), name_of(2), int(np.median(ends)))
    left = bytes_of(tmp_path)

    record(tmp_path, some_days(), events=True)

    found = lake_in(tmp_path).recorded(NOBODY)
    mine = found.ends[found.names[found.examples.accounts.accounts] == name_of(2)]
    assert (mine > np.median(ends)).all()
    assert len(mine)
    assert {name for name in left if "forgotten" in name} == {
        name for name in bytes_of(tmp_path) if "forgotten" in name
    }


def test_the_same_log_again_changes_no_byte(tmp_path: Path) -> None:
    """Nothing is there twice."""
    record(tmp_path, some_days(), events=True)
    before = bytes_of(tmp_path)

    record(tmp_path, some_days(), events=True)

    assert bytes_of(tmp_path) == before


def test_later_rows_are_as_they_were_when_older_days_are_gone(tmp_path: Path) -> None:
    """Their parts name populations that last doubled in those days; twice pruned is the same."""
    record(tmp_path, some_days())
    whole = lake_in(tmp_path).recorded(NOBODY)
    day = int(whole.ends.max()) // DAY - 1

    gone = prune(files_in(tmp_path), day) + prune(files_in(tmp_path), day + 1)

    left = lake_in(tmp_path).recorded(NOBODY)
    later = whole.ends > (day + 1) * DAY
    rows, expected = left.examples.accounts, whole.examples.accounts.take(later)
    assert gone > 10
    assert 0 < later.sum() < len(later)
    np.testing.assert_array_equal(rows.vectors, expected.vectors)
    np.testing.assert_array_equal(rows.part_counts, expected.part_counts)
    np.testing.assert_array_equal(
        left.examples.populations.vectors[rows.parts["population"]],
        whole.examples.populations.vectors[expected.parts["population"]],
    )
    assert prune(files_in(tmp_path), day + 1) == 0


def test_a_population_that_was_forgotten_and_came_back_is_another_one(tmp_path: Path) -> None:
    """What an account takes part in then has no row yet: the old one is not of its members."""
    month = 30 * 24 * 60
    before = [(at, at % 3, 1, 100) for at in range(6)]
    after = [*((month + at, 3 + at, 1, 900) for at in range(3)), (month + 10, 5, 2, 900)]
    record(tmp_path, asks(*before, *after, (month + 100, 6, 2, 900), times=1), closing=False)

    found = lake_in(tmp_path).recorded(NOBODY)

    rows = found.examples.accounts
    mine = found.names[rows.accounts] == name_of(5)
    assert len(found.examples.populations) == 1
    assert rows.events[mine].tolist() == [2]
    assert rows.part_counts[mine].tolist() == [0]


def test_a_lake_may_be_on_any_file_system(tmp_path: Path) -> None:
    """One that knows no folders of this machine holds the same bytes."""
    record(tmp_path / "local", some_days())
    (tmp_path / "remote").mkdir()
    remote = Files(fs.SubTreeFileSystem(str(tmp_path / "remote"), fs.LocalFileSystem()), "lake", "test")
    for name, content in bytes_of(tmp_path / "local").items():
        remote.write(name, content)

    assert bytes_of(tmp_path / "remote" / "lake") == bytes_of(tmp_path / "local")
    assert forget(remote, name_of(2), NOW) > 0


def test_what_no_file_system_opens_is_refused() -> None:
    """The message names the ways there are."""
    with pytest.raises(LakeError, match="s3://"):
        open_files("nowhere://lake", "test")


def test_a_folder_without_a_lake_is_none(tmp_path: Path) -> None:
    """The message says what writes one."""
    with pytest.raises(LakeError, match="stillwatch run --lake"):
        open_lake(str(tmp_path), "test")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": SCHEMA + 1}, f"schema {SCHEMA + 1}"),
        ({"catalogue": "other"}, "another release"),
        ({"events": "other"}, "another key"),
        ({"tick": 1}, "another --tick"),
    ],
)
def test_a_lake_of_another_making_is_not_written_to(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """Rows that are not comparable must not stand beside each other."""
    other = msgspec.structs.replace(MINE, **change)
    files_in(tmp_path).write(MANIFEST, msgspec.json.encode(other))

    with pytest.raises(LakeError, match=said):
        claim(files_in(tmp_path), MINE)


def test_rows_of_another_release_are_not_learnt_from(tmp_path: Path) -> None:
    """Features that mean something else are no features of ours."""
    record(tmp_path, some_days())
    lake = lake_in(tmp_path)
    lake.manifest = msgspec.structs.replace(MINE, catalogue="other")

    with pytest.raises(LakeError, match="features other of another release"):
        lake.examples(NOBODY)


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    """A file that is no Parquet, and a manifest that is no JSON."""
    record(tmp_path, some_days())
    broken = next((tmp_path / ROOT / "accounts").rglob("*.parquet"))
    broken.write_bytes(b"not Parquet at all")
    with pytest.raises(LakeError, match=broken.name):
        lake_in(tmp_path).examples(NOBODY)

    (tmp_path / MANIFEST).write_bytes(b"{")
    with pytest.raises(LakeError, match=MANIFEST):
        open_lake(str(tmp_path), "test")


def test_a_lake_without_rows_has_no_examples(tmp_path: Path) -> None:
    """Nothing was written yet."""
    writer_in(tmp_path)

    found = lake_in(tmp_path).examples(NOBODY)

    assert len(found.accounts) == len(found.populations) == 0


MOMENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=12)


@settings(deadline=None)
@given(MOMENTS, MOMENTS)
def test_the_latest_row_that_is_not_later_counts(
    rows: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    """Of several at one moment the last, as a search by hand finds it."""
    keys = np.array([key for key, _ in rows], dtype=np.uint64)
    latest = Latest(keys, np.array([moment for _, moment in rows], dtype=np.int64))

    found = latest.at(
        np.array([key for key, _ in asked], dtype=np.uint64),
        np.array([moment for _, moment in asked], dtype=np.int64),
    )

    for (key, moment), row in zip(asked, found.tolist(), strict=True):
        past = [(when, at) for at, (of, when) in enumerate(rows) if of == key and when <= moment]
        assert row == (max(past)[1] if past else NONE)
