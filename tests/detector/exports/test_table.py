from __future__ import annotations

import csv
import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from detector.exports.table import COLUMNS, cell, csv_chunks
from tests.support.exported import finding_of

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
FORMULAS = tuple("=+-@\t\r\n")


def read(text: str) -> list[dict[str, str]]:
    """As a program reads it."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(
    st.one_of(NAMES, st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '"=1', "a,b", 'a"b']))
)
def test_no_cell_is_a_formula(name: str) -> None:
    """Whatever an account is called, a spreadsheet shows it, and a program reads it back."""
    (row,) = read(b"".join(csv_chunks([finding_of("account", subject=name)])).decode())
    shown = row["subject_id"]
    assert not shown.startswith(FORMULAS)
    assert shown in {name.replace("\0", ""), "'" + name.replace("\0", "")}
    assert set(row) == set(COLUMNS)


def test_only_what_would_be_reckoned_is_quoted() -> None:
    """Others stay as they are."""
    assert [cell(text) for text in ("acc-1", "=1", "-1", "")] == ["acc-1", "'=1", "'-1", ""]


def test_many_rows_come_in_pieces() -> None:
    """Not all of them are in memory at once: the first piece comes before the last finding is asked for."""
    finding = finding_of("account", bare=True)
    asked = 0

    def many() -> object:
        nonlocal asked
        for at in range(5000):
            asked += 1
            yield replace(finding, revision=at)

    chunks = csv_chunks(many())  # type: ignore[arg-type]
    first = next(chunks)
    assert asked < 2000
    assert len(first) < 100_000
    rest = b"".join(chunks)
    assert len(read((first + rest).decode())) == 5000
