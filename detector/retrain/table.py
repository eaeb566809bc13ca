"""Labels from an operator's own table: account_id and label, and since, weight, author and group if known."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from detector.retrain.labels import SAID, Label, LabelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detector.retrain.labels import Said

_NEEDED: Final = ("account_id", "label")
_KNOWN: Final = (*_NEEDED, "since", "weight", "author", "group", "why")
_MS: Final = 1000


def read_table(path: Path, now: int) -> list[Label]:
    """The labels of a CSV file with a head, as said at `now` (ms); raises `LabelError` with the line.

    `since` is RFC 3339 or a date (UTC if it names no zone), `weight` in (0, 1]; `why` is for people. The
    author of a line that names none is the file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            _check_head(path, rows.fieldnames or ())
            return [_label(f"{path}, line {rows.line_num}", row, path.name, now) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8") from None


def _check_head(path: Path, names: Sequence[str]) -> None:
    if missing := [name for name in _NEEDED if name not in names]:
        raise LabelError(
            f"{path}, line 1: has no column {', '.join(missing)}; begin with {','.join(_NEEDED)}"
        )
    if unknown := [name for name in names if name not in _KNOWN]:
        raise LabelError(f"{path}, line 1: knows no column {unknown[0]!r}; use {', '.join(_KNOWN)}")


def _label(place: str, row: dict[str, str | None], file: str, now: int) -> Label:
    if None in row or None in row.values():
        raise LabelError(f"{place}: has more or fewer cells than the head; quote cells that hold commas")
    account = (row["account_id"] or "").strip()
    if not account:
        raise LabelError(f"{place}: account_id is empty; name the account, or delete the line")
    return Label(
        account, _said(place, row["label"] or ""), _weight(place, row.get("weight") or "1"), "table",
        row.get("author") or file, now, _since(place, row.get("since") or ""), row.get("group") or "",
    )  # fmt: skip


def _said(place: str, text: str) -> Said:
    for said in SAID:
        if text.strip().lower() == said:
            return said
    raise LabelError(f"{place}: label is none of {', '.join(SAID)}; correct the cell")


def _weight(place: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0.0 < weight <= 1.0:
        raise LabelError(f"{place}: weight is no number over 0 and up to 1; leave it empty for 1")
    return weight


def _since(place: str, text: str) -> int:
    if not text:
        return 0
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise LabelError(f"{place}: since is no time; write 2026-03-02 or 2026-03-02T14:00:00Z") from None
    return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * _MS)
