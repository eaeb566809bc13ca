from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.casework.cursors import read_cursor, write_cursor
from detector.casework.errors import Refused

WHOLE = st.integers(-(1 << 63), (1 << 63) - 1)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)


@given(NAMES, WHOLE, NAMES)
def test_a_cursor_is_read_as_it_was_written(order: str, key: int, last_id: str) -> None:
    """In letters that stand in an address as they are."""
    text = write_cursor(order, key, last_id)
    assert all(one.isalnum() or one in "-_" for one in text)
    assert read_cursor(text, order, int) == (key, last_id)
    with pytest.raises(Refused):
        read_cursor(text, order + "x", int)
    with pytest.raises(Refused):
        read_cursor(text, order, str)


@given(st.text(max_size=40))
def test_nothing_else_is_taken_for_a_cursor(text: str) -> None:
    """It is input as any other."""
    with pytest.raises(Refused, match="cursor is not of this list"):
        read_cursor(text, "rank", int)


@pytest.mark.parametrize("key", [1 << 63, True, 1.5])
def test_a_number_that_no_database_has_is_refused(key: int) -> None:
    """Rather than failing there."""
    with pytest.raises(Refused):
        read_cursor(write_cursor("rank", key, "a"), "rank", int)
