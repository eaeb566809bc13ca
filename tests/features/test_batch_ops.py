from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.adapters import make_adapter
from features.batch_ops import concat, take
from features.hashing import HashKey
from tests.support.batches import plain
from tests.support.events import EVENTS

if TYPE_CHECKING:
    from features.batch import EventBatch

ADAPTER = make_adapter("canonical", HashKey.from_secret("a secret of the tests"))
LISTS = st.lists(EVENTS, max_size=4)


def _batch_of(events: list[dict[str, Any]]) -> EventBatch:
    return ADAPTER.decode([json.dumps(event).encode() for event in events]).batch


@settings(deadline=None, max_examples=50)
@given(st.lists(LISTS, max_size=4))
def test_concat_equals_decoding_at_once(lists: list[list[dict[str, Any]]]) -> None:
    """Batches put together are the batch of all their events."""
    together = concat([_batch_of(events) for events in lists])
    at_once = _batch_of([event for events in lists for event in events])

    assert plain(together) == plain(at_once)
    assert together.accounts == at_once.accounts


@settings(deadline=None, max_examples=50)
@given(LISTS.filter(bool), st.lists(st.integers(0, 3), max_size=6))
def test_take_equals_indexing(events: list[dict[str, Any]], places: list[int]) -> None:
    """Events taken out, in any order and repeatedly, are themselves, with no other account's name."""
    index = [place % len(events) for place in places]

    taken = take(_batch_of(events), np.array(index, dtype=np.int64))

    assert plain(taken) == plain(_batch_of([events[i] for i in index]))
    assert taken.accounts == list(dict.fromkeys(events[i]["account_id"] for i in index))
