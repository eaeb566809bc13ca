"""What records look like that are of no known format: most are good logs in another wrapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from features.adapters.mending import decode_lenient
from features.adapters.reasons import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ANYTHING: Final = msgspec.json.Decoder()


def appearance(records: Sequence[bytes]) -> str | None:
    """The wrapping and how to take it off, by the first of `records` that is not blank; None for objects."""
    first = next((record for record in records if record.strip()), None)
    if first is None:
        return None
    if first.startswith(_UTF_16_MARKS) or b"\0" in first[:4]:
        return "the text looks like UTF-16; write it as UTF-8 (`iconv -f UTF-16 -t UTF-8`)"
    start = first.lstrip()
    if start.startswith(b"["):
        return "this looks like one JSON array; write an object on each line (`jq -c '.[]'`)"
    if start.rstrip() == b"{":
        return "objects seem to go over several lines; write each on one line (`jq -c .`)"
    if not any(_is_json(record) for record in records):
        return "none of them is JSON; a log has a JSON object on each line"
    return None


def _is_json(record: bytes) -> bool:
    try:
        decode_lenient(record, _ANYTHING)
    except UNREADABLE:
        return False
    return True
