from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from detector.store.checkpoints import Checkpoint, CheckpointDelta, Page
from tests.support.stores import claimed, commit_of, lease_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detector.store.interface import Store


def _delta(tick: int, lengths: dict[str, int], *pages: Page, **more: Any) -> CheckpointDelta:
    return CheckpointDelta(tick, b"manifest %d" % tick, lengths, pages, **more)


def test_there_is_no_checkpoint_at_first(store: Store) -> None:
    """A new store says so, and has no pages."""
    assert store.load_checkpoint() is None
    assert list(store.pages()) == []


def test_pages_that_changed_are_written_over_the_others(store: Store) -> None:
    """A checkpoint is what all before it wrote, by array and number."""
    lease = lease_of(store)
    rows = [Page("rows", number, b"old %d" % number) for number in range(150)]
    store.checkpoint(lease, _delta(1, {"rows": 150, "B": 1}, Page("B", 0, b""), *rows))
    store.checkpoint(lease, _delta(2, {"rows": 150, "B": 1}, Page("rows", 77, b"new")))
    assert store.load_checkpoint() == Checkpoint(2, b"manifest 2")
    assert list(store.pages()) == [Page("B", 0, b""), *rows[:77], Page("rows", 77, b"new"), *rows[78:]]


def test_pages_beyond_an_array_go(store: Store) -> None:
    """An array that shrank keeps the pages of its length, one that is not named keeps none."""
    lease = lease_of(store)
    pages = [Page(array, number, b"x") for array in ("a", "b", "c") for number in range(3)]
    store.checkpoint(lease, _delta(1, {"a": 3, "b": 3, "c": 3}, *pages))
    store.checkpoint(lease, _delta(2, {"a": 1, "b": 0}))
    assert list(store.pages()) == [Page("a", 0, b"x")]
    store.checkpoint(lease, _delta(3, {}))
    assert list(store.pages()) == []


def test_a_checkpoint_forgets_the_frames_that_it_holds(store: Store) -> None:
    """Frames of later ticks stay to be folded again."""
    lease = lease_of(store)
    store.commit([commit_of(claimed(store), 1, 1, 2, 3)], 1)
    store.checkpoint(lease, _delta(2, {}))
    assert [frame.tick for _, frame in store.frames(None, 9)] == [3]
    assert store.leadership().checkpoint == 2


def test_cold_accounts_go_and_come_with_checkpoints(store: Store) -> None:
    """Rows that were put away are found by name until a checkpoint has them back."""
    lease = lease_of(store)
    rows = [(f"acc-{n}\0", b"row %d" % n) for n in range(1100)]
    store.checkpoint(lease, _delta(1, {}, evicted=rows))
    assert store.cold([*(name for name, _ in rows), "nobody"]) == dict(rows)
    store.checkpoint(lease, _delta(2, {}, evicted=[(rows[0][0], b"later")], revived=["acc-1\0"]))
    assert store.cold(["acc-0\0", "acc-1\0", "acc-2\0"]) == {"acc-0\0": b"later", "acc-2\0": b"row 2"}
    assert store.cold([]) == {}


def test_a_checkpoint_is_written_as_a_whole_or_not_at_all(store: Store) -> None:
    """Whatever fails while pages are made leaves the checkpoint before."""
    lease = lease_of(store)
    store.commit([commit_of(claimed(store), 1, 1)], 1)
    store.checkpoint(lease, _delta(0, {"a": 200}, *(Page("a", number, b"old") for number in range(200))))

    def broken() -> Iterator[Page]:
        yield from (Page("a", number, b"new") for number in range(150))
        raise RuntimeError("no more pages")

    with pytest.raises(RuntimeError, match="no more pages"):
        store.checkpoint(lease, CheckpointDelta(1, b"m", {"a": 150}, broken(), [("acc", b"row")]))
    assert store.load_checkpoint() == Checkpoint(0, b"manifest 0")
    assert {page.body for page in store.pages()} == {b"old"}
    assert len(list(store.pages())) == 200
    assert store.cold(["acc"]) == {}
    assert len(list(store.frames(None, 9))) == 1
