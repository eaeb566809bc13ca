"""Where a page ended. Whoever asks for the next one hands it back; it says nothing that they do not know."""

from __future__ import annotations

import base64
import binascii

import msgspec

from detector.casework.errors import Refused


class _Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    order: str
    key: int | str
    last_id: str


def write_cursor(order: str, key: int | str, last_id: str) -> str:
    """After the row of this key and id, in this order."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_Place(order, key, last_id))).decode().rstrip("=")


def read_cursor(text: str, order: str, kind: type[int | str]) -> tuple[int | str, str]:
    """Key and id; raises `Refused` for what no page of this order gave."""
    try:
        padded = text + "=" * (-len(text) % 4)
        place = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=_Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        place = _Place("", "", "")
    sound = "\0" not in place.last_id and (kind is str or _whole(place.key))
    if place.order != order or not isinstance(place.key, kind) or not sound:
        raise Refused("cursor is not of this list; ask for the first page")
    return place.key, place.last_id


def _whole(key: int | str) -> bool:
    """Whether a database has such numbers."""
    return isinstance(key, int) and -(1 << 63) <= key < 1 << 63
