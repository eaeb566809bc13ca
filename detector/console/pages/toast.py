"""What was done, told once on the next page: in a cookie, so that no link can make a page say it."""

from __future__ import annotations

import base64
from typing import Final

import msgspec

COOKIE: Final = "stillwatch-done"
_LONGEST: Final = 3000
"""characters of a cookie; browsers keep 4096 bytes"""


class Toast(msgspec.Struct, frozen=True):
    """A message, and the audit's entries that undo what it tells of."""

    text: str
    undo: str = ""


def toast_of(text: str, undo: str = "") -> Toast:
    """With the way back, if it fits."""
    return Toast(text, undo if len(undo) <= _LONGEST // 2 else "")


def write_toast(toast: Toast) -> str:
    """As the cookie's value."""
    return base64.urlsafe_b64encode(msgspec.json.encode(toast)).decode()


def read_toast(value: str | None) -> Toast | None:
    """From the cookie; None for what is none of ours."""
    if not value or len(value) > _LONGEST:
        return None
    try:
        return msgspec.json.decode(base64.b64decode(value, altchars=b"-_", validate=True), type=Toast)
    except (ValueError, msgspec.MsgspecError):
        return None
