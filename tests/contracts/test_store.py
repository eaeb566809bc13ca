from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from detector.store.errors import Fenced, StoreError
from detector.store.intake import Claim, Frame, IntakeCounts, Letter, SeenSegment
from detector.store.revisions import released
from tests.support.stores import claimed, commit_of

if TYPE_CHECKING:
    from detector.store.interface import Store


def test_a_partition_nobody_has_read_starts_from_nothing(store: Store) -> None:
    """The first claim has epoch 1, no position and no state."""
    assert store.claim(["t/0"], "a", 1) == {
        "t/0": Claim("t/0", 1, None, b"", IntakeCounts(), idle=False, closed=None)
    }


def test_the_next_owner_starts_where_the_last_one_committed(store: Store) -> None:
    """Position, state, counts and idleness are as committed, under a larger epoch."""
    counts = IntakeCounts(read=10, accepted=5, duplicate=1, late=1, dead_lettered=2, lifecycle=1)
    store.commit([commit_of(claimed(store), 7, 3, counts=counts, idle=True)], 5)
    assert claimed(store, owner="b") == Claim("t/0", 2, 7, b"state 7", counts, idle=True, closed=None)


def test_a_stale_owner_is_fenced_and_leaves_nothing(store: Store) -> None:
    """Once a partition is claimed anew, its old owner can neither commit nor wake it."""
    old = claimed(store)
    store.commit([commit_of(old, 1, 3, idle=True)], 5)
    new = claimed(store, owner="b")
    before = store.partitions(), list(store.frames(None, 9)), list(store.seen("t/0", 0))
    with pytest.raises(Fenced, match="t/0 has a newer owner"):
        store.commit([commit_of(old, 2, 4)], 6)
    with pytest.raises(Fenced, match="t/0 has a newer owner"):
        store.wake("t/0", old.epoch)
    assert (store.partitions(), list(store.frames(None, 9)), list(store.seen("t/0", 0))) == before
    assert store.wake("t/0", new.epoch) is None


def test_a_partition_that_was_never_claimed_cannot_be_committed(store: Store) -> None:
    """A commit without a claim is fenced."""
    stranger = Claim("t/9", 1, None, b"", IntakeCounts(), idle=False, closed=None)
    with pytest.raises(Fenced, match="t/9"):
        store.commit([commit_of(stranger, 1, 1)], 1)


def test_partitions_are_committed_all_or_none(store: Store) -> None:
    """One fenced partition keeps the others of the same call from being written."""
    claims = store.claim(["t/0", "t/1"], "a", 0)
    store.claim(["t/1"], "b", 1)
    letters = [Letter(0, "not_json", "record: no JSON")]
    with pytest.raises(Fenced, match="t/1"):
        store.commit([commit_of(claims["t/0"], 1, 3, letters=letters), commit_of(claims["t/1"], 1, 3)], 1)
    assert [status.position for status in store.partitions()] == [None, None]
    assert list(store.frames(None, 9)) == []
    assert store.letter_counts() == {}


def test_a_commit_that_is_made_again_counts_once(store: Store) -> None:
    """Whoever does not know whether a commit arrived repeats it, and nothing doubles."""
    commit = commit_of(claimed(store), 2, 3, 4, letters=[Letter(0, "not_json", "record: no JSON")])
    store.commit([commit], 5)
    once = store.partitions(), list(store.frames(None, 9)), store.letters(0, 9)
    store.commit([commit], 5)
    assert (store.partitions(), list(store.frames(None, 9)), store.letters(0, 9)) == once
    assert list(store.seen("t/0", 0)) == [b"seen 2"]


def test_frames_come_by_tick_origin_and_commit(store: Store) -> None:
    """The order does not depend on who committed first, nor on a locale: origins are ordered by bytes."""
    claims = store.claim(["b/0", "B/0", "b/10", "b/2"], "a", 0)
    for position in (1, 2):
        store.commit(
            [commit_of(claims[origin], position, 2, 1) for origin in ("b/2", "b/0", "b/10", "B/0")], 1
        )
    found = [(frame.tick, origin, frame.body) for origin, frame in store.frames(None, 2)]
    assert found == [
        (tick, origin, f"{origin} {position} {tick}".encode())
        for tick in (1, 2)
        for origin in ("B/0", "b/0", "b/10", "b/2")
        for position in (1, 2)
    ]


def test_frames_are_read_between_two_ticks(store: Store) -> None:
    """`after` is left out and `until` is included, however many frames there are."""
    claim = claimed(store)
    store.commit([commit_of(claim, 1, *range(-100, 200))], 1)
    assert [frame.tick for _, frame in store.frames(-51, 150)] == list(range(-50, 151))
    assert [frame.tick for _, frame in store.frames(None, 199)] == list(range(-100, 200))
    assert list(store.frames(199, 300)) == []


def test_bodies_come_back_byte_for_byte(store: Store) -> None:
    """Any bytes of any length are kept: none, NUL, a megabyte of noise."""
    bodies = [b"", b"\0\\x00'", np.random.default_rng(1).bytes(1 << 20)]
    frames = [Frame(tick, tick, body) for tick, body in enumerate(bodies)]
    seen = SeenSegment(1, bodies[2])
    store.commit([commit_of(claimed(store), 1, frames=frames, state=bodies[2], seen=seen)], 1)
    assert [frame for _, frame in store.frames(None, 9)] == frames
    assert list(store.seen("t/0", 0)) == [bodies[2]]
    assert claimed(store).state == bodies[2]


def test_seen_ids_come_back_in_order_from_a_time_on(store: Store) -> None:
    """Only segments with an id that is recent enough are read, and only the partition's own."""
    claims = store.claim(["t/0", "t/1"], "a", 0)
    for position in range(3, 240, 3):
        store.commit([commit_of(claims["t/0"], position)], 1)
    store.commit([commit_of(claims["t/1"], 239), commit_of(claims["t/0"], 240, seen=None)], 1)
    assert list(store.seen("t/0", 31)) == [f"seen {n}".encode() for n in range(33, 240, 3)]
    assert list(store.seen("t/0", 1000)) == []


def test_an_expected_partition_waits_for_its_first_owner(store: Store) -> None:
    """It is listed without one, and its first claim is like that of any partition nobody has read."""
    store.expect(["t/1", "t/0", "t/1"], 5)
    assert [(one.origin, one.owner, one.epoch, one.claimed, one.idle) for one in store.partitions()] == [
        ("t/0", None, 0, 5, False),
        ("t/1", None, 0, 5, False),
    ]
    assert claimed(store, "t/1") == Claim("t/1", 1, None, b"", IntakeCounts(), idle=False, closed=None)


def test_to_expect_what_is_known_changes_nothing(store: Store) -> None:
    """Owners, positions and idleness stay as they are, and owners may go on."""
    claim = claimed(store)
    store.commit([commit_of(claim, 1, 3, idle=True)], 5)
    before = store.partitions()
    store.expect(["t/0"], 9)
    store.expect([], 9)
    assert store.partitions() == before
    assert store.wake("t/0", claim.epoch) is None


def test_dead_letters_are_numbered_over_all_partitions(store: Store) -> None:
    """Numbers have no gaps, and who knows one reads only what came after it."""
    claims = store.claim(["t/0", "t/1"], "a", 0)
    letters = [Letter(0, "not_json", "x"), Letter(1, "not_json", "y")]
    store.commit([commit_of(claims[origin], 1, letters=letters) for origin in claims], 1)
    store.commit([commit_of(claims["t/1"], 2, letters=[Letter(2, "not_json", "z")])], 1)
    found = [(kept.number, kept.letter.detail) for kept in store.letters(0, 9)]
    assert found == [(1, "x"), (2, "y"), (3, "x"), (4, "y"), (5, "z")]


def test_dead_letters_are_listed_counted_and_marked(store: Store) -> None:
    """A letter keeps its place, its reason and its payload if there is one, and when it was sent again."""
    letters = [Letter(3, "not_json", "record: no JSON", b"{"), Letter(4, "late_field", "time: bad")]
    store.commit([commit_of(claimed(store), 9, letters=[*letters, letters[1]])], 17)
    found = store.letters(0, 10)
    assert [kept.letter for kept in found] == [*letters, letters[1]]
    assert {(kept.origin, kept.time, kept.redriven) for kept in found} == {("t/0", 17, None)}
    assert store.letter_counts() == {"late_field": 2, "not_json": 1}
    assert [kept.number for kept in store.letters(0, 10, "late_field")] == [2, 3]
    assert [kept.number for kept in store.letters(1, 1)] == [2]
    store.mark_redriven([1, 3], 20)
    assert [kept.redriven for kept in store.letters(0, 10)] == [20, None, 20]


def test_an_inventory_says_what_is_stored(store: Store) -> None:
    """Rows by table, events that wait in frames, the schema, and room that grows with what is stored."""
    empty = store.inventory()
    assert (empty.rows["frames"], empty.rows["clock"], empty.waiting) == (0, 1, 0)
    assert empty.schema == released()[-1]
    frames = [Frame(tick, 5, np.random.default_rng(tick).bytes(1 << 20)) for tick in range(3)]
    store.commit([commit_of(claimed(store), 15, frames=frames)], 1)
    full = store.inventory()
    assert (full.rows["frames"], full.rows["partitions"], full.waiting) == (3, 1, 15)
    assert full.bytes > 1 << 20


def test_an_idle_partition_has_to_be_woken_before_it_goes_on(store: Store) -> None:
    """Ticks may have closed without it, so that a commit of more than its idleness is refused."""
    claim = claimed(store)
    store.commit([commit_of(claim, 1, idle=True)], 1)
    store.commit([commit_of(claim, 1, idle=True)], 2)
    with pytest.raises(StoreError, match=r"commit of t/0: it is idle.*wake it first"):
        store.commit([commit_of(claim, 2, 3)], 3)
    store.wake("t/0", claim.epoch)
    store.commit([commit_of(claim, 2, 3)], 3)
    assert [frame.tick for _, frame in store.frames(None, 9)] == [3]


def test_two_claims_at_once_get_different_epochs(store: Store) -> None:
    """Of many who claim a partition at the same time only the last may write."""
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda n: claimed(store, owner=str(n)), range(8)))
    assert sorted(claim.epoch for claim in claims) == list(range(1, 9))
    for claim in claims:
        if claim.epoch < 8:
            with pytest.raises(Fenced):
                store.commit([commit_of(claim, claim.epoch, 1)], 1)
        else:
            store.commit([commit_of(claim, 8, 1)], 1)
    assert [status.position for status in store.partitions()] == [8]


def test_workers_that_take_partitions_from_each_other_lose_and_double_nothing(store: Store) -> None:
    """Each position is committed once, by whoever owned the partition then."""

    def work(owner: str) -> None:
        for _ in range(4):
            claim = claimed(store, owner=owner)
            for position in range((claim.position or 0) + 1, (claim.position or 0) + 6):
                try:
                    store.commit(
                        [commit_of(claim, position, position, letters=[Letter(position, "not_json", "")])], 1
                    )
                except Fenced:
                    break

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, "abc"))
    (status,) = store.partitions()
    positions = list(range(1, (status.position or 0) + 1))
    assert positions
    assert [frame.tick for _, frame in store.frames(None, 1000)] == positions
    kept = [(letter.number, letter.letter.position) for letter in store.letters(0, 1000)]
    assert kept == list(zip(positions, positions, strict=True))
    assert list(store.seen("t/0", 0)) == [f"seen {n}".encode() for n in positions]
