"""A body into records: a JSON array, one object, or an object a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from detector.hook.problems import Problem
from features.adapters.mending import decode_mended
from features.adapters.reasons import UNREADABLE, explain
from streaming.lines import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Records:
    """Raw records, and where each was: its line, or its number in an array, from 1."""

    records: Sequence[bytes]
    places: Sequence[int]


def split(body: bytes) -> Records:
    """Tell the form by the first character; raises `Problem` (400) where an array is broken."""
    text = body.removeprefix(BYTE_ORDER_MARK)
    if text.lstrip()[:1] == b"[":
        items = _items(text)
        return Records(items, range(1, len(items) + 1))
    numbered = [
        (place, line) for place, line in enumerate(text.split(b"\n"), 1) if line and not line.isspace()
    ]
    if len(numbered) > 1 and not _is_json(numbered[0][1]) and _is_json(text):
        return Records([text], [numbered[0][0]])
    return Records([line for _, line in numbered], [place for place, _ in numbered])


def _items(text: bytes) -> list[bytes]:
    try:
        return list(map(bytes, decode_mended(text, msgspec.json.Decoder(list[msgspec.Raw]))))
    except UNREADABLE as error:
        detail = (
            f"{explain(error).detail}. Nothing was taken: in an array one mistake spoils all, in lines not"
        )
        raise Problem(400, "not-json", "Body is not JSON", detail) from None


def _is_json(text: bytes) -> bool:
    try:
        decode_mended(text, msgspec.json.Decoder(msgspec.Raw))
    except UNREADABLE:
        return False
    return True
