from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from features.account.names import NameIndex
from features.hashing import HashKey

KEY = HashKey.from_secret("names")
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.lists(NAMES, max_size=30), max_size=6))
def test_every_name_keeps_the_row_of_its_first_appearance(batches: list[list[str]]) -> None:
    """Rows are those of a dictionary that numbers names as they come, whatever the batches."""
    index, expected = NameIndex(KEY), dict[str, int]()
    for batch in batches:
        rows = index.locate(batch)
        assert rows.tolist() == [expected.setdefault(name, len(expected)) for name in batch]
    assert list(index) == list(expected)
    assert len(index) == len(expected)
    assert [index[row] for row in range(len(index))] == list(expected)


def test_many_names_are_found_again_after_the_index_has_grown() -> None:
    """Ten thousand names, added some at a time, are all found at their rows."""
    index = NameIndex(KEY)
    names = [f"account-{number}" for number in range(10_000)]
    for start in range(0, len(names), 777):
        index.locate(names[start : start + 777])
    assert index.locate(names).tolist() == list(range(10_000))
    assert index[9_999] == "account-9999"
