"""Base64 with the URL-safe alphabet and padding (RFC 4648, section 5), in its one canonical form."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from detector.human.errors import Malformed


def encode(data: bytes) -> str:
    """With padding, which RFC 9577 asks for."""
    return urlsafe_b64encode(data).decode()


def decode(text: str, place: str) -> bytes:
    """Raises `Malformed` for everything that `encode` would not have written; `place` names the field."""
    try:
        data = urlsafe_b64decode(text)
    except ValueError:
        data = None
    # The standard decoder skips foreign characters and leftover bits, so one token would have many forms.
    if data is None or encode(data) != text:
        raise Malformed(f"{place} is no base64url; use the alphabet with - and _, and keep the padding")
    return data
