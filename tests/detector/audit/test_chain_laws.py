from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.audit.verify import follow
from detector.store.audit_entry import BEGINNING, Entry, Head, Recorded, digest_of, parse_head

if TYPE_CHECKING:
    from collections.abc import Sequence

BODIES = st.none() | st.binary(max_size=8)
ENTRIES = st.builds(
    Entry,
    time=st.integers(-(1 << 62), 1 << 62),
    actor=st.text(max_size=4),
    action=st.text(max_size=4),
    object_kind=st.text(max_size=4),
    object_id=st.text(max_size=4),
    before=BODIES,
    after=BODIES,
    why=st.text(max_size=4),
)
SOME = st.lists(ENTRIES, min_size=2, max_size=6)


def chained(entries: Sequence[Entry]) -> list[Recorded]:
    """Entries as they are appended one after the other."""
    chain: list[Recorded] = []
    previous = BEGINNING
    for number, entry in enumerate(entries, 1):
        digest = digest_of(number, entry, previous)
        chain.append(Recorded(number, entry, previous, digest))
        previous = digest
    return chain


@given(SOME)
def test_a_chain_as_appended_is_whole(entries: list[Entry]) -> None:
    """Its head is the last entry, and any head of it is found in it."""
    chain = chained(entries)
    found = follow(chain)
    assert found.fault is None
    assert found.head == Head(len(chain), chain[-1].digest)
    for one in chain:
        assert follow(chain, Head(one.number, one.digest)).fault is None


@given(SOME, st.data())
def test_a_changed_entry_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """Whichever field was changed, and whether or not its own digest was made anew."""
    chain = chained(entries)
    head = Head(len(chain), chain[-1].digest)
    place = data.draw(st.integers(0, len(chain) - 1))
    forged = data.draw(ENTRIES.filter(lambda one: one != entries[place]))
    old = chain[place]
    chain[place] = replace(old, entry=forged)
    assert follow(chain).fault == f"entry {place + 1} was changed"
    chain[place] = replace(chain[place], digest=digest_of(place + 1, forged, old.previous))
    assert follow(chain, head).fault is not None


@given(SOME, st.data())
def test_a_missing_entry_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """Also where those that follow were numbered anew; the last one, by a head that is known."""
    chain = chained(entries)
    head = Head(len(chain), chain[-1].digest)
    place = data.draw(st.integers(0, len(chain) - 1))
    rest = chain[:place] + chain[place + 1 :]
    assert follow(rest, head).fault is not None
    renumbered = [replace(one, number=number) for number, one in enumerate(rest, 1)]
    assert follow(renumbered, head).fault is not None


@given(SOME, st.data())
def test_swapped_entries_are_found(entries: list[Entry], data: st.DataObject) -> None:
    """As they are numbered, and numbered anew."""
    chain = chained(entries)
    place = data.draw(st.integers(0, len(chain) - 2))
    chain[place], chain[place + 1] = chain[place + 1], chain[place]
    assert follow(chain).fault is not None
    assert follow([replace(one, number=number) for number, one in enumerate(chain, 1)]).fault is not None


@given(SOME, ENTRIES)
def test_a_chain_that_was_written_anew_is_found_by_its_head(entries: list[Entry], more: Entry) -> None:
    """By itself it looks whole: only a head that was kept elsewhere tells."""
    chain = chained(entries)
    forged = chained([more, *entries])
    assert follow(forged).fault is None
    assert follow(forged, Head(1, chain[0].digest)).fault in {None, "entry 1 is not the one that is known"}
    if more != entries[0]:
        assert follow(forged, Head(1, chain[0].digest)).fault is not None


@given(ENTRIES, ENTRIES)
def test_no_two_entries_have_the_same_digest(one: Entry, other: Entry) -> None:
    """Fields do not run into each other."""
    assert (digest_of(1, one, BEGINNING) == digest_of(1, other, BEGINNING)) == (one == other)


def test_a_head_is_read_as_it_is_printed() -> None:
    """And nothing else is taken for one."""
    head = Head(12, bytes(range(32)))
    assert parse_head(str(head)) == head
    for text in ("", "12", "12:", "0:" + "00" * 32, "x:" + "00" * 32, "1:zz", "1:00"):
        with pytest.raises(ValueError, match="head is not NUMBER:DIGEST"):
            parse_head(text)
