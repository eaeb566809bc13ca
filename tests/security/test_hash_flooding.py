"""Identifiers that are chosen to collide: of no use against a key that the sender does not know."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from features.account.names import NameIndex
from features.hashing import HashKey, hash_strings

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNOWN = HashKey.from_secret("what the attacker knows")
SECRET = HashKey.from_secret("what the attacker does not know")
BITS = 9
"""of the place in a small table"""
CHOSEN = 250


def probes(hashes: NDArray[np.uint64], slots: int) -> int:
    """The longest way to a free place when hashes are put, one after the other, into the next free one."""
    taken = np.zeros(slots, dtype=np.bool_)
    longest = 0
    for at in (hashes & np.uint64(slots - 1)).tolist():
        way = 1
        while taken[(at + way - 1) % slots]:
            way += 1
        taken[(at + way - 1) % slots] = True
        longest = max(longest, way)
    return longest


def colliding(key: HashKey) -> list[str]:
    """Names that all have one place in a table of `2 ** BITS`, found by trying."""
    names = np.array([f"account-{number}" for number in range(CHOSEN << BITS)])
    hashes = hash_strings(names.tolist(), key)
    return list(names[hashes & np.uint64((1 << BITS) - 1) == 7][:CHOSEN])


def test_names_that_collide_under_a_known_key_do_not_under_another() -> None:
    """Under the key they fill one run of the table; under any other they lie as chance has it."""
    names = colliding(KNOWN)
    assert len(names) > CHOSEN * 0.9
    assert probes(hash_strings(names, KNOWN), 1 << BITS) == len(names)
    assert probes(hash_strings(names, SECRET), 1 << BITS) < 32


def test_whoever_knows_the_key_slows_and_does_not_stop() -> None:
    """Names of one place are found again, each with a row of its own, within a second."""
    names = colliding(KNOWN)
    index = NameIndex(KNOWN)
    index.locate(["warm"])
    begun = time.process_time()
    rows = index.locate(names)
    assert time.process_time() - begun < 1.0
    assert sorted(rows.tolist()) == list(range(1, len(names) + 1))
    assert index.locate(names).tolist() == rows.tolist()
