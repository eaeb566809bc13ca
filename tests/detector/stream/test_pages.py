from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.stream.pages import PAGE, Pager, StateError, layout, stored_at, stored_facts
from features.account.layout import ACCOUNT_ROW
from features.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detector.store.checkpoints import Page

ROWS = 3 * PAGE // ACCOUNT_ROW.itemsize


def _state(totals: Sequence[int], words: int = 5) -> State:
    rows = np.zeros(len(totals), dtype=ACCOUNT_ROW)
    rows["total"] = totals
    return State({"rows": rows}, {"day": 3}, {"words": State({"keys": np.arange(words, dtype=np.uint64)})})


@given(st.lists(st.lists(st.integers(0, 3), max_size=ROWS), min_size=1, max_size=4))
def test_a_state_is_put_together_from_the_pages_that_changed(history: list[list[int]]) -> None:
    """Whatever grew, shrank or changed between checkpoints, the last state comes back, types and all."""
    pager = Pager("1")
    kept: dict[tuple[str, int], Page] = {}
    for totals in history:
        written = pager.delta(1, _state(totals, len(totals)), {"model": "m"})
        kept |= {(page.array, page.number): page for page in written.delta.pages}
        lengths = written.delta.lengths
        kept = {key: page for key, page in kept.items() if key[1] < lengths.get(key[0], 0)}
        pager.stored(written)

    state, facts = Pager("1").load(written.delta.manifest, kept.values())

    assert state.arrays["rows"].tobytes() == _state(history[-1]).arrays["rows"].tobytes()
    assert state.arrays["rows"].dtype == ACCOUNT_ROW
    assert state.arrays["rows"].dtype.isalignedstruct
    assert len(state.parts["words"].arrays["keys"]) == len(history[-1])
    assert (state.facts, facts) == ({"day": 3}, {"model": "m"})


def test_a_checkpoint_tells_when_it_was_made() -> None:
    """To whoever has no use for the state, and whatever its version; older releases did not tell."""
    for facts, told in ((stored_facts("m", 1_700_000_000_000), 1_700_000_000_000), ({"model": "m"}, None)):
        assert stored_at(Pager("any").delta(1, _state([1]), facts).delta.manifest) == told


def test_only_pages_that_changed_are_written() -> None:
    """One row changed in three pages of rows is one page."""
    pager = Pager("1")
    pager.stored(pager.delta(1, _state([1] * ROWS), {}))

    delta = pager.delta(2, _state([1] * (ROWS - 1) + [2]), {}).delta

    assert [(page.array, page.number) for page in delta.pages] == [("rows", delta.lengths["rows"] - 1)]


def test_a_checkpoint_that_failed_is_written_again() -> None:
    """What was not stored counts as changed still."""
    pager = Pager("1")
    failed = pager.delta(1, _state([1] * 9), {}).delta

    again = pager.delta(1, _state([1] * 9), {}).delta

    assert [page.number for page in again.pages] == [page.number for page in failed.pages] == [0, 0]


def test_a_state_of_another_making_is_refused() -> None:
    """Another version is told with its remedy, and another layout is another version."""
    manifest = Pager("1").delta(1, _state([1]), {}).delta.manifest
    with pytest.raises(StateError, match="another release"):
        Pager("2").load(manifest, [])

    fresh = _state([])
    other = replace(fresh, arrays={"rows": np.zeros(0, dtype=np.int64)})
    assert layout(fresh) == layout(_state([1, 2, 3]))
    assert len({layout(fresh), layout(other), layout(replace(fresh, facts={"day": 3, "week": 1}))}) == 3
