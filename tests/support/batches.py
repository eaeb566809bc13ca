"""Batches in plain Python values, to compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from features.batch import EventBatch


def parts_of(batch: EventBatch) -> list[list[tuple[int, str]]]:
    """Role and text of each part of each event."""
    parts = batch.parts
    texts = [
        (int(role), bytes(parts.data[start:end]).decode())
        for role, start, end in zip(parts.roles, parts.offsets[:-1], parts.offsets[1:], strict=True)
    ]
    return [texts[start:end] for start, end in zip(parts.first[:-1], parts.first[1:], strict=True)]


def plain(batch: EventBatch) -> list[dict[str, Any]]:
    """One dictionary an event: its columns, its account's name and its text."""
    names = [name for name in batch.rows.dtype.names or () if name not in {"account", "reserved"}]
    return [
        {name: row[name].item() for name in names}
        | {"account": batch.accounts[row["account"]], "parts": parts, "sketched": bool(sketched)}
        for row, parts, sketched in zip(batch.rows, parts_of(batch), batch.sketched, strict=True)
    ]
